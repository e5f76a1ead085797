"""The memory of a deal and of a line: at once the workflow's state, the reply to its query and the input of its next run."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Literal

from pydantic import AwareDatetime

from domain.alarms import Check
from domain.base import State, Value
from domain.documents import Document
from domain.facts import Actor, Fact, Subject
from domain.messages import Kept
from domain.money import ZERO
from domain.order import Client, OrderLine, Origin
from domain.offer import Offer
from domain.payments import Milestone, Payment
from domain.playbook import Playbook, Trigger
from domain.routes import Step
from domain.tasks import Approval, Assignment
from domain.words import LineStatus, Stage


class ProcessState(State):
    """What a deal and a line have in common.

    `rounds` counts the rounds of questions that are asked again; `noted` is what was put on record once and for all.
    """

    deal: str
    client: Client
    manager: str
    currency: str = "RUB"
    playbook: Playbook | None = None
    opened_at: AwareDatetime
    updated_at: AwareDatetime
    revision: int = 0
    assignments: dict[str, Assignment] = {}
    approvals: dict[str, Approval] = {}
    documents: dict[str, Document] = {}
    checks: dict[str, Check] = {}
    moments: dict[Trigger, AwareDatetime] = {}
    rounds: dict[str, int] = {}
    noted: list[str] = []
    receipts: dict[str, Kept] = {}

    @property
    def subject(self) -> Subject:
        raise NotImplementedError

    @property
    def book(self) -> Playbook:
        if self.playbook is None:
            raise LookupError(f"the playbook of deal {self.deal} is not loaded yet")
        return self.playbook

    @property
    def open_assignments(self) -> list[Assignment]:
        return [a for a in self.assignments.values() if not a.closed]

    @property
    def open_approvals(self) -> list[Approval]:
        return [a for a in self.approvals.values() if not a.closed]

    @property
    def unsigned(self) -> list[Document]:
        """Documents that could be signed and are not."""
        return [d for d in self.documents.values() if d.ready and not d.signed]


class LineState(ProcessState):
    """A line: all that is its own. It has `passed` so many steps of its `route`; `declarations` are its customs declarations.

    `unreported` facts wait for the next report to the deal. Every fact is a revision, so `revision` counts the facts.
    """

    number: int
    good: OrderLine
    route: tuple[Step, ...] = ()
    passed: int = 0
    status: LineStatus = LineStatus.AWAITING_RELEASE
    milestones: dict[str, Milestone] = {}
    funds_revision: int = 0
    held: bool = False
    declarations: list[str] = []
    eta: AwareDatetime | None = None
    cancelled: str | None = None
    settled_at: AwareDatetime | None = None
    reported: int = 0
    unreported: list[Fact] = []

    @property
    def subject(self) -> Subject:
        return Subject(self.number)

    @property
    def amount(self) -> Decimal:
        return self.good.amount

    @property
    def paid(self) -> Decimal:
        return sum((m.allocated for m in self.milestones.values()), ZERO)

    def mirror(self) -> "LineState":
        """The state as the line reports it: without what only the line's own workflow needs."""
        return self.model_copy(update={"playbook": None, "receipts": {}, "unreported": []})

    def excerpt(self) -> "LineState":
        """The mirror without what is over: enough to say where the line stands and what it waits for."""
        return self.mirror().model_copy(update={**_open_only(self), "noted": [], "rounds": {}})


class LineChange(State):
    """What is new of a line since its last report: of the things it keeps by id, only those that changed."""

    revision: int
    updated_at: AwareDatetime
    manager: str
    status: LineStatus
    assignments: dict[str, Assignment] = {}
    approvals: dict[str, Approval] = {}
    documents: dict[str, Document] = {}
    milestones: dict[str, Milestone] = {}
    checks: dict[str, Check] = {}
    moments: dict[Trigger, AwareDatetime] = {}
    rounds: dict[str, int] = {}
    noted: list[str] = []
    passed: int = 0
    held: bool = False
    declarations: list[str] = []
    eta: AwareDatetime | None = None
    cancelled: str | None = None
    settled_at: AwareDatetime | None = None
    funds_revision: int = 0

    def apply(self, line: LineState) -> None:
        """Brings the mirror of a line up to date. The deal counts the money, so what it has allocated stays."""
        allocated = {id: milestone.allocated for id, milestone in line.milestones.items()}
        for name in type(self).model_fields:
            value = getattr(self, name)
            setattr(line, name, {**getattr(line, name), **value} if name in KEPT_BY_ID else value)
        for id, milestone in line.milestones.items():
            milestone.allocated = allocated.get(id, milestone.allocated)


KEPT_BY_ID = ("assignments", "approvals", "documents", "milestones")


class LineReport(Value):
    """What a line tells its deal: what changed, and the facts since the last report.

    `first` is the place of the first of these facts among all the line ever told, from 0: each is taken once.
    """

    line: int
    first: int
    change: LineChange
    facts: tuple[Fact, ...] = ()


class Funds(Value):
    """What the deal tells a line about its money: absolute amounts by milestone, so that repeating it changes nothing."""

    revision: int
    allocated: dict[str, Decimal]


class LineOrder(Value):
    """Something the deal tells a line, waiting for delivery."""

    line: int
    name: Literal["funds", "wind_down", "handed_over"]
    funds: Funds | None = None
    reason: str = ""
    manager: str = ""
    actor: Actor | None = None


class Closing(Value):
    """Why a deal ends before it is paid."""

    stage: Stage
    reason: str
    actor: Actor | None = None


class Talk(State):
    """Between the deal and its lines: those `started`, what each has heard of its `funds`, and `orders` that wait for delivery."""

    started: list[int] = []
    orders: list[LineOrder] = []
    funds: dict[int, dict[str, Decimal]] = {}
    funds_revision: int = 0


class Target(StrEnum):
    """Who must hear of every fact. Each hears them in order, and waits for none of the others."""

    RECORDS = "records"
    CRM = "crm"
    MAIL = "mail"


class Returned(Value):
    """A mail that came back: it is sent again once `person` has a better address."""

    key: str
    person: str
    email: str
    reason: str
    fact: Fact


class Delivery(State):
    """What the world has not heard yet: `unheard` facts, and up to which of them each target has `heard`.

    `changed_lines` wait for the records. `shown` are digests of what the CRM shows, by what shows it. `returned` mail waits for a
    better address, mail to send `again` has one.
    """

    unheard: list[Fact] = []
    heard: dict[Target, int] = {}
    changed_lines: list[int] = []
    shown: dict[str, str] = {}
    returned: list[Returned] = []
    again: list[Returned] = []
    playbook_recorded: bool = False

    def waiting(self, target: Target) -> list[Fact]:
        """In order."""
        after = self.heard.get(target, 0)
        return [fact for fact in self.unheard if fact.seq > after]

    def hear(self, target: Target, through: int) -> None:
        """The target has heard of all facts up to this one; those that everybody has heard of are let go."""
        self.heard[target] = max(through, self.heard.get(target, 0))
        all_heard = min(self.heard.get(target, 0) for target in Target)
        self.unheard = [fact for fact in self.unheard if fact.seq > all_heard]

    @property
    def done(self) -> bool:
        return not (self.unheard or self.changed_lines or self.again)


class DealState(ProcessState):
    """A deal: what its lines share. `lines` mirror what each line last reported.

    `seq` and `head` are the place and the digest of the last fact of the trail. `addresses` replace those of the order and the
    playbook, by person; `mending` says which assignment mends whose.
    """

    origin: Origin | None = None
    stage: Stage = Stage.NEW
    wish: str = ""
    lines: dict[int, LineState] = {}
    qualified: bool = False
    offers: list[Offer] = []
    payments: list[Payment] = []
    closing: Closing | None = None
    cancel_reason: str | None = None
    closed_at: AwareDatetime | None = None
    addresses: dict[str, str] = {}
    mending: dict[str, str] = {}
    seq: int = 0
    head: str = ""
    talk: Talk = Talk()
    delivery: Delivery = Delivery()

    @property
    def subject(self) -> Subject:
        return Subject()

    @property
    def active_lines(self) -> list[LineState]:
        return [line for line in self.lines.values() if line.status is not LineStatus.CANCELLED]

    @property
    def milestones(self) -> list[Milestone]:
        return [m for line in self.active_lines for m in line.milestones.values()]

    def milestone(self, id: str) -> Milestone:
        return next(m for m in self.milestones if m.id == id)

    @property
    def contract_version(self) -> int:
        return self.offers[-1].version if self.offers else 1

    def excerpt(self) -> "DealState":
        """Enough to say where the deal stands and what it waits for: what whoever must hear of a fact gets to see with it."""
        return self.model_copy(
            update={
                **_open_only(self),
                "playbook": None,
                "receipts": {},
                "noted": [],
                "rounds": {},
                "offers": [],
                "talk": Talk(started=self.talk.started),
                "delivery": Delivery(),
                "lines": {number: line.excerpt() for number, line in self.lines.items()},
            }
        )

    def all_lines_closed(self) -> bool:
        return all(line.status.final for line in self.lines.values())

    def all_signed(self) -> bool:
        return all(document.signed for document in self.documents.values())

    def summary(self, now: datetime) -> "DealSummary":
        return DealSummary(
            number=self.deal,
            stage=self.stage,
            reason=self.closing.reason if self.closing else None,
            amount=self.amount,
            paid=self.received,
            advance=self.advance,
            currency=self.currency,
            opened_at=self.opened_at,
            closed_at=self.closed_at or now,
        )

    @property
    def amount(self) -> Decimal:
        return sum((line.amount for line in self.active_lines), ZERO)

    @property
    def received(self) -> Decimal:
        return sum((payment.amount for payment in self.payments), ZERO)

    @property
    def advance(self) -> Decimal:
        """Money that came and stands on no active line's milestone."""
        return self.received - sum((m.allocated for m in self.milestones), ZERO)


def _open_only(state: ProcessState) -> dict[str, Any]:
    return {
        "assignments": {a.id: a for a in state.open_assignments},
        "approvals": {a.id: a.model_copy(update={"rounds": ()}) for a in state.open_approvals},
    }


class DealStart(State):
    """The input of a deal's workflow: a new order, or the state of the run before."""

    number: str
    order: dict[str, object] | None = None
    state: DealState | None = None


class RecordBatch(Value):
    """What the records are told at once: the deal without its lines, the lines that changed, and the facts in order.

    `deal.revision` and each line's `revision` only grow: an older batch never overwrites a newer row.
    """

    deal: DealState
    lines: tuple[LineState, ...] = ()
    facts: tuple[Fact, ...] = ()


class CrmBatch(Value):
    """What the CRM must hear of: facts in order, with the deal as it stands now. `shown` is what it shows already.

    The playbook comes along only where whoever carries this out has asked for it: it is large, and the same for all.
    """

    deal: DealState
    version: str
    facts: tuple[Fact, ...]
    shown: dict[str, str] = {}
    playbook: Playbook | None = None


class MailBatch(Value):
    """What people must be written about: facts in order, with the deal as it stands now; and mail to send `again`."""

    deal: DealState
    version: str
    facts: tuple[Fact, ...] = ()
    again: tuple[Returned, ...] = ()
    playbook: Playbook | None = None


class Delivered(Value):
    """Facts are dealt with for certain up to `through`, and so many of the mails to send `again`. The rest stays.

    `refused` names what the target will never take: its key, and why, for the deal's record. `returned` is mail whose address is
    at fault: somebody must give a better one. `shown` is what the CRM shows now. `abandoned`: so many facts that the records
    hold belong to a branch of the trail that this one does not follow, `since` a fact, the last of them told at `abandoned_at`.
    """

    through: int
    again: int = 0
    refused: dict[str, str] = {}
    returned: tuple[Returned, ...] = ()
    shown: dict[str, str] = {}
    since: int = 0
    abandoned: int = 0
    abandoned_at: AwareDatetime | None = None


class WatchedLines(Value):
    """Lines of one deal that are asked about. In the answer `lines` are those whose workflow no longer runs, `foreign` those
    under whose id a workflow runs that is not theirs."""

    deal: str
    lines: tuple[int, ...]
    foreign: tuple[int, ...] = ()


class DealSummary(Value):
    """What a closed deal returns."""

    number: str
    stage: Stage
    reason: str | None = None
    amount: Decimal
    paid: Decimal
    advance: Decimal
    currency: str
    opened_at: AwareDatetime
    closed_at: AwareDatetime
