"""Reads the layers that a build has written itself (docs/artifact.md, section 4): they are trusted.

`tarfile` reads every tar that there is, and takes longer to import than an application's layer takes to read.
"""

import os
import sys
import zlib

LIBRARY = os.path.join("lib", "python%d.%d" % sys.version_info[:2], "site-packages")
PLACES = {"site-packages": LIBRARY, "scripts": "bin", "headers": "include", "data": "", "app": "app"}
BLOCK = 512
PIECE = 256 * 1024
GZIP = 31  # zlib.decompressobj(): the largest window, and a header of gzip


def read_layer(path):
    """Yields path, type (b"0" file, b"2" link), whether it is executable, and the content or the link's target."""
    with open(path, "rb") as file:
        take = make_taker(file)
        while True:
            header = take(BLOCK)
            name, prefix = text(header, 0, 100), text(header, 345, 500)
            if not name:
                return
            size = int(header[124:135], 8)
            kind = header[156:157]
            content = take(size) if kind == b"0" else text(header, 157, 257)
            take(-size % BLOCK)
            yield (prefix + "/" + name if prefix else name), kind, header[104:107] == b"755", content


def place_layer(path, root):
    """Unpacks a layer to where a release has its files. Returns the places of the files, with their paths in the layer."""
    placed = {}
    for name, kind, is_executable, content in read_layer(path):
        top, _, below = name.partition("/")
        target = os.path.join(root, PLACES[top], below)
        os.makedirs(os.path.dirname(target), exist_ok=True)
        if os.path.lexists(target):
            os.unlink(target)
        if kind == b"2":
            os.symlink(content, target)
            continue
        with open(target, "wb") as file:
            file.write(content)
        if is_executable:
            os.chmod(target, 0o755)
        placed[target] = name
    return placed


def text(header, start, end):
    return header[start:end].rstrip(b"\0").decode()


def make_taker(file):
    """A function that gives the next bytes of what was compressed."""
    inflate = zlib.decompressobj(GZIP)
    ahead = b""
    start = 0

    def take(size):
        nonlocal ahead, start
        have = len(ahead) - start
        if have >= size:
            start += size
            return ahead[start - size : start]
        pieces = [ahead[start:]]
        while have < size:
            compressed = file.read(PIECE)
            if not compressed:
                raise EOFError("a layer ends too early")
            pieces.append(inflate.decompress(compressed))
            have += len(pieces[-1])
        ahead = b"".join(pieces)
        start = size
        return ahead[:size]

    return take
