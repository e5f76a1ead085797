"""A letter of credit that would end before the goods leave is somebody's task while it can be prolonged."""

from datetime import date

import pytest

from domain.deal.open_items import open_items
from domain.facts import AssignmentOpened, AssignmentWithdrawn
from tests.support.memory import OpenDeal, World, day
from tests.support.orders import a_good, an_order

ASKED = "line-1:letter-of-credit"
TERMS = {"bank": "АО «Банк Образец»", "number": "АК-1", "documents": "УПД"}


def paid_by_letter(world: World, until: int, **good: object) -> OpenDeal:
    deal = world.open(an_order(a_good(**{"source": "dealer", "payment": "letter_of_credit"} | good)))
    deal.to("line-1:payment-terms")
    deal.complete("line-1:payment-terms", **TERMS, expires_on=day(until))
    deal.approve("line-1:credit", "petrov")
    return deal


def test_one_that_lasts_asks_nobody(world: World) -> None:
    deal = paid_by_letter(world, 300)
    assert ASKED not in deal.asked()
    deal.robot()
    assert not [fact for fact in deal.read(AssignmentOpened) if fact.assignment == "letter-of-credit"]


def test_one_that_ends_before_the_goods_are_ready_is_the_managers_with_a_deadline(world: World) -> None:
    deal = paid_by_letter(world, 40)
    assert ASKED not in deal.asked()
    deal.complete("line-1:supplier-order", supplier_order="PO-1", ready_on=day(60))
    [item] = [item for item in open_items(deal.state) if item.id == ASKED]
    assert item.persons == ("ivanova",)
    assert item.title.en == "Have the letter of credit prolonged"
    assert item.due_at.date() <= date.fromisoformat(day(40))
    [opened] = [fact for fact in deal.read(AssignmentOpened) if fact.assignment == "letter-of-credit"]
    assert opened.comment.startswith("Действует до ")
    assert "а отгрузка ожидается" in opened.comment
    assert "line-1:dispatch" in deal.asked(), "the goods go on meanwhile"


def test_prolonged_far_enough_it_is_over_and_not_far_enough_it_is_asked_again(world: World) -> None:
    deal = paid_by_letter(world, 40)
    deal.complete("line-1:supplier-order", supplier_order="PO-1", ready_on=day(60))
    deal.complete(ASKED, expires_on=day(45))
    assert f"{ASKED}#2" in deal.asked()
    deal.complete(f"{ASKED}#2", expires_on=day(150))
    assert not [id for id in deal.asked() if id.startswith(ASKED)]
    deal.robot()
    assert deal.view().stage == "PAID"


def test_goods_that_come_earlier_need_no_longer_one(world: World) -> None:
    deal = paid_by_letter(world, 60)
    deal.complete("line-1:supplier-order", supplier_order="PO-1", ready_on=day(70))
    assert ASKED in deal.asked()
    deal.say("delay", actor="ivanova", line=1, ready_on=day(5), reason="готово раньше")
    assert ASKED not in deal.asked()
    assert [fact.assignment for fact in deal.read(AssignmentWithdrawn)] == ["letter-of-credit"]


@pytest.mark.parametrize("payment", ["deferred_30", "prepaid_100"])
def test_other_payment_types_have_none(world: World, payment: str) -> None:
    deal = world.open(an_order(a_good(source="dealer", payment=payment)))
    deal.robot()
    assert not [fact for fact in deal.read(AssignmentOpened) if fact.assignment == "letter-of-credit"]
