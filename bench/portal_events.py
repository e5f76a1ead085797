"""A burst of a portal's events against the real web, inbox and relay: how long each waits for its answer while all are stored, against
empty POSTs among them, which the same route turns away; and in how many requests they are caught up. The portal is the double, in this
process."""

import asyncio
import logging
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from math import ceil
from pathlib import Path
from statistics import median
from typing import NamedTuple

from activities.playbook import load_playbook
from adapters.crm.bitrix24.client import MOST_IN_BATCH, Portal
from adapters.crm.bitrix24.port import Bitrix24Crm
from bench.figures import Row
from bench.latency import tail
from records import migrate
from records.seen import SeenDeals
from starter.intake.crm import CrmReader
from starter.intake.intake import is_hint
from starter.intake.relay import Relay
from starter.rooms import ROOT
from tests.activities.bitrix24.conftest import OpenBudget, furnished
from tests.doubles.bitrix24 import Double, body
from tests.doubles.overheard import Overheard
from tests.starter.intake.test_many_events import books, desk
from tests.support.hooks import Web, portal_event, web_on, web_settings

EVENTS = 500  # a window
OWN_DEALS = 100
FOREIGN_TASKS, FOREIGN_DEALS = 250, 40
MOST_REQUESTS, FEWEST = 12, 6
"""What the events of other people may cost, and what the portal's limit of fifty commands a request makes of 251."""
NEARLY_FULL = 1.5
"""Requests, for as many as the same commands fill. A deal that changes again while it is read must be read again, so neither is fixed."""
AT_ONCE = 10  # as a portal that calls for a mass edit
FORM = {"content-type": "application/x-www-form-urlencoded"}
ROUTE = "/webhooks/bitrix24"
Event = tuple[str, int]


class Burst(NamedTuple):
    """Of one window: milliseconds to each answer, and requests to the portal, until all was caught up. `full`: as many requests as the
    same commands would take if each were full."""

    answered: list[float]
    empty: list[float]
    requests: int
    full: int


async def measure(rounds: int) -> list[Row]:
    logging.getLogger("dealwright.web").setLevel(logging.ERROR)  # each empty one would be a line
    own, foreign = [await _bursts(kind, rounds) for kind in (_own, _foreign)]
    ours, empty = [[s for b in own for s in side(b)] for side in (lambda b: b.answered, lambda b: b.empty)]
    return [
        Row(
            metric="portal",
            title=f"a portal's event → its answer, {EVENTS} at a burst",
            unit="ms",
            ours=[median(burst.answered) for burst in own],
            bare=[median(burst.empty) for burst in own],
            note=tail(ours, empty, "an empty POST"),
        ),
        Row(
            metric="portal",
            title=f"… requests that catch up {EVENTS} events of {OWN_DEALS} own deals",
            unit="",
            ours=[float(burst.requests) for burst in own],
            bare=[float(burst.full) for burst in own],
            target=NEARLY_FULL,
        ),
        Row(
            metric="portal",
            title=f"… of {FOREIGN_TASKS} tasks and {FOREIGN_DEALS} deals of other people",
            unit="",
            ours=[float(burst.requests) for burst in foreign],
            bare=[float(burst.full) for burst in foreign],
            target=MOST_REQUESTS / FEWEST,
        ),
    ]


async def _bursts(events_in: Callable[[Double, int], Sequence[Event]], rounds: int) -> list[Burst]:
    book = load_playbook(ROOT / "playbooks" / "default.yaml", today=datetime.now(UTC).date())
    overheard = Overheard()
    async with furnished(book) as there, _crm(there, overheard) as crm:
        category = (await crm._maps.get()).category
        bursts = [await _burst(crm, overheard, events_in(there, category)) for _ in range(rounds + 1)]
    return bursts[1:]  # the first one warms up


def _own(there: Double, category: int) -> Sequence[Event]:
    paid = {"category": category, "stageId": f"C{category}:WON"}
    ids = [there.as_user(2).add_deal(f"{n}", **paid) for n in range(OWN_DEALS)]
    return [("ONCRMDEALUPDATE", ids[n % OWN_DEALS]) for n in range(EVENTS)]


def _foreign(there: Double, category: int) -> Sequence[Event]:
    hand = there.as_user(2)
    tasks = [hand.add_task(f"{n}", 2) for n in range(FOREIGN_TASKS)]
    deals = [hand.add_deal(f"{n}") for n in range(FOREIGN_DEALS)]
    told: list[Event] = [("ONCRMDEALUPDATE", id) for id in deals * 2]
    return [*(("ONTASKUPDATE", tasks[n % FOREIGN_TASKS]) for n in range(EVENTS - len(told))), *told]


async def _burst(crm: Bitrix24Crm, overheard: Overheard, events: Sequence[Event]) -> Burst:
    """On a web, an inbox and a memory of its own: nothing is known yet."""
    with tempfile.TemporaryDirectory(prefix="dealwright-bench-") as home:
        settings = web_settings(Path(home))
        migrate(settings.database_url)
        seen = SeenDeals(settings.database_url)
        async with web_on(settings) as web:
            overheard.calls.clear()
            overheard.requests = 0
            reader = CrmReader(crm, desk, seen, books, "bitrix24")
            async with _relaying(web, Relay(web.inbox, reader.look, is_hint)):
                answered, empty = await _send(web, [_said(*event) for event in events])
                while (await asyncio.to_thread(web.inbox.waiting)).events:  # noqa: ASYNC110 (the relay empties it)
                    await asyncio.sleep(0.02)
        seen.close()
    commands = sum(method != "batch" for method, _ in overheard.calls)
    return Burst(answered, empty, overheard.requests, ceil(commands / MOST_IN_BATCH))


@asynccontextmanager
async def _relaying(web: Web, relay: Relay) -> AsyncIterator[None]:
    stop = asyncio.Event()
    running = asyncio.create_task(relay.run(stop))
    try:
        yield
    finally:
        stop.set()
        relay.wake()
        await running


@asynccontextmanager
async def _crm(there: Double, overheard: Overheard) -> AsyncIterator[Bitrix24Crm]:
    crm = Bitrix24Crm(Portal(there.url, OpenBudget(), transport=overheard), books)
    yield crm
    await crm.close()


def _said(name: str, id: int) -> bytes:
    fields = {"ID": str(id)}
    data = (
        {"FIELDS": fields} if name.startswith("ONCRM") else {"FIELDS_BEFORE": fields, "FIELDS_AFTER": fields}
    )
    return body.form(portal_event(name, data)).encode()


async def _send(web: Web, bodies: Sequence[bytes]) -> tuple[list[float], list[float]]:
    """Milliseconds until each was answered, and as many empty ones among them."""
    places = asyncio.Semaphore(AT_ONCE)

    async def send(content: bytes) -> float:
        async with places:
            started = time.perf_counter()
            answer = await web.client.post(ROUTE, content=content, headers=FORM)
            took = time.perf_counter() - started
            assert answer.status_code == (200 if content else 403), answer.text
            return took * 1000

    both = await asyncio.gather(*(send(content) for body in bodies for content in (body, b"")))
    return both[::2], both[1::2]
