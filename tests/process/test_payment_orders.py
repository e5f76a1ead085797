"""A payment counts once, by whatever it goes: the bank's id or its payment order. And on a day that can be."""

import pytest

from domain.facts import PaymentReceived
from tests.support.memory import World, refused
from tests.support.orders import an_order

ORDER = {"account": "40702810900000000118", "document": "118", "document_date": "2026-11-20"}
KEY = "40702810900000000118/2026-11-20/118/10.00"


@pytest.mark.parametrize("first", ["bank-7", KEY])
def test_the_same_payment_order_counts_once_by_whatever_id(world: World, first: str) -> None:
    deal = world.open(an_order())
    deal.pay("10.00", id=first, **ORDER, payer="ООО «Образец»", payer_inn="9900000017")
    with refused("already", first):
        deal.pay("10.00", id="bank-8", **ORDER)
    deal.pay("10.00", id="bank-9", **ORDER | {"document": "119"})
    assert [str(payment.amount) for payment in deal.state.ledger.payments] == ["10.00", "10.00"]
    [told, _] = deal.read(PaymentReceived)
    assert (told.payer, told.payer_inn) == ("ООО «Образец»", "9900000017")


def test_told_again_with_more_of_its_payer_it_is_repeated(world: World) -> None:
    deal = world.open(an_order())
    deal.pay("10.00", id=KEY)
    assert deal.pay("10.00", id=KEY, **ORDER, payer="ООО «Образец»").repeated
    assert len(deal.state.ledger.payments) == 1


def test_money_does_not_come_before_the_contracts_year(world: World) -> None:
    deal = world.open(an_order())
    with refused("before_contract", "2026"):
        deal.pay("10.00", date="2025-12-31")
    deal.pay("10.00", date="2026-01-01")
    assert len(deal.state.ledger.payments) == 1


def test_a_corrected_payment_keeps_its_payment_order(world: World) -> None:
    deal = world.open(an_order())
    deal.pay("10.00", id="bank-7", **ORDER)
    deal.correct("bank-7", "kuznetsova", amount="11.00")
    with refused("already", "bank-7"):
        deal.pay("10.00", id="bank-8", **ORDER)
    assert deal.state.ledger.payments[-1].account == ORDER["account"]
