"""A worker that is asked to stop finishes what it does, and leaves nobody waiting for it."""

import asyncio
import os
import signal
import time
from collections import Counter
from pathlib import Path
from statistics import median

from domain.deal.messages import Decide
from tests.faults.judge import check_deal, check_world
from tests.faults.real_desk import RealDesk, a_worker, eventually, real_desk

LOAD = ("three-goods", "three-goods")
PARKED = 5
STICKY_SECONDS = 1.0
"""What a decision on each of its deals would wait for a worker that just died."""


async def test_a_worker_stopped_under_load_drains_and_nobody_waits_for_it(tmp_path: Path) -> None:
    async with real_desk(tmp_path) as real:
        second = a_worker(real.stack, real.said, "second worker")
        await second.start()
        try:
            parked = [await park(real, f"2{n:03}") for n in range(PARKED)]
            real.plan.slow_down("crm", 0.05)  # so that it certainly has something to finish
            driven = [asyncio.create_task(drive(real, f"1{n:03}", order)) for n, order in enumerate(LOAD)]
            before = [await decide(real, number, "client") for number in parked]
            await stop_while_writing(real)
            after = [await decide(real, number, "petrov") for number in parked]
            real.plan.slow_down("crm", 0)
            await asyncio.gather(*driven, *(real.drive(number) for number in parked))
            for number in real.started:
                await real.result(number)
        finally:
            await second.stop(real.settings.drain_seconds + 5)

        assert median(after) < median(before) + STICKY_SECONDS * 0.8, (before, after)
        check_world(real)
        for number in real.started:
            await check_deal(real, number)
        asked = [entry for entry in real.plan.journal("asked") if entry.key != "-"]  # named by their facts
        carried_out = Counter((entry.target, entry.deal, entry.key) for entry in asked)
        again = [what for what, times in carried_out.items() if times > 1]
        assert again == [], "a delivery was begun again"
        assert len({entry.pid for entry in real.plan.journal("asked")}) >= 2


async def park(real: RealDesk, number: str) -> str:
    await real.start(number, "stock-only")
    await real.drive(number, until=lambda view: bool(view["approvals"]))
    return number


async def drive(real: RealDesk, number: str, order: str) -> None:
    await real.start(number, order)
    await real.drive(number)


async def stop_while_writing(real: RealDesk) -> None:
    """SIGTERM, in the middle of a delivery of its own."""
    victim = real.worker.pid
    await eventually(lambda: _is_writing(real, victim))
    asked = time.monotonic()
    os.kill(victim, signal.SIGTERM)
    await eventually(lambda: any(words.en.startswith("The worker ended with code 0;") for words in real.said))
    assert time.monotonic() - asked < 10
    last = [entry for entry in real.plan.journal("done", target="crm") if entry.pid == victim][-1]
    assert last.at > time.time() - (time.monotonic() - asked), "it had nothing to finish"


def _is_writing(real: RealDesk, pid: int) -> bool:
    mine = [entry for entry in real.plan.journal("asked", "done", target="crm") if entry.pid == pid]
    return bool(mine) and mine[-1].what == "asked"


async def decide(real: RealDesk, number: str, person: str) -> float:
    """How long a person waits for the receipt."""
    key = f"{number}/contract/1/{person}"
    message = Decide(id=key, actor=person, approval="contract", approve=True, version=1)
    asked = time.monotonic()
    await real.desk.send(number, message)
    return time.monotonic() - asked
