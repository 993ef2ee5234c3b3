"""A WSGI application of hard parts: what one server does with it, every other one has to do."""

import hashlib
import itertools
import json
import threading

going = threading.Event()
closed = threading.Semaphore(0)

# What a client adds of its own.
OF_CLIENTS = ("ACCEPT", "ACCEPT_ENCODING", "ACCEPT_LANGUAGE", "CONNECTION", "HOST", "SEC_FETCH_MODE", "USER_AGENT")


def tell(environ, start_response):
    """What the application sees of the request."""
    body = environ["wsgi.input"].read()
    seen = {key: environ.get(key) for key in ("REQUEST_METHOD", "SCRIPT_NAME", "PATH_INFO", "QUERY_STRING", "RAW_URI")}
    seen.update({key: environ.get(key) for key in ("CONTENT_TYPE", "CONTENT_LENGTH", "SERVER_PROTOCOL", "REMOTE_ADDR")})
    seen["scheme"] = environ["wsgi.url_scheme"]
    seen["headers"] = sorted(
        (key, value) for key, value in environ.items() if key.startswith("HTTP_") and key[5:] not in OF_CLIENTS
    )
    seen["body"] = [len(body), hashlib.sha256(body).hexdigest()]
    text = json.dumps(seen).encode()
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(text)))])
    return [text]


def tell_by_length(environ, start_response):
    """As CGI says: no more than the length."""
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    start_response("200 OK", [("Content-Type", "application/octet-stream")])
    return [body]


def headers(environ, start_response):
    start_response(
        "299 Quite fine",
        [
            ("Content-Type", "text/plain; charset=latin-1"),
            ("Set-Cookie", "a=1; Path=/; HttpOnly"),
            ("Set-Cookie", "b=two words"),
            ("X-Twice", "one"),
            ("X-Twice", "two"),
            ("X-Latin", "caf\xe9"),
            ("X-Empty", ""),
        ],
    )
    return [b"", b"caf\xe9", b""]


def status(environ, start_response):
    code = environ["PATH_INFO"].rpartition("/")[2]
    start_response(code + " As asked", [("ETag", '"x"'), ("Location", "/elsewhere")])
    return [] if code in ("204", "304") else [b"body of " + code.encode()]


def by_write(environ, start_response):
    write = start_response("200 OK", [("Content-Type", "text/plain")])
    write(b"written, ")
    return [b"returned"]


def pieces(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    going.clear()

    def give():
        yield b"first"
        going.wait(30)
        yield b"second"

    return give()


def go(environ, start_response):
    going.set()
    start_response("204 No Content", [])
    return []


def mirror(environ, start_response):
    """Reads what it has been sent after its answer has begun."""
    start_response("200 OK", [("Content-Type", "application/octet-stream")])
    return iter(lambda: environ["wsgi.input"].read(100000), b"")


def large(environ, start_response):
    size = int(environ["QUERY_STRING"])
    start_response("200 OK", [("Content-Length", str(size))])
    return itertools.repeat(bytes(1 << 20), size >> 20)


class Endless:
    def __iter__(self):
        return itertools.repeat(b"more " * 1000)

    def close(self):
        closed.release()


def endless(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return Endless()


def was_closed(environ, start_response):
    seen = closed.acquire(timeout=30)
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"yes" if seen else b"no"]


def fail(environ, start_response):
    raise ValueError("before the answer")


def fail_late(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "1000")])

    def give():
        yield b"some"
        raise ValueError("in the middle")

    return give()


def fail_header(environ, start_response):
    start_response("200 OK", [("X-Split", "a\r\nX-Other: b")])
    return [b"never"]


def fail_replaced(environ, start_response):
    """An answer that has not begun may be replaced: PEP 3333, `exc_info`."""
    import sys

    start_response("200 OK", [("X-First", "1")])
    try:
        raise ValueError("replaced")
    except ValueError:
        start_response("503 Sorry", [("Content-Type", "text/plain")], sys.exc_info())
    return [b"sorry"]


PATHS = {
    "/by-length": tell_by_length,
    "/headers": headers,
    "/by-write": by_write,
    "/pieces": pieces,
    "/go": go,
    "/mirror": mirror,
    "/large": large,
    "/endless": endless,
    "/was-closed": was_closed,
    "/fail": fail,
    "/fail-late": fail_late,
    "/fail-header": fail_header,
    "/fail-replaced": fail_replaced,
}


def app(environ, start_response):
    path = environ["PATH_INFO"]
    found = status if path.startswith("/status/") else PATHS.get(path, tell)
    return found(environ, start_response)
