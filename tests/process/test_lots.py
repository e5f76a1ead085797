"""Goods that are tracked by lots: what came, until when it is good, and what of it may leave."""

from datetime import date, timedelta

import pytest

from domain.deal.lots import Lot, lots_of
from domain.facts import LotShortLived
from domain.view.sentences import sentence
from domain.wording import day as words_of
from domain.words import LineStatus
from tests.support.memory import OpenDeal, World, day, refused
from tests.support.orders import a_good, an_order

ACCEPT, SHIP = "line-1:acceptance", "line-1:shipment"


def at_acceptance(world: World, tracking: str = "lot") -> OpenDeal:
    good = a_good(sku="GEL-5", quantity=40, payment="state_contract", tracking=tracking)
    deal = world.open(an_order(good))
    deal.to(ACCEPT)
    return deal


def lots(deal: OpenDeal, line: int = 1) -> list[tuple[str, int, str]]:
    return [(lot.number, lot.quantity, str(lot.expires_on)) for lot in lots_of(deal.line(line))]


def in_two_lots(world: World, first: str = day(30), second: str = day(400)) -> OpenDeal:
    deal = at_acceptance(world)
    deal.complete(ACCEPT, lots="П-1, П-2", lot_quantities="10, 30", lot_expires_on=f"{first}, {second}")
    return deal


def test_the_acceptance_asks_for_what_pieces_are_known_by(world: World) -> None:
    asked = {
        tracking: {field.name for field in at_acceptance(world, tracking).view().assignments[0].form}
        for tracking in ("serial", "lot", "none")
    }
    by_lot = {"lots", "lot_quantities", "lot_expires_on"}
    assert (asked["serial"] & by_lot, asked["lot"] & by_lot, asked["none"] & by_lot) == (set(), by_lot, set())
    assert [tracking for tracking in asked if "serial_numbers" in asked[tracking]] == ["serial"]


def test_one_lot_is_all_that_came(world: World) -> None:
    deal = at_acceptance(world)
    deal.complete(ACCEPT, lots="П-1", lot_expires_on="31.12.2035")
    assert lots_of(deal.line()) == [Lot("П-1", 40, lots_of(deal.line())[0].expires_on)]
    deal.robot()


def test_several_lots_sum_up_to_what_came(world: World) -> None:
    deal = in_two_lots(world)
    assert lots(deal) == [("П-1", 10, day(30)), ("П-2", 30, day(400))]
    deal.robot()


@pytest.mark.parametrize(
    ("numbers", "quantities", "days", "words"),
    [
        ("П-1, П-2", "10, 20", f"{day(30)}, {day(400)}", "30 pcs. in all lots, and 40 pcs. came"),
        ("П-1, П-2", "", f"{day(30)}, {day(400)}", "0 quantities for 2 lots"),
        ("П-1, П-2", "40, 0", f"{day(30)}, {day(400)}", "a quantity of its own"),
        ("П-1, п1", "10, 30", f"{day(30)}, {day(400)}", "the same lot stands twice"),
        ("П-1, П-2", "10, 30", day(30), "1 days for 2 lots"),
        ("П-1", "", day(0), "lot “П-1” has expired"),
        ("П-1", "", "soon", "“soon” is no date"),
        ("П-1", "", "2099-12-31", "too far ahead"),
    ],
)
def test_what_lots_can_not_be(world: World, numbers: str, quantities: str, days: str, words: str) -> None:
    deal = at_acceptance(world)
    with refused("bad_form", words):
        deal.complete(ACCEPT, lots=numbers, lot_quantities=quantities, lot_expires_on=days)
    assert deal.line().status is LineStatus.AT_WAREHOUSE


def test_a_part_that_came_has_its_lots(world: World) -> None:
    deal = at_acceptance(world)
    said = {"result": "partial", "came": "15", "eta": day(9)}
    with refused("bad_form", "the lots of what came are needed"):
        deal.complete(ACCEPT, **said, lots="", lot_expires_on="")
    with refused("bad_form", "40 pcs. in all lots, and 15 pcs. came"):
        deal.complete(ACCEPT, **said, lots="П-1", lot_quantities="40", lot_expires_on=day(90))
    deal.complete(ACCEPT, **said, lots="П-1", lot_expires_on=day(90))
    assert lots(deal) == [("П-1", 15, day(90))]
    assert lots(deal, 2) == [], "the rest is accepted by itself"
    deal.robot()


def test_what_has_expired_does_not_leave_and_the_rest_does_once_it_is_split_off(world: World) -> None:
    deal = in_two_lots(world, first=day(2), second=day(400))
    deal.to(SHIP)
    deal.skip(timedelta(days=3))
    with refused("bad_form", "lot “П-1” (10 pcs.)", "deal split 1 1 10"):
        deal.complete(SHIP)
    deal.split(1, 10, reason="просрочено")
    assert lots(deal) == [("П-2", 30, day(400))]
    assert lots(deal, 2) == [("П-1", 10, day(2))]
    deal.complete(SHIP)
    assert deal.line().status is LineStatus.SHIPPED


def test_lots_are_divided_with_their_pieces(world: World) -> None:
    deal = in_two_lots(world)
    deal.to(SHIP)
    deal.split(1, 35)
    assert (lots(deal), lots(deal, 2)) == (
        [("П-1", 5, day(30))],
        [("П-1", 5, day(30)), ("П-2", 30, day(400))],
    )
    deal.robot()


def test_one_lot_is_corrected_alone(world: World) -> None:
    deal = in_two_lots(world)
    with refused("bad_form", "there is no lot “П-9”: there is П-1, П-2"):
        deal.correct(ACCEPT, "orlov", **{"lots[П-9].expires_on": day(300)})
    with refused("bad_form", "lot “П-2” has expired"):
        deal.correct(ACCEPT, "orlov", **{"lots[П-2].expires_on": day(0)})
    with refused("bad_form", "45 pcs. in all lots, and 40 pcs. came"):
        deal.correct(ACCEPT, "orlov", **{"lots[П-1].quantity": "15"})
    deal.correct(ACCEPT, "orlov", **{"lots[п 2].expires_on": day(300)})
    assert lots(deal) == [("П-1", 10, day(30)), ("П-2", 30, day(300))]
    both = {"lots[П-1].quantity": "15", "lots[П-2].quantity": "25", "lots[П-1].number": "П-7"}
    deal.correct(ACCEPT, "orlov", **both)
    assert lots(deal) == [("П-7", 15, day(30)), ("П-2", 25, day(300))]
    deal.robot()


def test_a_lot_that_is_not_good_for_long_is_told_once_and_shown(world: World) -> None:
    deal = in_two_lots(world, first=day(30), second=day(400))
    [told] = deal.facts(LotShortLived)
    assert (
        sentence(told, "ru")
        == f"Позиция 1: партия П-1 (10 шт.) годна только до {words_of(date.fromisoformat(day(30)), 'ru')}"
    )
    [line] = deal.view().lines
    assert [(lot.number, lot.quantity, lot.short) for lot in line.lots] == [
        ("П-1", 10, True),
        ("П-2", 30, False),
    ]
    deal.correct(ACCEPT, "orlov", **{"lots[П-2].expires_on": day(60)})
    assert [told.lot for told in deal.read(LotShortLived)] == ["П-1", "П-2"]
    deal.correct(ACCEPT, "orlov", remarks="коробки целы")
    assert len(deal.facts(LotShortLived)) == 2
