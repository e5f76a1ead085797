"""The tables that no history can refill, in the same database as the read model: what must not be lost on its way in or out.

`deal rebuild` never touches them.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar

from sqlalchemy import BigInteger, Index, Integer, LargeBinary, Text, text
from sqlmodel import Field

from records.tables import Record
from records.types import Moment, Money

_Serial = BigInteger().with_variant(Integer(), "sqlite")  # SQLite counts up only an INTEGER


class InboxRecord(Record, table=True):
    """An event from outside, as it came. `subject` orders them: of one subject, one after the other, in the order of `seq`.

    `status`: `new`, `retry` (worth another try from `next_try_at` on), then for ever `done`, `ignored` or `refused`; `outcome`
    says in words what became of it. `key` is the sender's id of the event, unique within its source: it came `times` times.
    """

    __tablename__ = "inbox"
    __table_args__: ClassVar[Any] = (
        Index("ux_inbox_source_key", "source", "key", unique=True),
        Index(
            "ix_inbox_waiting",
            "subject",
            "seq",
            sqlite_where=text("finished_at IS NULL"),
            postgresql_where=text("finished_at IS NULL"),
        ),
        Index(None, "deal", "seq"),
    )

    seq: int | None = Field(default=None, primary_key=True, sa_type=_Serial)
    source: str = Field(description="bitrix24, crm, payments, form, mail, poll, link or chat")
    key: str
    kind: str
    subject: str
    body: str = Field(sa_type=Text, description="JSON")
    received_at: datetime = Field(sa_type=Moment)
    times: int = 1
    status: str = "new"
    attempts: int = 0
    next_try_at: datetime = Field(sa_type=Moment)
    deal: str | None = Field(default=None, description="the deal's number, once it is known")
    outcome: str = Field(default="", sa_type=Text)
    finished_at: datetime | None = Field(default=None, sa_type=Moment)
    claimed_until: datetime | None = Field(default=None, sa_type=Moment, description="a relay works on it")


class SeenRecord(Record, table=True):
    """A deal as its CRM last showed it: what differs from it was done there since."""

    __tablename__ = "seen"

    ref: str = Field(primary_key=True, description="the CRM's own id")
    content: str = Field(sa_type=Text, description="JSON")
    at: datetime = Field(sa_type=Moment)


class CursorRecord(Record, table=True):
    """How far a poll has read."""

    __tablename__ = "cursors"

    name: str = Field(primary_key=True)
    at: datetime = Field(sa_type=Moment)


class BudgetRecord(Record, table=True):
    """A leaky bucket that all processes share: `level` at the moment `at`; nothing passes before `closed_until`."""

    __tablename__ = "budgets"

    name: str = Field(primary_key=True)
    level: float = 0.0
    at: datetime = Field(sa_type=Moment)
    closed_until: datetime | None = Field(default=None, sa_type=Moment)


class PostRecord(Record, table=True):
    """A notice that waits for the morning, or for its digest. `notice` is the whole notice as JSON."""

    __tablename__ = "post"
    __table_args__: ClassVar[Any] = (
        Index(
            "ix_post_waiting",
            "due_at",
            sqlite_where=text("sent_at IS NULL"),
            postgresql_where=text("sent_at IS NULL"),
        ),
    )

    key: str = Field(primary_key=True)
    to_email: str
    due_at: datetime = Field(sa_type=Moment)
    digest: bool
    notice: str = Field(sa_type=Text)
    sent_at: datetime | None = Field(default=None, sa_type=Moment)
    outcome: str = Field(default="", sa_type=Text)


class FileRecord(Record, table=True):
    """The content of a file that somebody attached, once, whatever it is called and wherever it belongs. Facts name it by its digest."""

    __tablename__ = "files"

    digest: str = Field(primary_key=True)
    size: int
    content: bytes = Field(sa_type=LargeBinary)
    kept_at: datetime = Field(sa_type=Moment)


class BankPaymentRecord(Record, table=True):
    """A payment of a statement, or one that no deal took (`domain.bank.payment.BankPayment`). `why` and `candidates` are JSON.

    `status`: `waiting` for a person, `posting` to the deal `deal`, then for ever `posted` or `dismissed`.
    """

    __tablename__ = "bank_payments"
    __table_args__: ClassVar[Any] = (
        Index("ux_bank_payments_kind_key_named", "kind", "key", "named", unique=True),
        Index("ix_bank_payments_order_key", "order_key"),
        Index("ix_bank_payments_status", "status", "seq"),
    )

    seq: int | None = Field(default=None, primary_key=True, sa_type=_Serial)
    kind: str = Field(description="received, reversed or sent")
    key: str
    order_key: str
    amount: Decimal = Field(sa_type=Money)
    currency: str
    day: date
    account: str
    document: str
    document_date: date | None
    debited: date | None = None
    payer: str
    payer_inn: str
    purpose: str = Field(sa_type=Text)
    named: str = Field(description="the deal that its sender named")
    line: int | None
    reverses: str
    status: str
    why: str = Field(sa_type=Text)
    candidates: str = Field(sa_type=Text)
    deal: str | None
    decided_by: str = ""
    reason: str = Field(default="", sa_type=Text)
    received_at: datetime = Field(sa_type=Moment)
    changed_at: datetime = Field(sa_type=Moment)


class StoppedRecord(Record, table=True):
    """A deal whose workflow ended before the deal did. Written anew at each look; gone once the deal runs again."""

    __tablename__ = "stopped_processes"

    deal: str = Field(primary_key=True)
    run_id: str
    ending: str = Field(description="terminated, failed, timed_out, canceled, missing or foreign")
    at: datetime = Field(sa_type=Moment)
    by: str = Field(description="who ended it, as Temporal knows them")
    reason: str = Field(sa_type=Text)


class DeferredRecord(Record, table=True):
    """A write that the CRM did not take for want of a right. Of one deal they are made in the order of `seq`."""

    __tablename__ = "deferred_writes"
    __table_args__: ClassVar[Any] = (
        Index("ux_deferred_writes_deal_key", "deal", "key", unique=True),
        Index("ix_deferred_writes_due_at", "due_at"),
    )

    seq: int | None = Field(default=None, primary_key=True, sa_type=_Serial)
    deal: str
    key: str
    missing: str = Field(sa_type=Text, description="the right, in English")
    content: str = Field(sa_type=Text, description="JSON")
    due_at: datetime = Field(sa_type=Moment)
    claimed_until: datetime | None = Field(default=None, sa_type=Moment, description="it is being written")
