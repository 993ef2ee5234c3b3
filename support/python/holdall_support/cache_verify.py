"""Compares a cache with its digests: docs/cache.md."""

import hashlib
import os
import re
import stat

from .cache_uses import LAYER, RELEASE, list_names, list_releases
from .layer import BLOCK, Entry, read_entries, render_header
from .manifest import member_of
from .ready import find_boot
from .record import NAME as RECORD
from .record import describe_file, is_sealed
from .words import quote

CHUNK = 1 << 20
MODES = (0o444, 0o555)
# A Python of root ignores modes, and keeps the bytecode of modules that have none, or of `python -O`. It is as good as what
# root has run it from, and no digest covers it.
LEFT = re.compile(r"(^|/)__pycache__/[^/]+\.pyc(\.[0-9]+)?$")
# Of one layer or release: who needs to know more of them makes it anew.
MAX_PROBLEMS = 20


class Verified:
    """What differs: `problems` are pairs of a path in the cache and a sentence, the rest says what has to go."""

    def __init__(self):
        self.problems = []
        self.notes = []
        self.layers = {}  # digest to whether it is whole
        self.releases = []  # FoundRelease, damaged
        self.paths = []  # ready files, and what does not belong into a cache

    def add(self, path, problems):
        self.problems += [(path + below, problem) for below, problem in problems[:MAX_PROBLEMS]]
        if len(problems) > MAX_PROBLEMS:
            self.problems.append((path, "%d more files differ" % (len(problems) - MAX_PROBLEMS)))


def verify_cache(cache, artifact):
    """`artifact` may be None; of its layers, damaged files are named."""
    verified = Verified()
    releases = list_releases(cache)
    known = {layer["identity"]: layer for each in releases if each.record for layer in each.record["layers"]}
    for name in list_names(cache.layers):
        path = os.path.join(cache.layers, name)
        if not LAYER.fullmatch(name) or not os.path.isdir(path) or os.path.islink(path):
            verified.add("layers/" + name, [("", "it is no layer")])
            verified.paths.append(path)
            continue
        problems = find_layer_problems(path, "sha256:" + name, known.get("sha256:" + name), artifact)
        verified.layers[name] = not problems
        verified.add("layers/" + name, problems)
    for release in releases:
        problems = find_release_problems(cache, release, verified.layers)
        verified.add("releases/" + release.name, problems)
        if problems:
            verified.releases.append(release)
    for name in list_names(cache.releases):
        if not RELEASE.fullmatch(name):
            verified.add("releases/" + name, [("", "it is no release")])
            verified.paths.append(os.path.join(cache.releases, name))
    for name in list_names(cache.ready):
        verify_ready_file(cache, name, verified)
    return verified


def find_layer_problems(path, identity, known, artifact):
    """Pairs of `/path` in the layer and what differs."""
    files, problems = list_files(path)
    for place, status in files.items():
        if stat.S_ISREG(status.st_mode) and stat.S_IMODE(status.st_mode) not in MODES:
            problems.append(("/" + place, "its mode is %04o" % stat.S_IMODE(status.st_mode)))
    digest = None if problems else hash_layer(path, files)
    if digest == identity:
        return []
    layers = artifact.manifest["layers"] if artifact is not None else {}
    if identity in layers:
        entries = read_entries(artifact.chunks(member_of(identity)), identity, layers[identity])
        problems += compare_entries(path, files, entries)
    if not problems:
        name = "%(name)s %(version)s" % known if known else "the layer"
        problems = [("", "the files of %s are not those that its digest names" % name)]
    return problems


def list_files(root):
    """Path to status, and problems: what is neither file nor link, and directories that hold nothing."""
    files, problems = {}, []
    for directory, directories, names in os.walk(root):
        for name in directories + names:
            path = os.path.join(directory, name)
            status = os.lstat(path)
            place = path[len(root) + 1 :]
            if stat.S_ISREG(status.st_mode) or stat.S_ISLNK(status.st_mode):
                files[place] = status
            elif not stat.S_ISDIR(status.st_mode):
                problems.append(("/" + place, "it is neither a file nor a link"))
            elif not os.listdir(path):
                problems.append(("/" + place, "the directory is empty"))
    return files, problems


def hash_layer(root, files):
    """The identity of the layer that has these files: the digest of its tar. None when there is no such tar."""
    digest = hashlib.sha256()
    for place in sorted(files, key=os.fsencode):
        status = files[place]
        path = os.path.join(root, place)
        target = os.readlink(path) if stat.S_ISLNK(status.st_mode) else None
        entry = Entry(place, status.st_size, bool(status.st_mode & 0o100), target)
        try:
            digest.update(render_header(entry))
        except UnicodeEncodeError:
            return None
        if target is None:
            for chunk in read_chunks(path):
                digest.update(chunk)
            digest.update(bytes(-status.st_size % BLOCK))
    digest.update(bytes(2 * BLOCK))
    return "sha256:" + digest.hexdigest()


def read_chunks(path):
    with open(path, "rb") as file:
        while True:
            chunk = file.read(CHUNK)
            if not chunk:
                return
            yield chunk


def compare_entries(root, files, entries):
    problems = []
    left = dict(files)
    for entry, pieces in entries:
        status = left.pop(entry.path, None)
        problem = None
        if status is None:
            problem = "it is missing"
        elif entry.target is not None:
            if not stat.S_ISLNK(status.st_mode) or os.readlink(os.path.join(root, entry.path)) != entry.target:
                problem = "it is not a link to %s" % entry.target
        elif not stat.S_ISREG(status.st_mode):
            problem = "it is a link"
        elif bool(status.st_mode & 0o100) != entry.is_executable:
            problem = "its mode is %04o" % stat.S_IMODE(status.st_mode)
        elif not has_bytes(os.path.join(root, entry.path), pieces):
            problem = "it has other bytes"
        if problem is not None:
            problems.append(("/" + entry.path, problem))
    return problems + [("/" + place, "it does not belong there") for place in sorted(left)]


def has_bytes(path, pieces):
    with open(path, "rb") as file:
        return all(file.read(len(piece)) == piece for piece in pieces) and not file.read(1)


def find_release_problems(cache, release, layers):
    """`layers` has digests, each with whether that layer is whole."""
    record = release.record
    if record is None:
        return [("", "its record is missing or damaged")]
    wanted, problems = list_wanted(cache, record, layers)
    if problems:
        return problems
    found, problems = list_files(release.path)
    found.pop(RECORD, None)
    problems = [problem for problem in problems if not problem[0].endswith("/__pycache__")]
    for place in {*wanted, *record["links"], *record["made"]}:
        status = found.pop(place, None)
        problem = "it is missing" if status is None else compare_file(release.path, place, status, record, wanted)
        if problem is not None:
            problems.append(("/" + place, problem))
    problems += [("/" + place, "it does not belong there") for place in found if not LEFT.search(place)]
    for directory, _, _ in os.walk(release.path):
        mode = stat.S_IMODE(os.lstat(directory).st_mode)
        if mode != 0o555 and os.path.basename(directory) != "__pycache__":
            problems.append((directory[len(release.path) :], "its mode is %04o" % mode))
    return sorted(problems)


def list_wanted(cache, record, layers):
    """What layers bring: place to path in the store; and which of them cannot be relied on."""
    problems = []
    wanted = {}
    for layer in record["layers"]:
        digest = layer["identity"][len("sha256:") :]
        if not layers.get(digest):
            state = "is missing" if digest not in layers else "is damaged"
            problems.append(("", "its layer %s %s %s" % (layer["name"], layer["version"], state)))
            continue
        root = os.path.join(cache.layers, digest)
        for path in list_files(root)[0]:
            top, _, below = path.partition("/")
            if top in record["places"]:
                wanted[os.path.normpath(os.path.join(record["places"][top], below))] = os.path.join(root, path)
    return wanted, problems


def compare_file(root, place, status, record, wanted):
    path = os.path.join(root, place)
    if place in record["links"]:
        is_right = stat.S_ISLNK(status.st_mode) and os.readlink(path) == record["links"][place]
        return None if is_right else "it is not a link to %s" % record["links"][place]
    if not stat.S_ISREG(status.st_mode):
        return "it is a link"
    mode = stat.S_IMODE(status.st_mode)
    if place in record["made"]:
        described = describe_file(path)
        if described == record["made"][place]:
            return None
        return "it has other bytes" if described[0] == record["made"][place][0] else "its mode is %04o" % mode
    source = os.lstat(wanted[place])
    if os.path.samestat(source, status):
        return None
    if mode != stat.S_IMODE(source.st_mode):
        return "its mode is %04o" % mode
    is_same = status.st_size == source.st_size and has_bytes(path, read_chunks(wanted[place]))
    return None if is_same else "it has other bytes"


def verify_ready_file(cache, name, verified):
    path = os.path.join(cache.ready, name)
    with open(path, "rb") as file:
        text = os.fsdecode(file.read())
    if not text:
        return  # a door that was closed
    if not is_sealed(text):
        verified.add("ready/" + name, [("", "it is not as it was written")])
        verified.paths.append(path)
        return
    release = os.path.basename(text.split("\n", 1)[0].rstrip("'"))
    if not os.path.isdir(os.path.join(cache.releases, release)):
        verified.add("ready/" + name, [("", "its release is missing")])
        verified.paths.append(path)
    elif not re.search(r'^if \[ "\$holdall_boot" = %s \]' % re.escape(quote(find_boot())), text, re.MULTILINE):
        verified.notes.append(("ready/" + name, "it is of another boot: the next start looks at its release"))
