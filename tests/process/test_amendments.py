"""What is agreed changes: who must agree, what each line does about it, where its money goes."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from domain.deal.batches import WatchedLines
from domain.facts import (
    AmendmentDropped,
    AmendmentInForce,
    AmendmentMade,
    ApprovalVoted,
    LineAmended,
    LineKept,
    MoneyMoved,
)
from tests.support.memory import OpenDeal, World, changed_playbook, day, refused
from tests.support.orders import a_good, an_order
from workflows.names import line_id

MONITOR = a_good(quantity=10, unit_price="1000.00")
CHAIRS = a_good(sku="CHAIR", name="Кресло", quantity=4, unit_price="500.00")
BED = a_good(sku="BED-3", name="Кровать", quantity=1, unit_price="300.00")
IMPORTED = a_good(sku="CT", name="Томограф", quantity=2, unit_price="5000.00", source="import")


def agreed(world: World, *goods: dict[str, Any]) -> OpenDeal:
    deal = world.open(an_order(*(goods or (MONITOR,))))
    deal.agree()
    return deal


def asks(deal: OpenDeal) -> set[str]:
    return {ask.role.value for asked in deal.state.open_approvals for ask in asked.awaiting}


def test_a_small_discount_asks_nobody_and_holds_at_once(world: World) -> None:
    deal = agreed(world)
    deal.amend(settings={"line-1.unit_price": "970.00"})
    assert deal.state.open_approvals == []
    assert deal.state.in_force == 2
    assert deal.line().good.unit_price == Decimal("970.00")
    assert deal.state.lines[1] == deal.line().mirror() or deal.state.lines[1].good == deal.line().good
    assert sum(m.amount for m in deal.line().milestones.values()) == Decimal("9700.00")
    assert deal.state.amending == {}
    assert [fact.actor.person for fact in deal.facts(AmendmentMade, AmendmentInForce, LineAmended)] == [
        "ivanova"
    ] * 3
    deal.robot()
    assert deal.result().paid == Decimal("9700.00")


@pytest.mark.parametrize(
    ("settings", "asked"),
    [
        ({"line-1.unit_price": "1010.00"}, {"client"}),
        ({"line-1.quantity": "9"}, {"client", "director"}),
        ({"line-1.unit_price": "900.00"}, {"director"}),
        ({"line-1.delivery": "carrier"}, {"client"}),
        ({"line-1.payment": "deferred_30"}, {"director"}),
        ({"line-1.payment": "prepaid_50"}, {"director"}),
        ({"client.name": "ООО «Другая клиника»"}, {"client"}),
        ({"client.phone": "+74957654321"}, set()),
        ({"line-1.registration_certificate": "РЗН 2023/1"}, set()),
    ],
)
def test_who_loses_or_pays_agrees_and_the_director_beyond_the_threshold(
    world: World, settings: dict[str, str], asked: set[str]
) -> None:
    deal = agreed(world)
    deal.amend(settings=settings)
    assert asks(deal) == asked


PROMISED = MONITOR | {"deliver_by": day(40), "warranty_months": 12}
WITHIN = MONITOR | {"deliver_within": "30wd"}


@pytest.mark.parametrize(
    ("good", "settings", "loses"),
    [
        (PROMISED, {"line-1.deliver_by": day(30)}, False),
        (PROMISED, {"line-1.deliver_by": day(41)}, True),
        (PROMISED, {"line-1.deliver_by": ""}, True),
        (MONITOR, {"line-1.deliver_by": day(40)}, False),
        (PROMISED, {"line-1.deliver_by": "", "line-1.deliver_within": "5wd"}, False),
        (PROMISED, {"line-1.deliver_by": "", "line-1.deliver_within": "90cd"}, True),
        (WITHIN, {"line-1.deliver_within": "20wd"}, False),
        (WITHIN, {"line-1.deliver_within": "31wd"}, True),
        (WITHIN, {"line-1.deliver_from": "contract"}, False),
        (WITHIN, {"line-1.deliver_from": "prepayment"}, True),
        (WITHIN | {"deliver_from": "prepayment"}, {"line-1.deliver_within": "29wd"}, False),
        (WITHIN | {"deliver_from": "prepayment"}, {"line-1.deliver_within": "20cd"}, True),
        (PROMISED, {"line-1.warranty_months": "24"}, False),
        (PROMISED, {"line-1.warranty_months": "6"}, True),
        (MONITOR, {"line-1.okpd2": "26.60.12.132"}, False),
        (MONITOR, {"line-1.tracking": "serial"}, False),
    ],
)
def test_an_earlier_delivery_is_no_loss_of_the_clients_and_a_later_one_is(
    world: World, good: dict[str, Any], settings: dict[str, str], loses: bool
) -> None:
    deal = agreed(world, good)
    deal.amend(settings=settings)
    assert asks(deal) == ({"client"} if loses else set())
    assert deal.state.in_force == (1 if loses else 2)


def test_the_playbook_may_have_the_director_agree_to_an_earlier_date(world: World) -> None:
    world.book = changed_playbook(amendments={"director_above": "5", "director_fields": ["deliver_by"]})
    deal = agreed(world, PROMISED)
    deal.amend(settings={"line-1.deliver_by": day(30)})
    assert asks(deal) == {"director"}


def test_many_small_steps_are_one_large_one(world: World) -> None:
    deal = agreed(world)
    deal.amend(settings={"line-1.unit_price": "960.00"})
    assert asks(deal) == set()
    deal.amend(settings={"line-1.unit_price": "940.00"})
    assert asks(deal) == {"director"}


def test_the_threshold_is_the_playbooks(world: World) -> None:
    world.book = changed_playbook(amendments={"director_above": "50", "director_fields": ["delivery"]})
    deal = agreed(world)
    deal.amend(settings={"line-1.unit_price": "600.00"})
    assert asks(deal) == set()
    deal.amend(settings={"line-1.delivery": "carrier"})
    assert asks(deal) == {"client", "director"}


def test_until_all_agree_what_was_agreed_holds_and_then_the_line_goes_by_the_new_terms(world: World) -> None:
    deal = agreed(world)
    deal.amend(settings={"line-1.quantity": "12", "line-1.unit_price": "1100.00"})
    [asked] = deal.view().approvals
    assert (asked.kind, asked.version) == ("amendment", 2)
    assert any("quantity 12 instead of 10" in change for change in asked.changes)
    deal.approve("amendment", "client")
    assert deal.line().good.quantity == 10
    deal.approve("amendment", "petrov")
    assert (deal.line().good.quantity, deal.state.in_force) == (12, 2)
    world.check()
    deal.robot()
    assert deal.result().paid == Decimal("13200.00")


def test_a_rejected_amendment_leaves_what_was_agreed(world: World) -> None:
    deal = agreed(world)
    deal.amend(settings={"line-1.unit_price": "1100.00"})
    deal.reject("amendment", "client", "дорого")
    assert deal.line().good.unit_price == Decimal("1000.00")
    [dropped] = deal.read(AmendmentDropped)
    assert (dropped.version, dropped.in_force, dropped.reason.ru) == (2, 1, "дорого")
    deal.amend(settings={"line-1.unit_price": "1010.00"})
    [asked] = deal.view().approvals
    assert asked.version == 3
    assert next(c.replace("\xa0", " ") for c in asked.changes) == (
        "line 1, Монитор пациента: price ₽1,010.00 instead of ₽1,000.00, amount ₽10,100.00 instead of ₽10,000.00"
    )


def test_a_new_amendment_takes_the_place_of_the_open_one_and_a_vote_is_on_what_was_shown(
    world: World,
) -> None:
    deal = agreed(world)
    deal.amend(settings={"line-1.unit_price": "1010.00"})
    deal.amend(settings={"line-1.unit_price": "1020.00"})
    assert [dropped.version for dropped in deal.read(AmendmentDropped)] == [2]
    with refused("stale_version"):
        deal.say("decide", actor="client", approval="amendment", approve=True, version=2)
    deal.say("decide", actor="client", approval="amendment", approve=True, version=3)
    assert deal.line().good.unit_price == Decimal("1020.00")


def test_an_amendment_is_taken_back_and_what_was_agreed_stays(world: World) -> None:
    deal = agreed(world)
    with refused("not_found"):
        deal.amend(withdraw=True)
    deal.amend(settings={"line-1.unit_price": "1010.00"})
    with refused("bad_offer"):
        deal.amend(withdraw=True, remove=[1])
    with refused("not_allowed"):
        deal.amend("orlov", withdraw=True)
    deal.amend(withdraw=True, reason="клиент передумал")
    assert deal.state.open_approvals == []
    [dropped] = deal.read(AmendmentDropped)
    assert (dropped.version, dropped.in_force, dropped.reason and dropped.reason.ru) == (
        2,
        1,
        "клиент передумал",
    )
    assert deal.line().good.unit_price == Decimal("1000.00")
    deal.robot()
    assert deal.result().paid == Decimal("10000.00")


def test_nobody_approves_the_amendment_they_made(world: World) -> None:
    deal = agreed(world)
    deal.amend("petrov", settings={"line-1.unit_price": "500.00"})
    with refused("own_request"):
        deal.approve("amendment", "petrov")
    assert deal.facts(ApprovalVoted)[-1].data["version"] == 1


def test_a_line_is_taken_out_and_its_money_waits_for_the_others(world: World) -> None:
    deal = agreed(world, MONITOR, CHAIRS)
    deal.complete("line-2:payment-terms")
    deal.pay("2000.00", line=2, id="pp-2")
    deal.pay("500.00", id="pp-3")
    assert "line-2:reservation" in deal.asked()
    deal.amend(remove=[2], reason="второе кресло не нужно")
    assert asks(deal) == {"client", "director"}
    deal.approve("amendment", "client", "petrov")
    assert [line.status.value for line in deal.state.lines.values()] == ["AWAITING_RELEASE", "CANCELLED"]
    assert not any(id.startswith("line-2") for id in deal.asked())
    assert deal.state.advance == Decimal("2000.00"), (
        "it was paid for line 2: nobody said that it is for another"
    )
    deal.move("pp-2", line=1)
    world.check()
    deal.robot()
    assert deal.result().amount == Decimal("10000.00")


def test_a_line_that_is_added_goes_its_whole_way(world: World) -> None:
    deal = agreed(world)
    deal.pay("1000.00", line=1, id="pp-1")
    deal.amend(order={"lines": [MONITOR, IMPORTED]})
    deal.approve("amendment", "client", "petrov")
    assert "line-2:payment-terms" in deal.asked()
    assert deal.state.lines[2].good.sku == "CT"
    deal.amend(remove=[2])
    deal.approve("amendment", "client", "petrov")
    deal.amend(order={"lines": [MONITOR, BED]})
    deal.approve("amendment", "client")
    assert 3 in deal.state.lines, "no number is given twice"
    deal.robot()
    assert deal.result().paid == Decimal("10300.00")


def test_a_line_that_has_not_been_ordered_may_become_another_good_on_another_way(world: World) -> None:
    deal = agreed(world)
    deal.to("line-1:reservation")
    deal.amend(settings={"line-1.sku": "MON-2", "line-1.source": "import", "line-1.name": "Другой монитор"})
    deal.approve("amendment", "client")
    assert "line-1:supplier-order" in deal.asked()
    assert "line-1:warranty" in deal.state.lines[1].documents
    deal.robot()
    assert "customs" in deal.line().route
    assert deal.result().stage == "PAID"


def test_another_payment_type_is_asked_of_its_fields_and_credit_of_the_director(world: World) -> None:
    deal = agreed(world)
    deal.complete("line-1:payment-terms")
    deal.pay("10000.00", line=1)
    assert deal.asked() == {"line-1:reservation"}
    deal.amend(settings={"line-1.payment": "deferred_30"})
    deal.approve("amendment", "petrov")
    assert deal.asked() == {"line-1:payment-terms#2"}
    deal.complete("line-1:payment-terms#2")
    assert deal.asked() == {"line-1:credit"}
    deal.approve("line-1:credit", "petrov")
    assert deal.asked() == {"line-1:reservation#2"}
    assert deal.state.lines[1].paid == Decimal("10000.00")
    deal.robot()
    assert deal.result().stage == "PAID"


def test_another_payment_type_of_ordered_goods_holds_before_they_ship(world: World) -> None:
    deal = agreed(world, IMPORTED)
    deal.to("line-1:arrival")
    deal.amend(settings={"line-1.payment": "deferred_30"})
    deal.approve("amendment", "petrov")
    assert deal.asked() == {"line-1:arrival", "line-1:payment-terms#2"}
    deal.to("line-1:acceptance", "line-1:payment-terms#2")
    deal.complete("line-1:acceptance")
    assert deal.asked() == {"line-1:payment-terms#2"}, "nothing ships before the terms are entered"
    deal.robot()
    assert deal.result().stage == "PAID"


def test_whoever_works_on_ordered_goods_is_told(world: World) -> None:
    deal = agreed(world, IMPORTED)
    deal.to("line-1:dispatch")
    deal.amend(settings={"line-1.quantity": "1"})
    deal.approve("amendment", "client", "petrov")
    [told] = [a for a in deal.view().assignments if a.kind == "supplement"]
    assert told.title == "Tell of the changed order: line 1, Томограф, 1 pc. instead of 2; tell the supplier"
    assert deal.state.advance == Decimal("5000.00")
    deal.complete(told.id)
    deal.refund(deal.state.ledger.payments[0].id, "5000.00")
    deal.robot()
    assert deal.result().paid == Decimal("5000.00")


@pytest.mark.parametrize(
    ("at", "settings", "words"),
    [
        ("line-1:dispatch", {"line-1.sku": "MON-2"}, "line 1, Томограф, is ordered already"),
        ("line-1:arrival", {"line-1.quantity": "3"}, "line 1, Томограф, is on its way"),
        ("line-1:delivery", {"line-1.unit_price": "1.00"}, "line 1, Томограф, has been shipped"),
    ],
)
def test_what_can_be_no_more_is_refused_with_the_line(
    world: World, at: str, settings: dict[str, str], words: str
) -> None:
    deal = agreed(world, IMPORTED)
    deal.to(at)
    with refused("not_amendable", words):
        deal.amend(settings=settings)


def test_what_ships_before_all_have_agreed_stays_as_it_was(world: World) -> None:
    deal = agreed(world)
    deal.to("line-1:shipment")
    deal.amend(settings={"line-1.quantity": "5"})
    deal.approve("amendment", "client")
    deal.complete("line-1:shipment")
    deal.approve("amendment", "petrov")
    assert deal.line().good.quantity == deal.state.lines[1].good.quantity == 10
    assert len(deal.facts(LineKept)) == 1
    deal.robot()
    assert deal.result().paid == Decimal("10000.00")


@pytest.mark.parametrize(
    ("content", "article"),
    [
        ({"settings": {"line-1.unit_price": "1001.00"}}, "art. 95 part 1 item 1 a"),
        ({"settings": {"line-1.quantity": "12"}}, "art. 95 part 1 item 1 b"),
        ({"settings": {"line-1.payment": "prepaid_50"}}, "art. 95"),
        ({"remove": [1]}, "art. 95"),
    ],
)
def test_a_state_contract_changes_within_the_law_only(
    world: World, content: dict[str, Any], article: str
) -> None:
    deal = agreed(world, MONITOR | {"payment": "state_contract"}, BED)
    with refused("not_amendable", article):
        deal.amend(**content)
    deal.amend(settings={"line-1.quantity": "11"})
    deal.approve("amendment", "client", "petrov")
    with refused("not_amendable", "10 %"):
        deal.amend(settings={"line-1.quantity": "12"})


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ({}, "bad_offer"),
        ({"order": {"lines": []}, "remove": [1]}, "bad_offer"),
        ({"settings": {"line-1.quantity": "10"}}, "already"),
        ({"settings": {"line-1.quantity": "0"}}, "bad_order"),
        ({"remove": [1]}, "nothing_left"),
        ({"remove": [2]}, "not_found"),
        ({"settings": {"line-1.quantity": "9"}, "version": 7}, "stale_version"),
    ],
)
def test_what_will_not_do_is_refused_and_changes_nothing(
    world: World, content: dict[str, Any], code: str
) -> None:
    deal = agreed(world)
    before = deal.state.model_dump_json()
    with refused(code):
        deal.amend(**content)
    assert deal.state.model_dump_json() == before


def test_before_the_contract_is_agreed_one_offers(world: World) -> None:
    deal = world.open(an_order(MONITOR))
    deal.qualify()
    with refused("not_agreed", "deal offer"):
        deal.amend(settings={"line-1.quantity": "3"})


def test_money_of_a_line_that_costs_less_goes_where_it_is_open(world: World) -> None:
    deal = agreed(world, BED, MONITOR)
    deal.complete("line-1:payment-terms")
    deal.pay("300.00", id="pp-1")
    deal.amend(settings={"line-1.unit_price": "299.99"})
    assert deal.state.lines[1].paid == Decimal("299.99")
    assert deal.state.lines[2].paid == Decimal("0.01")
    assert len(deal.read(MoneyMoved)) == 2
    assert "line-1:reservation" in deal.asked(), "what is paid stays paid"
    world.check()


def test_a_line_that_was_terminated_takes_its_new_terms_when_it_goes_on(world: World) -> None:
    deal = agreed(world)
    deal.complete("line-1:payment-terms")
    process = deal.line_process(1)
    assert process
    process.terminate()
    deal.amend(settings={"line-1.unit_price": "970.00"})
    assert deal.state.draft.lines[1].unit_price == Decimal("970.00"), "it is agreed, whoever has heard of it"
    deal.amend(settings={"line-1.unit_price": "960.00"})
    world.skip(timedelta(days=8))
    assert deal.line().good.unit_price == deal.state.lines[1].good.unit_price == Decimal("960.00")
    assert deal.state.amending == {}
    deal.robot()
    assert deal.result().paid == Decimal("9600.00")


@pytest.mark.parametrize("longest_run", [20, 60])
def test_amended_deals_go_on_in_their_next_runs(longest_run: int) -> None:
    world = World(longest_run)
    deal = agreed(world, MONITOR, BED)
    deal.complete("line-1:payment-terms")
    deal.amend(settings={"line-1.unit_price": "1100.00", "line-2.payment": "deferred_30"})
    deal.approve("amendment", "client", "petrov")
    deal.amend(order={"lines": [MONITOR | {"unit_price": "1100.00"}, IMPORTED]})
    deal.approve("amendment", "client", "petrov")
    world.check()
    deal.robot()
    assert [line.status.value for line in deal.state.lines.values()] == ["SETTLED", "CANCELLED", "SETTLED"]
    assert deal.result().paid == Decimal("21000.00")


def test_what_is_ordered_before_all_have_agreed_stays_the_good_that_it_is(world: World) -> None:
    deal = agreed(world, MONITOR, BED)
    deal.to("line-1:reservation")
    deal.amend(settings={"line-1.sku": "MON-2", "line-2.quantity": "2"})
    deal.complete("line-1:reservation")
    deal.approve("amendment", "client")
    assert (deal.line(1).good.sku, deal.line(2).good.quantity) == ("MON-1", 2)
    [kept] = deal.read(LineKept)
    assert kept.reason.en.startswith("is ordered already")
    assert deal.state.amending == {}
    deal.robot()
    assert deal.result().paid == Decimal("10600.00")


def test_a_line_that_ends_while_an_amendment_is_agreed_is_not_begun_anew(world: World) -> None:
    deal = agreed(world, MONITOR, BED)
    deal.amend(settings={"line-1.unit_price": "1010.00"})
    process = deal.line_process(2)
    assert process
    process.cancel()
    world.settle()
    deal.approve("amendment", "client")
    assert [line.status.value for line in deal.state.lines.values()] == ["AWAITING_RELEASE", "CANCELLED"]
    deal.robot()
    assert deal.result().paid == Decimal("10100.00")


def test_mail_that_was_down_meanwhile_asks_for_no_money_of_terms_that_are_gone(world: World) -> None:
    world.sinks["mail"].down = True
    deal = agreed(world)
    deal.amend(settings={"line-1.payment": "deferred_30"})
    deal.approve("amendment", "petrov")
    assert "line-1:prepayment" not in deal.state.lines[1].milestones
    world.sinks["mail"].down = False
    world.skip_a_while()
    assert deal.state.outbox.empty


def test_a_line_that_never_started_keeps_its_money_and_what_it_has_too_much_goes_to_one_that_runs(
    world: World,
) -> None:
    """A stranger sits under its id."""
    deal = world.open(an_order(MONITOR, CHAIRS))
    stranger = world.process(line_id(deal.number, 2), deal.number, lambda host: None)
    world.activities["lines.watch"] = lambda asked: WatchedLines(deal=asked.deal, lines=(), foreign=(2,))
    deal.agree()
    deal.pay("10000.00", id="pp-1")
    deal.pay("2000.00", id="pp-2")
    deal.reverse("pp-1")
    deal.amend(settings={"line-2.unit_price": "400.00"})
    for role in sorted(asks(deal)):
        deal.approve("amendment", {"director": "petrov"}.get(role, role))
    never, runs = deal.state.lines[2], deal.state.lines[1]
    assert (never.paid, never.outstanding) == (Decimal("1600.00"), Decimal())
    assert deal.state.ledger.in_hand == Decimal("2000.00")
    assert deal.line().paid == runs.paid == Decimal("400.00"), "it has heard of all that stands on it"
    stranger.terminate()
