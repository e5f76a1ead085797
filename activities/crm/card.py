"""A deal as the CRM shows it."""

from pydantic import AwareDatetime

from domain.base import Value
from domain.words import LineStatus, Stage


class LineRow(Value):
    line: int
    sku: str
    name: str
    quantity: int
    amount: str
    status: LineStatus


class Comment(Value):
    text: str
    at: AwareDatetime


class Task(Value):
    task: str
    title: str
    person: str
    due_at: AwareDatetime
    opened_at: AwareDatetime
    closed_at: AwareDatetime | None = None
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
    tasks: tuple[Task, ...]
    notices: tuple[PersonalNotice, ...]
    updated_at: AwareDatetime


class LedgerEntry(Value):
    """A write that was really carried out, in the order it was."""

    key: str
    op: str
    deal: str
    at: AwareDatetime
