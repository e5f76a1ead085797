"""Deals whose prices are paid in roubles, by seeded dice: in parts, too much, back and forth, at rates that change and come late."""

import random
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

import pytest

from domain.deal.ledger import REFUNDED, Entry, EntryKind, allocations
from domain.facts import PaymentReceived
from domain.money import ZERO, kopecks
from domain.refusals import Refusal
from tests.support.memory import TODAY, OpenDeal, World
from tests.support.orders import a_good, an_order

SEEDS = range(40)


@pytest.mark.parametrize("seed", SEEDS)
def test_no_cent_and_no_kopeck_is_lost_whatever_people_do(world: World, seed: int) -> None:
    dice = random.Random(seed)
    goods = [
        a_good(unit_price=f"{dice.randint(1, 99999) / 100:.2f}", quantity=dice.randint(1, 9))
        for _ in range(dice.randint(1, 3))
    ]
    rate = {
        "percent": str(dice.choice((0, 2, "-1.5"))),
        "day": dice.choice(("credited", "debited", "contract")),
    }
    deal = world.open(an_order(*goods, currency=dice.choice(("EUR", "USD", "CNY")), rate=rate))
    deal.agree()
    paid = Decimal()
    for n in range(dice.randint(3, 9)):
        for day in range(-3, 30):
            if dice.random() < 0.6:
                world.rates.rates.setdefault(
                    TODAY + timedelta(days=day), f"{dice.randint(90000, 1300000) / 10000:.4f}"
                )
        paid += _something_happens(deal, dice, n)
        _check(deal)
    world.skip(timedelta(hours=3))
    _answer_rates(deal, dice)
    _check(deal)
    came = sum((told.paid or ZERO for told in deal.read(PaymentReceived)), ZERO)
    assert came == paid, "every rouble was counted once"
    assert not deal.state.ledger.waiting


def _something_happens(deal: OpenDeal, dice: random.Random, n: int) -> Decimal:
    """The roubles that came."""
    known = [entry.id for entry in deal.state.ledger.payments if not deal.state.ledger.reversal(entry.id)]
    try:
        match dice.choice(("pay", "pay", "pay", "move", "refund", "reverse", "wait", "answer")):
            case "pay":
                amount = Decimal(dice.choice((1, 50, 99999, 12345678, dice.randint(1, 10**8)))) / 100
                day = deal.view().as_of.date() - timedelta(days=dice.randint(0, 3))
                deal.pay(f"{amount:.2f}", id=f"pp-{n}", date=day.isoformat(), line=dice.choice((None, 1)))
                return amount
            case "move" if known:
                deal.move(dice.choice(known), dice.choice((None, 1)))
            case "refund" if known:
                deal.refund(dice.choice(known), f"{dice.randint(1, 10**6) / 100:.2f}", id=f"out-{n}")
            case "reverse" if known:
                deal.reverse(dice.choice(known))
            case "wait":
                deal.skip(timedelta(hours=dice.choice((1, 20))))
            case "answer":
                _answer_rates(deal, dice)
    except Refusal as refusal:
        if refusal.code not in ("not_in_hand", "before_payment", "already"):
            raise
    return ZERO


def _answer_rates(deal: OpenDeal, dice: random.Random) -> None:
    for id in sorted(id for id in deal.asked() if id.startswith("rate")):
        deal.complete(id, rate=f"{dice.randint(90000, 1300000) / 10000:.4f}")


def _check(deal: OpenDeal) -> None:
    """Each payment is worth what its own rate says; its cents stand somewhere, and its roubles went back for those that did."""
    ledger = deal.state.ledger
    stands = allocations(ledger.entries)
    for payment in ledger.payments:
        if paid := payment.paid:
            exact = paid.amount / paid.applied
            assert abs(payment.amount - exact) <= Decimal("0.01"), "to the cent"
            assert sum(stands[payment.id].values(), ZERO) in (payment.amount, ZERO)
            back = [e for e in _refunds(ledger.entries) if e.payment == payment.id]
            sent = sum((e.paid.amount for e in back if e.paid), ZERO)
            gone = stands[payment.id].get(REFUNDED, ZERO)
            assert abs(sent - kopecks(paid.amount * gone / payment.amount)) <= kopecks(paid.applied)
            assert sent <= paid.amount


def _refunds(entries: list[Entry]) -> Iterator[Entry]:
    return (entry for entry in entries if entry.kind is EntryKind.REFUNDED)
