"""An inbox of its own for each test, and a relay over it that is there while the test needs it."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from records import migrate
from records.arrivals import InboxEvent, Source
from records.inbox_events import EventInbox
from records.seen import SeenDeals
from starter.intake.relay import Handle, Hint, Relay
from tests.support.waiting import eventually


@dataclass
class Box:
    """The inbox as senders fill it and as a person looks into it."""

    real: EventInbox
    seen: SeenDeals
    seqs: list[int] = field(default_factory=list)

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
        seq = self.real.accept(source, key or uuid4().hex, kind, subject, body, now, deal).seq
        self.seqs.append(seq)
        return seq

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
        relay.nudge()
        await asyncio.wait_for(task, 20)


@asynccontextmanager
async def relaying(box: Box, handle: Handle, is_hint: Hint = lambda event: False) -> AsyncIterator[Relay]:
    async with running(Relay(box.real, handle, is_hint, language="en", longest_pause=0.05)) as relay:
        yield relay
