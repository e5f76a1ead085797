"""`deal money import --apply` of ten thousand lines, from the command's start to its end, against bare workflows that hear as many
updates, and lines that are split and inserted. CPU beside time: it says the same on a busy machine."""

import asyncio
import json
import os
import resource
from asyncio.subprocess import PIPE
from contextlib import closing
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple
from uuid import uuid4

from temporalio.client import WorkflowHandle

from bench.bare import DESK_QUEUE, BareDesk
from bench.cold import DEAL
from bench.deals import Numbers, drive, in_parallel
from bench.figures import Row
from bench.ground import Ground, Meter
from bench.statements import LINES, SECONDS, inserted
from records.queries import RecordQueries
from starter.cashier import AT_ONCE
from starter.desk import DealDesk
from tests.support.orders import CLIENT, a_good, an_order
from tests.support.statements import DIALECTS, Author, Paper, written
from tests.support.waiting import eventually

DEALS, PAYMENTS_EACH = 100, 3
"""Open deals, and what of a statement each gets; the rest of its lines is nobody's."""


class Cost(NamedTuple):
    """Seconds; `cpu` is that of command, worker and server."""

    wall: float
    cpu: float


async def measure(at: Ground, rounds: int, numbers: Numbers) -> list[Row]:
    deals = numbers.take(DEALS)
    await in_parallel([_awaits_money(at.desk, number) for number in deals], AT_ONCE)
    await _known(at.settings.database_url, deals)
    bare = [
        await at.client.start_workflow(BareDesk.run, id=f"bare-{uuid4().hex}", task_queue=DESK_QUEUE)
        for _ in deals
    ]
    windows = []
    for n in range(rounds):
        content = written(_papers(deals, n), DIALECTS[0])
        windows.append((await _imported(at, content), await _bare(at, bare, content)))
    what = f"{DEALS} deals told of {DEALS * PAYMENTS_EACH} payments"
    return [
        Row(
            metric="statement",
            title=title,
            unit="s",
            ours=[getattr(ours, cost) for ours, _ in windows],
            bare=[getattr(bare, cost) for _, bare in windows],
            note=note,
        )
        for title, cost, note in (
            (f"… the whole import, {what}", "wall", f"{AT_ONCE} updates at once; at most {SECONDS:.0f} s"),
            ("… its CPU: command, worker and server", "cpu", ""),
        )
    ]


async def _awaits_money(desk: DealDesk, number: str) -> None:
    """A deal of one line that waits for its prepayment."""
    await desk.start({**an_order(a_good(unit_price="1000000.00")), "number": number})
    await drive(
        desk,
        number,
        until=lambda view: any(part["due_at"] for part in view["milestones"]),
        leave=lambda id: id.endswith(":prepayment"),
    )


async def _known(url: str, deals: list[str]) -> None:
    """Until the records have heard of all."""
    records = RecordQueries(url)
    with closing(records):
        await eventually(
            lambda: asyncio.to_thread(records.debtors),
            lambda known: sum(bool(debtor.dues) for debtor in known) >= len(deals),
        )


def _papers(deals: list[str], n: int) -> list[Paper]:
    """Three payments of each deal, a rouble each, among those of strangers."""
    author = Author(n)
    while len(author.books.papers) < LINES - len(deals) * PAYMENTS_EACH:
        author._strangers()
    ours = [
        Paper(
            str(n * PAYMENTS_EACH + part + 1),
            datetime.now(UTC).date(),
            Decimal(1),
            f"Оплата по сделке {deal}",
            "ООО",
            CLIENT["inn"],
            f"407028105{int(deal):011}",
        )
        for deal in deals
        for part in range(PAYMENTS_EACH)
    ]
    papers = ours + author.books.papers
    Random(n).shuffle(papers)
    return papers


async def _imported(at: Ground, content: bytes) -> Cost:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "kl_to_1c.txt"
        file.write_bytes(content)
        argv = [str(DEAL), "money", "import", str(file), "--apply", "--as", "accountant", "-o", "json"]
        env = dict(os.environ) | at.settings.environment()
        before = _cpu(resource.RUSAGE_CHILDREN)
        with Meter(at.ours, at.server) as meter:
            process = await asyncio.create_subprocess_exec(*argv, env=env, stdout=PIPE)
            out, _ = await process.communicate()
    told = json.loads(out)
    if (process.returncode, told["posted"]) != (0, DEALS * PAYMENTS_EACH):
        raise RuntimeError(f"{told['counts']}, refused: {told['refused'][:3]}")
    return Cost(meter.wall, meter.cpu + _cpu(resource.RUSAGE_CHILDREN) - before)


async def _bare(at: Ground, bare: list[WorkflowHandle[Any, Any]], content: bytes) -> Cost:
    before = _cpu(resource.RUSAGE_SELF)
    with Meter(at.bare, at.server) as meter:
        inserted(content)
        updates = [handle.execute_update(BareDesk.nothing) for handle in bare for _ in range(PAYMENTS_EACH)]
        await in_parallel(updates, AT_ONCE)
    return Cost(meter.wall, meter.cpu + _cpu(resource.RUSAGE_SELF) - before)


def _cpu(of: int) -> float:
    used = resource.getrusage(of)
    return used.ru_utime + used.ru_stime
