"""What a worker holds for each deal that waits: a deal of five lines, against six bare workflows that wait."""

import asyncio
from uuid import uuid4

import psutil

from bench.bare import DESK_QUEUE, BareDeal, Plan
from bench.deals import Numbers, five_lines, in_parallel, parked
from bench.figures import Row
from bench.ground import Ground

DEALS_A_ROUND = 10
BARE_A_ROUND = (
    20  # they are small: a window must be seen above what the allocator does; all fit the worker's cache
)
WARM_UP = 10
AT_ONCE = 4
SETTLE_SECONDS = 2.0
LINES = len(five_lines("1")["lines"])
WAITING = Plan(updates=1, timers=1, lines=(Plan(updates=1, timers=1),) * LINES)


async def measure(at: Ground, rounds: int, numbers: Numbers) -> list[Row]:
    """On a ground of its own: a worker that has worked reuses what it freed, and shows too little."""
    await _park_ours(at, numbers, WARM_UP)
    await _park_bare(at, WARM_UP)
    ours, bare = [], []
    for _ in range(rounds):
        before = _kib(at.ours)
        await _park_ours(at, numbers, DEALS_A_ROUND)
        ours.append((_kib(at.ours) - before) / DEALS_A_ROUND)
        before = _kib(at.bare)
        await _park_bare(at, BARE_A_ROUND)
        bare.append((_kib(at.bare) - before) / BARE_A_ROUND)
    return [
        Row(
            metric="memory",
            title=f"memory per parked deal of {LINES} lines",
            unit="KiB",
            ours=ours,
            bare=bare,
            target=2.5,
            note="resident memory of the worker",
        )
    ]


async def _park_ours(at: Ground, numbers: Numbers, count: int) -> None:
    await in_parallel([parked(at.desk, number) for number in numbers.take(count)], AT_ONCE)
    await asyncio.sleep(SETTLE_SECONDS)


async def _park_bare(at: Ground, count: int) -> None:
    for _ in range(count):
        await at.client.start_workflow(BareDeal.run, WAITING, id=f"bare-{uuid4().hex}", task_queue=DESK_QUEUE)
    await asyncio.sleep(SETTLE_SECONDS)


def _kib(process: psutil.Process) -> float:
    return float(process.memory_info().rss) / 1024
