"""An ASGI object (ASGI 3.0: lifespan, HTTP, web sockets), or a coroutine function, with one event loop for all calls."""

import asyncio
import json
import os
import signal
import sys
import urllib.parse
from http.client import responses

from _holdall_object_frames import (
    ACCEPT,
    BINARY,
    CALL,
    CLOSE,
    DATA,
    END,
    HEADER,
    TEXT,
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

BACKLOG = 4096
VERSIONS = {"version": "3.0", "spec_version": "2.4"}


def serve(found, interface, path):
    asyncio.run(run(found, interface, path))


async def run(found, interface, path):
    is_function = interface == "python"
    lifespan = Lifespan(found)
    if not is_function:
        await lifespan.start()
    calls = set()

    async def call(reader, writer):
        calls.add(asyncio.current_task())
        try:
            if is_function:
                await answer_function(found, reader, writer)
            else:
                await answer(found, reader, writer, lifespan.state)
        except Gone:
            pass
        finally:
            calls.discard(asyncio.current_task())
            writer.close()

    server = await asyncio.start_unix_server(call, path + ".new", backlog=BACKLOG)
    os.rename(path + ".new", path)
    stopping = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopping.set)
    await stopping.wait()
    server.close()
    leave_place(path)
    for task in list(calls):
        task.cancel()
    await asyncio.gather(*calls, return_exceptions=True)
    if not is_function:
        await lifespan.stop()


class Lifespan:
    """Start and stop of the application, where it has any: one that raises at the start has none."""

    def __init__(self, found):
        self.state = {}
        self._found = found
        self._events = asyncio.Queue()
        self._answers = asyncio.Queue()
        self._task = None

    async def start(self):
        scope = {"type": "lifespan", "asgi": VERSIONS, "state": self.state}
        self._task = asyncio.ensure_future(self._run(scope))
        await self._tell("startup")

    async def stop(self):
        if not self._task.done():
            await self._tell("shutdown")
        self._task.cancel()

    async def _run(self, scope):
        try:
            await self._found(scope, self._events.get, self._answers.put)
        except Exception:
            pass
        await self._answers.put({"type": "none"})

    async def _tell(self, what):
        await self._events.put({"type": "lifespan." + what})
        answer = await self._answers.get()
        if answer["type"] == "lifespan.%s.failed" % what:
            sys.exit("the application's %s failed: %s" % (what, answer.get("message", "")))


async def read_frame(reader):
    try:
        kind, length = unpack_header(await reader.readexactly(HEADER.size))
        return kind, await reader.readexactly(length)
    except (OSError, asyncio.IncompleteReadError) as error:
        raise Gone(str(error)) from error


async def answer_function(found, reader, writer):
    _, payload = await read_frame(reader)
    request = json.loads(payload.decode("utf-8"))
    work = asyncio.ensure_future(call_function(found, request["arguments"]))
    leaving = asyncio.ensure_future(reader.read(1))
    await asyncio.wait([work, leaving], return_when=asyncio.FIRST_COMPLETED)
    if not work.done():
        work.cancel()
        await asyncio.wait([work])
        raise Gone("the caller has gone")
    leaving.cancel()
    await Connection(reader, writer, request).write(work.result())


async def call_function(found, arguments):
    try:
        return pack_json(VALUE, await found(*arguments))
    except asyncio.CancelledError:
        raise
    except BaseException as error:  # sys.exit() ends a call, not this process
        return pack_error(error)


async def answer(found, reader, writer, state):
    kind, payload = await read_frame(reader)
    assert kind == CALL
    request = json.loads(payload.decode("utf-8"))
    connection = (WebSocket if request["kind"] == "websocket" else Http)(reader, writer, request)
    scope = make_scope(request)
    scope["state"] = state.copy()
    watching = asyncio.ensure_future(connection.watch())
    try:
        await found(scope, connection.receive, connection.send)
        await connection.finish()
    except (Gone, asyncio.CancelledError):
        raise
    except BaseException as error:  # sys.exit() ends a call, not this process
        await connection.write(pack_error(error))
    finally:
        watching.cancel()
        await asyncio.wait([watching])  # then nobody else reads
    await connection.leave()


def make_scope(request):
    path, _, query = request["target"].partition("?")
    host, _, port = request["host"].rpartition(":")
    scope = {
        "type": request["kind"],
        "asgi": VERSIONS,
        "http_version": "1.1",
        "scheme": request["scheme"],
        "path": urllib.parse.unquote(path),
        "raw_path": path.encode("latin-1"),
        "query_string": query.encode("latin-1"),
        "root_path": "",
        "headers": [
            (name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in request["headers"]
        ],
        "client": ("127.0.0.1", 0),
        "server": (host, int(port)),
    }
    if request["kind"] == "http":
        scope["method"] = request["method"]
    else:
        scope["subprotocols"] = request["subprotocols"]
    return scope


class Connection:
    """Frames of the caller as they come: a few are kept, then the caller waits."""

    def __init__(self, reader, writer, request):
        self._reader = reader
        self._writer = writer
        self._frames = asyncio.Queue(8)
        self.request = request
        self._is_gone = False

    async def watch(self):
        try:
            while True:
                frame = await read_frame(self._reader)
                self._is_gone = self._is_gone or frame[0] == CLOSE
                await self._frames.put(frame)
        except Gone:
            self._is_gone = True
            await self._frames.put((None, b""))

    async def write(self, *frames):
        try:
            for frame in frames:
                self._writer.write(frame)
                await self._writer.drain()
        except OSError as error:
            raise Gone(str(error)) from error

    async def leave(self):
        """What nobody has read is read now: a socket that is closed before that takes the end of the answer with it."""
        try:
            self._writer.write_eof()
            while await self._reader.read(1 << 16):
                pass
        except OSError as error:
            raise Gone(str(error)) from error


class Http(Connection):
    def __init__(self, reader, writer, request):
        super().__init__(reader, writer, request)
        self._is_body_read = False
        self._head = None
        self._is_started = False
        self._is_finished = False

    async def receive(self):
        if self._is_body_read:
            while (await self._frames.get())[0] is not None:
                pass
            return {"type": "http.disconnect"}
        kind, payload = await self._frames.get()
        if kind is None:
            self._is_body_read = True
            await self._frames.put((None, b""))
            return {"type": "http.disconnect"}
        self._is_body_read = kind == END
        return {"type": "http.request", "body": payload, "more_body": kind == DATA}

    async def send(self, message):
        if message["type"] == "http.response.start":
            if self._head is not None:
                raise RuntimeError("http.response.start was sent twice")
            status = message["status"]
            self._head = pack_head(status, responses.get(status, ""), decode_headers(message))
        elif message["type"] == "http.response.body":
            await self._send_body(message.get("body", b""), message.get("more_body", False))
        else:
            raise RuntimeError("an ASGI application sent %s" % message["type"])

    async def _send_body(self, body, is_more):
        if self._head is None or self._is_finished:
            raise RuntimeError("http.response.body was sent %s" % ("too late" if self._is_finished else "too early"))
        if not self._is_started:
            self._is_started = True
            await self.write(self._head)
        if self.request["method"] != "HEAD":
            await self.write(*pack_pieces(DATA, body))
        if not is_more:
            self._is_finished = True
            await self.write(pack(END))

    async def finish(self):
        if not self._is_finished:
            raise RuntimeError("an ASGI application ended before its answer did")


class WebSocket(Connection):
    def __init__(self, reader, writer, request):
        super().__init__(reader, writer, request)
        self._is_told = False
        self._is_accepted = False
        self._is_closed = False

    async def receive(self):
        if not self._is_told:
            self._is_told = True
            return {"type": "websocket.connect"}
        kind, payload = await self._frames.get()
        if kind == TEXT:
            return {"type": "websocket.receive", "text": payload.decode("utf-8"), "bytes": None}
        if kind == BINARY:
            return {"type": "websocket.receive", "text": None, "bytes": payload}
        closing = json.loads(payload.decode("utf-8")) if kind == CLOSE else {"code": 1006, "reason": ""}
        if kind is None:
            await self._frames.put((None, b""))
        return {"type": "websocket.disconnect", "code": closing["code"], "reason": closing["reason"]}

    async def send(self, message):
        kind = message["type"]
        if self._is_gone:
            raise Gone("the caller has closed the web socket")
        if self._is_closed or (kind == "websocket.accept") == self._is_accepted and kind != "websocket.close":
            raise RuntimeError("an ASGI application sent %s out of order" % kind)
        if kind == "websocket.accept":
            self._is_accepted = True
            accepted = {"subprotocol": message.get("subprotocol"), "headers": decode_headers(message)}
            await self.write(pack_json(ACCEPT, accepted))
        elif kind == "websocket.send":
            text = message.get("text")
            await self.write(pack(BINARY, message["bytes"]) if text is None else pack(TEXT, text.encode("utf-8")))
        elif kind == "websocket.close":
            self._is_closed = True
            closing = {"code": message.get("code", 1000), "reason": message.get("reason") or ""}
            await self.write(pack_json(CLOSE, closing))
        else:
            raise RuntimeError("an ASGI application sent %s" % kind)

    async def finish(self):
        """One that ends without a close breaks off, as it does under uvicorn."""


def decode_headers(message):
    headers = message.get("headers") or ()
    return [[bytes(name).decode("latin-1"), bytes(value).decode("latin-1")] for name, value in headers]
