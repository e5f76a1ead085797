"""An inbox of its own for each test, and a relay over it that is there while the test needs it."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from adapters.crm.embedded.crm import EmbeddedCrm
from adapters.crm.embedded.people import Person
from domain.words import same
from records import migrate
from records.arrivals import Arrival, InboxEvent, Source
from records.inbox_events import EventInbox
from records.seen import SeenDeals
from starter.desk import DealDesk
from starter.errors import NotFoundError, UnreachableError
from starter.intake.building import build_relay
from starter.intake.relay import Handle, Hint, Relay
from tests.support.deal import OpenDeal
from tests.support.stand import Stand
from tests.support.waiting import eventually


@dataclass
class Box:
    """The inbox as senders fill it and as a person looks into it."""

    real: EventInbox
    seen: SeenDeals

    def put(
        self,
        subject: str = "crm:C1",
        kind: str = "deal.changed",
        source: Source = "crm",
        key: str = "",
        deal: str | None = None,
        **body: Any,
    ) -> int:
        now = datetime.now(UTC)
        return self.real.accept(source, key or uuid4().hex, kind, subject, body, now, deal).seq

    def burst(self, count: int, subject: str = "crm:C1") -> list[int]:
        """Hints of one deal, all at once."""
        now = datetime.now(UTC)
        new = [Arrival("crm", uuid4().hex, "deal.changed", subject, {}, now) for _ in range(count)]
        return [accepted.seq for accepted in self.real.accept_all(new)]

    def event(self, seq: int) -> InboxEvent:
        event = self.real.get(seq)
        assert event is not None
        return event

    async def outcome(self, seq: int) -> InboxEvent:
        """Once it is finished."""

        async def look() -> InboxEvent:
            return await asyncio.to_thread(self.event, seq)

        return await eventually(look, lambda event: event.finished_at)

    async def tried(self, seq: int, times: int = 1) -> InboxEvent:
        async def look() -> InboxEvent:
            return await asyncio.to_thread(self.event, seq)

        return await eventually(look, lambda event: event.attempts >= times)


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Box]:
    url = f"sqlite:///{tmp_path / 'records.db'}"
    migrate(url)
    made = Box(EventInbox(url), SeenDeals(url))
    yield made
    made.real.close()
    made.seen.close()


@asynccontextmanager
async def running(relay: Relay) -> AsyncIterator[Relay]:
    stop = asyncio.Event()
    task = asyncio.create_task(relay.run(stop))
    try:
        yield relay
    finally:
        stop.set()
        relay.wake()
        await asyncio.wait_for(task, 20)


@asynccontextmanager
async def relaying(box: Box, handle: Handle, is_hint: Hint = lambda event: False) -> AsyncIterator[Relay]:
    async with running(Relay(box.real, handle, is_hint, longest_pause=0.05)) as relay:
        yield relay


class Switched:
    """A desk that can be switched off, and counts who asked for it."""

    def __init__(self, desk: DealDesk) -> None:
        self.desk, self.down, self.asked = desk, False, 0

    async def __call__(self) -> DealDesk:
        self.asked += 1
        if self.down:
            raise UnreachableError(same("Temporal does not answer"))
        return self.desk


@dataclass
class Front:
    """The desk of the office with its CRM, and the relay between them."""

    office: Stand
    box: Box
    desk: Switched
    relay: Relay

    @property
    def crm(self) -> EmbeddedCrm:
        return self.office.crm.real

    def person(self, name: str = "ivanova") -> Person:
        return self.crm.person(name)

    def hint(self, deal: str) -> int:
        return self.box.put(f"crm:{deal}", id=deal)

    async def told(self, deal: str) -> InboxEvent:
        """What becomes of a hint that something of the deal has changed."""
        return await self.box.outcome(self.hint(deal))

    async def opened(self, deal: str) -> OpenDeal:
        """Once it runs, and the CRM shows it."""
        found = OpenDeal(self.office, deal)
        await eventually(lambda: self._runs(deal))
        await found.until(lambda view: view.playbook is not None)
        await found.caught_up()
        return found

    async def _runs(self, deal: str) -> bool:
        try:
            await self.office.desk.state(deal)
        except (NotFoundError, UnreachableError):  # its worker may be too busy to be seen
            return False
        return True

    async def new(self, **order: Any) -> OpenDeal:
        """A deal that a manager made in the CRM, once its workflow runs."""
        number = await self.person().add_deal(order)
        event = await self.told(number)
        assert (event.status, event.deal) == ("done", number), event.outcome
        return await self.opened(number)


@pytest.fixture
async def front(box: Box, office: Stand) -> AsyncIterator[Front]:
    desk = Switched(office.desk)
    async with build_relay(office.settings, box.real, desk, office.crm.real) as relay:
        relay._longest = 0.05
        async with running(relay):
            yield Front(office, box, desk, relay)
