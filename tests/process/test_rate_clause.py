"""Prices in euros, dollars or yuan that are paid in roubles at the Bank of Russia's rate."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from rich.console import Console

from domain.deal.ledger import ADVANCE
from domain.facts import (
    DealPaid,
    MoneyRefunded,
    PaymentAwaitsRate,
    PaymentCorrected,
    PaymentReceived,
    PaymentReversed,
)
from domain.view.sentences import sentence
from domain.words import Stage
from starter.cli import money_drawing
from starter.cli.drawing import drawn
from tests.support.memory import TODAY, OpenDeal, World, refused
from tests.support.orders import a_good, an_order

YESTERDAY = TODAY - timedelta(days=3)  # the Friday before
RATE = "91.5043"


@pytest.fixture(autouse=True)
def _rates(world: World) -> None:
    world.rates.rates = {TODAY: RATE, YESTERDAY: "90.00"}


def by_rate(world: World, *goods: dict[str, Any], currency: str = "EUR", **rate: Any) -> OpenDeal:
    deal = world.open(an_order(*goods, currency=currency, rate=rate or {"percent": "0"}))
    deal.agree()
    return deal


def places(deal: OpenDeal, payment: str) -> dict[str, Decimal]:
    from domain.deal.ledger import allocations

    return allocations(deal.state.ledger.entries)[payment]


@pytest.mark.parametrize("currency", ["EUR", "USD", "CNY"])
def test_roubles_pay_a_deal_to_its_end(world: World, currency: str) -> None:
    deal = by_rate(world, a_good(unit_price="333.33", quantity=3), currency=currency)
    deal.pay("91504.30", id="pp-1", line=1)  # exactly the milestone of 999.99? no: 1000 of it
    deal.robot(leave=lambda id: id == "line-1:prepayment")
    [first] = deal.read(PaymentReceived)
    assert first.amount == Decimal("1000.00")
    assert deal.state.ledger.in_hand == Decimal("999.99"), "the cent too much went back"
    assert deal.result().stage is Stage.PAID


def test_the_last_payment_settles_the_rest_to_the_cent(world: World) -> None:
    deal = by_rate(world, a_good(unit_price="0.07", quantity=143))  # 10.01
    deal.pay("305.01", id="pp-1")
    rest = deal.line().outstanding
    assert rest == Decimal("10.01") - Decimal("3.33")
    deal.pay(f"{rest * Decimal(RATE):.2f}", id="pp-2")
    assert deal.line().outstanding == 0
    deal.robot()
    [paid] = deal.read(DealPaid)
    assert paid.paid == Decimal("10.01")
    assert deal.result().stage is Stage.PAID


def test_each_payment_shows_its_rate(world: World) -> None:
    deal = by_rate(world, percent="2")
    receipt = deal.pay("9333.44", id="pp-1")
    assert "23.11.2026" in receipt.words_ru
    [fact] = deal.facts(PaymentReceived)
    [told] = deal.read(PaymentReceived)
    assert (told.paid, told.rate, told.rate_on) == (Decimal("9333.44"), Decimal(RATE), TODAY)
    assert told.amount == Decimal("100.00")
    said = sentence(fact, "ru").replace("\xa0", " ")
    assert "100,00 €" in said
    assert "9 333,44 ₽ по курсу 93,334386 ₽ за евро (Банк России на 23.11.2026, +2 %)" in said
    assert "at ₽93.334386 for a euro (Bank of Russia, 23 Nov 2026, +2%)" in sentence(fact, "en")
    world.skip_a_while()
    [mail] = [notice for notice in world.mail.of(deal.number) if notice.kind == "payment_received"]
    assert "93,334386" in mail.data["by_rate_ru"]
    [shown] = deal.view().payments
    assert (shown.paid, shown.rate, shown.rate_on) == (Decimal("9333.44"), Decimal("93.334386"), TODAY)


def test_money_counts_at_the_rate_of_its_value_date(world: World) -> None:
    deal = by_rate(world)
    deal.pay("9000.00", id="pp-1", date=YESTERDAY.isoformat())
    assert deal.read(PaymentReceived)[0].amount == Decimal("100.00")


def test_the_contract_may_say_the_day_on_which_money_is_debited(world: World) -> None:
    deal = by_rate(world, day="debited")
    deal.pay("9000.00", id="pp-1", debited=YESTERDAY.isoformat())
    [told] = deal.read(PaymentReceived)
    assert (told.amount, told.day, told.rate_on) == (Decimal("100.00"), TODAY, YESTERDAY)
    deal.pay("9150.43", id="pp-2")
    assert deal.read(PaymentReceived)[1].amount == Decimal("100.00")


def test_the_contract_may_keep_the_rate_of_its_own_day(world: World) -> None:
    deal = by_rate(world, day="contract")
    world.skip(timedelta(days=30))
    deal.pay("9150.43", id="pp-1")
    [told] = deal.read(PaymentReceived)
    assert (told.amount, told.rate_on) == (Decimal("100.00"), TODAY)


def test_an_advance_keeps_its_rate_when_it_is_put_on_a_line_later(world: World) -> None:
    deal = world.open(an_order(a_good(unit_price="100.00", quantity=1), currency="EUR", rate={}))
    deal.qualify()
    deal.pay("18300.86", id="pp-1")
    assert places(deal, "pp-1") == {"line-1:prepayment": Decimal("100.00"), ADVANCE: Decimal("100.00")}
    world.rates.rates[TODAY] = "200"
    deal.say("offer", actor="ivanova", settings={"line-1.quantity": "2"})
    assert places(deal, "pp-1") == {"line-1:prepayment": Decimal("200.00")}


def test_a_payment_waits_for_its_rate_and_is_told(world: World) -> None:
    del world.rates.rates[TODAY]
    deal = by_rate(world)
    deal.pay("9150.43", id="pp-1")
    assert deal.state.received == 0
    assert [told.rate_on for told in deal.read(PaymentAwaitsRate)] == [TODAY]
    [asked] = [a for a in deal.view().assignments if a.kind == "rate"]
    assert asked.assignee == "kuznetsova"
    assert asked.title == "Enter the rate of the euro of 23 Nov 2026"
    assert any(blocker.id == asked.id and blocker.who for blocker in deal.view().blockers)
    [waiting] = deal.view().waiting
    assert (waiting.id, waiting.amount, waiting.rate_day) == ("pp-1", Decimal("9150.43"), TODAY)
    world.rates.rates[TODAY] = RATE
    world.skip(timedelta(minutes=61))
    assert deal.state.received == Decimal("100.00")
    assert asked.id not in deal.asked()
    assert not deal.view().waiting


def test_a_bank_that_does_not_answer_is_asked_again(world: World) -> None:
    world.rates.down = True
    deal = by_rate(world)
    deal.pay("9150.43", id="pp-1")
    world.skip(timedelta(minutes=5))
    assert "rate" in deal.asked(), "told after two minutes"
    world.rates.down = False
    world.skip(timedelta(hours=2))
    assert deal.state.received == Decimal("100.00")


def test_the_accountant_may_enter_the_rate(world: World) -> None:
    world.rates.rates.clear()
    deal = by_rate(world, percent="10")
    deal.pay("11000.00", id="pp-1")
    deal.pay("1100.00", id="pp-2")
    assert deal.asked() >= {"rate"}
    with refused("bad_form", "no rate"):
        deal.complete("rate", rate="0")
    deal.complete("rate", rate="100,00")
    assert deal.state.received == Decimal("110.00")
    assert [told.paid for told in deal.read(PaymentReceived)] == [Decimal("11000.00"), Decimal("1100.00")]
    assert "внёс бухгалтер" in sentence(deal.facts(PaymentReceived)[0], "ru")
    asked = len(world.rates.asked)
    deal.pay("1100.00", id="pp-3")
    assert deal.state.received == Decimal("120.00")
    assert len(world.rates.asked) == asked, "the rate of the day is known"


def test_a_deal_without_the_clause_asks_for_no_rate(world: World) -> None:
    for order in (an_order(), an_order(currency="EUR")):
        deal = world.open(order)
        deal.robot()
    assert world.rates.asked == []


def test_money_goes_back_at_its_own_rate(world: World) -> None:
    deal = by_rate(world, a_good(unit_price="100.00", quantity=1))
    deal.pay("27451.29", id="pp-1")
    assert places(deal, "pp-1")[ADVANCE] == Decimal("200.00")
    world.rates.rates[TODAY] = "200"
    with refused("not_in_hand", "18,300.86"):
        deal.refund("pp-1", "18300.87", id="out-1")
    deal.refund("pp-1", "9150.43")
    deal.refund("pp-1", "9150.43")
    asked = {a.id: a.title for a in deal.view().assignments if a.kind == "refund"}
    assert asked["refund#2"] == "Pay the client back: €100.00, ₽9,150.43"
    for n, id in enumerate(asked):
        deal.complete(id, payment=f"out-{n}", paid_on=TODAY.isoformat())
    assert places(deal, "pp-1") == {"line-1:prepayment": Decimal("100.00"), "refunded": Decimal("200.00")}
    assert [told.paid for told in deal.read(MoneyRefunded)] == [Decimal("9150.43")] * 2
    assert "27,451.29" not in sentence(deal.facts(MoneyRefunded)[0], "en")


def test_the_bank_takes_a_payment_back_at_its_own_rate(world: World) -> None:
    deal = by_rate(world)
    deal.pay("9150.43", id="pp-1")
    deal.reverse("pp-1")
    [told] = deal.read(PaymentReversed)
    assert (told.amount, told.paid) == (Decimal("100.00"), Decimal("9150.43"))
    assert deal.state.received == 0


def test_what_waits_for_its_rate_can_be_taken_back_and_nothing_else(world: World) -> None:
    world.rates.rates.clear()
    deal = by_rate(world)
    deal.pay("9150.43", id="pp-1")
    for refused_one in (
        lambda: deal.move("pp-1", 1),
        lambda: deal.refund("pp-1", "1"),
        lambda: deal.correct("pp-1", "kuznetsova", amount="1"),
    ):
        with refused("awaits_rate"):
            refused_one()
    deal.reverse("pp-1")
    [told] = deal.read(PaymentReversed)
    assert (told.amount, told.currency, told.taken) == (Decimal("9150.43"), "RUB", {})
    assert "rate" not in deal.asked()


def test_a_payment_that_was_entered_wrong_keeps_or_gets_its_rate(world: World) -> None:
    deal = by_rate(world)
    deal.pay("9150.43", id="pp-1")
    world.rates.rates[TODAY] = "200"
    deal.correct("pp-1", "kuznetsova", amount="18300.86")
    assert deal.state.received == Decimal("200.00")
    deal.correct("pp-1", "kuznetsova", date=YESTERDAY.isoformat(), amount="9000.00")
    assert deal.state.received == Decimal("100.00")
    deal.correct("pp-1", "kuznetsova", rate="45,0")
    assert deal.state.received == Decimal("200.00")
    assert len(deal.read(PaymentCorrected)) == 3
    with refused("bad_form"):
        deal.correct("pp-1", "kuznetsova", rate="-1")
    with refused("already"):
        deal.correct("pp-1", "kuznetsova", rate="45")


@pytest.mark.parametrize("currency", ["EUR", "USD"])
def test_money_in_the_currency_of_the_prices_is_refused(world: World, currency: str) -> None:
    deal = by_rate(world)
    with refused("other_currency", "paid in roubles", "find the deal"):
        deal.pay("1.00", currency=currency)


def test_a_cancelled_deal_does_not_close_over_a_payment_without_its_rate(world: World) -> None:
    world.rates.rates.clear()
    deal = by_rate(world)
    deal.pay("9150.43", id="pp-1")
    deal.cancel("petrov")
    world.skip(timedelta(minutes=5))
    assert not deal.state.stage.final
    deal.complete("rate", rate=RATE)
    assert deal.state.received == Decimal("100.00")
    deal.robot()
    assert deal.state.stage is Stage.CANCELLED


def test_a_next_run_goes_on_looking_for_the_rate(world: World) -> None:
    world.longest_run = 3
    world.rates.rates.clear()
    deal = by_rate(world)
    deal.pay("9150.43", id="pp-1")
    runs = deal.process.runs
    world.skip(timedelta(hours=30))
    assert deal.process.runs > runs
    world.rates.rates[TODAY] = RATE
    world.skip(timedelta(hours=2))
    assert deal.state.received == Decimal("100.00")


def test_a_payment_of_less_than_half_a_cent_is_somebodys(world: World) -> None:
    deal = by_rate(world)
    deal.pay("0.01", id="pp-1")
    assert deal.state.received == Decimal("0.01")


# --- the clause as a part of what is agreed ---------------------------------------------------------------------------


def test_the_clause_is_agreed_with_the_offer(world: World) -> None:
    deal = world.open(an_order(currency="EUR"))
    deal.qualify()
    before = deal.state.offers[-1].digest
    deal.say("offer", actor="ivanova", settings={"rate.percent": "2", "rate.day": "debited"})
    world.skip_a_while()
    offer = deal.state.offers[-1]
    assert offer.digest != before
    asked = [n for n in world.mail.of(deal.number) if n.kind == "approval_asked" and n.person == "client"]
    assert asked[-1].order is not None
    how = "в рублях по курсу Банка России на день списания денег со счёта плательщика, +2 %"
    assert how in asked[-1].order.changes[0]
    assert asked[-1].order.terms[-1].title == f"Оплата {how}"
    assert deal.view().paid_by_rate == (
        "in roubles at the Bank of Russia's rate of the day on which the payer's bank debits it, +2%"
    )
    deal.say("offer", actor="ivanova", settings={"rate": None})
    assert deal.state.rate is None


def test_roubles_need_no_rate(world: World) -> None:
    deal = world.open(an_order())
    deal.qualify()
    with refused("bad_order", "rate: the prices are in roubles"):
        deal.say("offer", actor="ivanova", settings={"rate.percent": "2"})


def test_a_clause_that_is_amended_is_put_to_the_client(world: World) -> None:
    deal = by_rate(world, percent="1")
    deal.amend(settings={"rate.percent": "0.5"})
    [asked] = deal.view().approvals
    assert [seat.role for seat in asked.awaiting] == ["client"]
    deal.approve("amendment", "client")
    assert deal.state.rate
    assert deal.state.rate.percent == Decimal("0.5")
    deal.pay(f"{Decimal(100) * Decimal(RATE) * Decimal('1.005'):.2f}", id="pp-1")
    assert deal.state.received == Decimal("100.00")


def test_show_says_how_prices_are_paid_and_at_which_rate_each_payment_came(world: World) -> None:
    deal = by_rate(world)
    deal.pay("9150.43", id="pp-1")
    world.rates.rates.clear()
    deal.pay("1.00", id="pp-2", date=(TODAY - timedelta(days=1)).isoformat())
    console = Console(width=250, color_system=None)
    with console.capture() as shown:
        console.print(drawn(deal.view(), "en"))
        console.print(money_drawing.drawn(deal.view(), "en"))
    for said in (
        "Paid in roubles at the Bank of Russia's rate of the day on which the money comes.",
        "pp-1: €100.00, ₽9,150.43 at ₽91.5043 for a euro (Bank of Russia, 23 Nov 2026).",
        "pp-2: ₽1.00 wait for the rate of 22 Nov 2026.",
        "--amount '<amount in roubles>'",
        "pp-1  €100.00, ₽9,150.43 at ₽91.5043",
        "Waits for the rate of",
    ):
        assert said in shown.get(), shown.get()


# --- a corridor about the contract's day -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("later", "roubles"), [("95.00", "95000.00"), ("120.00", "98824.64"), ("80.00", "84183.96")]
)
def test_the_rate_stays_within_so_many_per_cent_of_the_contracts_day(
    world: World, later: str, roubles: str
) -> None:
    """91.5043 on the contract's day: from 84.183956 to 98.824644."""
    paid_on = TODAY + timedelta(days=2)
    world.rates.rates = {TODAY: RATE, paid_on: later}
    deal = by_rate(world, a_good(unit_price="1000.00", quantity=1), within="8")
    deal.skip(timedelta(days=2))
    deal.pay(roubles, id="pp-1", line=1)
    [payment] = deal.view().payments
    assert payment.amount == Decimal("1000.00")
    assert ("within 8%" in payment.by_rate) is (later != "95.00")
    [clause] = {deal.view().paid_by_rate}
    assert clause.endswith("of the day on which the money comes, but within 8% of that of the contract's day")


def test_what_is_added_is_added_to_the_rate_that_holds(world: World) -> None:
    paid_on = TODAY + timedelta(days=2)
    world.rates.rates = {TODAY: "100.00", paid_on: "150.00"}
    deal = by_rate(world, a_good(unit_price="1000.00", quantity=1), within="10", percent="2")
    deal.skip(timedelta(days=2))
    deal.pay("112200.00", id="pp-1", line=1)
    [payment] = deal.view().payments
    assert (payment.amount, payment.rate) == (Decimal("1000.00"), Decimal("112.2"))
    assert "₽150, but within 10% of ₽100, the contract's day, +2%" in payment.by_rate


def test_a_payment_waits_for_both_rates_and_each_is_asked_for(world: World) -> None:
    paid_on = TODAY + timedelta(days=2)
    world.rates.rates = {}
    deal = by_rate(world, a_good(unit_price="1000.00", quantity=1), within="10")
    deal.skip(timedelta(days=2))
    deal.pay("110000.00", id="pp-1", line=1)
    world.skip_a_while()
    titles = {a.title for a in deal.view().assignments if a.kind == "rate"}
    assert len(titles) == 2
    first, second = sorted(a.id for a in deal.view().assignments if a.kind == "rate")
    deal.complete(first, rate="150")
    assert deal.view().waiting, "the contract's day is not known yet"
    assert {a.id for a in deal.view().assignments if a.kind == "rate"} == {second}
    deal.complete(second, rate="100")
    assert not deal.view().waiting
    assert deal.view().payments[0].amount == Decimal("1000.00")
    deal.correct("pp-1", "kuznetsova", amount="55000.00")
    assert deal.view().payments[-1].amount == Decimal("500.00"), "a corrected one keeps its rates"
    assert paid_on


def test_before_the_contract_there_is_no_corridor(world: World) -> None:
    deal = world.open(an_order(currency="EUR", rate={"within": "1"}))
    deal.pay("91504.30", id="pp-1")
    [payment] = deal.view().payments
    assert payment.amount == Decimal("1000.00")


def test_a_corridor_is_offered_and_agreed_like_all_else(world: World) -> None:
    deal = world.open(an_order(currency="EUR", rate={"percent": "0"}))
    deal.to("contract")
    deal.say("offer", actor="ivanova", settings={"rate.within": "5"})
    [asked] = deal.view().approvals
    assert any("within 5%" in change for change in asked.changes)
    with refused("bad_order"):
        deal.say("offer", actor="ivanova", settings={"rate.within": "-5"})
