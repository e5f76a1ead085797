"""Many runs of the `deal` command at the price of one import: python -m tests.support.zygote SOCKET

Each run is forked from a process that holds what commands import. From then on it is like any other: a process, an
environment, streams and an end of its own, down to the interpreter's. The zygote ends with whoever started it.
"""

import asyncio
import atexit
import gc
import json
import os
import selectors
import signal
import socket
import struct
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import NoReturn

from starter.cli import main
from starter.rooms import ROOT

LISTENING = b"listening\n"
HELD = (
    "records.queries",
    "starter.cli.app",
    "starter.cli.opening",
    "starter.connection",
    "starter.desk",
)  # whatever commands import
NUMBER = struct.Struct("q")


async def run_deal(args: list[str], env: Mapping[str, str]) -> tuple[int, bytes, bytes]:
    """`deal ARGS` in exactly this environment: its exit code (negative: the signal that ended it), stdout and stderr."""
    loop = asyncio.get_running_loop()
    order = json.dumps({"args": args, "env": dict(env)}).encode()
    with (
        tempfile.TemporaryFile() as told,
        tempfile.TemporaryFile() as out,
        tempfile.TemporaryFile() as err,
        socket.socket(socket.AF_UNIX) as line,
    ):
        told.write(order)
        told.seek(0)
        line.connect(await asyncio.to_thread(_zygote))
        socket.send_fds(line, [b"!"], [told.fileno(), out.fileno(), err.fileno()])
        line.setblocking(False)
        [pid] = NUMBER.unpack(await loop.sock_recv(line, NUMBER.size))
        ended = b""
        try:
            ended = await loop.sock_recv(line, NUMBER.size)
        finally:
            if not ended:
                os.kill(pid, signal.SIGKILL)
        for stream in (out, err):
            stream.seek(0)
        return NUMBER.unpack(ended)[0], out.read(), err.read()


@cache
def _zygote() -> str:
    """Where the one of this process listens: its first command waits until it does."""
    path = str(Path(tempfile.mkdtemp(prefix="zygote-")) / "socket")
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.support.zygote", path],
        cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)}, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdin
    assert process.stdout
    atexit.register(process.wait)
    atexit.register(process.stdin.close)
    with process.stdout:
        assert process.stdout.readline() == LISTENING
    return path


# --- in the zygote ---------------------------------------------------------------------------------------------------


def is_a_command(path: str) -> bool:
    """Serves until its stdin closes, and returns False then; returns True in each process that is to be a command."""
    with socket.socket(socket.AF_UNIX) as listener, selectors.DefaultSelector() as either:
        listener.bind(path)
        listener.listen(64)
        either.register(listener, selectors.EVENT_READ)
        either.register(sys.stdin, selectors.EVENT_READ)
        sys.stdout.buffer.write(LISTENING)
        sys.stdout.flush()
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # those who watch a command end by themselves
        while all(key.fileobj is listener for key, _ in either.select()):
            line, _ = listener.accept()
            if os.fork() == 0:
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                _, files, *_ = socket.recv_fds(line, 1, 3)
                command = os.fork()
                if command:
                    _watch(command, line)
                line.close()
                _become(*files)
                return True
            line.close()
    Path(path).unlink()
    return False


def _become(told: int, out: int, err: int) -> None:
    with open(told, "rb") as file:
        order = json.load(file)
    os.environ.clear()
    os.environ.update(order["env"])
    sys.argv = ["deal", *order["args"]]
    nothing = os.open(os.devnull, os.O_RDONLY)
    for ours, stream in ((nothing, 0), (out, 1), (err, 2)):
        os.dup2(ours, stream)
        os.close(ours)


def _watch(command: int, line: socket.socket) -> NoReturn:
    """Tells the command's process id, then how it ended."""
    line.sendall(NUMBER.pack(command))
    _, status = os.waitpid(command, 0)
    with suppress(OSError):  # nobody waits for it any more
        line.sendall(NUMBER.pack(os.waitstatus_to_exitcode(status)))
    os._exit(0)


if __name__ == "__main__":
    for module in HELD:
        import_module(module)
    gc.freeze()
    if is_a_command(sys.argv[1]):
        main()
