"""Roubles at a rate: to the cent there, and to the kopeck back, whatever the rate and however money is divided."""

import random
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from domain.deal.ledger import ADVANCE, REFUNDED, Entry, EntryKind, Ledger
from domain.deal.rates import PaidIn, Rate, converted, rate_day
from domain.facts import DESK
from domain.money import ZERO, kopecks
from domain.order.rate_clause import RateClause, RateDay

DAY = date(2026, 11, 23)
TIMES = 2000


def paid(roubles: Decimal, rate: Decimal, percent: Decimal = ZERO) -> PaidIn:
    return PaidIn(amount=roubles, rate=Rate(value=rate, set_on=DAY), percent=percent, day=DAY)


def test_what_milestones_cost_in_roubles_pays_just_them() -> None:
    """Of cheap currencies too, where a cent is less than a kopeck."""
    dice = random.Random(20261128)
    for _ in range(TIMES):
        rate = Decimal(dice.randint(900, 1_500_000)) / 10_000
        percent = Decimal(dice.randint(-500, 500)) / 100
        owed = [Decimal(dice.randint(1, 10**9)) / 100 for _ in range(dice.randint(1, 5))]
        due = sum(owed[: dice.randint(1, len(owed))], ZERO)
        one = paid(ZERO, rate, percent)
        one = one.model_copy(update={"amount": kopecks(due * one.applied)})
        found = converted(one, owed)
        assert kopecks(found * one.applied) == one.amount, (rate, percent, due)
        if one.applied > 1:
            assert found == due


def test_parts_of_a_payment_go_back_as_all_its_roubles_and_no_kopeck_more() -> None:
    dice = random.Random(7)
    for _ in range(300):
        rate = Decimal(dice.randint(10_000, 1_500_000)) / 10_000
        one = paid(Decimal(dice.randint(10**4, 10**9)) / 100, rate)
        amount = converted(one, [])
        ledger, payment = Ledger(), received(one, amount)
        ledger.post(payment)
        free, sent = amount, ZERO
        while free:
            part = min(free, Decimal(dice.randint(1, int(amount * 100))) / 100)
            back = ledger.roubles(payment, part)
            if not back:
                continue
            taken = ledger.refunded_by(payment, back, free)
            ledger.post(refunded(taken, len(ledger.entries)))
            free, sent = free - taken, sent + back
        assert sent == one.amount


def received(one: PaidIn, amount: Decimal) -> Entry:
    return Entry(
        kind=EntryKind.RECEIVED, id="pp", payment="pp", amount=amount, currency="EUR", day=DAY,
        put={ADVANCE: amount}, paid=one, actor=DESK, at=datetime(2026, 11, 23, tzinfo=UTC),
    )  # fmt: skip


def refunded(amount: Decimal, nth: int) -> Entry:
    return Entry(
        kind=EntryKind.REFUNDED, id=f"out-{nth}", payment="pp", amount=amount, currency="EUR", day=DAY,
        put={REFUNDED: amount}, taken={ADVANCE: amount}, actor=DESK, at=datetime(2026, 11, 23, tzinfo=UTC),
    )  # fmt: skip


CREDITED, DEBITED, CONTRACT = date(2026, 11, 24), date(2026, 11, 23), date(2026, 11, 2)
DAYS: list[tuple[RateDay, date | None, date | None, date]] = [
    (RateDay.CREDITED, DEBITED, CONTRACT, CREDITED),
    (RateDay.DEBITED, DEBITED, CONTRACT, DEBITED),
    (RateDay.DEBITED, None, CONTRACT, CREDITED),
    (RateDay.CONTRACT, DEBITED, CONTRACT, CONTRACT),
    (RateDay.CONTRACT, DEBITED, None, CREDITED),
]


@pytest.mark.parametrize(("said", "debited", "contract", "holds"), DAYS)
def test_whose_days_rate_holds(
    said: RateDay, debited: date | None, contract: date | None, holds: date
) -> None:
    assert rate_day(RateClause(day=said), CREDITED, debited, contract) == holds
