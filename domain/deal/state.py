"""The memory of a deal and of a line: at once the workflow's state, the reply to its query and the input of its next run."""

from collections.abc import Container
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from pydantic import AwareDatetime

from domain.alarms import Check
from domain.base import Count, LineNumber, State, Value
from domain.deal.credit import CreditFinding
from domain.deal.declarations import Declaration
from domain.deal.documents import Document
from domain.deal.ledger import Ledger
from domain.deal.line_orders import NewTerms, Papers
from domain.deal.messages import Kept
from domain.deal.outbox import Outbox, Resend
from domain.deal.payments import Milestone
from domain.deal.rates import Rate
from domain.deal.splits import Split
from domain.deal.tasks import Approval, Assignment
from domain.facts import Actor, Fact, Subject
from domain.money import ZERO
from domain.order.changes import Draft
from domain.order.offer import Offer
from domain.order.order import Client, OrderLine, Origin
from domain.order.rate_clause import ROUBLES, RateClause
from domain.playbook.book import Playbook, StaffedPlaybook
from domain.playbook.people import People
from domain.playbook.routes import Step
from domain.playbook.sharing import staffed
from domain.serials import SerialElsewhere
from domain.words import LineStatus, Role, Source, Stage, Text


class Postponement(Value):
    """What the director is asked to let be: that the deadline of this item moves to the end of the day `until`."""

    item: str
    title: Text
    until: date
    reason: str
    by: Actor


class ProcessState(State):
    """What a deal and a line have in common. `people` are those of today, as far as it has been told; `named` is who was given a role in
    this deal, and is asked first.

    `rounds` counts the rounds of questions that are asked again; `noted` is what was put on record once and for all.
    """

    deal: str
    client: Client
    manager: str
    currency: str = "RUB"
    playbook: Playbook | None = None
    people: People | None = None
    named: dict[Role, str] = {}
    opened_at: AwareDatetime
    updated_at: AwareDatetime
    revision: Count = 0
    assignments: dict[str, Assignment] = {}
    approvals: dict[str, Approval] = {}
    documents: dict[str, Document] = {}
    checks: dict[str, Check] = {}
    moments: dict[str, AwareDatetime] = {}
    rounds: dict[str, Count] = {}
    noted: list[str] = []
    receipts: dict[str, Kept] = {}
    postponement: Postponement | None = None

    @property
    def subject(self) -> Subject:
        raise NotImplementedError

    @property
    def book(self) -> StaffedPlaybook:
        """What it works by: the playbook it keeps, with the people of today."""
        if self.playbook is None or self.people is None:
            raise LookupError(f"the playbook of deal {self.deal} is not loaded yet")
        return staffed(self.playbook, self.people)

    @property
    def open_assignments(self) -> list[Assignment]:
        return [a for a in self.assignments.values() if not a.closed]

    @property
    def open_approvals(self) -> list[Approval]:
        return [a for a in self.approvals.values() if not a.closed]

    @property
    def unsigned(self) -> list[Document]:
        """Documents that could be signed and are not: those that were refused, or are signed with another line's, are not asked for."""
        return [
            d for d in self.documents.values() if d.ready and not (d.settled or d.refused or d.shared_with)
        ]


Agreement = Literal["", "asked", "refused"]


class LineState(ProcessState):
    """A line: all that is its own. It has `passed` so many steps of its `route`; `declarations` are its customs declarations.

    `terms` is the revision of its terms, of those that an amendment brought the last; `restarted`: it goes on with the step it has gone back to.

    `unreported` facts wait for the next report to the deal. It has told `reported` facts, `reported_digest` is theirs. `untold`:
    an event has happened that no fact tells, and the deal must hear of it all the same. `agreement`: another payment type is put to
    the contract's approval, or was refused there, with the words in `refusal`. `expected_on`: the day of a late delivery that was told
    last, to the manager or then to the client. `vat`: the code that held on the day of the shipment, where it is not the contract's.
    `papers` is what the deal has told it of theirs; `credit`: what the client owed when the director was asked for it last, because of an amendment
    of `raised_by` or of terms that were entered.

    It was `split_from` another line, with the `deadlines` of what was asked there; `cut` are the lines that were split from it, `parts`
    how they begin. So many of its pieces are `missing`: the rest has come, and the deal is to split them off.
    """

    number: LineNumber
    good: OrderLine
    papers: Papers = Papers()
    route: tuple[Step, ...] = ()
    passed: Count = 0
    status: LineStatus = LineStatus.AWAITING_RELEASE
    milestones: dict[str, Milestone] = {}
    funds_revision: Count = 0
    terms: Count = 0
    restarted: bool = False
    agreement: Agreement = ""
    refusal: str = ""
    held: bool = False
    declarations: list[Declaration] = []
    ready_at: AwareDatetime | None = None
    eta: AwareDatetime | None = None
    expected_on: date | None = None
    vat: str = ""
    credit: CreditFinding | None = None
    raised_by: Actor | None = None
    cancelled: Text | None = None
    settled_at: AwareDatetime | None = None
    split_from: LineNumber | None = None
    deadlines: dict[str, AwareDatetime] = {}
    missing: Count = 0
    cut: list[LineNumber] = []
    parts: list["Part"] = []
    reported: Count = 0
    reported_digest: str = ""
    unreported: list[Fact] = []
    untold: bool = False

    @property
    def subject(self) -> Subject:
        return Subject(self.number)

    @property
    def amount(self) -> Decimal:
        return self.good.amount

    @property
    def invoiced(self) -> OrderLine:
        """The good as its УПД states it."""
        return self.good.model_copy(update={"vat": self.vat}) if self.vat else self.good

    @property
    def paid(self) -> Decimal:
        return sum((m.allocated for m in self.milestones.values()), ZERO)

    def refused(self, round: int) -> bool:
        """Whether this round of the payment terms follows terms that were refused: by the director as credit, or with the contract."""
        credit = self.approvals.get(self.subject.id("credit"))
        return self.agreement == "refused" or bool(credit and credit.rejected and credit.version == round - 1)

    def excerpt(self) -> "LineState":
        """What can be seen of it from outside: what is open, its papers and its money."""
        own = {"unreported": [], "route": (), "reported_digest": "", "funds_revision": 0, "deadlines": {}}
        return self.model_copy(update=_UNSEEN | _open_only(self) | _papers(self) | own)

    @property
    def outstanding(self) -> Decimal:
        return self.amount - self.paid

    def mirror(self) -> "LineState":
        """The state as the line reports it: without what only the line's own workflow needs."""
        return self.model_copy(
            update={
                "playbook": None,
                "people": None,
                "receipts": {},
                "unreported": [],
                "untold": False,
                "parts": [],
            }
        )


class Part(Value):
    """A line as it begins that was split from another one."""

    split: Split
    line: LineState


class Closing(Value):
    """Why a deal ends before it is paid."""

    stage: Stage
    reason: Text
    actor: Actor | None = None


AMENDMENT = "amendment"
"""The approval of a change of what is agreed."""


class Drafted(Value):
    """Who made a draft, if any person did, and what they say to those who approve it."""

    by: Actor | None = None
    comment: str = ""


class DealState(ProcessState):
    """A deal: what its lines share. `lines` mirror what each line last reported. `head` is the digest of its latest fact.

    `seq` and `head` are the place and the digest of the trail's last fact. `funds` is what each started line has heard of the
    money on its milestones. `addresses` replace those of the order and the playbook, by person; `corrections` says which assignment
    mends whose; `returned` is the mail that waits for it; `serials` says which assignment asks about which serial number. `offers` are the versions put to approval, the latest with its goods;
    `drafted` is how the draft came to be as it stands; `waived` are documents before whose signature lines may go on; `shipments` says
    with which line one left that shares its papers per shipment. `gone_lines` are the numbers of lines that are in it no more, or not
    yet; `splits` are those of its lines.

    `in_force` is the version that was agreed last; none before the contract is. `amending` is what lines have still to hear of it,
    and `originals` are the goods of amended lines as they were first agreed.

    With a `rate` prices are paid in roubles: `rates` are those that are known, by day, `rate_questions` the days that the accountant is
    asked for, by assignment. `left_out`: of an excerpt, where the goods of its other lines come from.
    """

    origin: Origin | None = None
    serials: dict[str, SerialElsewhere] = {}
    rate: RateClause | None = None
    rates: dict[date, Rate] = {}
    rate_questions: dict[str, date] = {}
    stage: Stage = Stage.NEW
    wish: str = ""
    lines: dict[LineNumber, LineState] = {}
    started_lines: list[LineNumber] = []
    gone_lines: list[LineNumber] = []
    splits: list[Split] = []
    offers: list[Offer] = []
    in_force: Count = 0
    amending: dict[LineNumber, NewTerms] = {}
    originals: dict[LineNumber, OrderLine] = {}
    drafted: Drafted = Drafted()
    ledger: Ledger = Ledger()
    funds: dict[int, dict[str, Decimal]] = {}
    funds_revision: Count = 0
    waived: list[str] = []
    shipments: dict[LineNumber, LineNumber] = {}
    closing: Closing | None = None
    cancel_reason: str | None = None
    closed_at: AwareDatetime | None = None
    seq: Count = 0
    head: str = ""
    outbox: Outbox = Outbox()
    dirty_lines: list[int] = []
    addresses: dict[str, str] = {}
    corrections: dict[str, str] = {}
    returned: list[Resend] = []
    playbook_recorded: bool = False
    left_out: tuple[Source, ...] = ()

    @property
    def subject(self) -> Subject:
        return Subject()

    @property
    def active_lines(self) -> list[LineState]:
        return [line for line in self.lines.values() if line.status is not LineStatus.CANCELLED]

    @property
    def sources(self) -> set[Source]:
        """Where the goods of its lines come from."""
        return {line.good.source for line in self.active_lines} | {*self.left_out}

    @property
    def milestones(self) -> list[Milestone]:
        return [m for line in self.active_lines for m in line.milestones.values()]

    def awaited_splits(self, line: int) -> list[Split]:
        """Those that this line has not carried out yet."""
        return [split for split in self.splits if split.line == line and split.number not in self.lines]

    def milestone(self, id: str) -> Milestone:
        return next(m for m in self.milestones if m.id == id)

    @property
    def contract_version(self) -> int:
        return self.offers[-1].version if self.offers else 1

    @property
    def draft(self) -> Draft:
        """What would be put to approval now; once the contract is agreed, what is in force."""
        goods = {line.number: line.good for line in self.active_lines}
        for number in self.amending.keys() & goods.keys():
            if good := self.amending[number].good:
                goods[number] = good
            else:
                del goods[number]
        return Draft(client=self.client, currency=self.currency, rate=self.rate, lines=goods)

    @property
    def pays_in(self) -> str:
        """The currency in which the client pays: that of the prices, or roubles at a rate."""
        return ROUBLES if self.rate else self.currency

    @property
    def amendment(self) -> Offer | None:
        """The offer by which what is agreed would change, while it is put to approval."""
        asked = self.approvals.get(AMENDMENT)
        if asked is None or asked.closed:
            return None
        return next((offer for offer in self.offers if offer.version == asked.version), None)

    def excerpt(self, lines: Container[int]) -> "DealState":
        """What can be seen of it from outside, with these of its lines."""
        seen = {number: line.excerpt() for number, line in self.lines.items() if number in lines}
        asked = self.amendment
        latest = [o if o is asked else o.model_copy(update={"lines": {}}) for o in self.offers[-1:]]
        apart = {
            "offers": latest,
            "funds": {},
            "amending": {},
            "originals": {},
            "dirty_lines": [],
            "returned": [],
            "outbox": Outbox(),
            "left_out": tuple(
                sorted({line.good.source for line in self.active_lines if line.number not in lines})
            ),
        }
        return self.model_copy(update=_UNSEEN | _open_only(self) | _papers(self) | apart | {"lines": seen})

    def all_lines_closed(self) -> bool:
        return all(line.status.final for line in self.lines.values())

    def all_signed(self) -> bool:
        return all(document.settled for document in self.documents.values())

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
        """What the deal has of the client's money now: it stands on milestones, is an advance, or waits to go back."""
        return self.ledger.in_hand - self.ledger.forgiven

    @property
    def advance(self) -> Decimal:
        """Money that came and stands on no active line's milestone."""
        return self.ledger.in_hand - sum((m.allocated for m in self.milestones), ZERO)


_UNSEEN: dict[str, object] = {"playbook": None, "receipts": {}, "noted": [], "rounds": {}, "checks": {}}


def _open_only(process: ProcessState) -> dict[str, object]:
    return {
        "assignments": {asked.id: asked for asked in process.open_assignments},
        "approvals": {asked.id: asked for asked in process.open_approvals},
    }


def _papers(process: ProcessState) -> dict[str, object]:
    """Of one that is signed only that it is."""
    done = {"alarm": None, "signed_by": None, "signed_on": None, "signatures": ()}
    papers = process.documents.items()
    return {"documents": {id: d.model_copy(update=done) if d.signed else d for id, d in papers}}


class DealStart(State):
    """The input of a deal's workflow: a new order, or the state of the run before."""

    number: str
    order: dict[str, object] | None = None
    state: DealState | None = None


class DealSummary(Value):
    """What a closed deal returns."""

    number: str
    stage: Stage
    reason: Text | None = None
    amount: Decimal
    paid: Decimal
    advance: Decimal
    currency: str
    opened_at: AwareDatetime
    closed_at: AwareDatetime
