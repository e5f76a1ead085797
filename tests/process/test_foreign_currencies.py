"""Deals in euros, dollars and yuan: from the first minute to paid, and what is refused on the way."""

from decimal import Decimal

import pytest

from domain.facts import DealPaid, PaymentReceived
from domain.view.payment_words import what_to_pay
from domain.view.sentences import sentence
from domain.words import Stage
from tests.support.memory import OpenDeal, World, refused
from tests.support.orders import a_good, a_lead, an_order

SIGNS = {"EUR": "€", "USD": "$", "CNY": "¥"}
EACH = pytest.mark.parametrize("currency", SIGNS)


def in_foreign(world: World, currency: str, *goods: dict[str, object]) -> OpenDeal:
    return world.open(an_order(*goods, currency=currency))


@EACH
def test_a_deal_runs_in_its_currency_from_start_to_paid(world: World, currency: str) -> None:
    good = a_good(source="import", payment="prepaid_50", unit_price="333.33", quantity=1)
    deal = in_foreign(world, currency, good)
    deal.robot()
    [paid] = deal.read(DealPaid)
    assert (paid.amount, paid.paid, paid.currency) == (Decimal("333.33"), Decimal("333.33"), currency)
    assert deal.result().stage is Stage.PAID
    assert {told.currency for told in deal.read(PaymentReceived)} == {currency}


@EACH
def test_mail_card_and_page_say_the_sign_of_the_currency(world: World, currency: str) -> None:
    deal = in_foreign(world, currency)
    deal.agree()
    deal.pay("500.00", id="pp-1", currency=currency)
    world.skip_a_while()
    [received] = deal.facts(PaymentReceived)
    assert f"500,00\xa0{SIGNS[currency]}" in sentence(received, "ru")
    asked = [notice for notice in world.mail.of(deal.number) if notice.kind == "payment_due"]
    assert asked
    assert {notice.data["currency"] for notice in asked} == {currency}
    assert not any(notice.to_pay for notice in asked)
    cards = [write for write in world.crm.of(deal.number) if write.op == "fields"]
    assert cards[-1].fields["paid"] == f"500.00 {currency}"


@EACH
def test_only_roubles_have_a_code_that_a_bank_reads(world: World, currency: str) -> None:
    deals = {code: in_foreign(world, code) for code in (currency, "RUB")}
    for deal in deals.values():
        deal.agree()
    asked = {code: what_to_pay(d.state, d.line(), "line-1:prepayment") for code, d in deals.items()}
    assert asked[currency] is None
    assert asked["RUB"] is not None


@EACH
def test_money_in_another_currency_is_refused_with_a_way_on(world: World, currency: str) -> None:
    deal = in_foreign(world, currency)
    deal.agree()
    with refused("other_currency", "find the deal it is for"):
        deal.pay("1.00", currency="RUB")
    assert deal.state.received == 0


def test_a_lead_that_has_paid_roubles_becomes_no_order_in_euros(world: World) -> None:
    deal = world.open(a_lead())
    deal.qualify()
    deal.pay("10.00", currency="RUB")
    with refused("other_currency", "money has come in roubles"):
        deal.say("order", actor="ivanova", order={"currency": "EUR", "lines": [a_good()]})
