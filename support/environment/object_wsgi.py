"""A WSGI object (PEP 3333), or a plain function: each call in a thread of its own."""

import errno
import io
import json
import os
import signal
import socket
import sys
import threading
import time
import urllib.parse

from _holdall_object_frames import (
    CALL,
    DATA,
    END,
    HEADER,
    VALUE,
    Gone,
    leave_place,
    pack,
    pack_error,
    pack_head,
    pack_json,
    pack_pieces,
    unpack_header,
)

MAX_THREADS = 128  # more calls wait in the backlog
BACKLOG = 4096
# accept(2): what passes when other calls end.
SHORTAGES = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM, errno.ECONNABORTED)
BETWEEN_TRIES = 0.05


def serve(found, interface, path):
    answer = answer_wsgi if interface == "wsgi" else answer_function
    free = threading.Semaphore(MAX_THREADS)

    def run(connection):
        try:
            with connection:
                answer(found, connection)
                leave(connection)
        except Gone:
            pass
        finally:
            free.release()

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # as in a server, what is registered with atexit runs
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(path + ".new")
        server.listen(BACKLOG)
        os.rename(path + ".new", path)
        try:
            while True:
                free.acquire()
                threading.Thread(target=run, args=(accept(server),), daemon=True).start()
        finally:
            leave_place(path)


def accept(server):
    while True:
        try:
            return server.accept()[0]
        except OSError as error:
            if error.errno not in SHORTAGES:
                raise
            time.sleep(BETWEEN_TRIES)


def read_frame(connection):
    kind, length = unpack_header(read_exactly(connection, HEADER.size))
    return kind, read_exactly(connection, length)


def leave(connection):
    """What nobody has read is read now: a socket that is closed before that takes the end of the answer with it."""
    connection.shutdown(socket.SHUT_WR)
    while receive(connection, 1 << 16):
        pass


def receive(connection, size):
    try:
        return connection.recv(size)
    except OSError as error:
        raise Gone(str(error)) from error


def send(connection, data):
    try:
        connection.sendall(data)
    except OSError as error:
        raise Gone(str(error)) from error


def read_exactly(connection, size):
    pieces = []
    while size > 0:
        piece = receive(connection, min(size, 1 << 20))
        if not piece:
            raise Gone("the caller has gone")
        pieces.append(piece)
        size -= len(piece)
    return b"".join(pieces)


class Body(io.RawIOBase):
    """`wsgi.input`, as far as the caller has sent it."""

    def __init__(self, connection):
        self._connection = connection
        self._piece = memoryview(b"")
        self._is_open = True

    def readable(self):
        return True

    def readinto(self, buffer):
        while self._is_open and not self._piece:
            kind, payload = read_frame(self._connection)
            self._is_open = kind == DATA
            self._piece = memoryview(payload if self._is_open else b"")
        size = min(len(buffer), len(self._piece))
        buffer[:size] = self._piece[:size]
        self._piece = self._piece[size:]
        return size


def answer_function(found, connection):
    _, payload = read_frame(connection)
    try:
        result = pack_json(VALUE, found(*json.loads(payload.decode("utf-8"))["arguments"]))
    except BaseException as error:  # sys.exit() ends a call, not this process
        result = pack_error(error)
    send(connection, result)


def answer_wsgi(found, connection):
    kind, payload = read_frame(connection)
    assert kind == CALL
    request = json.loads(payload.decode("utf-8"))
    response = Response(connection, request["method"] == "HEAD")
    try:
        run_wsgi(found, make_environ(request, connection), response)
        response.finish()
    except Gone:
        raise
    except BaseException as error:  # sys.exit() ends a call, not this process
        send(connection, pack_error(error))


def run_wsgi(found, environ, response):
    result = found(environ, response.start)
    try:
        for piece in result:
            response.write(piece)
    finally:
        if hasattr(result, "close"):
            result.close()


def make_environ(request, connection):
    path, _, query = request["target"].partition("?")
    host, _, port = request["host"].rpartition(":")
    environ = {
        "REQUEST_METHOD": request["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": urllib.parse.unquote_to_bytes(path).decode("latin-1"),
        "QUERY_STRING": query,
        "RAW_URI": request["target"],
        "SERVER_NAME": host,
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": request["scheme"],
        "wsgi.input": io.BufferedReader(Body(connection), 1 << 16),
        "wsgi.input_terminated": True,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, value in request["headers"]:
        if "_" in name:
            continue  # it would pass for the one with `-`
        key = name.upper().replace("-", "_")
        if key not in ("CONTENT_TYPE", "CONTENT_LENGTH"):
            key = "HTTP_" + key
        environ[key] = environ[key] + "," + value if key in environ else value
    return environ


class Response:
    """What an application says by `start_response`, sent when its first piece comes."""

    def __init__(self, connection, is_head):
        self._connection = connection
        self._is_head = is_head
        self._head = None
        self.is_sent = False

    def start(self, status, headers, exc_info=None):
        if exc_info is not None:
            try:
                if self.is_sent:
                    raise exc_info[1].with_traceback(exc_info[2])
            finally:
                exc_info = None
        elif self._head is not None:
            raise AssertionError("start_response was called twice")
        code, _, reason = status.partition(" ")
        self._head = pack_head(int(code), reason, [list(header) for header in headers])
        return self.write

    def write(self, piece):
        if not isinstance(piece, bytes):
            raise TypeError("a WSGI application gave a piece of %s, not bytes" % type(piece).__name__)
        if piece:
            self._send_head()
            if not self._is_head:
                for frame in pack_pieces(DATA, piece):
                    send(self._connection, frame)

    def finish(self):
        self._send_head()
        send(self._connection, pack(END))

    def _send_head(self):
        if not self.is_sent:
            if self._head is None:
                raise AssertionError("a WSGI application answered before it called start_response")
            self.is_sent = True
            send(self._connection, self._head)
