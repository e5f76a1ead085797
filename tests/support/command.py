"""The `deal` command as a person runs it: a process of its own, which finds everything in its home."""

import asyncio
import json
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple

from starter.errors import Exit
from starter.rooms import ROOT
from starter.stack.home import read_stack
from tests.support.robot import Refused, Unreachable, View
from tests.support.zygote import run_deal

DEAL = Path(sys.executable).with_name("deal")
PATIENCE = 120.0  # seconds until a test gives up


class Ran(NamedTuple):
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


class Command:
    """`deal …` on one home."""

    def __init__(self, home: Path) -> None:
        self.home = home

    async def run(self, *args: str) -> Ran:
        async with asyncio.timeout(PATIENCE):
            code, out, err = await run_deal(list(args), self._env())
        assert "Traceback" not in err.decode(), err.decode()
        return Ran(code, out.decode(), err.decode())

    async def ok(self, *args: str) -> Ran:
        ran = await self.run(*args)
        assert ran.code == Exit.OK, f"deal {' '.join(args)}: {ran.code} {ran.err}"
        return ran

    @asynccontextmanager
    async def up(self, *args: str) -> AsyncIterator[Process]:
        """`deal up`, from when it is ready until Ctrl-C."""
        process = await self._start("up", *args)
        said = asyncio.create_task(self._until_ready(process))
        try:
            async with asyncio.timeout(PATIENCE):
                await said
            yield process
        finally:
            if process.returncode is None:
                process.send_signal(signal.SIGINT)
                async with asyncio.timeout(PATIENCE):
                    await process.communicate()
        assert process.returncode == Exit.OK
        assert read_stack(self.home) is None

    async def _until_ready(self, process: Process) -> None:
        assert process.stderr
        words = b""
        while b"Ready" not in words:
            line = await process.stderr.readline()
            assert line, f"deal up ended: {words.decode()}"
            words += line

    async def _start(self, *args: str) -> Process:
        return await asyncio.create_subprocess_exec(
            DEAL, *args, env=self._env(), stdin=DEVNULL, stdout=PIPE, stderr=PIPE
        )

    def _env(self) -> dict[str, str]:
        inherited = {n: v for n, v in os.environ.items() if not n.startswith(("TEMPORAL_", "DEALWRIGHT_"))}
        ours = {
            "DEALWRIGHT_HOME": str(self.home),
            "DEALWRIGHT_LANG": "en",
            "TEMPORAL_CONFIG_FILE": os.devnull,
        }
        ports = {f"DEALWRIGHT_{name}_PORT": "0" for name in ("TEMPORAL", "UI", "WEB")}
        return inherited | ours | ports | {"PYTHONPATH": str(ROOT)}


class ByCommand:
    """Serves `robot.Desk`. What one look asks for is answered side by side; the next look waits for all of it."""

    def __init__(self, command: Command) -> None:
        self._command = command
        self._under_way: list[asyncio.Task[None]] = []

    async def show(self, number: str) -> View:
        under_way, self._under_way = self._under_way, []
        for answer in await asyncio.gather(*under_way, return_exceptions=True):
            if isinstance(answer, BaseException):
                raise answer
        ran = await self._command.run("show", number, "-o", "json")
        _check(ran)
        view: View = ran.json
        return view

    async def complete(self, number: str, id: str, *, actor: str, fields: dict[str, str], key: str) -> None:
        given = [word for name, value in fields.items() for word in ("--field", f"{name}={value}")]
        self._send("complete", number, id, "--as", actor, "--id", key, *given)

    async def decide(
        self, number: str, id: str, *, actor: str, approve: bool, version: int, key: str
    ) -> None:
        answer = ("--approve",) if approve else ("--reject", "--comment", "no")
        self._send("decide", number, id, *answer, "--version", str(version), "--as", actor, "--id", key)

    async def pay(self, number: str, *, amount: str, currency: str, line: int, actor: str, key: str) -> None:
        money = ("--amount", amount, "--currency", currency, "--line", str(line))
        self._send("pay", number, *money, "--as", actor, "--id", key)

    async def sign(self, number: str, id: str, *, actor: str, side: str, key: str) -> None:
        self._send("sign", number, id, "--side", side, "--as", actor, "--id", key)

    def _send(self, *args: str) -> None:
        self._under_way.append(asyncio.create_task(self._checked(*args)))

    async def _checked(self, *args: str) -> None:
        _check(await self._command.run(*args))


def _check(ran: Ran) -> None:
    match ran.code:
        case Exit.OK:
            return
        case Exit.REFUSED:
            raise Refused(ran.err)
        case Exit.UNREACHABLE:
            raise Unreachable(ran.err)
    raise AssertionError(f"exit code {ran.code}: {ran.err}")
