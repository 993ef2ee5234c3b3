"""Layers in the cache: unpacked once, verified while they are unpacked, shared by releases, never changed."""

import errno
import os
from concurrent.futures import ThreadPoolExecutor

from .cache import remove_tree
from .layer import read_entries
from .manifest import member_of


class StoredLayer:
    """A verified layer on disk."""

    __slots__ = ("path", "kind", "entries")

    def __init__(self, path, kind, entries):
        self.path = path
        self.kind = kind
        self.entries = entries


def ensure_layers(artifact, identities, cache, work):
    """Unpacks what is missing or damaged; returns identity to StoredLayer. The largest first, two at a time.

    In threads, as zlib, hashing and writing leave the interpreter's lock. Measured with 154 MB in 7,724 files and 23
    layers on two cores: 0.9 s on tmpfs both in two threads and in two forked children; on a busy ext4 disk 7.9 s
    (median of 6.9 to 11.3) and 8.5 s (5.7 to 10.0), one thread 8.9 s and more. Children would also have to let go of
    the lock.
    """
    layers = artifact.manifest["layers"]
    queue = sorted(set(identities), key=lambda identity: -layers[identity]["size"])

    def ensure(identity):
        return identity, ensure_layer(artifact, identity, layers[identity], cache, work)

    with ThreadPoolExecutor(2) as threads:
        return dict(threads.map(ensure, queue))


def ensure_layer(artifact, identity, layer, cache, work):
    name = identity[len("sha256:") :]
    path = os.path.join(cache.layers, name)

    def entries():
        return read_entries(artifact.chunks(member_of(identity)), identity, layer)

    if os.path.isdir(path):
        stored = [(entry, is_whole(path, entry)) for entry, _ in entries()]
        if all(whole for _, whole in stored):
            return StoredLayer(path, layer["kind"], [entry for entry, _ in stored])
        if work is None:
            raise OSError(errno.EROFS, "the cache cannot be written")
        # A power cut came before its bytes were on the disk. Releases have links to the files that are whole.
        os.rename(path, os.path.join(work, name + ".damaged"))
    if work is None:
        raise OSError(errno.EROFS, "the cache cannot be written")
    fresh = os.path.join(work, name)
    os.mkdir(fresh, 0o755)
    unpacked = unpack(entries(), fresh)
    try:
        os.rename(fresh, path)
    except OSError:
        # Without a lock, another start may have been first with the same bytes.
        if not os.path.isdir(path):
            raise
        remove_tree(fresh)
    return StoredLayer(path, layer["kind"], unpacked)


def unpack(entries, root):
    """Writes the entries below a new directory of our own, where nothing but them can be: no link is followed."""
    made = set()
    unpacked = []
    for entry, pieces in entries:
        directory = os.path.dirname(entry.path)
        if directory not in made:
            os.makedirs(os.path.join(root, directory), 0o755, exist_ok=True)
            made.add(directory)
        path = os.path.join(root, entry.path)
        if entry.target is not None:
            os.symlink(entry.target, path)
        else:
            mode = 0o555 if entry.is_executable else 0o444
            file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, mode)
            try:
                for piece in pieces:
                    write_all(file, piece)
            finally:
                os.close(file)
        unpacked.append(entry)
    return unpacked


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
