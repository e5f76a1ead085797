"""What delays cost by the contract: our delivery's to us, late money's to the client. Days are those of the calendar."""

from datetime import date, datetime
from decimal import Decimal

from domain.deal.delivery import DeliveryForecast
from domain.deal.payments import Milestone
from domain.deal.state import LineState
from domain.money import ZERO, share_of
from domain.playbook.book import Playbook
from domain.playbook.terms import Penalty


def owed_for_delivery(line: LineState, book: Playbook, forecast: DeliveryForecast) -> Decimal:
    """What we owe, or will once it is delivered as forecast: of the line's price."""
    return _for_days(line.amount, forecast.late_days, book.promise.penalty)


def owed_for_payment(line: LineState, book: Playbook, now: datetime) -> Decimal:
    """What the client owes by now: of each part of the price that was missing after its day."""
    return sum((_owed(part, book, now) for part in line.milestones.values()), ZERO)


def _owed(part: Milestone, book: Playbook, now: datetime) -> Decimal:
    if part.due_at is None:
        return ZERO
    today = book.calendar.today
    until: date = part.paid_on or part.funded_on or today(now) if part.paid else today(now)
    missing = part.amount if part.paid else part.outstanding
    return _for_days(missing, (until - today(part.due_at)).days, book.promise.late_payment)


def _for_days(amount: Decimal, days: int, penalty: Penalty | None) -> Decimal:
    if penalty is None or days <= 0:
        return ZERO
    percent = penalty.rate * days
    return share_of(amount, min(percent, penalty.cap) if penalty.cap else percent)
