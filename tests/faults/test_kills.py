"""`kill -9` of the worker and of the server, at any moment: nothing is lost, nothing happens twice, every deal is paid."""

import asyncio
import os
import random
from pathlib import Path
from typing import Literal

from tests.faults.judge import check_deal, check_world
from tests.faults.plan import TARGETS, Target
from tests.faults.real_desk import RealDesk, eventually, real_desk

Blow = Target | Literal["worker", "server"]
KILLS: tuple[Blow, ...] = ("worker",) * 5
BLOWS: tuple[Blow, ...] = ("crm", "mail", "records", "crm", "mail", *KILLS, "server", "server")
"""A target's name: the worker dies between an effect there and its acknowledgement."""
ORDERS = ("three-goods", "stock-only", "three-goods")


async def test_killed_workers_and_servers_lose_nothing_and_repeat_nothing(tmp_path: Path) -> None:
    seed = int(os.environ.get("FAULT_SEED") or random.randrange(1_000_000))
    print(f"FAULT_SEED={seed}")
    dice = random.Random(seed)
    async with real_desk(tmp_path, pace="1d=20s") as real:
        rampage = Rampage(real, dice)
        real.plan.arm_lost_answer("crm")
        async with asyncio.TaskGroup() as world:
            struck = world.create_task(rampage.run())
            for desk, order in enumerate(ORDERS):
                world.create_task(drive_deals(real, f"{desk + 1}", order, struck))
        for number in real.started:
            await real.result(number)

        rampage.check()
        assert len(real.started) >= len(ORDERS)
        check_world(real)
        for number in real.started:
            await check_deal(real, number)


async def drive_deals(real: RealDesk, prefix: str, order: str, struck: "asyncio.Task[None]") -> None:
    """One deal after the other, as long as there are blows to come."""
    for count in range(1, 100):
        number = await real.start(f"{prefix}{count:03}", order)
        await real.drive(number)
        if struck.done():
            return


class Rampage:
    """Deals all blows in random order, each at a random moment, and each only when work got done since the last."""

    def __init__(self, real: RealDesk, dice: random.Random) -> None:
        self._real = real
        self._dice = dice
        self._dealt: list[Blow] = []
        self._progress: list[int] = []

    async def run(self) -> None:
        for blow in self._dice.sample(BLOWS, len(BLOWS)):
            done = len(self._real.taken)
            wanted = done + self._dice.randint(1, 8)
            await eventually(lambda wanted=wanted: len(self._real.taken) >= wanted)  # type: ignore[misc]
            await asyncio.sleep(self._dice.random() * 0.5)
            await self._strike(blow)
            self._dealt.append(blow)
            self._progress.append(len(self._real.taken) - done)

    async def _strike(self, blow: Blow) -> None:
        match blow:
            case "worker":
                await self._real.kill(self._real.worker)
            case "server":
                await self._real.kill(self._real.stack.server)
            case _:
                victim = self._real.worker.pid
                self._real.plan.arm_kill(blow)
                await self._real.replaced(self._real.worker, victim)

    def check(self) -> None:
        """It really happened, and work got done in between."""
        assert sorted(self._dealt) == sorted(BLOWS)
        assert all(done > 0 for done in self._progress), self._progress
        ends = [words.en for words in self._real.said if "was ended by SIGKILL" in words.en]
        assert sum(words.startswith("The worker ") for words in ends) == 10
        assert sum(words.startswith("The Temporal server ") for words in ends) == 2
        struck = {target: len(self._real.plan.journal("killed", target=target)) for target in TARGETS}
        assert struck == {"crm": 2, "mail": 2, "records": 1}
        assert len(self._real.plan.journal("answer lost")) == 1
