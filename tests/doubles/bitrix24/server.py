"""The double on a loopback port, inside the caller's event loop."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Iterator
from typing import Any

import uvicorn

from tests.doubles.bitrix24 import methods
from tests.doubles.bitrix24.app import App
from tests.doubles.bitrix24.hands import Hands
from tests.doubles.bitrix24.portal import Portal

assert methods.__all__, "the methods are registered"


class Server(uvicorn.Server):
    """Leaves the process's signals alone: they are the tests' own."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = asyncio.Event()
        self.stopping = asyncio.Event()

    async def main_loop(self) -> None:
        await self.stopping.wait()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class Double(Portal):
    def as_user(self, id: int) -> Hands:
        return Hands(self, id)

    async def serve(self, port: int = 0, host: str = "127.0.0.1") -> asyncio.Task[None]:
        """The socket says that it is TCP: else asyncio leaves Nagle's algorithm on, and every answer takes 40 ms."""
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        self.address = f"http://{host}:{listener.getsockname()[1]}"
        self.events.domain = self.address.removeprefix("http://")
        config = uvicorn.Config(App(self), log_level="critical", lifespan="off", access_log=False)
        self._server = Server(config)
        task = asyncio.create_task(self._server.serve([listener]))
        await self._server.ready.wait()
        return task

    def stop(self) -> None:
        self._server.force_exit = True
        self._server.stopping.set()


@contextlib.asynccontextmanager
async def double(port: int = 0, **settings: Any) -> AsyncIterator[Double]:
    """A portal on its first day, listening: `.url` is its webhook, `.state` what it holds, `.faults` what goes wrong."""
    portal = Double(**settings)
    serving = await portal.serve(port)
    try:
        yield portal
    finally:
        await portal.events.stop()
        portal.stop()
        await serving
