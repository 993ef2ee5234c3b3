"""Frames of docs/objects.md: a byte that says what it is, four bytes of length (big-endian), the payload."""

import json
import struct

HEADER = struct.Struct("!cI")
MAX_FRAME = 1 << 24
PIECE = 1 << 16

CALL, HEAD, DATA, END, ERROR, VALUE = b"C", b"H", b"B", b"E", b"X", b"V"
ACCEPT, TEXT, BINARY, CLOSE = b"A", b"T", b"D", b"Q"


class Gone(OSError):
    """The caller has closed the connection: the call is cancelled."""


def pack(kind, payload=b""):
    return HEADER.pack(kind, len(payload)) + payload


def pack_json(kind, value):
    return pack(kind, json.dumps(value).encode("utf-8"))


def pack_pieces(kind, payload):
    for start in range(0, len(payload), PIECE):
        yield pack(kind, bytes(payload[start : start + PIECE]))


def unpack_header(header):
    kind, length = HEADER.unpack(header)
    if length > MAX_FRAME:
        raise Gone("a frame of %d bytes" % length)
    return kind, length


def describe(error):
    import traceback

    return {
        "type": type(error).__name__,
        "message": str(error),
        "traceback": "".join(traceback.format_exception(type(error), error, error.__traceback__)),
    }
