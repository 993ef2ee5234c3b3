"""The same as hard_wsgi.py for ASGI, with web sockets."""

import asyncio
import hashlib
import json

going = asyncio.Event()
closed = asyncio.Semaphore(0)

# What a client adds of its own.
OF_CLIENTS = (b"accept", b"accept-encoding", b"accept-language", b"connection", b"host", b"sec-fetch-mode", b"user-agent")


async def read(receive):
    pieces = []
    while True:
        message = await receive()
        pieces.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(pieces)


async def answer(send, status, headers, *pieces):
    await send({"type": "http.response.start", "status": status, "headers": headers})
    for piece in pieces:
        await send({"type": "http.response.body", "body": piece, "more_body": True})
    await send({"type": "http.response.body"})


async def tell(scope, receive, send):
    body = await read(receive)
    seen = {key: scope[key] for key in ("method", "path", "root_path", "scheme", "http_version")}
    seen["raw_path"] = scope["raw_path"].decode("latin-1")
    seen["query"] = scope["query_string"].decode("latin-1")
    seen["headers"] = sorted(
        (name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"] if name not in OF_CLIENTS
    )
    seen["client"] = scope["client"][0]
    seen["state"] = scope["state"]
    seen["body"] = [len(body), hashlib.sha256(body).hexdigest()]
    await answer(send, 200, [(b"content-type", b"application/json")], json.dumps(seen).encode())


async def headers(scope, receive, send):
    fields = [
        (b"content-type", b"text/plain; charset=latin-1"),
        (b"set-cookie", b"a=1; Path=/; HttpOnly"),
        (b"set-cookie", b"b=two words"),
        (b"x-twice", b"one"),
        (b"x-twice", b"two"),
        (b"x-latin", b"caf\xe9"),
        (b"x-empty", b""),
    ]
    await answer(send, 206, fields, b"", b"caf\xe9", b"")


async def status(scope, receive, send):
    code = scope["path"].rpartition("/")[2]
    pieces = [] if code in ("204", "304") else [b"body of " + code.encode()]
    await answer(send, int(code), [(b"etag", b'"x"'), (b"location", b"/elsewhere")], *pieces)


async def pieces(scope, receive, send):
    going.clear()
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"first", "more_body": True})
    await asyncio.wait_for(going.wait(), 30)
    await send({"type": "http.response.body", "body": b"second"})


async def go(scope, receive, send):
    going.set()
    await answer(send, 204, [])


async def mirror(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": []})
    while True:
        message = await receive()
        await send({"type": "http.response.body", "body": message["body"], "more_body": True})
        if not message["more_body"]:
            break
    await send({"type": "http.response.body"})


async def large(scope, receive, send):
    await answer(send, 200, [], *[bytes(1 << 20)] * (int(scope["query_string"]) >> 20))


async def endless(scope, receive, send):
    async def wait():
        while (await receive())["type"] != "http.disconnect":
            pass

    gone = asyncio.ensure_future(wait())
    await send({"type": "http.response.start", "status": 200, "headers": []})
    try:
        while not gone.done():
            await send({"type": "http.response.body", "body": b"more " * 1000, "more_body": True})
            await asyncio.sleep(0)
    finally:
        gone.cancel()
        closed.release()


async def was_closed(scope, receive, send):
    await asyncio.wait_for(closed.acquire(), 30)
    await answer(send, 200, [], b"yes")


async def fail(scope, receive, send):
    raise ValueError("before the answer")


async def fail_late(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"some", "more_body": True})
    raise ValueError("in the middle")


async def after(scope, receive, send):
    """Work after the answer is not cancelled by the answer's end."""
    await answer(send, 200, [], b"done")
    await asyncio.sleep(0.01)
    closed.release()


PATHS = {
    "/headers": headers,
    "/pieces": pieces,
    "/go": go,
    "/mirror": mirror,
    "/large": large,
    "/endless": endless,
    "/was-closed": was_closed,
    "/fail": fail,
    "/fail-late": fail_late,
    "/after": after,
}


async def talk(scope, receive, send):
    await receive()
    if scope["path"] == "/refuse":
        await send({"type": "websocket.close", "code": 4000})
        return
    offered = scope["subprotocols"]
    await send({"type": "websocket.accept", "subprotocol": offered[-1] if offered else None})
    await send({"type": "websocket.send", "text": json.dumps([scope["path"], scope["query_string"].decode()])})
    while True:
        message = await receive()
        if message["type"] == "websocket.disconnect":
            closed.release()
            return
        if message.get("text") == "close":
            await send({"type": "websocket.close", "code": 4001, "reason": "as you wish"})
            return
        if message.get("text") == "end":
            return
        if message.get("text") == "fail":
            raise ValueError("in a web socket")
        if message.get("text") is not None:
            await send({"type": "websocket.send", "text": message["text"]})
        else:
            await send({"type": "websocket.send", "bytes": message["bytes"]})


async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                scope["state"]["greeting"] = "hello"
            await send({"type": message["type"] + ".complete"})
            if message["type"] == "lifespan.shutdown":
                return
    if scope["type"] == "websocket":
        return await talk(scope, receive, send)
    path = scope["path"]
    await (status if path.startswith("/status/") else PATHS.get(path, tell))(scope, receive, send)
