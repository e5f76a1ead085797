"""A deal as the CRM shows it."""

from pydantic import AwareDatetime

from domain.base import Value
from domain.goods.quantity import Quantity
from domain.words import LineStatus, Stage, UnitOfMeasure


class LineRow(Value):
    line: int
    sku: str
    name: str
    quantity: Quantity
    unit: UnitOfMeasure = UnitOfMeasure.PIECE
    amount: str
    status: LineStatus
    shown: dict[str, str] = {}


class Comment(Value):
    text: str
    at: AwareDatetime


class AttachedFile(Value):
    name: str
    size: int


class Task(Value):
    task: str
    title: str
    person: str
    line: int = 0
    description: str = ""
    due_at: AwareDatetime
    opened_at: AwareDatetime
    closed_at: AwareDatetime | None = None
    closed_by: str | None = None
    comment: str = ""


class PersonalNotice(Value):
    person: str
    text: str
    at: AwareDatetime


class DealCard(Value):
    deal: str
    stage: Stage | None
    fields: dict[str, str]
    lines: tuple[LineRow, ...]
    comments: tuple[Comment, ...]
    files: tuple[AttachedFile, ...] = ()
    tasks: tuple[Task, ...]
    notices: tuple[PersonalNotice, ...]
    updated_at: AwareDatetime


class LedgerEntry(Value):
    """A write that was really carried out, in the order it was."""

    key: str
    op: str
    deal: str
    at: AwareDatetime


class CrmEvent(Value):
    """Somebody did something with a deal. `uid` names the event wherever it is told."""

    uid: str
    deal: str
    at: AwareDatetime
