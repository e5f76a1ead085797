"""From the states of a deal and its lines to what is shown of them: the JSON of `deal show`."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import TypeVar

from domain.authority import CLIENT
from domain.blockers import blockers
from domain.money import ZERO
from domain.open_items import OpenItem, items_in
from domain.order import vat_of
from domain.payments import Milestone, Payment
from domain.routes import ROUTES, statuses
from domain.scene import Scene
from domain.state import DealState, LineState, ProcessState
from domain.tasks import Approval, Assignment
from domain.view_model import (
    Blocker,
    ClientView,
    DealView,
    LineView,
    NextDue,
    PaymentView,
    Progress,
    RouteStep,
    StageStep,
    Totals,
)
from domain.words import MAIN_PROCESS, STAGE_LABELS, STATUS_LABELS, Language, Stage

_Step = TypeVar("_Step", bound=str)


def deal_view(snapshot: Snapshot, now: datetime, language: Language) -> DealView:
    reader = Reader(snapshot, now, language)
    deal, items = snapshot.deal, items_in(snapshot)
    found = blockers(reader, items)
    return DealView(
        number=deal.deal,
        stage=deal.stage,
        stage_label=STAGE_LABELS[deal.stage].to(language),
        closed=deal.stage.final,
        reason=deal.closing.reason if deal.closing else deal.cancel_reason,
        as_of=reader.now,
        opened_at=deal.opened_at,
        updated_at=deal.updated_at,
        closed_at=deal.closed_at,
        stages=tuple(_stages(reader)),
        client=ClientView.model_validate(deal.client.model_dump()),
        manager=deal.manager,
        people=_people(reader),
        wish=deal.wish,
        contract_version=deal.contract_version,
        playbook=reader.book.version if reader.book else None,
        zone=reader.calendar.zone,
        paced=reader.calendar.pace is not None,
        totals=_totals(reader),
        lines=tuple(_line(reader, line, items) for line in snapshot.lines.values()),
        blockers=tuple(found),
        next_due=_next_due(found),
        assignments=tuple(assignment_view(reader, item) for item in items if item.kind == "assignment"),
        approvals=tuple(approval_view(reader, item) for item in items if item.kind == "approval"),
        milestones=tuple(milestone_views(reader)),
        documents=tuple(document_views(reader, items)),
        payments=tuple(_payment(p) for p in deal.payments),
    )


def _progress(steps: Sequence[_Step], current: _Step) -> Iterator[tuple[_Step, Progress]]:
    """On a way that `current` is not on, nothing is known to have been passed."""
    at = steps.index(current) if current in steps else -1
    for n, step in enumerate(steps):
        yield step, "passed" if n < at else "current" if n == at else "to_come"


def _stages(reader: Reader) -> Iterator[StageStep]:
    stage = reader.deal.stage
    way = MAIN_PROCESS if stage in MAIN_PROCESS else (Stage.NEW, stage)
    for step, progress in _progress(way, stage):
        yield StageStep(stage=step, label=STAGE_LABELS[step].to(reader.language), progress=progress)


def _people(reader: Reader) -> dict[str, str]:
    people = {person: entry.name for person, entry in reader.book.people.items()} if reader.book else {}
    return people | {CLIENT: reader.deal.client.contact}


def _totals(reader: Reader) -> Totals:
    amount = sum((line.amount for line in reader.snapshot.active), ZERO)
    paid = sum((line.paid for line in reader.snapshot.active), ZERO)
    return Totals(
        amount=amount,
        paid=paid,
        outstanding=amount - paid,
        advance=reader.deal.received - paid,
        vat=sum((vat_of(line.good, reader.book) for line in reader.snapshot.active), ZERO)
        if reader.book
        else ZERO,
        currency=reader.deal.currency,
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
        status_label=STATUS_LABELS[line.status].to(reader.language),
        payment_title=book.payments[good.payment].title.to(reader.language) if book else good.payment,
        delivery_title=book.deliveries[good.delivery].title.to(reader.language) if book else good.delivery,
        amount=good.amount,
        vat_amount=vat_of(good, book) if book else ZERO,
        paid=line.paid,
        outstanding=line.amount - line.paid,
        due_at=next((item.due_at for item in items if item.subject == line.subject), None),
        eta=line.eta,
        held=line.held,
        cancelled=line.cancelled,
        route=tuple(
            RouteStep(status=status, label=STATUS_LABELS[status].to(scene.language), progress=progress)
            for status, progress in _progress(route, line.status)
        ),
    )


def _payment(payment: Payment) -> PaymentView:
    shown = payment.model_dump(include={"id", "amount", "currency", "purpose", "line", "allocations"})
    return PaymentView(**shown, date=payment.day)


def _next_due(found: list[Blocker]) -> NextDue | None:
    return NextDue(**found[0].model_dump(include={"subject", "what", "who", "due_at"})) if found else None
