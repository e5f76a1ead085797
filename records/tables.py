"""The tables of the read model. A question of the deal itself has line 0.

`snapshot` is the state as JSON, from which `show` answers for deals that Temporal no longer holds.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar

from sqlalchemy import JSON, BigInteger, Index, MetaData, Text
from sqlmodel import Field, SQLModel

from records.types import Moment, Money, Much


class Record(SQLModel):
    metadata: ClassVar[MetaData] = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class PlaybookRecord(Record, table=True):
    """Each playbook that a deal lives by, once."""

    __tablename__ = "playbooks"

    digest: str = Field(primary_key=True)
    version: str
    content: str = Field(sa_type=Text)


class DealRecord(Record, table=True):
    """Rolled up from the lines: `amount`, `paid`; from the open items: `next_due_at`, the earliest deadline."""

    __tablename__ = "deals"
    __table_args__: ClassVar[Any] = (
        Index(None, "opened_at", "number"),
        Index(None, "stage", "opened_at", "number"),
        Index(None, "manager", "opened_at", "number"),
        Index(None, "digits"),
        Index(None, "known_by"),
    )

    number: str = Field(primary_key=True)
    digits: int | None = Field(sa_type=BigInteger, description="the number, if it is one")
    revision: int = Field(sa_type=BigInteger)
    stage: str
    reason: str | None = Field(sa_type=Text, description="why it was lost or cancelled")
    manager: str
    client: str
    inn: str | None
    known_by: str | None = Field(
        description="the number that the buyer goes by: an INN, or a country and its number there"
    )
    payer_inn: str | None = Field(description="of who pays, where that is not the client")
    contact: str
    currency: str
    amount: Decimal = Field(sa_type=Money)
    paid: Decimal = Field(sa_type=Money)
    received: Decimal = Field(sa_type=Money, description="what is in hand of the client's money")
    next_due_at: datetime | None = Field(sa_type=Moment)
    opened_at: datetime = Field(sa_type=Moment)
    updated_at: datetime = Field(sa_type=Moment)
    closed_at: datetime | None = Field(sa_type=Moment)
    search: str = Field(sa_type=Text, description="what a search looks in, case folded")
    head: str = Field(description="the digest of the latest fact: its branch of the trail is the live one")
    playbook: str | None = Field(foreign_key="playbooks.digest")
    snapshot: str = Field(sa_type=Text)


class LineRecord(Record, table=True):
    __tablename__ = "lines"

    deal: str = Field(foreign_key="deals.number", primary_key=True)
    number: int = Field(primary_key=True)
    told: int = Field(sa_type=BigInteger, description="the deal's revision when it told this")
    told_at: datetime = Field(sa_type=Moment, description="and when the deal had last changed")
    revision: int = Field(sa_type=BigInteger)
    status: str
    source: str
    sku: str
    name: str
    quantity: Decimal = Field(sa_type=Much, description="in its unit, to three decimals")
    unit: str = Field(description="what it is counted or measured in, by its OKEI code")
    unit_price: Decimal = Field(sa_type=Money)
    amount: Decimal = Field(sa_type=Money)
    paid: Decimal = Field(sa_type=Money)
    vat: str
    payment: str
    delivery: str
    held: bool
    promised_on: date | None = Field(
        description="the delivery date of the contract; none where it names none"
    )
    expected_on: date | None = Field(
        description="and the day of delivery, as forecast when the deal had last changed"
    )
    late_days: int = Field(description="by so many days of the calendar that is later")
    cancelled: str | None = Field(sa_type=Text, description="why it was cancelled")
    opened_at: datetime = Field(sa_type=Moment)
    updated_at: datetime = Field(sa_type=Moment)
    settled_at: datetime | None = Field(sa_type=Moment)
    search: str = Field(sa_type=Text)
    snapshot: str = Field(sa_type=Text)


class OpenItemRecord(Record, table=True):
    """What a deal waits for (`domain.deal.open_items`): one row for each person who must act. What has no id has an empty one."""

    __tablename__ = "open_items"
    __table_args__: ClassVar[Any] = (
        Index(None, "person", "due_at"),
        Index(None, "escalated_to", "due_at"),
        Index(None, "role", "deal"),
        Index(None, "due_at"),
    )

    deal: str = Field(foreign_key="deals.number", primary_key=True)
    line: int = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    role: str = Field(primary_key=True)
    person: str = Field(primary_key=True)
    version: int
    title_ru: str
    title_en: str
    opened_at: datetime = Field(sa_type=Moment)
    due_at: datetime = Field(sa_type=Moment)
    escalated_at: datetime | None = Field(sa_type=Moment, description="when the director was told first")
    escalated_to: str | None
    seen_until: datetime | None = Field(sa_type=Moment, description="the director knows until then")


class AssignmentRecord(Record, table=True):
    __tablename__ = "assignments"

    deal: str = Field(foreign_key="deals.number", primary_key=True)
    id: str = Field(primary_key=True)
    line: int
    kind: str
    title_ru: str
    title_en: str
    assignee: str
    role: str
    opened_at: datetime = Field(sa_type=Moment)
    due_at: datetime = Field(sa_type=Moment)
    closed_at: datetime | None = Field(sa_type=Moment)
    closed_by: str | None
    withdrawn: bool
    answers: dict[str, str] = Field(sa_type=JSON)


class ApprovalRecord(Record, table=True):
    __tablename__ = "approvals"

    deal: str = Field(foreign_key="deals.number", primary_key=True)
    id: str = Field(primary_key=True)
    line: int
    kind: str
    version: int
    title_ru: str
    title_en: str
    opened_at: datetime = Field(sa_type=Moment)
    due_at: datetime = Field(sa_type=Moment)
    closed_at: datetime | None = Field(sa_type=Moment)
    outcome: str | None


class AskRecord(Record, table=True):
    """A role that an approval asks, and its answer."""

    __tablename__ = "asks"

    deal: str = Field(foreign_key="deals.number", primary_key=True)
    approval: str = Field(primary_key=True)
    role: str = Field(primary_key=True)
    line: int
    person: str
    approve: bool | None
    voted_by: str | None
    behalf: str | None
    comment: str = Field(sa_type=Text)
    voted_at: datetime | None = Field(sa_type=Moment)


class MilestoneRecord(Record, table=True):
    __tablename__ = "milestones"

    deal: str = Field(foreign_key="deals.number", primary_key=True)
    id: str = Field(primary_key=True)
    line: int
    title_ru: str
    title_en: str
    trigger: str
    gate: str | None
    amount: Decimal = Field(sa_type=Money)
    allocated: Decimal = Field(sa_type=Money)
    due_at: datetime | None = Field(sa_type=Moment)
    paid_at: datetime | None = Field(sa_type=Moment)


class PaymentRecord(Record, table=True):
    """A payment that the bank has not taken back. `line`: what the payer said it is for. `allocations`: what of it stands on which
    milestone now, as text. The whole ledger is in the deal's `snapshot`."""

    __tablename__ = "payments"

    deal: str = Field(foreign_key="deals.number", primary_key=True)
    id: str = Field(primary_key=True)
    line: int | None
    amount: Decimal = Field(sa_type=Money)
    currency: str
    day: date
    purpose: str = Field(sa_type=Text)
    payer_inn: str = Field(default="", description="as the bank told it")
    account: str = Field(default="", description="the payer's")
    order_key: str = Field(default="", index=True, description="what its payment order goes by")
    person: str
    at: datetime = Field(sa_type=Moment)
    allocations: dict[str, str] = Field(sa_type=JSON)


class DocumentRecord(Record, table=True):
    __tablename__ = "documents"

    deal: str = Field(foreign_key="deals.number", primary_key=True)
    id: str = Field(primary_key=True)
    line: int
    title_ru: str
    title_en: str
    signer: str
    ready_at: datetime | None = Field(sa_type=Moment)
    due_at: datetime | None = Field(sa_type=Moment)
    signed_at: datetime | None = Field(sa_type=Moment)
    signed_by: str | None


class SerialRecord(Record, table=True):
    """A piece that a warehouse has accepted for a line that was not cancelled. Of one good there is each number once: `serial` is as it
    was entered, `key` as numbers are compared (`domain.serials`)."""

    __tablename__ = "serials"
    __table_args__: ClassVar[Any] = (Index(None, "good", "key"),)

    deal: str = Field(foreign_key="deals.number", primary_key=True)
    line: int = Field(primary_key=True)
    key: str = Field(primary_key=True)
    good: str = Field(description="its SKU, case folded")
    serial: str
    at: datetime = Field(sa_type=Moment, description="when the acceptance was answered")


class FactRecord(Record, table=True):
    """The audit trail: written once, never changed. Branches that an operator abandoned stay beside the live one."""

    __tablename__ = "facts"

    deal: str = Field(foreign_key="deals.number", primary_key=True)
    seq: int = Field(primary_key=True, sa_type=BigInteger)
    digest: str = Field(primary_key=True)
    prev: str
    at: datetime = Field(sa_type=Moment)
    kind: str
    subject: str
    person: str
    name: str
    role: str | None
    behalf: str | None
    data: dict[str, Any] = Field(sa_type=JSON)
