"""A kopeck that is missing blocks no deal for ever: it is forgiven, on record, within the playbook's tolerance."""

from decimal import Decimal

from domain.deal.ledger import balances
from domain.facts import MilestonePaid, MoneyWrittenOff
from tests.support.memory import OpenDeal, World, changed_playbook, day, refused
from tests.support.orders import a_good, an_order
from tests.support.promises import Promises


def short_of(world: World, rest: str, payment: str = "prepaid_100") -> OpenDeal:
    """A line of 2,000.00 that is paid but for so much."""
    deal = world.open(an_order(a_good(payment=payment)))
    deal.agree()
    deal.pay(Decimal("2000.00") - Decimal(rest), id="pp-1", line=1, date=day(0))
    return deal


def test_a_small_rest_is_forgiven_and_the_goods_are_ordered(world: World) -> None:
    deal = short_of(world, "0.99")
    promises = Promises(deal)
    deal.complete("line-1:payment-terms")
    assert "line-1:reservation" not in deal.asked()
    receipt = deal.write_off(1, reason="комиссия банка")
    assert receipt.words_ru == "Списано 0,99\xa0₽: «Предоплата» (позиция 1)"
    assert "line-1:reservation" in deal.asked()
    [off] = deal.read(MoneyWrittenOff)
    assert (off.amount, off.reason, off.payment) == (Decimal("0.99"), "комиссия банка", "")
    assert deal.read(MilestonePaid)[0].on == world.now.date(), "it was paid when its money came"
    promises.hold()
    deal.robot()
    promises.hold()
    assert (deal.result().paid, deal.result().amount) == (Decimal("1999.01"), Decimal("2000.00"))
    assert [(p.title, str(p.amount)) for p in deal.view().money] == [
        ("“Prepayment” (line 1)", "2000.00"),
        ("written off", "-0.99"),
    ]


def test_more_than_the_playbook_lets_is_not_forgiven(world: World) -> None:
    deal = short_of(world, "1.01")
    with refused("too_much", "₽1.00"):
        deal.write_off(1)
    world.book = changed_playbook(money={})
    with refused("too_much", "₽0.00"):
        short_of(world, "0.01").write_off(1)


def test_only_the_rest_of_the_last_payment_is_forgiven(world: World) -> None:
    deal = world.open(an_order(a_good(payment="prepaid_50")))
    deal.agree()
    deal.pay("999.50", id="pp-1", line=1)
    with refused("not_last", "Prepayment 50 %"):
        deal.write_off(1)
    deal.pay("1000.00", id="pp-2", line=1)
    deal.write_off(1, id="wo-1")
    deal.write_off(1, id="wo-1")
    with refused("already"):
        deal.write_off(1)
    with refused("no_line"):
        deal.write_off(2)
    with refused("not_allowed"):
        deal.write_off(1, actor="ivanova")


def test_what_was_forgiven_and_comes_after_all_is_a_surplus(world: World) -> None:
    deal = short_of(world, "0.50")
    deal.write_off(1)
    deal.pay("0.50", id="pp-2")
    assert "surplus" in deal.asked()
    deal.robot()
    assert balances(deal.state.ledger.entries)["refunded"] == Decimal("0.50")


def test_a_rest_of_a_cancelled_line_is_nobodys(world: World) -> None:
    deal = short_of(world, "0.50")
    promises = Promises(deal)
    deal.write_off(1)
    deal.cancel("petrov")
    promises.hold()
    assert balances(deal.state.ledger.entries) == {"advance": Decimal("1999.50")}
    deal.robot()
    promises.hold()


def test_money_that_the_bank_takes_back_is_to_be_paid_again_but_for_what_was_forgiven(world: World) -> None:
    deal = short_of(world, "0.50")
    promises = Promises(deal)
    deal.write_off(1)
    deal.reverse("pp-1")
    promises.hold()
    assert deal.view().totals.outstanding == Decimal("1999.50")
    deal.robot()
    promises.hold()
