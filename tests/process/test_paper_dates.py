"""Terms count from the day on the paper, till the end of the last day; and days that can't be are refused, with words."""

from datetime import date, timedelta

import pytest

from domain.words import LineStatus, Trigger
from tests.support.memory import OpenDeal, World, day, refused
from tests.support.orders import a_good, an_order

MANY = "10702030/161126/0088410, 10702030/181126/0088999"


def test_what_was_shipped_three_weeks_ago_is_due_from_then(world: World) -> None:
    deal = world.open(an_order(a_good(payment="deferred_30", delivery="carrier")))
    deal.to("line-1:shipment")
    deal.complete("line-1:shipment", shipping_document="УПД-7", shipped_on=day(-20))
    calendar, shipped = deal.line().book.calendar, date.fromisoformat(day(-20))
    [milestone] = deal.line().milestones.values()
    last = calendar.next_working(shipped + timedelta(days=30))
    assert milestone.due_at == calendar.end_of(last, world.now)


def test_a_document_is_due_at_the_end_of_the_last_day_counted_from_its_paper(world: World) -> None:
    deal = world.open(an_order(a_good(delivery="carrier")))
    deal.to("line-1:shipment")
    deal.complete("line-1:shipment", shipped_on=day(-1))
    line = deal.line()
    upd, due = line.documents["line-1:upd"], line.book.documents["upd"].due
    assert upd.alarm
    assert upd.alarm.due_at == line.book.calendar.pay_day(line.moments[Trigger.SHIPPED], due)


def test_what_was_known_late_is_not_overdue_at_once(world: World) -> None:
    deal = world.open(an_order(a_good(delivery="carrier")))
    deal.to("line-1:shipment")
    deal.complete("line-1:shipment", shipped_on=day(-60))
    alarm = deal.line().documents["line-1:upd"].alarm
    assert alarm
    assert alarm.due_at == world.now


def test_the_day_of_acceptance_is_that_of_goods_ready_to_ship(world: World) -> None:
    deal = world.open(an_order(a_good(payment="prepaid_50")))
    deal.to("line-1:acceptance")
    deal.complete("line-1:acceptance", accepted_on=day(-3))
    line = deal.line()
    assert line.book.calendar.today(line.moments[Trigger.READY_TO_SHIP]) == date.fromisoformat(day(-3))


def imported(world: World, *, until: str) -> OpenDeal:
    deal = world.open(an_order(a_good(source="import", delivery="carrier")))
    deal.to(until)
    return deal


def test_goods_that_came_in_lots_have_several_declarations(world: World) -> None:
    deal = imported(world, until="line-1:customs-declaration")
    deal.complete("line-1:customs-declaration", declaration=MANY)
    assert [each.number for each in deal.line().declarations] == MANY.split(", ")


@pytest.mark.parametrize(
    ("declaration", "words"),
    [
        ("10702030/311299/0088410", "in the future"),
        ("10702030/161126/0088410, 10702030/311299/0088999", "in the future"),
        ("10702030/161126/0088410, 10702030/321126/0088999", "no date"),
    ],
)
def test_a_declaration_has_a_real_day_that_has_come(world: World, declaration: str, words: str) -> None:
    deal = imported(world, until="line-1:customs-declaration")
    with refused("bad_form", "Declaration number", words):
        deal.complete("line-1:customs-declaration", declaration=declaration)
    assert deal.line().status is LineStatus.AT_CUSTOMS


def test_nothing_is_released_before_it_is_declared(world: World) -> None:
    deal = imported(world, until="line-1:customs-declaration")
    deal.complete("line-1:customs-declaration", declaration=MANY)
    with refused("bad_form", "Released on", "can't be before", "declaration 10702030/181126/0088999"):
        deal.complete("line-1:customs-release", released_on="2026-11-17")
    deal.complete("line-1:customs-release", released_on="2026-11-18")


def test_nothing_is_shipped_before_it_came_and_was_accepted(world: World) -> None:
    deal = imported(world, until="line-1:acceptance")
    with refused("bad_form", "Accepted on", "can't be before", "Arrived on"):
        deal.complete("line-1:acceptance", accepted_on=day(-1))
    deal.complete("line-1:acceptance", accepted_on=day(0))
    with refused("bad_form", "Shipped on", "can't be before"):
        deal.complete("line-1:shipment", shipped_on=day(-1))
    deal.complete("line-1:shipment", shipped_on=day(0))
    with refused("bad_form", "Delivered on", "can't be before", "Shipped on"):
        deal.complete("line-1:delivery", delivered_on=day(-1))


def test_no_document_is_signed_before_it_is_issued(world: World) -> None:
    deal = world.open(an_order(a_good(delivery="carrier")))
    deal.to("line-1:shipment")
    deal.complete("line-1:shipment", shipped_on=day(-2))
    with refused("before_issue", "can't have been signed"):
        deal.say("sign", actor="client", document="line-1:upd", signed_on=day(-3))
    deal.say("sign", actor="client", document="line-1:upd", signed_on=day(-2))


def test_no_money_came_tomorrow(world: World) -> None:
    deal = world.open(an_order())
    deal.agree()
    with refused("future", "is in the future"):
        deal.pay("1.00", date=day(1))


def test_the_deals_own_papers_count_from_the_last_delivery(world: World) -> None:
    deal = world.open(an_order(a_good(delivery="carrier"), a_good(delivery="carrier")))
    deal.to("line-1:shipment", "line-2:shipment")
    for line in (1, 2):
        deal.complete(f"line-{line}:shipment", shipped_on=day(-9))
        deal.complete(f"line-{line}:delivery", delivered_on=day(-6 + line))
    calendar = deal.state.book.calendar
    assert calendar.today(deal.state.moments[Trigger.ACCEPTED]) == date.fromisoformat(day(-4))
