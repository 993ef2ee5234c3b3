"""An artifact, sealed or open, and the check of every byte of it."""

import hashlib
import os
import stat
import zlib

from . import manifest, sealed
from .refusal import Broken, Refusal
from .sharing import count_processors, divide, share_with_threads

ID_START = len(b"#!/bin/sh\nholdall_id='")
ID_END = ID_START + 64
CHUNK = 1 << 20
SHARED_SIZE = 4 << 20  # fewer bytes are hashed before threads have started


class Artifact:
    """Names and manifest are checked when it is opened, the members' bytes by `check`."""

    def __init__(self, path):
        self.path = path
        try:
            self.is_open = os.path.isdir(path)
            if self.is_open:
                self._source = OpenSource(path)
            else:
                self._source = SealedSource(path)
        except OSError as error:
            raise Refusal("it cannot be read (%s)" % error.strerror, "Check its path and permissions.") from error
        if self._source.size("manifest.json") > manifest.MAX_SIZE:
            raise Broken("its manifest is too large")
        text = b"".join(self.chunks("manifest.json"))
        self.manifest = manifest.parse(text)
        self.manifest_text = text
        self.identity = hashlib.sha256(text).hexdigest()
        self.name = self.manifest["name"]
        self.version = self.manifest["version"]
        self._check_members()
        self._check_prefix()

    @property
    def program(self):
        """What sh runs to start it; never a bare name, which would be looked up in PATH."""
        path = self.path + "/prefix" if self.is_open else self.path
        return path if "/" in path else "./" + path

    def chunks(self, name):
        return self._source.chunks(name)

    def read(self, name):
        return b"".join(self.chunks(name))

    def prefix(self):
        return self._source.prefix()

    def check(self):
        """Compares the bytes of each member with the manifest. In threads: hashing leaves Python's lock."""
        costs = {name: content["size"] for name, content in self.manifest["members"].items()}
        count = count_processors() if sum(costs.values()) > SHARED_SIZE else 1
        share_with_threads(divide(costs, count), self._check_member)

    def _check_members(self):
        members = self.manifest["members"]
        names = set(self._source.names()) - {"manifest.json"}
        if names != set(members):
            name = min(names ^ set(members))
            raise Broken("%s is %s" % (name, "missing" if name in members else "not in its manifest"))
        for name, content in members.items():
            if self._source.size(name) != content["size"]:
                raise Broken("the size of %s is not that of its manifest" % name)

    def _check_prefix(self):
        prefix = self.prefix()
        blank = prefix[:ID_START] + b"0" * 64 + prefix[ID_END:]
        wanted = self.manifest["prefix"]
        if (
            prefix[:ID_END] != b"#!/bin/sh\nholdall_id='" + self.identity.encode()
            or prefix[ID_END : ID_END + 2] != b"'\n"
            or not prefix.endswith(b"\nexit\n")
            or len(prefix) != wanted["size"]
            or hashlib.sha256(blank).hexdigest() != wanted["sha256"]
        ):
            raise Broken("its script is not the one that its manifest names")

    def _check_member(self, name):
        content = self.manifest["members"][name]
        digest = hashlib.sha256()
        crc = 0
        for chunk in self.chunks(name):
            digest.update(chunk)
            crc = zlib.crc32(chunk, crc)
        if digest.hexdigest() != content["sha256"] or crc != self._source.crc(name, crc):
            raise Broken("%s is not as it was sealed" % name)


class SealedSource:
    """One file. It is read through one descriptor, so replacing the file changes nothing for a start under way."""

    def __init__(self, path):
        self._descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        self._prefix_size, members = sealed.read_members(self._descriptor)
        self._members = {member.name: member for member in members}
        manifest_member = members[0]
        if self.crc("manifest.json", 0) != zlib.crc32(
            sealed.read_exactly(
                self._descriptor, min(manifest_member.size, manifest.MAX_SIZE), manifest_member.offset
            )
        ):
            raise Broken("manifest.json is not as it was sealed")

    def names(self):
        return self._members

    def size(self, name):
        return self._members[name].size

    def crc(self, name, _computed):
        return self._members[name].crc

    def prefix(self):
        return sealed.read_exactly(self._descriptor, self._prefix_size, 0)

    def chunks(self, name):
        member = self._members[name]
        place, end = member.offset, member.offset + member.size
        while place < end:
            chunk = sealed.read_exactly(self._descriptor, min(CHUNK, end - place), place)
            place += len(chunk)
            yield chunk


class OpenSource:
    """A directory with the same content, docs/artifact.md, section 6."""

    def __init__(self, path):
        self._path = path
        self._sizes = {}
        for directory, directories, files in os.walk(path):
            for name in directories + files:
                full = os.path.join(directory, name)
                status = os.lstat(full)
                member = os.path.relpath(full, path)
                if stat.S_ISDIR(status.st_mode) and os.listdir(full):
                    continue
                if len(self._sizes) > sealed.MAX_MEMBERS:
                    raise Broken("it has more than %d members" % sealed.MAX_MEMBERS)
                if not stat.S_ISREG(status.st_mode) or not sealed.NAME.fullmatch(member):
                    raise Broken("%s does not belong into it" % member)
                self._sizes[member] = status.st_size
        if self._sizes.pop("prefix", None) is None:
            raise Broken("prefix is missing")
        sealed.check_names(sorted(self._sizes, key=lambda name: (name != "manifest.json", name)))

    def names(self):
        return self._sizes

    def size(self, name):
        return self._sizes[name]

    def crc(self, _name, computed):
        return computed  # only the archive has checksums

    def prefix(self):
        return b"".join(self.chunks("prefix"))

    def chunks(self, name):
        with open(os.path.join(self._path, name), "rb") as file:
            while True:
                chunk = file.read(CHUNK)
                if not chunk:
                    return
                yield chunk
