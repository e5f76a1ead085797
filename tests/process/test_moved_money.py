"""Money that is put elsewhere: each kopeck has one owner."""

from decimal import Decimal
from typing import Any

import pytest

from domain.facts import MilestoneUnpaid, MoneyMoved
from tests.support.memory import How, OpenDeal, World, refused
from tests.support.orders import a_good, an_order

BOTH = pytest.mark.parametrize("how", ["update", "signal"])


def two_lines(world: World) -> OpenDeal:
    """Each of 2,000.00, all of it to be paid before ordering."""
    deal = world.open(an_order(a_good(), a_good(sku="MON-2")))
    deal.agree()
    return deal


def sums(deal: OpenDeal) -> list[str]:
    """Of line 1, of line 2, and the advance."""
    view = deal.view()
    return [str(sum) for sum in (*(line.paid for line in view.lines), view.totals.advance)]


def test_money_for_the_wrong_line_is_moved_to_the_right_one(world: World) -> None:
    deal = two_lines(world)
    deal.pay("2000.00", id="pp-1", line=1)
    receipt = deal.move("pp-1", line=2, reason="ошиблись строкой")
    assert receipt.words_ru == "Переложено 2\xa0000,00\xa0₽: «Предоплата» (позиция 2)"
    assert sums(deal) == ["0.00", "2000.00", "0.00"]
    [moved] = deal.facts(MoneyMoved)
    assert (moved.actor.person, moved.data["reason"]) == ("kuznetsova", "ошиблись строкой")
    assert deal.story(MilestoneUnpaid) == ["desk milestone.unpaid line-1:prepayment"]
    deal.robot()


def test_a_part_is_moved_and_an_advance_goes_first(world: World) -> None:
    deal = two_lines(world)
    deal.pay("2500.00", id="pp-1", line=1)
    assert sums(deal) == ["2000.00", "0.00", "500.00"]
    deal.move("pp-1", line=2, amount="700.00")
    assert sums(deal) == ["1800.00", "700.00", "0.00"]
    deal.move("pp-1")
    assert sums(deal) == ["0.00", "0.00", "2500.00"]
    deal.move("pp-1", line=1)
    assert sums(deal) == ["2000.00", "0.00", "500.00"]
    deal.robot()
    assert deal.result().paid == Decimal("4000.00")


def test_a_move_of_the_desk_and_one_of_that_name_are_two(world: World) -> None:
    deal = two_lines(world)
    deal.pay("2000.00", id="pp-1")
    deal.pay("3000.00", id="pp-2")
    deal.move("pp-2", line=None, amount="1.00", id="desk:5")
    deal.reverse("pp-1")
    assert [moved.put for moved in deal.read(MoneyMoved)] == [
        {"advance": Decimal("1.00")},
        {"line-1:prepayment": Decimal("1001.00")},
    ]
    with refused("same_id_other_content"):
        deal.move("pp-2", line=None, id=deal.state.ledger.entries[-1].id)
    deal.robot()


REFUSED: dict[str, tuple[str, dict[str, Any], str]] = {
    "a payment that there is not": ("move", {"payment": "pp-9"}, "not_found"),
    "by the manager": ("move", {"actor": "ivanova"}, "not_allowed"),
    "to a line that there is not": ("move", {"line": 9}, "no_line"),
    "more than there is": ("move", {"line": 2, "amount": "2000.01"}, "not_in_hand"),
    "more than the line costs": ("move", {"line": 1, "amount": "0.01"}, "not_in_hand"),
    "where it stands already": ("move", {"line": 1}, "not_in_hand"),
    "nothing": ("move", {"amount": "0"}, "not_positive"),
    "parts of a kopeck": ("move", {"amount": "1.005"}, "bad_amount"),
    "what is no advance": ("refund", {"amount": "1.00", "reason": "x"}, "not_in_hand"),
    "without a reason": ("refund", {"amount": "1.00", "reason": ""}, "malformed"),
}


@BOTH
def test_what_can_not_be_moved_or_given_back_is_refused_in_words(world: World, how: How) -> None:
    deal = two_lines(world)
    deal.pay("2000.00", id="pp-1", line=1)
    for what, (name, changes, code) in REFUSED.items():
        content = {"actor": "kuznetsova", "payment": "pp-1"} | changes
        assert deal.tell(how, name, content) == code, what
    assert sums(deal) == ["2000.00", "0.00", "0.00"]
    deal.robot()
