"""A layer: a tar archive of one permitted form inside gzip, docs/artifact.md, section 4."""

import hashlib
import re
import struct
import zlib

from .checks import is_path
from .refusal import Broken

BLOCK = 512
HEADER = struct.Struct("100s8s16s12s12s8s1s100s8s64s16s155s12x")
MTIME = b"02263523000\0"
ZEROS = b"0000000\0" * 2
PLACES = {
    "application": ("app",),
    "distribution": ("site-packages", "scripts", "data", "headers"),
    "bytecode": ("site-packages", "app"),
    "interpreter": ("python",),
}
RESERVED = re.compile(r"data/(pyvenv\.cfg|app|python|bin/python[0-9.]*t?)(/|$)|scripts/python[0-9.]*t?(/|$)")
CHUNK = 1 << 20


class Entry:
    """A file, or a symbolic link when `target` is not None."""

    __slots__ = ("path", "size", "is_executable", "target")

    def __init__(self, path, size, is_executable, target):
        self.path = path
        self.size = size
        self.is_executable = is_executable
        self.target = target

    def facts(self):
        """What it is made of again."""
        return self.path, self.size, self.is_executable, self.target


def read_entries(chunks, identity, layer):
    """Yields each entry with an iterator over its bytes. Only after the last one is the identity known to be right."""
    stream = Inflated(chunks, layer["size"])
    check = PathCheck(layer["kind"])
    count = 0
    while True:
        header = stream.take(BLOCK)
        if header == bytes(BLOCK):
            break
        entry = parse_header(header)
        check.next(entry)
        count += 1
        pieces = stream.pieces(entry.size)
        yield entry, pieces
        for _ in pieces:  # what the caller did not want
            pass
        padding = -entry.size % BLOCK
        if stream.take(padding) != bytes(padding):
            raise Broken("%s in a layer is followed by other bytes than zeros" % entry.path)
    if stream.take(BLOCK) != bytes(BLOCK) or count != layer["files"]:
        raise Broken("layer %s does not end where it should" % identity)
    if "sha256:" + stream.finish() != identity:
        raise Broken("layer %s has another content than its name says" % identity)


class Inflated:
    """The bytes of one gzip member. Never inflates more than `size` bytes, and a chunk."""

    def __init__(self, chunks, size):
        self._chunks = chunks
        self._start = b""
        self._inflate = zlib.decompressobj(31)
        self._digest = hashlib.sha256()
        self._left = size
        self._buffer = b""
        self._place = 0

    def take(self, size):
        return b"".join(self.pieces(size))

    def pieces(self, size):
        """The next bytes: at once where they are here already, as those of most files are."""
        end = self._place + size
        if end <= len(self._buffer):
            start, self._place = self._place, end
            return (self._buffer[start:end],)
        return self._inflate_pieces(size)

    def _inflate_pieces(self, size):
        while size > 0:
            if self._place == len(self._buffer) and not self._fill():
                raise Broken("a layer is incomplete")
            piece = self._buffer[self._place : self._place + size]
            self._place += len(piece)
            size -= len(piece)
            yield piece

    def finish(self):
        if self._place != len(self._buffer) or self._fill() or self._left:
            raise Broken("a layer has another size than its manifest says")
        if not self._inflate.eof or self._inflate.unused_data or next(self._chunks, b""):
            raise Broken("a layer is not one gzip member")
        return self._digest.hexdigest()

    def _fill(self):
        while not self._inflate.eof:
            packed = self._inflate.unconsumed_tail or next(self._chunks, b"")
            self._check_start(packed)
            try:
                self._buffer = self._inflate.decompress(packed, CHUNK)
            except zlib.error as error:
                raise Broken("a layer cannot be inflated") from error
            self._place = 0
            if self._buffer:
                self._left -= len(self._buffer)
                if self._left < 0:
                    raise Broken("a layer is larger than its manifest says")
                self._digest.update(self._buffer)
                return True
            if not packed:
                raise Broken("a layer is incomplete")
        self._buffer = b""
        self._place = 0
        return False

    def _check_start(self, packed):
        """A chunk is never so short that the flags of the header (RFC 1952) are not in the first one."""
        if not self._start:
            self._start = packed[:4]
            if self._start != b"\x1f\x8b\x08\x00":
                raise Broken("a layer is not gzip with a plain header")


def parse_header(header):
    try:
        name = header[0:100].rstrip(b"\0")
        prefix = header[345:500].rstrip(b"\0")
        path = (prefix + b"/" + name if prefix else name).decode("utf-8")
        target = header[157:257].rstrip(b"\0").decode("utf-8")
        size = int(header[124:135], 8)
    except ValueError as error:
        raise Broken("a layer has a malformed entry") from error
    is_link = header[156:157] == b"2"
    is_executable = not is_link and header[100:107] == b"0000755"
    entry = Entry(path, size, is_executable, target if is_link else None)
    if size < 0 or render_header(entry) != header:  # int() takes a sign, and %o writes it again
        raise Broken("a layer has an entry in a form that is not permitted: %r" % path[:100])
    return entry


def render_header(entry):
    """The one permitted header of an entry; something else for what cannot be an entry."""
    prefix, name = split_path(entry.path.encode("utf-8"))
    is_link = entry.target is not None
    mode = b"0000777" if is_link else b"0000755" if entry.is_executable else b"0000644"
    header = HEADER.pack(
        name,
        mode,
        ZEROS,
        b"%011o" % (0 if is_link else entry.size),
        MTIME,
        b" " * 8,
        b"2" if is_link else b"0",
        (entry.target or "").encode("utf-8"),
        b"ustar\x0000",
        b"",
        ZEROS,
        prefix,
    )
    return b"%b%06o\0 %b" % (header[:148], sum(header), header[156:])


def split_path(path):
    if len(path) <= 100:
        return b"", path
    cut = path.find(b"/", len(path) - 101)
    return (path[:cut], path[cut + 1 :]) if cut >= 0 else (path, b"")


class PathCheck:
    """Whether the paths of one layer are permitted, in order, unique and not below one another."""

    def __init__(self, kind):
        self._kind = kind
        self._last = b""
        self._files = set()
        self._directories = {""}

    def next(self, entry):
        path = entry.path
        key = path.encode("utf-8")
        if not is_path(path) or key <= self._last or "/" not in path:
            raise Broken("a layer has a path that is not permitted, or not in order: %r" % path[:100])
        self._last = key
        above = path.rpartition("/")[0]
        self._check_place(entry, above)
        while above not in self._directories:
            if above in self._files:
                raise Broken("a layer has %r as a file and as a directory" % above)
            self._directories.add(above)
            above = above.rpartition("/")[0]
        self._files.add(path)

    def _check_place(self, entry, above):
        path = entry.path
        top = path[: path.index("/")]
        if top not in PLACES[self._kind]:
            raise Broken("a layer of kind %s has the path %r" % (self._kind, path[:100]))
        if self._kind == "bytecode" and not (path.endswith(".pyc") and above.endswith("/__pycache__")):
            raise Broken("a layer of bytecode has the path %r" % path[:100])
        if RESERVED.match(path):
            raise Broken("a layer has the path %r, which belongs to the release itself" % path)
        if entry.target is not None and (self._kind == "bytecode" or not is_inside(entry.target, path, top)):
            raise Broken("a layer has a link to outside: %r" % path)


def is_inside(target, path, top):
    """Whether a link stays below the first part of its path.

    `..` may only come first: after a name it would lead out of a directory that is a link itself.
    """
    if top not in ("app", "python"):
        return False
    parts = target.split("/")
    up = 0
    while up < len(parts) and parts[up] == "..":
        up += 1
    below = parts[up:]
    if below and not is_path("/".join(below)):
        return False
    depth = path.count("/") - 1 - up  # of what `..` leads to, below the first part
    return depth > 0 or (depth == 0 and bool(below))


def check_program(target, layers, paths):
    """Whether a layer of kind `interpreter` has the interpreter of its target."""
    first = target["layers"][0] if target["layers"] else None
    python = target["python"]
    program = "python/bin/python%s%s" % (python["version"], "t" if python["abi"].endswith("t") else "")
    if first and layers[first]["kind"] == "interpreter" and program not in paths[first]:
        raise Broken("layer %s has no %s, which a target starts" % (first, program))


def check_nesting(paths):
    """Whether none of the paths of several layers is below another."""
    seen = {""}
    for path in paths:
        above = path.rpartition("/")[0]
        while above not in seen:
            if above in paths:
                raise Broken("its layers have %r as a file and as a directory" % above)
            seen.add(above)
            above = above.rpartition("/")[0]
