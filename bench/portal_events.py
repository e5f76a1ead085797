"""A burst of a portal's events against the real web, inbox and relay: how long each waits for its answer while all are stored, and in how
many requests they are caught up. `python -m bench.portal_events`; the portal is the double, in this process."""

import asyncio
import tempfile
import time
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from statistics import median

from activities.playbook import load_playbook
from records import migrate
from records.seen import SeenDeals
from starter.intake.crm import CrmReader
from starter.intake.intake import is_hint
from starter.intake.relay import Relay
from tests.activities.bitrix24.conftest import furnished
from tests.doubles.bitrix24 import body
from tests.starter.intake.test_many_events import books, crm_of, desk
from tests.support.hooks import Web, portal_event, web_on, web_settings

EVENTS, DEALS = 500, 100
AT_ONCE = 10  # as a portal that calls for a mass edit
FORM = {"content-type": "application/x-www-form-urlencoded"}


async def measure() -> str:
    book = load_playbook("playbooks/default.yaml", today=date.today())  # noqa: DTZ011 (whichever day it is)
    settings = web_settings(Path(tempfile.mkdtemp()))
    migrate(settings.database_url)
    seen = SeenDeals(settings.database_url)
    async with furnished(book) as there, crm_of(there) as crm, web_on(settings) as web:
        category = (await crm._maps.get()).category
        won = {"category": category, "stageId": f"C{category}:WON"}
        ids = [there.as_user(2).add_deal(f"{n}", **won) for n in range(DEALS)]
        relay = Relay(web.inbox, CrmReader(crm, desk, seen, books, "bitrix24", "en").look, is_hint)
        stop, before, started = asyncio.Event(), len(there.calls), time.perf_counter()
        running = asyncio.create_task(relay.run(stop))
        answered = await _send(web, ids)
        stored = time.perf_counter() - started
        while (await asyncio.to_thread(web.inbox.waiting)).events:  # noqa: ASYNC110 (the relay empties it)
            await asyncio.sleep(0.02)
        took, cost = time.perf_counter() - started, len(there.calls) - before
        stop.set()
        relay.wake()
        await running
    seen.close()
    return (
        f"{EVENTS} events of {DEALS} own deals: answered in {median(answered) * 1000:.0f} ms at the median, "
        f"{max(answered) * 1000:.0f} ms at most; stored in {stored:.1f} s, caught up in {took:.1f} s and {cost} requests"
    )


async def _send(web: Web, ids: Sequence[int]) -> list[float]:
    """Seconds until each was answered."""
    places = asyncio.Semaphore(AT_ONCE)

    async def send(id: int) -> float:
        event = body.form(portal_event("ONCRMDEALUPDATE", {"FIELDS": {"ID": str(id)}}))
        async with places:
            started = time.perf_counter()
            answer = await web.client.post("/webhooks/bitrix24", content=event, headers=FORM)
            answer.raise_for_status()
            return time.perf_counter() - started

    return list(await asyncio.gather(*(send(ids[n % len(ids)]) for n in range(EVENTS))))


if __name__ == "__main__":
    print(asyncio.run(measure()))
