"""An event from outside, as it comes to the inbox and as the inbox tells of it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal, NamedTuple

from domain.words import Text

Source = str
"""`crm`, `payments`, `mail`: the desk's own webhooks; `form`, `link`: its pages; `poll`: its look at the CRM; `bitrix24`: the portal's
webhook; `chat`: its bot. Another CRM names its own."""
Status = Literal["new", "retry", "done", "ignored", "refused"]
Final = Literal["done", "ignored", "refused"]


class Arrival(NamedTuple):
    """`key` is the sender's own id of the event. `subject` orders: of one subject, one after the other.

    `ignored` says why nobody need look at it: such an event only leaves its trace.
    """

    source: Source
    key: str
    kind: str
    subject: str
    body: dict[str, Any]
    at: datetime
    deal: str | None = None
    ignored: Text | None = None


class Accepted(NamedTuple):
    """`repeated`: this key came before. `differs`: it came before with another body, and that one stands."""

    seq: int
    repeated: bool
    differs: bool = False


class InboxEvent(NamedTuple):
    """`outcome` says in words what became of it, or why it waits; it came `times` times, and was tried `attempts` times."""

    seq: int
    source: Source
    key: str
    kind: str
    subject: str
    body: dict[str, Any]
    received_at: datetime
    times: int
    status: Status
    attempts: int
    next_try_at: datetime
    deal: str | None
    outcome: Text
    finished_at: datetime | None
    claimed_until: datetime | None


class Finished(NamedTuple):
    """What became of events for ever, but for a replay."""

    seqs: Sequence[int]
    status: Final
    outcome: Text
    at: datetime
    deal: str | None = None


class Waiting(NamedTuple):
    """What is not finished: how many events, and since when the oldest of them waits."""

    events: int
    oldest: datetime | None
