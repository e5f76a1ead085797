"""People go on looking at deals while no worker runs, and deadlines pass meanwhile: nothing comes of it but answers.

The query of a deal whose worker died waits at the server. Whoever takes it up may see a timer that has fired, but no
workflow task that knows of it yet.
"""

import asyncio
from pathlib import Path

from domain.facts import AssignmentEscalated, AssignmentReminded
from starter.errors import UnreachableError
from tests.faults.judge import check_deal, check_world
from tests.faults.real_desk import RealDesk, real_desk

DEALS = 8
RINGS = {AssignmentReminded.kind, AssignmentEscalated.kind}
DAY = 6.0  # seconds: within it the qualification's first reminder falls due


async def test_looking_at_deals_while_no_worker_runs_hangs_none_of_them(tmp_path: Path) -> None:
    async with real_desk(tmp_path, pace=f"1d={DAY:g}s") as real:
        numbers = [await real.start(f"{1001 + n}", "stock-only") for n in range(DEALS)]
        for number in numbers:
            await real.desk.show(number)  # it is open, and its timer runs
        await real.worker.stop(0)
        looks = [asyncio.create_task(look(real, number)) for number in numbers]
        await asyncio.sleep(DAY)
        await real.worker.start()
        await asyncio.gather(*looks)
        await asyncio.gather(*(rung(real, number) for number in numbers))

        await asyncio.gather(*(real.drive(number) for number in numbers))
        for number in numbers:
            await real.result(number)
            await check_deal(real, number)
        check_world(real)


async def rung(real: RealDesk, number: str) -> None:
    """Until what fell due meanwhile is on record: nobody has to answer anything for that."""
    async with asyncio.timeout(60):
        while not RINGS & {fact.kind for fact in real.records.log(number)}:  # noqa: ASYNC110 - another process writes them
            await asyncio.sleep(0.1)


async def look(real: RealDesk, number: str) -> None:
    """Until the desk answers."""
    async with asyncio.timeout(60):
        while True:
            try:
                await real.desk.show(number)
                return
            except UnreachableError:
                continue
