"""What the queries answer with: plain rows, told for one moment."""

from datetime import datetime
from decimal import Decimal
from typing import Literal, NamedTuple

from domain.words import LineStatus, Source, Stage, Text


class ListedLine(NamedTuple):
    number: int
    status: LineStatus
    source: Source
    sku: str
    name: str
    amount: Decimal


class ListedDeal(NamedTuple):
    """`awaiting`: the people who must act, `client` among them; `next_due_at`: its earliest open deadline.

    `stopped_at`: since when its process no longer runs, at the last look.
    """

    number: str
    stage: Stage
    client: str
    manager: str
    amount: Decimal
    paid: Decimal
    received: Decimal
    currency: str
    next_due_at: datetime | None
    opened_at: datetime
    updated_at: datetime
    closed_at: datetime | None
    stopped_at: datetime | None
    overdue: bool
    awaiting: tuple[str, ...]
    lines: tuple[ListedLine, ...]

    @property
    def sources(self) -> set[Source]:
        """Where the goods of its active lines come from."""
        return {line.source for line in self.lines if line.status is not LineStatus.CANCELLED}

    @property
    def outstanding(self) -> Decimal:
        return self.amount - self.paid

    @property
    def advance(self) -> Decimal:
        return self.received - self.paid


class InboxItem(NamedTuple):
    """An open item that `person` must see to. `version` is an approval's, 1 for all else; `line` 0 is the deal itself.

    `money` is a payment that no deal has taken: of no deal yet.

    It is overdue for so long that `escalated_to` was told, first `escalated_days` ago, and knows until `seen_until`.
    """

    kind: Literal["assignment", "approval", "document", "payment", "step", "money"]
    deal: str
    client: str
    stage: Stage | None
    line: int
    id: str
    version: int
    title: Text
    role: str
    person: str
    opened_at: datetime
    due_at: datetime
    overdue: bool
    escalated_to: str | None = None
    escalated_at: datetime | None = None
    escalated_days: int | None = None
    seen_until: datetime | None = None


class Progress(NamedTuple):
    """How far the records have come with a deal: the newest revision and fact they hold, and whether it has ended there."""

    revision: int
    seq: int
    updated_at: datetime
    closed: bool
