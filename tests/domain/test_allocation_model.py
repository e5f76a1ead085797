"""The ledger against a reference model of a hundred lines: after each step of two thousand schedules each kopeck stands where it says."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from random import Random

import pytest

from domain.deal import opening, refunds, transfers, treasury
from domain.deal.ledger import ADVANCE, Ledger, allocations, other_deal, to_refund
from domain.deal.messages import Correct, Move, Pay, Refund, Reverse, WriteOff
from domain.deal.state import DealState
from domain.deal.write_offs import check_write_off, forgive
from domain.facts import DESK
from domain.order.order import read_order
from domain.refusals import Refusal
from domain.words import Trigger
from tests.factories import NOW
from tests.support.allocation_model import FREE, GONE, Model, Part
from tests.support.memory import default_playbook
from tests.support.orders import a_good, an_order

SCHEDULES, PARTS, STEPS = 2000, 4, 14
TODAY = NOW.date()
WHO = {"actor": "kuznetsova", "reason": "так решили"}
PRICES = ("100.01", "33.33", "70.00")


@cache
def _agreed() -> DealState:
    terms = ("prepaid_50", "prepaid_100", "instalments")
    goods = (a_good(sku=t, payment=t, unit_price=p, quantity=1) for t, p in zip(terms, PRICES, strict=True))
    order = read_order(an_order(*goods), default_playbook(), date(2026, 11, 23))
    deal = opening.open_deal("1", order, NOW)
    opening.take_playbook(deal, default_playbook())
    opening.take_order(deal, order, NOW)
    deal.moments[Trigger.CONTRACT] = NOW
    return deal


class Schedule:
    """One deal and the model of it, to which the same happens."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.deal = _agreed().model_copy(update={"ledger": Ledger(entries=[])})
        days = self.random.sample(range(90), len(self.deal.milestones))
        for milestone, day in zip(self.deal.milestones, days, strict=True):
            milestone.due_at = NOW + timedelta(days=day) if day else None
        parts = [
            Part(m.id, m.line, _k(m.amount), d or None)
            for m, d in zip(self.deal.milestones, days, strict=True)
        ]
        treasury.restate(self.deal)
        self.model = Model(parts, tolerance=100)
        self.count = 0

    def step(self) -> None:
        self.count += 1
        do: Callable[[], None] = self.random.choice(
            [
                self.pay_any,
                self.pay_any,
                self.move,
                self.move,
                self.reverse,
                self.correct,
                self.refund,
                self.give_to_another_deal,
                self.write_off,
            ]
        )
        do()
        self.compare(do.__name__)

    def compare(self, what: str) -> None:
        stands = allocations(self.deal.ledger.entries)
        stands.pop("", None)
        real = {id: {place: _k(a) for place, a in at.items()} for id, at in stands.items() if at}
        wanted = {id: dict(payment.at) for id, payment in self.model.payments.items() if payment.at}
        assert real == wanted, what
        for part, milestone in zip(self.model.parts, self.deal.milestones, strict=True):
            assert _k(milestone.outstanding) == self.model.rest(part), f"{what}: {part.id}"

    def pay_any(self) -> None:
        self.pay(self._amount(), self._line())

    def pay(self, amount: int, line: int | None) -> None:
        id = f"pp-{self.count}"
        message = Pay(id=id, actor="kuznetsova", amount=_d(amount), currency="RUB", line=line)
        treasury.take_payment(self.deal, message, DESK, NOW, TODAY)
        self.model.pay(id, amount, line)

    def move(self) -> None:
        if not (id := self._payment()):
            return
        payment, line = self.deal.ledger.latest(id), self._line()
        assert payment
        most = _k(treasury.movable(self.deal, payment, line))
        assert most == self.model.movable(id, line)
        if most:
            amount = self.random.choice([most, self.random.randint(1, most)])
            message = Move(id=f"mv-{self.count}", payment=id, line=line, amount=_d(amount), **WHO)
            treasury.move_money(self.deal, payment, message, DESK, NOW, TODAY)
            self.model.move(id, line, amount)

    def reverse(self) -> None:
        if (id := self._payment()) and self.model.whole(id):
            payment = self.deal.ledger.latest(id)
            assert payment
            message = Reverse(id=f"rv-{self.count}", payment=id, **WHO)
            treasury.reverse_payment(self.deal, payment, message, DESK, NOW, TODAY)
            treasury.put_advances(self.deal, NOW, TODAY)
            self.model.reverse(id)

    def give_to_another_deal(self) -> None:
        """All that is free of a payment, or a part of it. The bank can still take the whole payment back."""
        id = self._payment()
        free = self.model.payments[id].at.get(FREE, 0) if id else 0
        payment = self.deal.ledger.latest(id) if id and free else None
        if id and payment:
            amount = self.random.choice((free, self.random.randint(1, free)))
            message = Move(id=f"gv-{self.count}", payment=id, amount=_d(amount), to_deal="7", **WHO)
            assert transfers.check_transfer(self.deal, message) == payment
            transfers.move_to_deal(self.deal, payment, message, DESK, NOW, TODAY)
            self.model.shift(FREE, other_deal("7"), {id: amount})

    def correct(self) -> None:
        id = self._payment()
        if id and self.model.whole(id) and other_deal("7") not in self.model.payments[id].at:
            payment, known = self.deal.ledger.latest(id), self.model.payments[id]
            assert payment
            amount, line = self.random.choice([(known.amount, known.line), (self._amount(), self._line())])
            right = Pay(id=id, actor="kuznetsova", amount=_d(amount), currency="RUB", line=line)
            message = Correct(id=f"cr-{self.count}", entry=id, fields={"amount": "1"}, **WHO)
            _, entered = treasury.correct_payment(self.deal, payment, right, message, DESK, NOW, TODAY)
            treasury.put_advances(self.deal, NOW, TODAY)
            self.model.correct(id, entered.id, amount, line)

    def refund(self) -> None:
        """All of a payment that is free is put aside; then it goes to the client, or is free again, or waits."""
        id = self._payment()
        free = self.model.payments[id].at.get(FREE, 0) if id else 0
        payment = self.deal.ledger.latest(id) if id and free else None
        if not id or payment is None:
            return
        number = refunds.next_number(self.deal)
        place, amount = to_refund(number), self.random.randint(1, free)
        message = Refund(id=f"rf-{self.count}", payment=id, amount=_d(amount), **WHO)
        refunds.begin_refund(self.deal, payment, message, DESK, NOW, TODAY)
        self.model.shift(FREE, place, {id: amount})
        match self.random.choice(("paid", "refused", "waits")):
            case "paid":
                refunds.pay_out_as(self.deal, number, f"out-{self.count}", TODAY, DESK, NOW)
                self.model.shift(place, GONE, {id: amount})
            case "refused":
                refunds.give_back(self.deal, number, DESK, NOW, TODAY, "нет")
                self.model.shift(place, FREE, {id: amount})

    def write_off(self) -> None:
        """Often just after the line was paid but for some kopecks."""
        line = self.random.choice((1, 2, 3))
        rest = sum(self.model.rest(part) for part in self.model.parts if part.line == line)
        short = self.random.randint(1, 120)
        if rest > short and self.random.random() < 0.7:
            self.pay(rest - short, line)
        message = WriteOff(id=f"wo-{self.count}", line=line, **WHO)
        try:
            milestone = check_write_off(self.deal, message)
        except Refusal:
            assert not self.model.forgivable(line)
            return
        assert self.model.forgivable(line)
        forgive(self.deal, milestone, message, DESK, NOW, TODAY)
        self.model.forgive(line)

    def _payment(self) -> str | None:
        return self.random.choice(list(self.model.payments)) if self.model.payments else None

    def _line(self) -> int | None:
        return self.random.choice((None, 1, 2, 3))

    def _amount(self) -> int:
        """Often what is missing, or nearly: schedules of nothing but odd sums never pay a line."""
        rest = self.model.rest(self.random.choice(self.model.parts))
        return max(self.random.choice((rest, rest - 60, rest + 5, self.random.randint(1, 15_000))), 1)


def _k(amount: Decimal) -> int:
    return int(amount * 100)


def _d(kopecks: int) -> Decimal:
    return Decimal(kopecks) / 100


@pytest.mark.parametrize("part", range(PARTS))
def test_each_kopeck_stands_where_the_model_says(part: int) -> None:
    for seed in range(part, SCHEDULES, PARTS):
        schedule = Schedule(seed)
        for _ in range(STEPS):
            try:
                schedule.step()
            except AssertionError as error:
                raise AssertionError(f"schedule {seed}, step {schedule.count}: {error}") from error


def test_the_schedules_meet_what_they_should() -> None:
    """Lines that are paid to the kopeck, rests that are forgiven, money that is free and money that went back."""
    met = set[str]()
    for seed in range(150):
        schedule = Schedule(seed)
        for _ in range(STEPS):
            schedule.step()
            met |= {entry.kind.value for entry in schedule.deal.ledger.entries}
            met |= {ADVANCE} if treasury.balances(schedule.deal.ledger.entries).get(ADVANCE) else set()
            met |= {"paid"} if any(not line.outstanding for line in schedule.deal.lines.values()) else set()
    assert met == {"received", "reversed", "corrected", "refunded", "moved", "written_off", "advance", "paid"}
