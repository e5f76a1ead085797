"""Free ports, also when two stacks start at the same moment."""

import fcntl
import os
import socket
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO

HOST = "127.0.0.1"


@contextmanager
def lease_ports(*preferred: int | Sequence[int]) -> Iterator[list[int]]:
    """One port for each preferred one: itself if free, else any. Of several the first that is free; 0 asks for any."""
    with ExitStack() as held:
        yield [_lease((ports,) if isinstance(ports, int) else ports, held) for ports in preferred]


def _lease(preferred: Sequence[int], held: ExitStack) -> int:
    for wanted in preferred:
        if wanted and not in_use(wanted) and _reserve(wanted, held):
            return wanted
    while True:
        port = _any_port()
        if _reserve(port, held):
            return port


def in_use(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the server will: TIME_WAIT is free
        try:
            probe.bind((HOST, port))
        except OSError:
            return True
    with socket.socket() as caller:  # macOS lets one bind beside a listener on every address
        caller.settimeout(0.5)
        return caller.connect_ex((HOST, port)) == 0


def _any_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def _reserve(port: int, held: ExitStack) -> bool:
    """A lock between our own stacks: it bridges the second until the server listens."""
    folder = Path(tempfile.gettempdir()) / f"dealwright-ports-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    file: IO[str] = (folder / str(port)).open("w")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return False
    held.callback(file.close)
    return True
