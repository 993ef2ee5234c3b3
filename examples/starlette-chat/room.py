from collections import deque
from contextlib import asynccontextmanager

from starlette.websockets import WebSocket, WebSocketDisconnect

MAX_LENGTH = 500


class Room:
    """Who is here, and the last things that were said; in memory, so one process serves one room."""

    def __init__(self) -> None:
        self._sockets: set[WebSocket] = set()
        self._last: deque[str] = deque(maxlen=20)

    @property
    def size(self) -> int:
        return len(self._sockets)

    @asynccontextmanager
    async def join(self, socket: WebSocket):
        for text in list(self._last):
            await socket.send_text(text)
        self._sockets.add(socket)
        try:
            yield
        finally:
            self._sockets.discard(socket)

    async def say(self, text: str) -> None:
        text = text.strip()[:MAX_LENGTH]
        if not text:
            return
        self._last.append(text)
        for socket in list(self._sockets):
            try:
                await socket.send_text(text)
            except (WebSocketDisconnect, RuntimeError):
                self._sockets.discard(socket)  # gone between two messages
