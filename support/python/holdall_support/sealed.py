"""The sealed form of an artifact: prefix and ZIP archive, docs/artifact.md, section 1.

Headers are rebuilt from name, size and checksum and compared: there is one permitted value for each of their bytes,
so nothing that a lenient reader would skip can be in the file.
"""

import os
import re
import struct

from .refusal import Broken

START = b"#!/bin/sh\n"
MAX_MEMBERS = 4096
END = struct.Struct("<IHHHHIIH")
CENTRAL = struct.Struct("<IHHHHHHIIIHHHHHII")
LOCAL = struct.Struct("<IHHHHHIIIHH")
NAME = re.compile(r"(?!/)(?!.*//)(?!(?:.*/)?\.\.?(?:/|$))[A-Za-z0-9._/-]{1,200}(?<!/)")


class Member:
    """Where the bytes of one member are."""

    __slots__ = ("name", "offset", "size", "crc")

    def __init__(self, name, offset, size, crc):
        self.name = name
        self.offset = offset
        self.size = size
        self.crc = crc


def read_members(descriptor):
    """The prefix's size and the members in the order of the file; all but their bytes is checked."""
    size = os.fstat(descriptor).st_size
    if os.pread(descriptor, len(START), 0) != START:
        raise Broken("it does not start as an artifact does")
    if size > 0xFFFFFFFF or size < END.size:
        raise Broken("its size is %d bytes" % size)
    end = os.pread(descriptor, END.size, size - END.size)
    signature, _, _, count, _, central_size, central_offset, _ = END.unpack(end)
    if (
        signature != 0x06054B50
        or END.pack(0x06054B50, 0, 0, count, count, central_size, central_offset, 0) != end
        or central_offset + central_size + END.size != size
    ):
        raise Broken("it does not end as an artifact does; it may be incomplete")
    if count > MAX_MEMBERS:
        raise Broken("it has %d members" % count)
    members = parse_directory(read_exactly(descriptor, central_size, central_offset), count)
    place = prefix_size = members[0].offset if members else 0
    for member in members:
        header = render_local(member)
        if member.offset != place or read_exactly(descriptor, len(header), place) != header:
            raise Broken("the header of %s is not the permitted one" % member.name)
        member.offset = place + len(header)
        place = member.offset + member.size
    if place != central_offset:
        raise Broken("there are bytes between its members and its directory")
    check_names([member.name for member in members])
    return prefix_size, members


def parse_directory(directory, count):
    members = []
    place = 0
    for _ in range(count):
        fixed = directory[place : place + CENTRAL.size]
        if len(fixed) != CENTRAL.size:
            raise Broken("its directory is too short")
        fields = CENTRAL.unpack(fixed)
        crc, size, name_size, offset = fields[7], fields[8], fields[10], fields[16]
        expected = CENTRAL.pack(
            0x02014B50, 0x0314, 10, 0, 0, 0, 0x0021, crc, size, size, name_size, 0, 0, 0, 0, 0x81A40000, offset
        )
        name = directory[place + CENTRAL.size : place + CENTRAL.size + name_size].decode("ascii", "replace")
        if fixed != expected or not NAME.fullmatch(name):
            raise Broken("entry %d of its directory is not the permitted one" % (len(members) + 1))
        members.append(Member(name, offset, size, crc))
        place += CENTRAL.size + name_size
    if place != len(directory):
        raise Broken("its directory is too long")
    return members


def render_local(member):
    name = member.name.encode("ascii")
    return LOCAL.pack(0x04034B50, 10, 0, 0, 0, 0x0021, member.crc, member.size, member.size, len(name), 0) + name


def check_names(names):
    if not names or names[0] != "manifest.json":
        raise Broken("its first member is not manifest.json")
    if "manifest.sig" in names:
        # Reserved by format 1. To run what it names unchecked would make the signature worthless.
        raise Broken("it is signed, and this reader cannot check signatures")
    if any(a >= b for a, b in zip(names[1:], names[2:])) or "manifest.json" in names[1:]:
        raise Broken("its members are not in order")
    taken = {"prefix", *names}
    for name in names:
        above = name
        while "/" in above:
            above = above.rpartition("/")[0]
            if above in taken:
                raise Broken("member %s is below %s, which is a file" % (name, above))
    if "prefix" in names:
        raise Broken("it has a member named prefix")


def read_exactly(descriptor, size, offset):
    """pread(2) may return less than asked for, at most 2 GiB at once."""
    parts = []
    while size > 0:
        part = os.pread(descriptor, min(size, 1 << 24), offset)
        if not part:
            raise Broken("it is incomplete")
        parts.append(part)
        size -= len(part)
        offset += len(part)
    return b"".join(parts)
