"""Tells browsers over a web socket what happens to tickets."""

import os

import anyio
from redis.asyncio import Redis
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket

from helpdesk.news import CHANNEL


async def live(socket: WebSocket) -> None:
    async with Redis.from_url(os.environ["RQ_REDIS_URL"], decode_responses=True) as redis, redis.pubsub() as news:
        await news.subscribe(CHANNEL)
        await socket.accept()
        async with anyio.create_task_group() as group:
            group.start_soon(wait_for_end, socket, group.cancel_scope)
            async for message in news.listen():
                if message["type"] == "message":
                    await socket.send_text(message["data"])


async def wait_for_end(socket: WebSocket, scope: anyio.CancelScope) -> None:
    async for _ in socket.iter_text():
        pass
    scope.cancel()


app = Starlette(routes=[WebSocketRoute("/", live)])
