"""Layers in the cache: unpacked once, verified while they are unpacked, shared by releases, never changed."""

import errno
import os

from .cache import remove_tree
from .layer import Entry, read_entries
from .manifest import member_of
from .sharing import count_processors, divide, share_with_children, while_parent_lives

FILE_COST = 1 << 13  # what a file costs beside its bytes, in bytes


class StoredLayer:
    """A verified layer on disk."""

    __slots__ = ("path", "kind", "entries")

    def __init__(self, path, kind, entries):
        self.path = path
        self.kind = kind
        self.entries = entries


def ensure_layers(artifact, identities, cache, work, may_fork):
    """Unpacks what is missing or damaged, with the help of forked children; returns identity to StoredLayer.

    `may_fork` where this process has no threads but ours. Children write into `work`; what appears in the store is
    renamed by this process alone, when its layer is verified.
    """
    layers = artifact.manifest["layers"]

    def obtain(identity):
        return obtain_layer(artifact, identity, os.path.join(cache.layers, name_of(identity)), work)

    costs = {identity: layers[identity]["size"] + layers[identity]["files"] * FILE_COST for identity in identities}
    portions = divide(costs, count_processors() if may_fork and work is not None else 1)
    obtained = share_with_children(portions, obtain, work, cache.close)
    stored = {}
    for identity in costs:
        fresh, facts = obtained.get(identity) or obtain(identity)
        path = os.path.join(cache.layers, name_of(identity))
        if fresh is not None:
            place_layer(fresh, path, work)
        stored[identity] = StoredLayer(path, layers[identity]["kind"], [Entry(*fact) for fact in facts])
    return stored


def name_of(identity):
    return identity[len("sha256:") :]


def obtain_layer(artifact, identity, path, work):
    """Where it was unpacked, None when it is in the store and whole; and the facts of its entries."""
    layer = artifact.manifest["layers"][identity]

    def entries():
        return while_parent_lives(read_entries(artifact.chunks(member_of(identity)), identity, layer))

    if os.path.isdir(path):
        found = [(entry.facts(), is_whole(path, entry)) for entry, _ in entries()]
        if all(whole for _, whole in found):
            return None, [facts for facts, _ in found]
    if work is None:
        raise OSError(errno.EROFS, "the cache cannot be written")
    # A child that could not finish has left its own there.
    fresh = "%s/%d-%s" % (work, os.getpid(), name_of(identity))
    os.mkdir(fresh, 0o755)
    return fresh, [entry.facts() for entry in unpack(entries(), fresh)]


def place_layer(fresh, path, work):
    if os.path.isdir(path):
        # A power cut came before its bytes were on the disk. Releases have links to the files that are whole.
        os.rename(path, "%s/%s.damaged" % (work, os.path.basename(path)))
    try:
        os.rename(fresh, path)
    except OSError:
        # Without a lock, another start may have been first with the same bytes.
        if not os.path.isdir(path):
            raise
        remove_tree(fresh)


def unpack(entries, root):
    """Writes the entries below a new directory of our own, where nothing but them can be: no link is followed."""
    made = {""}
    unpacked = []
    # Names from here on are short for the kernel, too.
    directory = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        for entry, pieces in entries:
            make_directories(entry.path.rpartition("/")[0], made, directory)
            if entry.target is not None:
                os.symlink(entry.target, entry.path, dir_fd=directory)
            else:
                write_file(entry, pieces, directory)
            unpacked.append(entry)
    finally:
        os.close(directory)
    return unpacked


def make_directories(path, made, root):
    if path not in made:
        make_directories(path.rpartition("/")[0], made, root)
        os.mkdir(path, 0o755, dir_fd=root)
        made.add(path)


def write_file(entry, pieces, root):
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    file = os.open(entry.path, flags, 0o555 if entry.is_executable else 0o444, dir_fd=root)
    try:
        for piece in pieces:
            write_all(file, piece)
    finally:
        os.close(file)


def write_all(file, piece):
    while piece:
        piece = piece[os.write(file, piece) :]


def is_whole(root, entry):
    """Whether a file has its size, a link its target: what a power cut can have undone."""
    path = os.path.join(root, entry.path)
    try:
        if entry.target is not None:
            return os.readlink(path) == entry.target
        return os.lstat(path).st_size == entry.size
    except OSError:
        return False
