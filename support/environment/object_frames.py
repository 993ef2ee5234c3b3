"""Frames of docs/objects.md: a byte that says what it is, four bytes of length (big-endian), the payload."""

import json
import os
import re
import struct
import sys
import traceback

HEADER = struct.Struct("!cI")
MAX_FRAME = 1 << 24
PIECE = 1 << 16
MAX_TEXT = 1 << 16  # of an error
NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110, 5.6.2
NOT_IN_VALUE = re.compile(r"[\0\r\n]")  # RFC 9110, 5.5

CALL, HEAD, DATA, END, ERROR, VALUE = b"C", b"H", b"B", b"E", b"X", b"V"
ACCEPT, TEXT, BINARY, CLOSE = b"A", b"T", b"D", b"Q"


class Gone(OSError):
    """The caller has closed the connection: the call is cancelled."""


def pack(kind, payload=b""):
    if len(payload) > MAX_FRAME:
        raise ValueError("%d bytes at once are more than %d" % (len(payload), MAX_FRAME))
    return HEADER.pack(kind, len(payload)) + payload


def pack_json(kind, value):
    """@raise TypeError, ValueError: for what JSON does not have."""
    return pack(kind, json.dumps(value, allow_nan=False).encode("utf-8"))


def pack_pieces(kind, payload):
    for start in range(0, len(payload), PIECE):
        yield pack(kind, bytes(payload[start : start + PIECE]))


def pack_head(status, reason, headers):
    """What a server would refuse to send is refused here, too."""
    if not 100 <= status <= 999:
        raise ValueError("an answer has the status %d" % status)
    for name, value in [("Reason", reason), *headers]:
        value.encode("latin-1")
        if not NAME.fullmatch(name) or NOT_IN_VALUE.search(value):
            raise ValueError("an answer has a header that HTTP does not have: %.200r" % name)
    return pack_json(HEAD, {"status": status, "reason": reason, "headers": headers})


def unpack_header(header):
    kind, length = HEADER.unpack(header)
    if length > MAX_FRAME:
        raise Gone("a frame of %d bytes" % length)
    return kind, length


def pack_error(error):
    """For the caller, who may have gone; the log has the traceback in any case."""
    text = "".join(traceback.format_exception(type(error), error, error.__traceback__))
    sys.stderr.write(text if len(text) <= MAX_TEXT else text[: MAX_TEXT // 2] + "\n...\n" + text[-MAX_TEXT // 2 :])
    sys.stderr.flush()
    try:
        message = str(error)
    except Exception:
        message = "(an error that has no text)"
    return pack_json(ERROR, {"type": type(error).__name__, "message": message[:MAX_TEXT]})


def leave_place(path):
    """The socket is alone in its directory. Whoever made that may have been killed."""
    for remove, name in ((os.unlink, path), (os.rmdir, os.path.dirname(path))):
        try:
            remove(name)
        except OSError:
            pass
