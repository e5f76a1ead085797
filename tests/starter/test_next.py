"""`deal next` at a real terminal: a pseudo-terminal, and the command as a process of its own."""

import asyncio
import os
import pty
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from starter.rooms import ROOT
from tests.starter.conftest import Cli, Opened


class Screen:
    """The other end of the terminal."""

    def __init__(self, master: int, process: asyncio.subprocess.Process) -> None:
        self._master, self.process = master, process
        self.seen = ""

    async def until(self, words: str) -> None:
        """Reads on until these words stand there, after what was read before."""
        begin = len(self.seen)
        async with asyncio.timeout(30):
            while words not in self.seen[begin:]:
                self.seen += (await asyncio.to_thread(os.read, self._master, 4096)).decode()

    async def interrupt(self) -> int:
        """Ctrl-C until it ends, as people press it: its exit code.

        One that comes between Python's last look for signals and the read of the terminal waits for the next key.
        """
        async with asyncio.timeout(30):
            while self.process.returncode is None:
                self.process.send_signal(signal.SIGINT)
                with suppress(TimeoutError):
                    await asyncio.wait_for(self.process.wait(), 2)
        return self.process.returncode

    def type(self, line: str) -> None:
        os.write(self._master, f"{line}\n".encode())


@asynccontextmanager
async def terminal(env: dict[str, str], *args: str) -> AsyncIterator[Screen]:
    master, slave = pty.openpty()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", "from starter.cli import main; main()", *args),
        cwd=ROOT,
        env=os.environ | env | {"COLUMNS": "120"},
        stdin=slave,
        stdout=slave,
        stderr=slave,
    )
    os.close(slave)
    try:
        yield Screen(master, process)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
        os.close(master)


async def test_a_person_answers_question_after_question(
    deal: Cli, env: dict[str, str], opened: Opened
) -> None:
    number = await opened()
    async with terminal(env, "next", number, "--as", "ivanova") as screen:
        answers = {"Итог": "1", "Потребность": "гель", "Бюджет": "", "нужен ответ": "1 млн"}
        for prompt, answer in (
            answers | {"Кто принимает": "Анна", "Регион": "Москва", "лицензия": ""}
        ).items():
            await screen.until(prompt)
            screen.type(answer)
        await screen.until("Вопросов больше нет.")
        assert await asyncio.wait_for(screen.process.wait(), 30) == 0
    view = await deal.json("show", number)
    assert [approval["id"] for approval in view["approvals"]] == ["contract"]


async def test_ctrl_c_leaves_the_question_open(deal: Cli, env: dict[str, str], opened: Opened) -> None:
    number = await opened()
    async with terminal(env, "next", number, "--as", "ivanova") as screen:
        await screen.until("Итог")
        assert await screen.interrupt() == 130
    assert [a["id"] for a in (await deal.json("show", number))["assignments"]] == ["qualification"]
