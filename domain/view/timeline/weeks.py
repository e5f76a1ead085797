"""Money by week, and how often people are called in it."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal

from domain.facts import MilestoneDue, PaymentReceived
from domain.money import ZERO
from domain.view.timeline.model import Call, Week
from domain.view.timeline.trail import Trail, monday_of


def weeks(trail: Trail, calls: Sequence[Call]) -> Iterator[Week]:
    """Those in which anything falls due, comes, or calls somebody."""
    due, received = _due(trail), _received(trail)
    called = Counter((monday_of(trail.day(call.at)), call.kind) for call in calls)
    outstanding = trail.deal.amount
    for monday in sorted({*due, *received, *(monday for monday, _ in called)}):
        outstanding -= received[monday]
        yield Week(
            monday=monday,
            due=due[monday],
            received=received[monday],
            outstanding=outstanding,
            reminders=called[monday, "reminder"],
            checks=called[monday, "check"],
            escalations=called[monday, "escalation"],
        )


def _due(trail: Trail) -> dict[date, Decimal]:
    sums: dict[date, Decimal] = defaultdict(lambda: ZERO)
    for _, data in trail.all(MilestoneDue):
        sums[monday_of(trail.day(data.due))] += data.outstanding
    return sums


def _received(trail: Trail) -> dict[date, Decimal]:
    sums: dict[date, Decimal] = defaultdict(lambda: ZERO)
    for _, data in trail.all(PaymentReceived):
        sums[monday_of(data.day)] += data.amount
    return sums
