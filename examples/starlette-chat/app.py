"""A chat with one room: a page, and a web socket through which everybody sees what everybody says."""

from pathlib import Path

from starlette.applications import Starlette
from starlette.responses import FileResponse, JSONResponse
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.websockets import WebSocket

from room import Room

STATIC = Path(__file__).parent / "static"
room = Room()


async def page(request):
    return FileResponse(STATIC / "chat.html")


async def health(request):
    return JSONResponse({"people": room.size})


async def chat(socket: WebSocket) -> None:
    await socket.accept()
    async with room.join(socket):
        async for text in socket.iter_text():
            await room.say(text)


app = Starlette(
    routes=[
        Route("/", page),
        Route("/health", health),
        WebSocketRoute("/chat", chat),
        Mount("/static", StaticFiles(directory=STATIC)),
    ],
)
