"""The web server: one process, stopped in good order."""

import asyncio
import contextlib
import signal
import socket
from collections.abc import Iterator
from typing import Any

import uvicorn

from domain.wording import worded
from domain.wording.system import system_words
from starter.errors import StackError
from starter.settings import Settings
from starter.web.building import built
from starter.web.heads import HEAD_BYTES, BoundedHeads

GRACE_SECONDS = 5  # for answers under way when it is told to stop
CONNECTIONS = 1000
BACKLOG = 2048


async def serve(settings: Settings) -> None:
    """Until SIGTERM or Ctrl-C. Prints `ready` once it listens. Raises StackError for an address it can't have."""
    with contextlib.closing(_listen(settings.web_host, settings.web_port)) as listener:
        async with built(settings) as app:
            config = uvicorn.Config(
                app,
                log_config=None,
                access_log=False,  # the address of a signed link is a secret
                server_header=False,
                proxy_headers=True,
                forwarded_allow_ips=settings.trusted_proxies,
                timeout_graceful_shutdown=GRACE_SECONDS,
                http=BoundedHeads,
                h11_max_incomplete_event_size=HEAD_BYTES,
                limit_concurrency=CONNECTIONS,
            )
            await _Server(config).serve([listener])


class _Server(uvicorn.Server):
    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started and sockets:
            host, port = sockets[0].getsockname()[:2]
            print(f"listening on http://{f'[{host}]' if ':' in host else host}:{port}")
            print("ready", flush=True)

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """uvicorn would raise the signal once more after a good stop, and end as if killed."""
        loop, signals = asyncio.get_running_loop(), (signal.SIGTERM, signal.SIGINT)
        for number in signals:
            loop.add_signal_handler(number, self._stop)
        try:
            yield
        finally:
            for number in signals:
                loop.remove_signal_handler(number)

    def _stop(self, *_: Any) -> None:
        self.should_exit = True


def _listen(host: str, port: int) -> socket.socket:
    """The socket says that it is TCP: else asyncio leaves Nagle's algorithm on, and an answer may take 40 ms more."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host.strip("[]"), port))
        listener.listen(BACKLOG)
        return listener
    except OSError as error:
        listener.close()
        raise StackError(
            worded(
                ru="Веб не может слушать {host}:{port} ({why}): укажите другой --port или остановите то, что там слушает.",
                en="The web can't listen on {host}:{port} ({why}): give another --port, or stop what listens there.",
                host=host,
                port=str(port),
                why=system_words(error),
            )
        ) from None
