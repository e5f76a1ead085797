"""From a decision call to its receipt, and to the moment when it can be read in the records."""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from statistics import median, quantiles
from time import perf_counter
from typing import NamedTuple
from uuid import uuid4

from temporalio.client import WorkflowHandle

from bench.bare import DESK_QUEUE, BareDesk
from bench.deals import Numbers, decision, five_lines, in_parallel, on_credit, qualified
from bench.figures import Row
from bench.ground import Ground
from domain.facts import ApprovalVoted
from starter.settings import Settings

DEALS_A_ROUND = 4  # four decisions that only count, four that start lines, twenty on lines
LINES = len(five_lines("1")["lines"])
AT_ONCE = 3
QUIET_SECONDS = 0.04  # between two calls, so that none meets what the one before has left to do
LOOK_SECONDS = 0.0005
PATIENCE_SECONDS = 60.0

Sample = tuple[float, float]  # ms to the receipt, ms until readable


class Window(NamedTuple):
    empty: list[float]
    on_deals: list[Sample]
    starting: list[Sample]
    on_lines: list[Sample]


async def measure(at: Ground, rounds: int, numbers: Numbers, *, quick: bool = True) -> list[Row]:
    bare = await at.client.start_workflow(BareDesk.run, id=f"bare-desk-{uuid4().hex}", task_queue=DESK_QUEUE)
    records = Votes(at.settings)
    windows: list[Window] = []
    for n in range(rounds + 1):  # the first one warms up
        deals = numbers.take(DEALS_A_ROUND)
        await in_parallel([qualified(at.desk, number) for number in deals], AT_ONCE)
        await records.settled()
        empty = await _calls(bare, len(deals) * 2)
        on_deals = [await _decide(at, records, number, "client", "contract") for number in deals]
        starting = [await _decide(at, records, number, "petrov", "contract") for number in deals]
        await in_parallel([on_credit(at.desk, number) for number in deals], AT_ONCE)
        await records.settled()
        ids = [f"line-{line}:credit" for line in range(1, LINES + 1)]
        on_lines = [await _decide(at, records, number, "petrov", id) for number in deals for id in ids]
        empty += await _calls(bare, len(deals) * 2)
        if n:
            windows.append(Window(empty, on_deals, starting, on_lines))
    return _rows(windows, quick)


class Votes:
    """Reads the records as cheaply as can be: how many votes of a deal they show."""

    def __init__(self, settings: Settings) -> None:
        self._db = sqlite3.connect(settings.home / "records.db", isolation_level=None)

    def of(self, deal: str) -> int:
        query = "SELECT count(*) FROM facts WHERE deal = ? AND kind = ?"
        (count,) = self._db.execute(query, (deal, ApprovalVoted.kind)).fetchone()
        return int(count)

    async def settled(self) -> None:
        """Returns when nothing new has been written for a while."""
        seen = -1
        while (now := self._facts()) != seen:
            seen = now
            await asyncio.sleep(0.5)

    def _facts(self) -> int:
        (count,) = self._db.execute("SELECT count(*) FROM facts").fetchone()
        return int(count)


async def _decide(at: Ground, records: Votes, deal: str, who: str, approval: str) -> Sample:
    await asyncio.sleep(QUIET_SECONDS)
    before = records.of(deal)
    message = decision(who, approval)
    start = perf_counter()
    await at.desk.send(deal, message)
    received = perf_counter()
    async with asyncio.timeout(PATIENCE_SECONDS):
        while records.of(deal) == before:  # noqa: ASYNC110 (another process writes it)
            await asyncio.sleep(LOOK_SECONDS)
    readable = perf_counter()
    while not (await at.desk.state(deal)).deal.outbox.empty:  # noqa: ASYNC110 (another process empties it)
        await asyncio.sleep(QUIET_SECONDS)
    return (received - start) * 1000, (readable - start) * 1000


async def _calls(bare: WorkflowHandle[BareDesk, None], count: int) -> list[float]:
    return [await _timed(lambda: bare.execute_update(BareDesk.nothing)) for _ in range(count)]


async def _timed(call: Callable[[], Awaitable[None]]) -> float:
    await asyncio.sleep(QUIET_SECONDS)
    start = perf_counter()
    await call()
    return (perf_counter() - start) * 1000


KINDS = {
    "on_deals": ("decision on the deal", (1.5, 3.0)),
    "starting": (f"… that starts {LINES} lines", (None, None)),
    "on_lines": ("decision on a line", (1.5, 6.0)),
}


def _rows(windows: list[Window], quick: bool) -> list[Row]:
    where = "" if quick else ", server defaults"
    rows = []
    for kind, (what, targets) in KINDS.items():
        for part, until in enumerate(("receipt", "readable")):
            ours = [[sample[part] for sample in getattr(window, kind)] for window in windows]
            rows.append(
                Row(
                    metric="latency",
                    title=f"{what} → {until}{where}",
                    unit="ms",
                    ours=[median(window) for window in ours],
                    bare=[median(window.empty) for window in windows],
                    target=targets[part] if quick else None,
                    note=tail([s for window in ours for s in window], [s for w in windows for s in w.empty]),
                )
            )
    return rows


def tail(ours: list[float], bare: list[float], floor: str = "empty update") -> str:
    def words(samples: list[float]) -> str:
        return f"p95 {quantiles(samples, n=20, method='inclusive')[-1]:.0f}, max {max(samples):.0f}"

    return f"ours {words(ours)}; {floor} {words(bare)}"
