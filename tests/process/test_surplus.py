"""A deal closes once no kopeck is without an owner: what is left over goes back, or stays on the client's account."""

from decimal import Decimal
from typing import Any

import pytest

from domain.deal.ledger import balances
from domain.facts import AssignmentOpened, AssignmentWithdrawn, MoneyRefunded
from tests.support.memory import OpenDeal, World, changed_playbook, day, refused
from tests.support.orders import a_good, an_order
from tests.support.promises import Promises
from tests.support.robot import Stuck


def overpaid(world: World, by: str = "500.00", **good: Any) -> OpenDeal:
    """A line of 2,000.00, paid with so much more."""
    deal = world.open(an_order(a_good(**good)))
    deal.agree()
    deal.pay(Decimal("2000.00") + Decimal(by), id="pp-1", line=1)
    return deal


def places(deal: OpenDeal) -> dict[str, str]:
    return {place: str(amount) for place, amount in balances(deal.state.ledger.entries).items()}


def title(deal: OpenDeal, id: str) -> str:
    return next(asked.title for asked in deal.view().assignments if asked.id == id)


# --- what is left over -----------------------------------------------------------------------------------------------


def test_whoever_paid_too_much_is_paid_back_before_the_deal_closes(world: World) -> None:
    deal = overpaid(world)
    promises = Promises(deal)
    assert title(deal, "surplus") == "Decide on the client's surplus money: ₽500.00"
    deal.complete("surplus", outcome="return", reason="письмо клиента")
    assert places(deal) == {"line-1:prepayment": "2000.00", "to-refund:1": "500.00"}
    assert title(deal, "refund") == "Pay the client back: ₽500.00"
    deal.complete("refund", payment="out-9", paid_on=day(0))
    [back] = deal.read(MoneyRefunded)
    assert (back.amount, back.day, back.reason) == (Decimal("500.00"), world.now.date(), "письмо клиента")
    promises.hold()
    deal.robot()
    promises.hold()
    assert (deal.result().paid, deal.result().advance) == (Decimal("2000.00"), Decimal(0))


@pytest.mark.parametrize("left_open", ["surplus", "refund"])
def test_the_deal_does_not_close_before_it_is_decided_and_done(world: World, left_open: str) -> None:
    deal = overpaid(world)
    with pytest.raises(Stuck):
        deal.robot(leave=lambda id: id == left_open)
    assert [(blocker.id, blocker.who) for blocker in deal.view().blockers] == [(left_open, ("kuznetsova",))]
    assert (deal.view().stage, str(deal.view().totals.advance)) == ("SHIPPED", "500.00")
    deal.robot()
    assert deal.result().stage == "PAID"


def test_it_may_stay_on_the_clients_account(world: World) -> None:
    deal = overpaid(world)
    promises = Promises(deal)
    deal.complete("surplus", outcome="keep", reason="в счёт следующей поставки")
    assert places(deal) == {"line-1:prepayment": "2000.00", "account": "500.00"}
    deal.robot()
    promises.hold()
    assert (deal.result().paid, deal.result().advance) == (Decimal("2000.00"), Decimal(0))


def test_nobody_answers_for_another_sum_than_they_were_shown(world: World) -> None:
    deal = overpaid(world)
    deal.pay("0.50", id="pp-2")
    assert title(deal, "surplus#2") == "Decide on the client's surplus money: ₽500.50"
    with refused("closed"):
        deal.say("complete", actor="kuznetsova", assignment="surplus", fields={"outcome": "return"})
    deal.reverse("pp-1")
    deal.reverse("pp-2")
    assert not [id for id in deal.asked() if id.startswith("surplus")]
    reasons = [fact.data["reason"]["en"] for fact in deal.facts(AssignmentWithdrawn)]
    assert reasons[:1] == ["the sum is another one by now"]
    deal.robot()


def test_money_over_on_one_line_can_pay_another_one(world: World) -> None:
    """Case: both lines are paid together, and the payment names one of them."""
    deal = world.open(an_order(a_good(), a_good(sku="MON-2")))
    deal.agree()
    deal.pay("4000.00", id="pp-1", line=1)
    assert "surplus" in deal.asked()
    deal.move("pp-1", line=2, reason="клиент платил за обе")
    assert (str(deal.view().totals.outstanding), "surplus" in deal.asked()) == ("0.00", False)
    deal.robot()
    assert deal.result().paid == Decimal("4000.00")


def test_before_the_contract_free_money_may_still_be_needed(world: World) -> None:
    deal = world.open(an_order())
    deal.pay("3000.00")
    assert "surplus" not in deal.asked()
    deal.agree()
    assert "surplus" in deal.asked()


# --- going back ------------------------------------------------------------------------------------------------------


def large_refund(world: World) -> OpenDeal:
    deal = overpaid(world, "100000.01")
    deal.complete("surplus", outcome="return")
    return deal


def test_a_large_refund_is_put_to_the_director_first(world: World) -> None:
    deal = large_refund(world)
    assert {"refunding"} <= deal.asked()
    assert "refund" not in deal.asked()
    with refused("not_allowed"):
        deal.approve("refunding", "kuznetsova")
    deal.approve("refunding", "petrov")
    deal.complete("refund")
    deal.robot()
    assert deal.result().paid == Decimal("2000.00")


def test_a_refund_that_is_not_agreed_is_asked_about_anew(world: World) -> None:
    deal = large_refund(world)
    deal.reject("refunding", "petrov", "оставьте на счёте")
    assert places(deal) == {"line-1:prepayment": "2000.00", "advance": "100000.01"}
    assert "surplus#2" in deal.asked()
    deal.complete("surplus#2", outcome="keep")
    deal.robot()
    assert places(deal)["account"] == "100000.01"


def test_a_director_who_decides_it_is_not_asked_again(world: World) -> None:
    deal = overpaid(world, "100000.01")
    deal.complete("surplus", "petrov", outcome="return")
    assert "refund" in deal.asked()
    assert "refunding" not in deal.asked()


def test_one_refund_after_the_other_is_put_to_the_director(world: World) -> None:
    deal = large_refund(world)
    deal.pay("200000.00", id="pp-2")
    deal.complete("surplus#2", outcome="return")
    promises = Promises(deal)
    deal.approve("refunding", "petrov")
    assert {"refund", "refunding"} <= deal.asked()
    deal.approve("refunding", "petrov")
    assert {"refund", "refund#2"} <= deal.asked()
    promises.hold()
    deal.robot()
    assert places(deal)["refunded"] == "300000.01"


def test_the_accountant_may_start_a_refund_without_being_asked(world: World) -> None:
    deal = overpaid(world)
    for _ in range(2):
        deal.refund("pp-1", "200.00", id="rf-1", reason="часть сразу")
    assert {"refund", "surplus#2"} <= deal.asked()
    assert title(deal, "surplus#2").endswith("₽300.00")
    with refused("not_in_hand", "₽300.00"):
        deal.refund("pp-1", "300.01")
    deal.refund("pp-1")
    assert {"refund", "refund#2"} <= deal.asked()
    deal.robot()
    assert places(deal) == {"line-1:prepayment": "2000.00", "refunded": "500.00"}


def test_one_outgoing_payment_closes_one_refund(world: World) -> None:
    deal = overpaid(world)
    deal.refund("pp-1", "200.00")
    deal.complete("refund", payment="out-9")
    deal.refund("pp-1", "300.00")
    with refused("already"):
        deal.complete("refund#2", payment="out-9")
    with refused("before_payment"):
        deal.complete("refund#2", payment="out-10", paid_on=day(-1))
    with refused("bad_form"):
        deal.complete("refund#2", payment="out-10", paid_on=day(1))
    deal.complete("refund#2", payment="out-10")
    assert places(deal)["refunded"] == "500.00"


def test_one_refund_gives_back_what_several_payments_left(world: World) -> None:
    deal = overpaid(world)
    deal.pay("70.00", id="pp-2")
    promises = Promises(deal)
    deal.complete("surplus#2", outcome="return")
    deal.complete("refund", payment="out-9")
    assert [(back.payment, str(back.amount)) for back in deal.read(MoneyRefunded)] == [
        ("pp-1", "500.00"),
        ("pp-2", "70.00"),
    ]
    promises.hold()


def test_money_that_the_bank_takes_back_meanwhile_is_not_paid_out(world: World) -> None:
    deal = overpaid(world)
    deal.pay("70.00", id="pp-2")
    deal.complete("surplus#2", outcome="return")
    deal.reverse("pp-2")
    assert "refund" not in deal.asked()
    assert title(deal, "surplus#3").endswith("₽500.00")
    deal.complete("surplus#3", outcome="return")
    deal.robot()
    assert places(deal)["refunded"] == "500.00"


def test_nobody_agrees_to_a_refund_of_money_that_is_gone(world: World) -> None:
    deal = large_refund(world)
    deal.reverse("pp-1")
    assert "refunding" not in deal.asked()
    deal.robot()


def test_what_went_back_can_not_be_reversed(world: World) -> None:
    deal = overpaid(world)
    deal.complete("surplus", outcome="return")
    deal.complete("refund")
    with refused("not_in_hand", "₽500.00"):
        deal.reverse("pp-1")


def test_an_outgoing_payment_that_was_entered_wrong_is_corrected(world: World) -> None:
    deal = overpaid(world)
    promises = Promises(deal)
    deal.complete("surplus", outcome="return")
    deal.complete("refund", payment="out-9")
    deal.correct("refund", "kuznetsova", payment="out-10")
    deal.correct("refund", "petrov", paid_on=day(0), payment="out-9")
    promises.hold()

    assert places(deal) == {"line-1:prepayment": "2000.00", "refunded": "500.00"}
    assert deal.state.assignments["refund"].answers["payment"] == "out-9"
    deal.robot()


def test_which_way_a_surplus_went_is_not_corrected_afterwards(world: World) -> None:
    deal = overpaid(world)
    deal.complete("surplus", outcome="keep")
    with refused("way_chosen"):
        deal.correct("surplus", "kuznetsova", outcome="return")


# --- a deal that ends early ------------------------------------------------------------------------------------------


def test_a_cancelled_deal_closes_once_the_clients_money_is_back(world: World) -> None:
    """Case: prepaid, cancelled with the money in hand."""
    deal = world.open(an_order())
    deal.agree()
    deal.pay("2000.00", id="pp-1")
    promises = Promises(deal)
    deal.cancel("petrov", "клиент закрылся")
    assert deal.asked() == {"surplus"}
    assert (deal.view().stage, str(deal.view().totals.advance)) == ("PREPAYMENT", "2000.00")
    deal.complete("surplus", outcome="return")
    promises.hold()
    assert deal.asked() == {"refund"}
    deal.complete("refund", payment="out-1")
    promises.hold()
    assert deal.result().stage == "CANCELLED"
    assert deal.story()[-1] == "petrov deal.cancelled"


def test_money_that_comes_while_a_deal_ends_is_decided_too(world: World) -> None:
    deal = world.open(an_order())
    deal.agree()
    deal.pay("2000.00", id="pp-1")
    deal.cancel("petrov")
    deal.pay("10.00", id="pp-2")
    assert title(deal, "surplus#2").endswith("₽2,010.00")
    deal.reverse("pp-1")
    deal.complete("surplus#3", outcome="keep")
    assert deal.result().stage == "CANCELLED"


def test_a_lost_deal_gives_its_money_back_as_well(world: World) -> None:
    deal = world.open(an_order())
    deal.pay("2000.00")
    deal.complete("qualification", outcome="disqualified", reason="нет лицензии")
    assert deal.asked() == {"surplus"}
    deal.robot()
    assert deal.result().stage == "LOST"


def test_a_cancelled_deal_without_money_closes_at_once(world: World) -> None:
    deal = world.open(an_order())
    deal.agree()
    deal.cancel("petrov")
    assert deal.result().stage == "CANCELLED"
    assert "desk assignment.opened surplus" not in deal.story(AssignmentOpened)


def test_the_questions_survive_runs(world: World) -> None:
    """A next run comes to the same question, and asks no other."""
    world.longest_run = 4
    deal = world.open(an_order())
    deal.agree()
    deal.pay("2000.00")
    deal.cancel("petrov")
    for note in range(9):
        deal.tell("signal", "cancel", {"actor": "petrov", "reason": f"again {note}"})
    assert deal.asked() == {"surplus"}
    deal.robot()
    assert deal.result().stage == "CANCELLED"
    assert deal.story(AssignmentOpened).count("desk assignment.opened surplus") == 1


def test_money_of_a_line_that_an_operator_cancelled_pays_another_one_or_is_asked_about(world: World) -> None:
    deal = world.open(an_order(a_good(), a_good(sku="MON-2")))
    deal.agree()
    deal.pay("2000.00", id="pp-1", line=1)
    deal.line_process(1).cancel()  # type: ignore[union-attr]
    world.settle()
    assert places(deal) == {"advance": "2000.00"}
    assert "surplus" in deal.asked()
    deal.move("pp-1", line=2)
    deal.robot()
    assert deal.result().paid == Decimal("2000.00")


def test_the_playbook_says_from_which_sum_on_the_director_agrees(world: World) -> None:
    world.book = changed_playbook(money={"refund_above": "499.99"})
    deal = overpaid(world)
    deal.complete("surplus", outcome="return")
    assert "refunding" in deal.asked()
