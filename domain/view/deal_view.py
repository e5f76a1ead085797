"""From the states of a deal and its lines to what is shown of them: the JSON of `deal show`."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeVar

from domain.bank.keys import came_from
from domain.deal.authority import CLIENT
from domain.deal.delivery import DeliveryForecast, deliveries
from domain.deal.ledger import Entry, allocations, balances, on_milestones
from domain.deal.lots import lots_of, short_lived
from domain.deal.open_items import OpenItem, items_in
from domain.deal.penalties import owed_for_delivery, owed_for_payment
from domain.deal.places import title_of
from domain.deal.rate_words import clause_in_words, rate_in_words
from domain.deal.snapshot import Snapshot
from domain.deal.state import LineState
from domain.money import ZERO
from domain.order.order import vat_of
from domain.playbook.routes import ROUTES, statuses
from domain.view.blockers import blockers
from domain.view.client_view import client_view
from domain.view.declaration_words import declaration_words, how_declared
from domain.view.delivery_words import because, delivery_words
from domain.view.lot_words import lot_words
from domain.view.model import (
    Blocker,
    DealView,
    DeclarationView,
    DeliveryView,
    LineView,
    LotView,
    NextDue,
    PaymentView,
    PersonView,
    PlaceView,
    Progress,
    RouteStep,
    StageStep,
    Totals,
    WaitingPaymentView,
)
from domain.view.question_views import approval_view, assignment_view, document_views, milestone_views
from domain.view.viewer import Viewer
from domain.words import MAIN_PROCESS, Language, Role, Stage, stage_label, status_label

_Step = TypeVar("_Step", bound=str)


def deal_view(snapshot: Snapshot, now: datetime, language: Language, *, zoned: bool = False) -> DealView:
    """`zoned`: its moments say by whose clock."""
    viewer = Viewer(snapshot, now, language, zoned=zoned)
    deal, items = snapshot.deal, items_in(snapshot)
    found = blockers(viewer, items)
    expected = deliveries(deal, snapshot.active, viewer.now)
    return DealView(
        number=deal.deal,
        stage=deal.stage,
        stage_label=stage_label(deal.stage, deal.sources).to(language),
        closed=deal.stage.final,
        reason=deal.closing.reason.to(language) if deal.closing else deal.cancel_reason,
        as_of=viewer.now,
        opened_at=deal.opened_at,
        updated_at=deal.updated_at,
        closed_at=deal.closed_at,
        stages=tuple(_stages(viewer)),
        client=client_view(deal.client, language),
        manager=deal.manager,
        people=_people(viewer),
        wish=deal.wish,
        contract_version=deal.contract_version,
        in_force=deal.in_force,
        playbook=viewer.book.version if viewer.book else None,
        zone=viewer.calendar.zone,
        paced=viewer.calendar.pace is not None,
        totals=_totals(viewer),
        lines=tuple(
            _line(viewer, line, items, expected.get(line.number)) for line in snapshot.lines.values()
        ),
        blockers=tuple(found),
        next_due=_next_due(found),
        assignments=tuple(assignment_view(viewer, item) for item in items if item.kind == "assignment"),
        approvals=tuple(approval_view(viewer, item) for item in items if item.kind == "approval"),
        milestones=tuple(milestone_views(viewer)),
        documents=tuple(document_views(viewer, items)),
        payments=tuple(_payments(viewer)),
        waiting=tuple(_waiting(viewer)),
        paid_by_rate=clause_in_words(deal.rate).to(language) if deal.rate else "",
        money=_places(viewer, balances(viewer.deal.ledger.entries)),
    )


def _progress(steps: Sequence[_Step], current: _Step) -> Iterator[tuple[_Step, Progress]]:
    """On a way that `current` is not on, nothing is known to have been passed."""
    at = steps.index(current) if current in steps else -1
    for n, step in enumerate(steps):
        yield step, "passed" if n < at else "current" if n == at else "to_come"


def _stages(viewer: Viewer) -> Iterator[StageStep]:
    stage = viewer.deal.stage
    way = MAIN_PROCESS if stage in MAIN_PROCESS else (Stage.NEW, stage)
    for step, progress in _progress(way, stage):
        yield StageStep(
            stage=step, label=stage_label(step, viewer.deal.sources).to(viewer.language), progress=progress
        )


def _people(viewer: Viewer) -> dict[str, PersonView]:
    staff = viewer.book.people if viewer.book else {}
    client = PersonView(name=viewer.deal.client.contact, roles=(Role.CLIENT,))
    return {id: PersonView(name=entry.name, roles=entry.roles) for id, entry in staff.items()} | {
        CLIENT: client
    }


def _totals(viewer: Viewer) -> Totals:
    amount = sum((line.amount for line in viewer.snapshot.active), ZERO)
    paid = sum((line.paid for line in viewer.snapshot.active), ZERO)
    return Totals(
        amount=amount,
        paid=paid,
        outstanding=amount - paid,
        advance=viewer.deal.ledger.in_hand - paid,
        vat=sum((vat_of(line.invoiced, viewer.book) for line in viewer.snapshot.active), ZERO)
        if viewer.book
        else ZERO,
        currency=viewer.deal.currency,
    )


def _line(
    viewer: Viewer, line: LineState, items: Iterable[OpenItem], forecast: DeliveryForecast | None
) -> LineView:
    good, book = line.good, viewer.book
    of_book = statuses(book.route(good.source)) if book else ROUTES[good.source]
    route = statuses(line.route) if line.route else of_book
    return LineView(
        **good.model_dump(include={"sku", "name", "source", "availability", "payment", "delivery"}),
        vat=line.invoiced.vat,
        quantity=good.quantity,
        unit=good.unit,
        unit_label=good.measured.units(viewer.language),
        number=line.number,
        status=line.status,
        status_label=status_label(line.status, good.source).to(viewer.language),
        payment_title=book.payments[good.payment].title.to(viewer.language) if book else good.payment,
        delivery_title=book.deliveries[good.delivery].title.to(viewer.language) if book else good.delivery,
        amount=good.amount,
        vat_amount=vat_of(line.invoiced, book) if book else ZERO,
        paid=line.paid,
        outstanding=line.amount - line.paid,
        due_at=next((item.due_at for item in items if item.subject == line.subject), None),
        eta=line.eta,
        held=line.held,
        declarations=tuple(_declarations(viewer, line)),
        lots=tuple(_lots(viewer, line)),
        cancelled=line.cancelled.to(viewer.language) if line.cancelled else None,
        expected=_expected(viewer, line, forecast) if forecast else None,
        late_payment=owed_for_payment(line, book, viewer.now) if book else ZERO,
        route=tuple(
            RouteStep(
                status=status, label=status_label(status, good.source).to(viewer.language), progress=progress
            )
            for status, progress in _progress(route, line.status)
        ),
    )


def _lots(viewer: Viewer, line: LineState) -> Iterator[LotView]:
    today, book = viewer.calendar.today(viewer.now), viewer.book
    short = short_lived(line, book.lots, today) if book and not line.status.final else []
    for lot in lots_of(line):
        is_short = lot in short
        words = lot_words(lot, line.good.unit, viewer.language, short=is_short, today=today)
        yield LotView(**lot._asdict(), short=is_short, words=words)


def _declarations(viewer: Viewer, line: LineState) -> Iterator[DeclarationView]:
    alone = len(line.declarations) == 1
    for each in line.declarations:
        yield DeclarationView(
            number=each.number,
            quantity=each.quantity or None,
            outcome=each.outcome or "filed",
            label=how_declared(each).to(viewer.language),
            on=each.on,
            until=each.until,
            words=declaration_words(each, line.good.unit, viewer.language, alone=alone),
        )


def _expected(viewer: Viewer, line: LineState, forecast: DeliveryForecast) -> DeliveryView:
    book, language = viewer.deal.book, viewer.language
    late = forecast.late_days
    return DeliveryView(
        promised_on=forecast.promised_on,
        shipped_on=forecast.shipped_on,
        delivered_on=forecast.delivered_on,
        late_days=late,
        because=because(line, forecast, book, viewer.now).to(language) if late else None,
        penalty=owed_for_delivery(line, book, forecast),
        words=delivery_words(line, forecast, book, viewer.now, language),
    )


def _payments(viewer: Viewer) -> Iterator[PaymentView]:
    ledger = viewer.deal.ledger
    stands = allocations(ledger.entries)
    for entry in ledger.standing:
        reversal = ledger.reversal(entry.id)
        yield PaymentView(
            **entry.model_dump(include={"id", "amount", "currency", "line"}),
            date=entry.day,
            purpose=entry.note,
            allocations=on_milestones(stands[entry.id]),
            places=_places(viewer, stands[entry.id]),
            reversed_on=reversal.day if reversal else None,
            from_deal=came_from(entry.id) or None,
            **_by_rate(viewer, entry),
        )


def _by_rate(viewer: Viewer, entry: Entry) -> dict[str, Any]:
    paid = entry.paid
    if paid is None:
        return {}
    words = rate_in_words(paid, entry.currency).to(viewer.language)
    return {"paid": paid.amount, "rate": paid.applied, "rate_on": paid.rate.set_on, "by_rate": words}


def _waiting(viewer: Viewer) -> Iterator[WaitingPaymentView]:
    for one in viewer.deal.ledger.waiting:
        same = one.model_dump(include={"id", "amount", "currency", "line", "rate_day"})
        yield WaitingPaymentView(**same, date=one.day, purpose=one.note)


def _places(viewer: Viewer, stands: Mapping[str, Decimal]) -> tuple[PlaceView, ...]:
    titles = {place: title_of(viewer.deal, place).to(viewer.language) for place in stands}
    return tuple(
        PlaceView(place=place, title=titles[place], amount=amount) for place, amount in stands.items()
    )


def _next_due(found: list[Blocker]) -> NextDue | None:
    return NextDue(**found[0].model_dump(include={"subject", "what", "who", "due_at"})) if found else None
