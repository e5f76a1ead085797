"""Many deals between the desk and a portal, while the portal fails in all its ways and the worker and the web are killed:
nothing is lost, nothing happens twice, and the portal, the records and the workflows agree."""

import asyncio
import os
import random
import time
from collections import Counter
from pathlib import Path

from tests.faults.portal_deals import Life, cases
from tests.faults.portal_desk import PATIENCE, PortalDesk, portal_desk
from tests.faults.portal_judge import check_all
from tests.faults.portal_storm import Storm
from workflows.names import deal_id

DEALS = int(os.environ.get("FAULT_DEALS") or 20)
"""`make storm` asks for two hundred, which take five minutes by themselves."""


async def test_a_portal_that_fails_and_killed_processes_lose_nothing_and_repeat_nothing(
    tmp_path: Path,
) -> None:
    seed = int(os.environ.get("FAULT_SEED") or random.randrange(1_000_000))
    print(f"FAULT_SEED={seed}")
    dice = random.Random(seed)
    async with portal_desk(tmp_path) as real:
        storm, life = Storm(real, dice, DEALS), Life(real)
        began = time.monotonic()
        try:
            async with asyncio.TaskGroup() as world:
                world.create_task(storm.run())
                for case in cases(DEALS):
                    world.create_task(life.live(case))
            await at_rest(real, life)
        finally:
            report(real, storm, life, time.monotonic() - began)
        storm.check()
        await check_all(real, life)


async def at_rest(real: PortalDesk, life: Life) -> None:
    """Until all that happened is known everywhere, and nobody has anything left to do."""
    for number in life.numbers:
        async with asyncio.timeout(PATIENCE):
            await real.stack.client.get_workflow_handle(deal_id(number)).result()
    real.portal.faults.clear()
    await real.portal.events.settle()
    async with asyncio.timeout(PATIENCE):
        while real.inbox.waiting().events:  # noqa: ASYNC110 (another process works on them)
            await asyncio.sleep(0.2)


def report(real: PortalDesk, storm: Storm, life: Life, seconds: float) -> None:
    portal = real.portal
    events = dict(portal.events.sent)
    print(f"{life.done} of {DEALS} deals in {seconds:.0f} s; kills {storm.kills}; progress {storm.progress}")
    print(Counter(portal.calls).most_common(12))
    print(f"{len(portal.calls)} requests, faults {dict(portal.faults.fired)}, events {events}")
