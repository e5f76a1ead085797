"""From the states of a deal and its lines to what is shown of them: the JSON of `deal show`."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from shlex import quote
from typing import TypeVar

from domain.authority import CLIENT
from domain.blockers import blockers
from domain.documents import Document
from domain.forms import Form
from domain.money import ZERO
from domain.order import vat_of
from domain.payments import Milestone, Payment
from domain.routes import ROUTES, statuses
from domain.scene import Scene
from domain.state import DealState, LineState, ProcessState
from domain.tasks import Approval, Assignment
from domain.view_model import (
    ApprovalView,
    AssignmentView,
    AwaitingView,
    Blocker,
    ClientView,
    DealView,
    DocumentView,
    FieldView,
    LineView,
    MilestoneView,
    NextDue,
    PaymentView,
    Progress,
    RouteStep,
    StageStep,
    Totals,
    VoteView,
)
from domain.words import MAIN_PROCESS, STAGE_LABELS, STATUS_LABELS, Language, LineStatus, Role, Stage

_Step = TypeVar("_Step", bound=str)


def deal_view(
    deal: DealState, lines: Iterable[LineState] | None, now: datetime, language: Language
) -> DealView:
    """`lines` are the lines' own states: one that should run and is not among them counts as silent.
    Without them the deal's mirrors tell."""
    scene = Scene(deal, lines, now, language)
    found = blockers(scene)
    return DealView(
        number=deal.deal,
        stage=deal.stage,
        stage_label=STAGE_LABELS[deal.stage].to(language),
        closed=deal.stage.final,
        reason=deal.closing.reason if deal.closing else deal.cancel_reason,
        as_of=scene.now,
        opened_at=deal.opened_at,
        updated_at=deal.updated_at,
        closed_at=deal.closed_at,
        stages=tuple(_stages(scene)),
        client=ClientView.model_validate(deal.client.model_dump()),
        manager=deal.manager,
        people=_people(scene),
        wish=deal.wish,
        contract_version=deal.contract_version,
        playbook=scene.book.version if scene.book else None,
        zone=scene.calendar.zone,
        paced=scene.calendar.pace is not None,
        totals=_totals(scene),
        lines=tuple(_line(scene, line) for line in scene.lines.values()),
        blockers=tuple(found),
        next_due=_next_due(found),
        assignments=tuple(_assignment(scene, p, a) for p in scene.processes for a in p.open_assignments),
        approvals=tuple(_approval(scene, p, a) for p in scene.processes for a in p.open_approvals),
        milestones=tuple(
            _milestone(scene, m) for line in scene.active for m in scene.milestones(line) if not m.paid
        ),
        documents=tuple(_document(scene, d) for p in scene.processes for d in p.documents.values()),
        payments=tuple(_payment(p) for p in deal.payments),
    )


def _progress(steps: Sequence[_Step], current: _Step) -> Iterator[tuple[_Step, Progress]]:
    """On a way that `current` is not on, nothing is known to have been passed."""
    at = steps.index(current) if current in steps else -1
    for n, step in enumerate(steps):
        yield step, "passed" if n < at else "current" if n == at else "to_come"


def _stages(scene: Scene) -> Iterator[StageStep]:
    stage = scene.deal.stage
    way = MAIN_PROCESS if stage in MAIN_PROCESS else (Stage.NEW, stage)
    for step, progress in _progress(way, stage):
        yield StageStep(stage=step, label=STAGE_LABELS[step].to(scene.language), progress=progress)


def _people(scene: Scene) -> dict[str, str]:
    people = {person: entry.name for person, entry in scene.book.people.items()} if scene.book else {}
    return people | {CLIENT: scene.deal.client.contact}


def _totals(scene: Scene) -> Totals:
    amount = sum((line.amount for line in scene.active), ZERO)
    paid = sum((m.allocated for line in scene.active for m in scene.milestones(line)), ZERO)
    return Totals(
        amount=amount,
        paid=paid,
        outstanding=amount - paid,
        advance=scene.deal.received - paid,
        vat=sum((vat_of(line.good, scene.book) for line in scene.active), ZERO) if scene.book else ZERO,
        currency=scene.deal.currency,
    )


def _line(scene: Scene, line: LineState) -> LineView:
    good, book = line.good, scene.book
    milestones = scene.milestones(line)
    paid = sum((m.allocated for m in milestones), ZERO)
    route = statuses(book.route(good.source)) if book else ROUTES[good.source]
    return LineView(
        **good.model_dump(
            include={"sku", "name", "quantity", "source", "availability", "payment", "delivery", "vat"}
        ),
        number=line.number,
        status=line.status,
        status_label=STATUS_LABELS[line.status].to(scene.language),
        payment_title=book.payments[good.payment].title.to(scene.language) if book else good.payment,
        delivery_title=book.deliveries[good.delivery].title.to(scene.language) if book else good.delivery,
        amount=good.amount,
        vat_amount=vat_of(good, book) if book else ZERO,
        paid=paid,
        outstanding=line.amount - paid,
        due_at=min(_deadlines(line, milestones), default=None),
        eta=line.eta,
        held=line.held,
        cancelled=line.cancelled,
        route=tuple(
            RouteStep(status=status, label=STATUS_LABELS[status].to(scene.language), progress=progress)
            for status, progress in _progress(route, line.status)
        ),
    )


def _deadlines(line: LineState, milestones: Iterable[Milestone]) -> Iterator[datetime]:
    """All that the line waits for; nothing once it is over."""
    if line.status is LineStatus.CANCELLED:
        return
    yield from (a.alarm.due_at for a in line.open_assignments)
    yield from (a.alarm.due_at for a in line.open_approvals)
    yield from (m.due_at for m in milestones if m.due_at and not m.paid)
    yield from (d.alarm.due_at for d in line.unsigned if d.alarm)


def _assignment(scene: Scene, process: ProcessState, assignment: Assignment) -> AssignmentView:
    form = tuple(_fields(scene, process, _form(scene, process, assignment.kind)))
    return AssignmentView(
        id=assignment.id,
        kind=assignment.kind,
        subject=str(process.subject),
        title=assignment.title.to(scene.language),
        assignee=assignment.assignee,
        due_at=assignment.alarm.due_at,
        overdue=assignment.alarm.overdue(scene.now),
        form=form,
        how=_how(scene, assignment, form),
    )


def _form(scene: Scene, process: ProcessState, kind: str) -> Form:
    """The order is composed with a file, and what a payment type asks for is in the payment type."""
    if scene.book is None or kind == "order":
        return ()
    if kind == "payment-terms" and isinstance(process, LineState):
        return scene.book.payments[process.good.payment].form
    return scene.book.assignments[kind].form if kind in scene.book.assignments else ()


def _fields(scene: Scene, process: ProcessState, form: Form) -> Iterator[FieldView]:
    today = scene.calendar.today(scene.now)
    quantity = process.good.quantity if isinstance(process, LineState) else 1
    examples = {field.name: field.example_for(today, quantity) for field in form}
    for field in form:
        title = field.title.to(scene.language)
        asked = bool(field.required_when) and field.required_when.items() <= examples.items()
        yield FieldView(
            **field.model_dump(include={"name", "type", "required_when", "choices", "pattern"}),
            required=field.required or asked,  # by the answers that the examples give
            title=title,
            example=examples[field.name],
            help=field.help.to(scene.language) if field.help else title,
        )


def _how(scene: Scene, assignment: Assignment, form: tuple[FieldView, ...]) -> str:
    """The command that does it, with examples in it."""
    who = f"--as {assignment.assignee}"
    if assignment.kind == "order":
        return f"deal order {scene.deal.deal} FILE {who}"
    fields = "".join(f" --field {f.name}={quote(f.example)}" for f in form if f.required)
    return f"deal complete {scene.deal.deal} {assignment.id} {who}{fields}"


def _approval(scene: Scene, process: ProcessState, approval: Approval) -> ApprovalView:
    return ApprovalView(
        id=approval.id,
        kind=approval.kind,
        subject=str(process.subject),
        version=approval.version,
        title=approval.title.to(scene.language),
        awaiting=tuple(
            AwaitingView(role=ask.role, person=CLIENT if ask.role is Role.CLIENT else ask.person)
            for ask in approval.awaiting
        ),
        votes=tuple(
            VoteView(
                role=vote.role,
                person=vote.actor.person,
                name=str(vote.actor),
                approve=vote.approve,
                comment=vote.comment,
                at=vote.at,
            )
            for vote in approval.votes
        ),
        due_at=approval.alarm.due_at,
        overdue=approval.alarm.overdue(scene.now),
    )


def _milestone(scene: Scene, milestone: Milestone) -> MilestoneView:
    return MilestoneView(
        **milestone.model_dump(include={"id", "line", "amount", "due_at", "gate"}),
        title=milestone.title.to(scene.language),
        outstanding=milestone.outstanding,
        overdue=milestone.due_at is not None and scene.now > milestone.due_at,
    )


def _document(scene: Scene, document: Document) -> DocumentView:
    return DocumentView(
        id=document.id,
        line=document.line,
        title=document.title.to(scene.language),
        signer=scene.person(document.signer),
        signed=document.signed,
        can_sign=document.ready and not document.signed and not scene.deal.stage.final,
        due_at=document.alarm.due_at if document.alarm else None,
        overdue=document.alarm is not None and not document.signed and document.alarm.overdue(scene.now),
    )


def _payment(payment: Payment) -> PaymentView:
    shown = payment.model_dump(include={"id", "amount", "currency", "purpose", "line", "allocations"})
    return PaymentView(**shown, date=payment.day)


def _next_due(found: list[Blocker]) -> NextDue | None:
    if not found:
        return None
    first = min(found, key=lambda b: b.due_at)
    return NextDue(subject=first.subject, what=first.what, who=first.who, due_at=first.due_at)
