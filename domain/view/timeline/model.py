"""A deal's life in time: what `deal rehearse` answers."""

from datetime import date
from decimal import Decimal
from typing import Any, Literal

from pydantic import AwareDatetime

from domain.base import Value
from domain.goods.quantity import Quantity
from domain.words import LineStatus, Role, Stage, UnitOfMeasure


class StageSpan(Value):
    """`until` is none of the stage in which the deal stands last."""

    stage: Stage
    label: str
    since: AwareDatetime
    until: AwareDatetime | None
    working_days: float


class StatusSpan(Value):
    status: LineStatus
    label: str
    since: AwareDatetime
    until: AwareDatetime | None
    working_days: float


class LineTimeline(Value):
    number: int
    name: str
    quantity: Quantity
    unit: UnitOfMeasure = UnitOfMeasure.PIECE
    amount: Decimal
    statuses: tuple[StatusSpan, ...]


class Week(Value):
    """From `monday` on: what falls due, what comes, what is still outstanding at the end, and how often somebody is called."""

    monday: date
    due: Decimal
    received: Decimal
    outstanding: Decimal
    reminders: int
    checks: int
    escalations: int


class Call(Value):
    """A reminder, a status check or an escalation. `who` should act; an escalation goes `to` somebody else too.

    `overdue`: at this moment the deadline has passed.
    """

    at: AwareDatetime
    kind: Literal["reminder", "check", "escalation"]
    line: int | None
    id: str | None
    title: str
    who: tuple[str, ...]
    to: str | None
    due_at: AwareDatetime | None
    overdue: bool


class Overdue(Value):
    """What was done only after its deadline. `done_at` is none if it never was; `reminders` are those since the deadline."""

    line: int | None
    id: str
    title: str
    who: tuple[str, ...]
    due_at: AwareDatetime
    done_at: AwareDatetime | None
    working_days: float
    reminders: int
    escalations: int


class Workload(Value):
    """How much is asked of one person, how often they are called, how many of their questions were overdue, and how many
    escalations they heard of."""

    person: str
    name: str
    roles: tuple[Role, ...]
    assignments: int = 0
    approvals: int = 0
    signatures: int = 0
    payments: int = 0
    reminders: int = 0
    checks: int = 0
    overdue: int = 0
    escalations: int = 0


class Timeline(Value):
    """`people` are the names behind the ids that stand in `who` and `to`."""

    client: str
    amount: Decimal
    currency: str
    playbook: str
    zone: str
    stage: Stage
    stage_label: str
    started_at: AwareDatetime
    ended_at: AwareDatetime
    calendar_days: int
    working_days: float
    stages: tuple[StageSpan, ...]
    lines: tuple[LineTimeline, ...]
    weeks: tuple[Week, ...]
    workload: tuple[Workload, ...]
    overdue: tuple[Overdue, ...]
    calls: tuple[Call, ...]
    people: dict[str, str]

    def json_ready(self) -> dict[str, Any]:
        return self.model_dump(mode="json")
