"""What a deal shows of itself: all that a person, or a program that knows nothing else, needs to act next."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from pydantic import AwareDatetime

from domain.base import Value
from domain.deal.attachments import Attachment
from domain.goods.quantity import Quantity
from domain.playbook.forms import Condition, FieldType
from domain.words import Availability, LineStatus, Role, Side, Source, Stage, UnitOfMeasure

Day = date
Progress = Literal["passed", "current", "to_come"]


class StageStep(Value):
    stage: Stage
    label: str
    progress: Progress


class RouteStep(Value):
    status: LineStatus
    label: str
    progress: Progress


class Totals(Value):
    """`amount` = `paid` + `outstanding`; what came in all is `paid` + `advance`."""

    amount: Decimal
    paid: Decimal
    outstanding: Decimal
    advance: Decimal
    vat: Decimal
    currency: str


class PartyView(Value):
    """Who pays, or gets the goods. `words` tell all that is known of it but the mail address."""

    country: str
    name: str
    inn: str | None
    tax_number: str | None
    kpp: str | None
    address: str | None
    email: str | None
    words: str


class ClientView(Value):
    """`words` tell the firm by its name and numbers; `parties` who pays and gets the goods, where these are others, and where to."""

    country: str
    name: str | None
    inn: str | None
    tax_number: str | None
    kpp: str | None
    contact: str
    email: str | None
    phone: str | None
    delivery_address: str | None
    payer: PartyView | None
    consignee: PartyView | None
    words: str
    parties: tuple[tuple[str, str], ...]


class PersonView(Value):
    name: str
    roles: tuple[Role, ...]


class DeliveryView(Value):
    """When a line is forecast to be delivered, or was. `promised_on` is none where the contract names no day; `late_days` are of the
    calendar. `words` tell all of it, `because` only the cause; `penalty` is what we owe for it by the contract."""

    promised_on: Day | None
    shipped_on: Day
    delivered_on: Day
    late_days: int
    because: str | None
    penalty: Decimal
    words: str


class DeclarationView(Value):
    """`quantity`: none is said where several were entered without. `on` is the day of the release, `until` that of its obligation."""

    number: str
    quantity: Quantity | None
    outcome: str
    label: str
    on: Day | None
    until: Day | None
    words: str


class LotView(Value):
    """`short`: it is not good for long any more, or has expired."""

    number: str
    quantity: Quantity
    expires_on: Day
    short: bool
    words: str


class LineView(Value):
    """`late_payment` is what the client owes by the contract for money that came late, or has not come."""

    number: int
    status: LineStatus
    status_label: str
    sku: str
    name: str
    quantity: Quantity
    unit: UnitOfMeasure
    unit_label: str
    source: Source
    availability: Availability
    payment: str
    payment_title: str
    delivery: str
    delivery_title: str
    amount: Decimal
    vat: str
    vat_amount: Decimal
    paid: Decimal
    outstanding: Decimal
    due_at: AwareDatetime | None
    eta: datetime | None
    held: bool
    declarations: tuple[DeclarationView, ...]
    lots: tuple[LotView, ...] = ()
    cancelled: str | None
    expected: DeliveryView | None
    late_payment: Decimal
    route: tuple[RouteStep, ...]


class Blocker(Value):
    """A fact that blocks. `who` are values that `--as` takes: where the client must act, the manager who
    chases is named too. `otherwise` is what happens if nobody acts; `how` are the commands that do it, one for each
    who may. `escalated_at`: since when the director is told; they know until `seen_until`."""

    subject: str
    kind: Literal["assignment", "approval", "payment", "document", "line", "silence", "step"]
    id: str | None
    what: str
    who: tuple[str, ...]
    since: AwareDatetime
    due_at: AwareDatetime
    overdue: bool
    escalated_at: AwareDatetime | None = None
    seen_until: AwareDatetime | None = None
    otherwise: str
    how: tuple[str, ...] = ()


class FieldView(Value):
    """`example` is accepted as it stands, together with the other examples. `required` is told for them too: a field
    that other answers make required names these in `required_when`."""

    name: str
    title: str
    type: FieldType
    required: bool
    required_when: Condition
    choices: tuple[str, ...] | None
    pattern: str | None
    example: str
    help: str


class AssignmentView(Value):
    """`how`, here and below, is the command that does it; what only a person knows is a placeholder in it, which is refused."""

    id: str
    kind: str
    subject: str
    title: str
    assignee: str
    due_at: AwareDatetime
    overdue: bool
    form: tuple[FieldView, ...]
    how: str


class AwaitingView(Value):
    role: Role
    person: str
    how: str


class VoteView(Value):
    role: Role
    person: str
    name: str
    approve: bool
    comment: str
    at: AwareDatetime


class ApprovalView(Value):
    """`changes` are sentences: how this version of an offer differs from the one before. `comment` is what its maker says of it.
    `follows`: what comes of an amendment. `credit`: what the client owes, where credit is asked for."""

    id: str
    kind: str
    subject: str
    version: int
    title: str
    awaiting: tuple[AwaitingView, ...]
    votes: tuple[VoteView, ...]
    changes: tuple[str, ...]
    follows: tuple[str, ...]
    credit: tuple[str, ...]
    comment: str
    due_at: AwareDatetime
    overdue: bool


class MilestoneView(Value):
    """`due_at` is none while what it waits for has not happened; it can be paid all the same."""

    id: str
    line: int
    title: str
    amount: Decimal
    outstanding: Decimal
    due_at: AwareDatetime | None
    overdue: bool
    gate: str | None
    how: str


class SignerView(Value):
    """A side that signs, or has signed on the day that stands on the paper; `person` is who is asked for it."""

    side: Side
    label: str
    person: str
    signed_on: date | None


class DocumentView(Value):
    """`signer` is who is asked next; `signers` are all sides. `lines` are those that share it. `handed_over`: given, signed by nobody.

    A `refused` one is asked for again once its manager has said what is done; one `returned` is not asked for any more.
    """

    id: str
    line: int | None
    lines: tuple[int, ...]
    title: str
    version: int
    signer: str
    signers: tuple[SignerView, ...]
    handed_over: bool
    signed: bool
    signed_on: date | None
    refused: bool
    returned: bool
    can_sign: bool
    due_at: AwareDatetime | None
    overdue: bool
    files: tuple[Attachment, ...]
    how: str | None


class PlaceView(Value):
    """Where money stands: a milestone, the advance, or where it has gone to. A rest that was forgiven is less than nothing."""

    place: str
    title: str
    amount: Decimal


class PaymentView(Value):
    """`allocations`: what of it stands on which milestone now; nothing once the bank has taken it back. `places` tell of all of it.
    `from_deal` is the deal that had it before.

    Of one that came in roubles for prices in another currency: `paid` roubles, at a `rate` with the contract's per cent, which the
    bank set on `rate_on`; `by_rate` says it in words.
    """

    id: str
    amount: Decimal
    currency: str
    date: date
    purpose: str
    line: int | None
    allocations: dict[str, Decimal]
    places: tuple[PlaceView, ...]
    reversed_on: Day | None
    from_deal: str | None = None
    paid: Decimal | None = None
    rate: Decimal | None = None
    rate_on: Day | None = None
    by_rate: str = ""


class WaitingPaymentView(Value):
    """Roubles that came, and are counted once the rate of `rate_day` is known."""

    id: str
    amount: Decimal
    currency: str
    date: date
    purpose: str
    line: int | None
    rate_day: Day


class NextDue(Value):
    subject: str
    what: str
    who: tuple[str, ...]
    due_at: AwareDatetime


class Untold(Value):
    """What the CRM does not show, because it did not allow the desk to write it: it lacks the right `missing`. The desk writes it
    once it is given."""

    kind: Literal["crm"] = "crm"
    what: str
    missing: str
    since: AwareDatetime


class DealView(Value):
    """`contract_version` was put to approval last, `in_force` is the one that was agreed last (0: none yet).

    `paid_by_rate` says how prices are paid in roubles, where they are; `waiting` payments wait for their rate.

    `assignments`, `approvals` and `milestones` list what is open; `people` are the values that `--as` takes. `as_of` is the moment of telling."""

    number: str
    stage: Stage
    stage_label: str
    closed: bool
    reason: str | None
    as_of: AwareDatetime
    opened_at: AwareDatetime
    updated_at: AwareDatetime
    closed_at: AwareDatetime | None
    stages: tuple[StageStep, ...]
    client: ClientView
    manager: str
    people: dict[str, PersonView]
    wish: str
    contract_version: int
    in_force: int
    playbook: str | None
    zone: str
    paced: bool
    totals: Totals
    lines: tuple[LineView, ...]
    blockers: tuple[Blocker, ...]
    next_due: NextDue | None
    assignments: tuple[AssignmentView, ...]
    approvals: tuple[ApprovalView, ...]
    milestones: tuple[MilestoneView, ...]
    documents: tuple[DocumentView, ...]
    payments: tuple[PaymentView, ...]
    waiting: tuple[WaitingPaymentView, ...] = ()
    paid_by_rate: str = ""
    money: tuple[PlaceView, ...]
    untold: tuple[Untold, ...] = ()

    @property
    def stands_still(self) -> bool:
        """Its own process is stopped: what it asks for would be refused until it goes on."""
        return any((blocker.kind, blocker.subject) == ("silence", "deal") for blocker in self.blockers)

    def json_ready(self) -> dict[str, Any]:
        return self.model_dump(mode="json")
