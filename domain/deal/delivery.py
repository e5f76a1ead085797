"""When a line will be delivered, from all that is known of it, and whether that is in time. Pure, and cheap enough for every step."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import NamedTuple

from domain.calendar import Span, WorkingCalendar
from domain.deal.delivery_way import Leg, LegKind, Way
from domain.deal.line_orders import Awaited
from domain.deal.shipments import awaited_lines
from domain.deal.state import DealState, LineState
from domain.order.order import OrderLine
from domain.playbook.book import Playbook
from domain.playbook.terms import Gate
from domain.words import LineStatus, Trigger


class DeliveryForecast(NamedTuple):
    """`promised_on` is none where the contract promises no day. `cause` is the leg that takes longest beyond its time; none where
    all keep to theirs, and the promise leaves too little.
    """

    shipped_on: date
    delivered_on: date
    promised_on: date | None
    cause: Leg | None

    @property
    def late_days(self) -> int:
        """Of the calendar: penalties count so."""
        return max((self.delivered_on - self.promised_on).days, 0) if self.promised_on else 0


_MATTERS, _A_DAY = timedelta(hours=1), timedelta(days=1)


def forecast_delivery(
    line: LineState, book: Playbook, now: datetime, contract_at: datetime, awaited: Awaited | None
) -> DeliveryForecast:
    """`contract_at`: when the contract was agreed, or will be; `awaited`: what a service still waits for. What was delivered was so when
    its paper says."""
    way = Way(line, book, now, contract_at, awaited)
    today = book.calendar.today
    delivered_on = today(way.at)
    shipped_on = today(line.moments.get(Trigger.SHIPPED) or way.end_of(LegKind.SHIPMENT) or way.at)
    since = _counted_from(line, way)
    promised_on = promised(line.good, book, since)
    late = promised_on is not None and delivered_on > promised_on
    cause = _slowest([leg for leg in way.legs if leg.ends > since], now) if late else None
    return DeliveryForecast(shipped_on, delivered_on, promised_on, cause)


def _slowest(legs: list[Leg], now: datetime) -> Leg | None:
    """Somebody can still do something about a leg that is not over: where such a one takes a day longer, it is named."""
    to_act_on = [leg for leg in legs if leg.ends >= now and leg.excess >= _A_DAY]
    slow = to_act_on or [leg for leg in legs if leg.excess >= _MATTERS]
    return max(slow, key=lambda leg: leg.excess, default=None)


def deliveries(deal: DealState, lines: list[LineState], now: datetime) -> dict[int, DeliveryForecast]:
    """Of each of these lines that goes on, or has been delivered."""
    if deal.playbook is None:
        return {}
    begins = contract_expected(deal, now)
    known = deal.lines | {line.number: line for line in lines}
    return {
        line.number: forecast_delivery(
            line, deal.book, now, begins, awaited_by(line, known, deal.book, now, begins)
        )
        for line in lines
        if line.status is not LineStatus.CANCELLED
    }


def awaited_by(
    service: LineState, lines: Mapping[int, LineState], book: Playbook, now: datetime, contract_at: datetime
) -> Awaited | None:
    """What this service waits for; of several parts of a line, the one that comes last. Where that is not at hand, what was told of it."""
    if service.good.after and service.good.after not in lines:
        return service.papers.follows
    ways = [(Way(line, book, now, contract_at, None), line.number) for line in awaited_lines(service, lines)]
    if not ways:
        return None
    last, number = max(ways, key=lambda way: way[0].at)
    today = book.calendar.today
    return Awaited(line=number, expected=today(last.at), planned=today(last.at - last.excess))


def contract_expected(deal: DealState, now: datetime) -> datetime:
    """When the contract was agreed; or will be, if everybody answers in time."""
    if agreed := deal.moments.get(Trigger.CONTRACT):
        return agreed
    calendar, at = deal.book.calendar, now
    for asked in deal.open_assignments:
        if asked.kind in ("qualification", "order", "contract-revision"):
            at = max(at, asked.alarm.due_at)
    for approval in deal.open_approvals:
        if approval.kind == "contract":
            return max(approval.alarm.due_at, at)
    return calendar.after(at, deal.book.approvals["contract"].due)


def promised(good: OrderLine, book: Playbook, since: datetime) -> date | None:
    """The last day to deliver on: a day of its own, or the last of so many full days after that of `since`. A term of calendar days
    that ends on a day off ends on the next working day (Civil Code of Russia, art. 191 and 193)."""
    if good.deliver_by or not good.deliver_within:
        return good.deliver_by
    return book.calendar.today(book.calendar.pay_day(since, good.deliver_within))


def postponed(known: date, on: date, by: Span, calendar: WorkingCalendar) -> bool:
    """Whether a day comes later than known, by as much."""
    return on > known and on >= calendar.today(calendar.pay_day(calendar.start_of(known), by))


def _counted_from(line: LineState, way: Way) -> datetime:
    """The prepayment has come on its value date, whenever it was entered."""
    gated = [m for m in line.milestones.values() if m.gate is Gate.ORDERING]
    if not (line.good.deliver_from == "prepayment" and gated):
        return way.contract_at
    days = [m.paid_on or m.funded_on for m in gated if m.paid]
    if len(days) == len(gated) and (known := [day for day in days if day]):
        return way.calendar.moment_of(max(known), way.now)
    return way.end_of(LegKind.PREPAYMENT) or way.contract_at
