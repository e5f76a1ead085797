"""What a line reports to its deal."""

from datetime import date

from pydantic import AwareDatetime

from domain.alarms import Check
from domain.base import Count, LineNumber, State, Value
from domain.deal.credit import CreditFinding
from domain.deal.declarations import Declaration
from domain.deal.documents import Document
from domain.deal.payments import Milestone
from domain.deal.state import Agreement, LineState, Part, Postponement
from domain.deal.tasks import Approval, Assignment
from domain.facts import Fact
from domain.goods.quantity import Quantity
from domain.order.order import OrderLine
from domain.playbook.routes import Step
from domain.words import LineStatus, Text


class LineChange(State):
    """What is new of a line since its last report: of the things it keeps by id, only those that changed."""

    revision: Count
    updated_at: AwareDatetime
    manager: str
    status: LineStatus
    assignments: dict[str, Assignment] = {}
    approvals: dict[str, Approval] = {}
    documents: dict[str, Document] = {}
    milestones: dict[str, Milestone] = {}
    good: OrderLine | None = None
    terms: Count = 0
    agreement: Agreement = ""
    refusal: str = ""
    checks: dict[str, Check] = {}
    moments: dict[str, AwareDatetime] = {}
    rounds: dict[str, Count] = {}
    noted: list[str] = []
    route: tuple[Step, ...] = ()
    passed: Count = 0
    held: bool = False
    declarations: list[Declaration] = []
    ready_at: AwareDatetime | None = None
    eta: AwareDatetime | None = None
    expected_on: date | None = None
    vat: str = ""
    credit: CreditFinding | None = None
    cancelled: Text | None = None
    settled_at: AwareDatetime | None = None
    missing: Quantity = 0
    cut: list[LineNumber] = []
    funds_revision: Count = 0
    postponement: Postponement | None = None

    def apply(self, line: LineState) -> None:
        """Brings the mirror of a line up to date. The deal counts the money, so what it has put on milestones stays."""
        counted = {id: (m.allocated, m.funded_on) for id, m in line.milestones.items()}
        if self.good and self.good != line.good:  # all that it has stands in the report
            line.milestones, line.documents = {}, {}
        for name in type(self).model_fields:
            value = getattr(self, name)
            if name in ("good", "route") and not value:
                continue
            setattr(line, name, {**getattr(line, name), **value} if name in KEPT_BY_ID else value)
        for id, milestone in line.milestones.items():
            if id in counted:
                milestone.allocated, milestone.funded_on = counted[id]


KEPT_BY_ID = ("assignments", "approvals", "documents", "milestones")


class LineReport(Value):
    """What a line tells its deal: what changed, and the facts since the last report.

    `after` is the digest of all it told before (`domain.facts.heads`): so each fact is taken once, and a report that follows on
    something else than the deal has heard, after an operator has reset one of the two, is not taken for the next. `whole`: all that
    the line has stands in it, the `parts` that were split from it among them.
    """

    line: LineNumber
    after: str
    whole: bool = False
    change: LineChange
    facts: tuple[Fact, ...] = ()
    parts: tuple[Part, ...] = ()
