"""A line cut in two: every kopeck and every piece has its place, and no gate that was open shuts."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from domain.deal import opening
from domain.deal.messages import Pay, SplitLine
from domain.deal.parts import carve, cut, share
from domain.deal.payments import milestones_of
from domain.deal.splits import Split
from domain.deal.splitting import check_split, divide_money, next_number
from domain.deal.state import DealState, LineState
from domain.deal.treasury import restate, take_payment
from domain.facts import DESK
from domain.goods.quantity import Number, exact, total
from domain.order.changes import Draft
from domain.order.offer import digest_of
from domain.order.order import OrderLine, read_order
from domain.order.redrafting import with_rounding
from domain.playbook.book import StaffedPlaybook
from domain.refusals import Refusal
from domain.words import Trigger
from tests.factories import NOW
from tests.support.memory import default_playbook
from tests.support.orders import PAYMENTS, a_good, an_order

TODAY = NOW.date()
prices = st.decimals(Decimal("0.01"), Decimal("9999.99"), places=2)


def a_deal(payment: str, price: Decimal, quantity: Number, unit: str = "шт") -> DealState:
    book: StaffedPlaybook = default_playbook()
    good = a_good(payment=payment, unit_price=str(price), quantity=quantity, unit=unit, source="import")
    order = read_order(an_order(good), book, date(2026, 11, 23))
    deal = opening.open_deal("1", order, NOW)
    opening.take_playbook(deal, book)
    opening.take_order(deal, order, NOW)
    deal.moments[Trigger.CONTRACT] = NOW
    return deal


def paid(deal: DealState, *amounts: Decimal) -> None:
    for n, amount in enumerate(amounts):
        message = Pay(id=f"pp-{n}", actor="kuznetsova", amount=amount, currency="RUB", line=1)
        take_payment(deal, message, DESK, NOW, TODAY)


def split(deal: DealState, quantity: Number) -> tuple[LineState, LineState]:
    """As the deal and its line do it."""
    line = deal.lines[1]
    line.playbook, line.people = deal.playbook, deal.people
    order = Split(line=1, number=next_number(deal), quantity=quantity, actor=DESK)
    part = deal.lines[order.number] = cut(line, order, NOW)
    restate(deal)  # the deal has what its ledger says, whatever its line believes
    divide_money(deal, [part], order, NOW, TODAY)
    return line, part


@settings(max_examples=40, deadline=None)
@given(
    payment=st.sampled_from(PAYMENTS),
    price=prices,
    quantity=st.integers(2, 9),
    shares=st.lists(st.integers(1, 70), max_size=3),
    data=st.data(),
)
def test_every_kopeck_has_its_place_and_what_was_paid_is_paid_on_both(
    payment: str, price: Decimal, quantity: int, shares: list[int], data: st.DataObject
) -> None:
    deal = a_deal(payment, price, quantity)
    whole = deal.amount
    amounts = [(whole * n / 100).quantize(Decimal("0.01")) for n in shares]
    paid(deal, *(amount for amount in amounts if amount))
    before = {m.id: (m.amount, m.allocated, m.paid) for m in deal.lines[1].milestones.values()}
    received = deal.received
    line, part = split(deal, data.draw(st.integers(1, quantity - 1)))
    assert (deal.amount, deal.received) == (whole, received)
    for own, other in zip(line.milestones.values(), part.milestones.values(), strict=True):
        amount, stood, was_paid = before[own.id]
        assert (own.amount + other.amount, own.allocated + other.allocated) == (amount, stood)
        assert 0 <= own.allocated <= own.amount
        assert 0 <= other.allocated <= other.amount
        assert not was_paid or (own.paid and other.paid), "no gate that was open shuts"
    for each in (line, part):
        assert sum(m.amount for m in each.milestones.values()) == each.amount
        kept = milestones_of(each.number, each.amount, deal.book.payments[payment])
        assert all(abs(kept[id].amount - m.amount) <= Decimal("0.02") for id, m in each.milestones.items())


grams = st.integers(2, 9_999_999).map(lambda n: exact(Decimal(n) / 1000))


@settings(max_examples=150, deadline=None)
@given(payment=st.sampled_from(PAYMENTS), price=prices, quantity=grams, data=st.data())
def test_what_is_measured_is_divided_to_the_gram_and_costs_what_the_whole_did(
    payment: str, price: Decimal, quantity: Number, data: st.DataObject
) -> None:
    assume(price * quantity >= Decimal("0.01"))
    deal = a_deal(payment, price, quantity, "кг")
    whole, before, digest = deal.amount, deal.draft, digest_of(deal.draft)
    paid(deal, *([whole] if data.draw(st.booleans()) else []))
    for _ in range(data.draw(st.integers(1, 4))):
        if (most := int(deal.lines[1].good.quantity * 1000) - 1) > 0:
            split(deal, exact(Decimal(data.draw(st.integers(1, most))) / 1000))
    lines = list(deal.lines.values())
    assert total(line.good.quantity for line in lines) == quantity
    assert (
        sum(line.amount for line in lines)
        == whole
        == sum(m.amount for n in lines for m in n.milestones.values())
    )
    assert all(line.amount >= 0 and abs(line.good.rounding) <= Decimal("0.01") * len(lines) for line in lines)
    goods = {line.number: line.good for line in lines}
    assert digest_of(before.model_copy(update={"lines": goods})) == digest, "what is agreed is the same"
    assert all(OrderLine.model_validate_json(good.model_dump_json()) == good for good in goods.values())


def test_a_part_that_is_rounded_keeps_its_amount_until_its_quantity_or_price_is_another() -> None:
    deal = a_deal("prepaid_100", Decimal("0.01"), Decimal("1.5"), "кг")
    split(deal, Decimal("0.5"))
    draft = deal.draft.model_copy(update={"lines": {n: line.good for n, line in deal.lines.items()}})
    assert [good.amount for good in draft.lines.values()] == [Decimal("0.01"), Decimal("0.01")]
    other = {
        n: good.of(good.quantity).model_copy(update={"delivery": "carrier"})
        for n, good in draft.lines.items()
    }
    assert [good.amount for good in with_rounding(draft, other).values()] == [
        Decimal("0.01"),
        Decimal("0.01"),
    ]
    dearer = {n: good.model_copy(update={"unit_price": Decimal("0.10")}) for n, good in other.items()}
    assert [good.amount for good in with_rounding(draft, dearer).values()] == [
        Decimal("0.10"),
        Decimal("0.05"),
    ]


@pytest.mark.parametrize("quantity", ["0.0005", "2.5", "0"])
def test_a_part_of_what_is_measured_is_less_than_the_whole_and_as_fine_as_its_unit(quantity: str) -> None:
    deal = a_deal("prepaid_100", Decimal("100.00"), Decimal("2.5"), "кг")
    message = SplitLine(id="sp-1", actor="ivanova", line=1, quantity=Decimal(quantity))
    with pytest.raises(
        Refusal, match=r"line 1 has 2\.5 kg, and keeps some of it; of the unit “kilogram” there are at most 3"
    ):
        check_split(deal, message, DESK)


def test_the_latest_money_goes_first_and_each_move_is_on_record_by_its_payment() -> None:
    deal = a_deal("prepaid_100", Decimal("100.01"), 4)
    paid(deal, Decimal("250.00"), Decimal("150.04"))
    split(deal, 2)
    moves = [(e.id, e.payment, e.amount) for e in deal.ledger.entries[2:]]
    assert moves == [("split:2:pp-1", "pp-1", Decimal("150.04")), ("split:2:pp-0", "pp-0", Decimal("49.98"))]


@pytest.mark.parametrize(
    ("stood", "kept", "part", "goes"),
    [
        ("100.01", "50.01", "50.00", "50.00"),
        ("100.00", "50.01", "50.00", "49.99"),
        ("0.01", "50.00", "50.00", "0.00"),
        ("0.00", "0.00", "0.00", "0.00"),
    ],
)
def test_what_goes_to_the_part(stood: str, kept: str, part: str, goes: str) -> None:
    assert share(Decimal(stood), Decimal(kept), Decimal(part)) == Decimal(goes)


def test_where_kopecks_round_away_the_last_milestones_make_up_for_it() -> None:
    deal = a_deal("prepaid_50", Decimal("0.01"), 2)
    whole = deal.lines[1].milestones
    wanted = {
        id: m.amount for id, m in milestones_of(1, Decimal("0.01"), deal.book.payments["prepaid_50"]).items()
    }
    amounts = carve(whole, wanted)
    assert sum(amounts.values()) == Decimal("0.01")
    assert all(0 <= amounts[id] <= m.amount for id, m in whole.items())


def test_a_number_that_is_promised_is_taken() -> None:
    deal = a_deal("prepaid_100", Decimal("10.00"), 5)
    said = SplitLine(id="s", actor="ivanova", line=1, quantity=Decimal(2))
    first = check_split(deal, said, DESK)
    deal.splits.append(first)
    deal.gone_lines.append(first.number)
    second = check_split(deal, said, DESK)
    assert (first.number, second.number) == (2, 3)


def test_split_lines_have_the_digest_of_the_whole() -> None:
    deal = a_deal("prepaid_100", Decimal("10.00"), 5)
    digest = digest_of(deal.draft)
    split(deal, 2)
    assert digest_of(deal.draft) == digest
    lines = {**deal.draft.lines, 2: deal.draft.lines[2].model_copy(update={"delivery": "carrier"})}
    assert digest_of(Draft(client=deal.client, currency=deal.currency, lines=lines)) != digest
