"""VAT is judged by the day of the shipment: told before, and what the УПД says after."""

from datetime import date, timedelta
from typing import Any

import pytest

from domain.facts import VatOfShipment, VatWillChange
from domain.playbook.check import playbook_problems
from tests.support.memory import TODAY, World, changed_playbook, default_playbook
from tests.support.orders import a_good, an_order

LAST = TODAY + timedelta(days=20)


def rates(follower: str = "24") -> dict[str, Any]:
    """From some day on another rate holds instead of the usual one."""
    known = default_playbook().model_dump(mode="json")["vat"]
    next_day = (LAST + timedelta(days=1)).isoformat()
    old = known["22"] | {"valid_until": LAST.isoformat(), "followed_by": follower}
    new = {"title": {"ru": "НДС 24 %", "en": "VAT 24 %"}, "rate": "24", "valid_from": next_day}
    return {**known, "22": old, "24": new}


def test_a_rate_that_changes_before_the_shipment_is_told_while_prices_can_be_agreed(world: World) -> None:
    world.book = changed_playbook(vat=rates())
    abroad = a_good(source="import", unit_price="6100.00", quantity=2)
    deal = world.open(an_order(abroad, a_good()))
    deal.qualify()
    [told] = deal.read(VatWillChange)
    assert deal.view().stage == "CONTRACT_APPROVAL"
    assert (told.line, told.before.en, told.after.en) == (1, "VAT 22 %", "VAT 24 %")
    assert told.shipped > LAST
    assert str(told.extra) == "161.29", "12 200 holds 2 200 at 22 %, and 2 361.29 at 24 %"
    assert ("vat_changes", "ivanova@dealwright.example") in world.mail.sent(deal.number)
    deal.to("line-1:arrival")
    assert len(deal.facts(VatWillChange)) == 1, "once"


def test_what_ships_is_invoiced_at_the_rate_of_that_day(world: World) -> None:
    world.book = changed_playbook(vat=rates())
    deal = world.open(an_order(a_good(unit_price="6100.00", quantity=2)))
    deal.to("line-1:shipment")
    assert (deal.view().lines[0].vat, str(deal.view().totals.vat)) == ("22", "2200.00")
    world.skip(timedelta(days=30))
    deal.complete("line-1:shipment", "orlov")
    [said] = deal.read(VatOfShipment)
    assert (said.after.en, str(said.amount)) == ("VAT 24 %", "2361.29")
    view = deal.view()
    assert (view.lines[0].vat, view.lines[0].vat_amount, view.totals.vat) == ("24", said.amount, said.amount)
    assert view.totals.amount == 12_200
    deal.robot()


def test_who_ships_before_the_change_keeps_the_rate(world: World) -> None:
    world.book = changed_playbook(vat=rates())
    deal = world.open(an_order(a_good()))
    deal.robot()
    assert deal.facts(VatOfShipment, VatWillChange) == []


def test_twenty_per_cent_became_twenty_two() -> None:
    book = default_playbook()
    assert [book.vat_on("20", date(*day)) for day in ((2025, 12, 31), (2026, 1, 1))] == ["20", "22"]
    assert book.vat_on("exempt", date(2030, 1, 1)) == "exempt"


@pytest.mark.parametrize("follower", ["25", "20"])
def test_a_rate_is_followed_by_one_that_holds_on_the_next_day(follower: str) -> None:
    book = changed_playbook(vat=rates(follower))
    assert [problem.place for problem in playbook_problems(book)] == ["vat.22.followed_by"]
