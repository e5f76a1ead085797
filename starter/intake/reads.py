"""What a process remembers of its looks at the CRM's deals, so that of many hints few cost a request."""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Generic, TypeVar

from records.arrivals import InboxEvent
from starter.crms import is_pointed
from starter.intake.crm_subjects import CLIENT_CARDS, DEAL, about
from starter.intake.ended_deal import EndedDeal

MOST = 10_000
FOREIGN_FOR = timedelta(minutes=10)
"""So long a line, a task or whatever else of other people is not asked about again."""
FOREIGN_FOR_NOW = timedelta(seconds=20)
"""A deal may be moved into the desk's funnel right after it was changed in another one, a client get a deal right after it was entered."""
NEVER = datetime(2000, 1, 1, tzinfo=UTC)
CLOCKS_DIFFER = timedelta(seconds=1)
"""Another host may have stored the event."""

T = TypeVar("T")


class Recent(OrderedDict[str, T], Generic[T]):
    """The last that were used."""

    def keep(self, key: str, value: T) -> T:
        self[key] = value
        self.move_to_end(key)
        if len(self) > MOST:
            self.popitem(last=False)
        return value


@dataclass
class Looked:
    """A deal is looked at once at a time. `began_at`: the last look that came to its end; `ended`: the deal needs none any more,
    but for its card's being moved."""

    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    began_at: datetime = NEVER
    ended: EndedDeal | None = None

    def answers(self, event: InboxEvent) -> bool:
        """Whether the last look saw what the event is about. One that is replayed, or waited for another try, asks anew."""
        return self.began_at - CLOCKS_DIFFER > max(event.received_at, event.next_try_at)


class Looks:
    """`refs` are the deals of lines and tasks, by the events' subjects."""

    def __init__(self) -> None:
        self._deals = Recent[Looked]()
        self._foreign = Recent[datetime]()
        self.refs = Recent[str]()

    def at(self, ref: str) -> Looked:
        return self._deals.keep(ref, self._deals.get(ref) or Looked())

    def is_ours(self, ref: str) -> bool:
        """Whether it was looked at before, and not found to be somebody else's."""
        return ref in self._deals

    def set_foreign(self, subject: str, asked_at: datetime) -> None:
        self._foreign.keep(subject, asked_at)

    def is_foreign(self, event: InboxEvent) -> bool:
        """Not for an event that says more than "look": one of a comparison with the CRM, one told on purpose or tried again."""
        asked_at = self._foreign.get(event.subject)
        on_purpose = event.source == "poll" or is_pointed(event.source, event.kind)
        if asked_at is None or on_purpose or event.next_try_at > event.received_at:
            return False
        changes = about(event.subject).thing in (DEAL, *CLIENT_CARDS)
        return event.received_at < asked_at + (FOREIGN_FOR_NOW if changes else FOREIGN_FOR)
