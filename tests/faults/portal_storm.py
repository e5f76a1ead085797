"""What goes wrong meanwhile: the portal's own faults at random, and `kill -9` of the worker and of the web."""

import asyncio
import os
import random
import signal
from typing import Any

from tests.doubles.bitrix24.faults import PASSING
from tests.faults.portal_desk import PATIENCE, PortalDesk
from tests.faults.real_desk import eventually

SHARE = 0.01
"""Of all requests, and of all events, for each of the ways in which an event fails."""
STALLING = ("busy", "blocked")
"""They keep everybody away from the portal for seconds, so they come in bursts of their own."""
BURST = 3
BLOWS = (("worker",),) * 3 + (("web",),) * 3 + (("worker", "web"),)
QUIETEST = 4
"""Messages taken, of each deal at the least: blows are spread over them."""


class Storm:
    def __init__(self, real: PortalDesk, dice: random.Random, deals: int) -> None:
        self._real, self._dice = real, dice
        self._step = deals * QUIETEST // (len(BLOWS) + 1)
        self.progress: list[int] = []

    async def run(self) -> None:
        """Every blow falls when work got done since the last one, and with it some kinds of faults, so that each kind strikes."""
        faults = self._real.portal.faults
        faults.random(
            self._dice.randrange(1_000_000), SHARE, [kind for kind in PASSING if kind not in STALLING]
        )
        kinds: list[Any] = self._dice.sample(PASSING, len(PASSING))
        for n, blow in enumerate(self._dice.sample(BLOWS, len(BLOWS))):
            done = len(self._real.desk.taken)
            wanted = done + self._dice.randint(self._step // 3, self._step)
            await eventually(lambda wanted=wanted: len(self._real.desk.taken) >= wanted, PATIENCE)  # type: ignore[misc]
            await asyncio.sleep(self._dice.random())
            self.progress.append(len(self._real.desk.taken) - done)
            await self._strike(blow)
            for kind in kinds[n :: len(BLOWS)]:
                faults.add(kind, times=BURST if kind == "busy" else 1)

    async def _strike(self, names: tuple[str, ...]) -> None:
        pids = {name: self._real.victims[name].pid for name in names}
        for pid in pids.values():
            os.kill(pid, signal.SIGKILL)
        for name, pid in pids.items():
            await eventually(lambda name=name, pid=pid: self._real.victims[name].pid != pid)  # type: ignore[misc]

    def check(self) -> None:
        """It really happened, and work got done in between."""
        assert all(done > 0 for done in self.progress), self.progress
        assert self.kills == {"worker": 4, "web": 4}
        fired = self._real.portal.faults.fired
        assert all(fired[kind] > 0 for kind in PASSING), fired
        assert fired["busy"] >= BURST

    @property
    def kills(self) -> dict[str, int]:
        ends = [words.en for words in self._real.said if "was ended by SIGKILL" in words.en]
        return {name: sum(words.startswith(f"The {name} ") for words in ends) for name in self._real.victims}
