"""The real `temporal` program, as an operator runs it."""

import asyncio
import os
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from temporalio.client import Client

from tests.support.server import CLI

AT_ONCE = 4


class Ran(NamedTuple):
    code: int
    out: str


class Cli:
    """`temporal workflow …` on a client's server and namespace."""

    def __init__(self, client: Client) -> None:
        self._where = ("--address", client.service_client.config.target_host, "--namespace", client.namespace)
        self._at_once = asyncio.Semaphore(AT_ONCE)

    async def run(self, *args: str, fails: bool = False) -> Ran:
        """Raises AssertionError if it fails and may not."""
        async with self._at_once, asyncio.timeout(60):
            process = await asyncio.create_subprocess_exec(
                str(CLI), "workflow", *args, *self._where, stdin=DEVNULL, stdout=PIPE, stderr=PIPE, env=_env()
            )  # fmt: skip
            out, err = await process.communicate()
        said = (out + err).decode("utf-8", errors="replace")
        assert fails or process.returncode == 0, f"temporal workflow {' '.join(args)[:200]}: {said}"
        return Ran(process.returncode or 0, said)

    async def all(self, commands: Iterable[Sequence[str]], *, fails: bool = False) -> list[Ran]:
        """All of them, a few at a time."""
        return await asyncio.gather(*(self.run(*args, fails=fails) for args in commands))


def _env() -> dict[str, str]:
    """Nobody's own configuration of the program."""
    return {name: value for name, value in os.environ.items() if not name.startswith("TEMPORAL_")} | {
        "TEMPORAL_CONFIG_FILE": os.devnull
    }
