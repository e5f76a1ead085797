"""Goods that are measured: a line of 2.5 kg goes the whole way, and is split, declared, accepted and amended to the gram."""

from decimal import Decimal
from typing import Any

import pytest

from domain.facts import CustomsReleased, LineSplit
from domain.order.offer import digest_of
from domain.view.sentences import sentence
from tests.support.memory import OpenDeal, World, day, refused
from tests.support.orders import a_good, an_order
from tests.support.promises import Promises

GEL = a_good(
    sku="GEL-5",
    name="Гель",
    source="import",
    payment="prepaid_50",
    unit="кг",
    quantity="2,5",
    unit_price="33.33",
)
DECLARE, RELEASE, ACCEPT = "line-1:customs-declaration", "line-1:customs-release", "line-1:acceptance"
A, B = "10702030/161126/0088410", "10702030/181126/0088999"


def a_gel(world: World, **more: Any) -> OpenDeal:
    return world.open(an_order(GEL | more))


def quantities(deal: OpenDeal) -> list[int | Decimal]:
    return [deal.line(n).good.quantity for n in deal.state.lines]


def test_it_goes_the_whole_way_and_nobody_asks_for_serial_numbers(world: World) -> None:
    deal = a_gel(world)
    deal.to(ACCEPT)
    [asked] = deal.view().assignments
    assert "serial_numbers" not in {field.name for field in asked.form}
    [line] = deal.view().lines
    assert (line.quantity, line.unit, line.unit_label, line.amount) == (
        Decimal("2.5"),
        "166",
        "kg",
        Decimal("83.33"),
    )
    deal.robot()
    assert deal.result().paid == Decimal("83.33")


@pytest.mark.parametrize("asked", ["supplier-order", "arrival", "customs-release", "acceptance", "shipment"])
def test_it_is_split_to_the_gram_and_costs_what_it_did(world: World, asked: str) -> None:
    deal = a_gel(world)
    promises = Promises(deal)
    deal.to(f"line-1:{asked}")
    agreed, digest = deal.state.amount, digest_of(deal.state.offers[-1])
    deal.split(1, "0.333", reason="едет раньше")
    deal.split(1, "1,05")
    promises.hold()
    assert quantities(deal) == [Decimal("1.117"), Decimal("0.333"), Decimal("1.05")]
    offer = deal.state.offers[-1]
    assert (deal.state.amount, offer.total, digest_of(offer)) == (agreed, agreed, digest)
    assert {n: line.good for n, line in deal.state.lines.items()} == offer.lines
    told = [sentence(fact, "ru", deal.state.book) for fact in deal.facts(LineSplit)]
    assert "0,333 кг — позиция 2, осталось 2,167 кг; " not in told[0]
    assert "0,333 кг — позиция 2, осталось 2,167 кг" in told[0]
    deal.robot()
    promises.hold()
    assert deal.result().paid == agreed


def test_what_is_split_twice_before_the_deal_hears_of_it_is_agreed_as_it_was(world: World) -> None:
    deal = world.open(an_order(a_good(source="import", payment="prepaid_50", quantity=6)))
    deal.to("line-1:supplier-order")
    deal.split(1, 1)
    deal.split(1, 2)
    assert {n: good.quantity for n, good in deal.state.offers[-1].lines.items()} == {1: 3, 2: 1, 3: 2}


def test_a_part_that_came_is_accepted_and_the_rest_is_waited_for(world: World) -> None:
    deal = a_gel(world)
    deal.to(ACCEPT)
    with refused("bad_form", "the line has 2.5 kg"):
        deal.complete(ACCEPT, result="partial", came="2,5", eta=day(9))
    with refused("bad_form", "“kilogram” is needed, with at most 3 decimals"):
        deal.complete(ACCEPT, result="partial", came="0.0005", eta=day(9))
    deal.complete(ACCEPT, result="partial", came="1,75", eta=day(9))
    assert quantities(deal) == [Decimal("1.75"), Decimal("0.75")]
    assert sum(deal.line(n).amount for n in (1, 2)) == Decimal("83.33")
    deal.robot()


def test_declarations_are_for_their_part_of_it_and_are_divided_with_it(world: World) -> None:
    deal = a_gel(world)
    deal.to(DECLARE)
    with refused("bad_form", "2.6 kg in all, and 2.5 kg are to be declared"):
        deal.complete(DECLARE, declaration=f"{A}, {B}", quantities="1,6; 1")
    with refused("bad_form", "with “;” between them"):
        deal.complete(DECLARE, declaration=f"{A}, {B}", quantities="1,6, 1")
    deal.complete(DECLARE, declaration=A, quantities="1.2")
    assert "1.3 kg" in deal.line().assignments["line-1:customs-declaration#2"].title.en
    deal.complete(f"{DECLARE}#2", declaration=B)
    deal.complete(RELEASE, declarations=A)
    assert [(told.left, told.unit) for told in deal.read(CustomsReleased)] == [(Decimal("1.3"), "166")]
    deal.split(1, "1.4")
    stands = [[(each.number, each.quantity) for each in deal.line(n).declarations] for n in (1, 2)]
    assert stands == [[(A, Decimal("1.1"))], [(A, Decimal("0.1")), (B, Decimal("1.3"))]]
    deal.robot()


def test_lots_make_up_what_came_and_are_divided_with_it(world: World) -> None:
    deal = a_gel(world, source="stock", tracking="lot")
    deal.to(ACCEPT)
    days = f"{day(30)}, {day(400)}"
    with refused("bad_form", "2.4 kg in all lots, and 2.5 kg came"):
        deal.complete(ACCEPT, lots="П-1, П-2", lot_quantities="0.4, 2", lot_expires_on=days)
    deal.complete(ACCEPT, lots="П-1, П-2", lot_quantities="0,4; 2,1", lot_expires_on=days)
    deal.split(1, "2.2")
    lots = [deal.line(n).assignments[f"line-{n}:acceptance"].answers["lot_quantities"] for n in (1, 2)]
    assert lots == ["0.3", "0.1, 2.1"]
    deal.robot()


def test_an_amendment_moves_it_by_grams_and_never_to_another_unit_once_it_is_ordered(world: World) -> None:
    deal = a_gel(world)
    deal.to("line-1:arrival")
    with refused("not_amendable", "is ordered already"):
        deal.amend(settings={"line-1.unit": "л"})
    deal.amend(settings={"line-1.quantity": "2,25"})
    assert deal.state.amendment
    [change] = deal.state.amendment.changes
    assert ("quantity", "2.5", "2.25") in [(edit.field, edit.before, edit.after) for edit in change.edits]


def test_a_state_contract_changes_its_quantity_by_ten_per_cent_to_the_gram(world: World) -> None:
    deal = a_gel(world, payment="state_contract", quantity="2.5")
    deal.to("line-1:supplier-order")
    with refused("not_amendable", "the quantity changes by 10 % at most"):
        deal.amend(settings={"line-1.quantity": "2.751"})
    with refused("not_amendable", "the unit of measure does not change"):
        deal.amend(settings={"line-1.unit": "упак", "line-1.quantity": "2"})
    deal.amend(settings={"line-1.quantity": "2.75"})
    assert deal.state.amendment


def test_before_the_contract_the_unit_is_changed_as_every_field(world: World) -> None:
    deal = world.open(an_order(a_good(quantity=2)))
    deal.qualify()
    with refused("bad_order", "the unit “pack” has no fractions"):
        deal.say("offer", actor="ivanova", settings={"lines[0].unit": "упаковка", "lines[0].quantity": "2,5"})
    deal.say("offer", actor="ivanova", settings={"lines[0].unit": "кг", "lines[0].quantity": "2,5"})
    assert deal.state.draft.lines[1].measured.to("ru") == "2,5 кг"
    assert deal.state.amount == Decimal("2500.00")
