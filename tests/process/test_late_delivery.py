"""A delivery that will be later than the contract says: who is asked, what the client is told, and when not again."""

import itertools
from datetime import date, timedelta
from typing import Any

import pytest

from activities.projections.crm_fields import line_fields
from domain.deal.open_items import open_items
from domain.effects import OpenTask
from domain.facts import (
    AssignmentEscalated,
    AssignmentOpened,
    AssignmentReminded,
    DeliveryInTime,
    DeliveryLate,
    DeliveryMoved,
    EtaCheck,
    EtaMoved,
    MilestoneEscalated,
    ReadyDateMoved,
)
from domain.markdown import plain
from tests.support.memory import OpenDeal, World, changed_playbook, day, refused
from tests.support.orders import a_good, an_order
from workflows.temporal import display

LATE = "line-1:delivery-late"
AMENDMENT = "line-1:delivery-amendment"
PENALTIES = {"penalty": {"rate": "0.1", "cap": "1"}, "late_payment": {"rate": "0.2"}}


def ordered(world: World, **good: Any) -> OpenDeal:
    """Goods of a dealer, that the client has agreed to, and that are to be ordered."""
    terms = {"source": "dealer", "payment": "state_contract"} | good
    deal = world.open(an_order(a_good(**terms)))
    deal.to("line-1:supplier-order")
    return deal


def ready(deal: OpenDeal, in_days: int) -> None:
    deal.complete("line-1:supplier-order", supplier_order="PO-1", ready_on=day(in_days))


def tasks(deal: OpenDeal, kind: str) -> list[OpenTask]:
    """What the CRM was told to ask of this kind, in its order: the last one is what it shows."""
    written = deal.world.crm.of(deal.number)
    return [w for w in written if isinstance(w, OpenTask) and w.task.startswith(f"line-1:{kind}@")]


def test_what_comes_in_time_asks_nobody(world: World) -> None:
    deal = ordered(world, deliver_by=day(60))
    ready(deal, 4)
    assert deal.asked() == {"line-1:dispatch"}
    [line] = deal.view().lines
    assert line.expected is not None
    assert (line.expected.late_days, line.expected.because) == (0, None)
    assert line.expected.words.startswith("in time: forecast for ")
    deal.robot()
    assert deal.facts(DeliveryLate) == []


def test_a_late_ready_date_asks_the_manager_who_tells_the_client(world: World) -> None:
    deal = ordered(world, deliver_by=day(55))
    ready(deal, 60)
    assert deal.asked() == {"line-1:dispatch", LATE}
    [told] = deal.read(DeliveryLate)
    [line] = deal.view().lines
    assert line.expected is not None
    assert (told.expected, told.promised.isoformat()) == (line.expected.delivered_on, day(55))
    assert told.expected > date.fromisoformat(day(60))
    assert line.expected.because == told.reason.en
    assert told.reason.en.startswith("the supplier has the goods ready only on ")
    assert ("assignment_opened", "ivanova@dealwright.example") in world.mail.sent(deal.number)
    deal.complete(LATE, outcome="inform", new_date=day(95), explanation="завод перенёс готовность")
    [moved] = deal.read(DeliveryMoved)
    assert (moved.expected.isoformat(), moved.explanation) == (day(95), "завод перенёс готовность")
    assert ("delivery_moved", "anna@clinic.example") in world.mail.sent(deal.number)
    deal.robot()
    assert len(deal.facts(DeliveryLate)) == 1, "the client knows of a later day than that"


def test_each_days_slip_is_not_told_but_two_working_days_are(world: World) -> None:
    deal = ordered(world, deliver_by=day(60))
    ready(deal, 36)
    deal.complete("line-1:dispatch", carrier="А", waybill="1", eta=day(50))
    assert deal.asked() == {"line-1:arrival"}
    while not deal.facts(DeliveryLate):
        world.skip(timedelta(hours=6))
        assert world.now.date() < date.fromisoformat(day(90))
    world.skip(timedelta(days=20))
    assert deal.read(DeliveryLate)[-1].reason.en == "the expected arrival has passed"
    expected = [told.expected for told in deal.read(DeliveryLate)]
    assert 3 < len(expected) <= 10, "once for two working days"
    assert all((later - earlier).days >= 2 for earlier, later in itertools.pairwise(expected))
    asked = {id for id in deal.asked() if "delivery-late" in id}
    assert asked == {f"{LATE}#{len(expected)}"}, "only about the latest"


def test_the_director_agrees_where_the_playbook_wants_it(world: World) -> None:
    world.book = changed_playbook(promise={"with_director": True})
    deal = ordered(world, deliver_by=day(55))
    ready(deal, 60)
    said = {"outcome": "inform", "new_date": day(95), "explanation": "завод опаздывает"}
    deal.complete(LATE, **said)
    assert deal.facts(DeliveryMoved) == []
    deal.reject("line-1:delivery-date", "petrov", "сначала ускорьте")
    assert f"{LATE}#2" in deal.asked()
    deal.complete(f"{LATE}#2", **said)
    deal.approve("line-1:delivery-date", "petrov")
    assert [fact.actor.person for fact in deal.facts(DeliveryMoved)] == ["petrov"]
    deal.robot()


def test_who_amends_the_contract_is_asked_until_the_new_date_is_in_force(world: World) -> None:
    deal = ordered(world, deliver_by=day(55))
    ready(deal, 60)
    deal.complete(LATE, outcome="amend")
    assert AMENDMENT in deal.asked()
    deal.amend(settings={"line-1.deliver_by": day(100)})
    assert AMENDMENT in deal.asked(), "the client has not agreed yet"
    deal.approve("amendment", "client")
    assert AMENDMENT not in deal.asked()
    assert len(deal.facts(DeliveryInTime)) == 1
    deal.robot()


def test_where_the_contract_stays_what_to_do_is_decided_anew(world: World) -> None:
    deal = ordered(world, deliver_by=day(55))
    ready(deal, 60)
    deal.complete(LATE, outcome="amend")
    deal.complete(AMENDMENT, reason="клиент не согласен")
    assert f"{LATE}#2" in deal.asked()
    [*_, asked] = deal.read(AssignmentOpened)
    assert (asked.assignment, asked.comment) == ("delivery-late", "клиент не согласен")


def test_what_is_in_time_again_is_no_question_any_more(world: World) -> None:
    deal = ordered(world, deliver_by=day(55))
    ready(deal, 36)
    assert LATE in deal.asked()
    deal.complete("line-1:dispatch", carrier="А", waybill="1", eta=day(22))
    assert deal.asked() == {"line-1:arrival"}
    assert len(deal.facts(DeliveryInTime)) == 1


def test_penalties_are_told_both_ways(world: World) -> None:
    world.book = changed_playbook(promise=PENALTIES)
    deal = ordered(world, payment="deferred_30", deliver_by=day(31), quantity=1, unit_price="1000.00")
    ready(deal, 36)
    [line] = deal.view().lines
    assert line.expected is not None
    assert line.expected.late_days > 0
    assert f"{line.expected.penalty}" == f"{min(line.expected.late_days, 10)}.00", "0.1 % a day, at most 1 %"
    deal.robot(until=lambda view: view["lines"][0]["status"] == "SHIPPED")
    while not deal.facts(MilestoneEscalated):
        world.skip(timedelta(days=1))
    [late] = deal.view().lines
    due = deal.line().milestones["line-1:payment"].due_at
    assert due is not None
    days = (deal.line().book.calendar.today(world.now) - deal.line().book.calendar.today(due)).days
    assert f"{late.late_payment}" == f"{2 * days}.00", "0.2 % a day"


@pytest.mark.parametrize(("since", "days"), [("contract", 30), ("prepayment", 60)])
def test_a_term_counts_from_the_contract_or_from_the_prepayment(world: World, since: str, days: int) -> None:
    terms = {"deliver_within": "30cd", "deliver_from": since, "payment": "prepaid_100"}
    deal = world.open(an_order(a_good(source="import", **terms)))
    deal.agree()
    deal.complete("line-1:payment-terms")
    world.skip(timedelta(days=30))
    deal.pay("2000.00", line=1)
    [line] = deal.view().lines
    assert line.expected is not None
    promised = date.fromisoformat(day(days))
    assert line.expected.promised_on == deal.line().book.calendar.next_working(promised)


def test_a_supplier_who_is_late_moves_what_depends_on_it_and_nobody_is_told_on(world: World) -> None:
    """The factory writes that it takes eight weeks: the dispatch is due after them, and until then nobody hears of it."""
    deal = ordered(world, payment="deferred_30", deliver_by=day(55))
    ready(deal, 4)
    before = deal.line().assignments["line-1:dispatch"].alarm.due_at
    world.skip(timedelta(days=2))
    deal.say("delay", actor="ivanova", line=1, ready_on=day(60), reason="завод перенёс готовность")
    asked = deal.line().assignments["line-1:dispatch"]
    calendar = deal.line().book.calendar
    assert calendar.today(before) < date.fromisoformat(day(10))
    assert calendar.today(asked.alarm.due_at) > date.fromisoformat(day(60))
    [moved] = deal.read(ReadyDateMoved)
    assert (moved.ready.isoformat(), moved.before.isoformat(), moved.due) == (
        *(day(60), day(4)),
        asked.alarm.due_at,
    )
    assert tasks(deal, "dispatch")[-1].due_at == asked.alarm.due_at
    assert len(deal.facts(DeliveryLate)) == 1
    deal.complete(LATE, outcome="inform", new_date=day(90), explanation="завод перенёс готовность")
    world.skip_to(asked.alarm.due_at - timedelta(days=3))
    about = {fact.data["id"] for fact in deal.facts(AssignmentEscalated, AssignmentReminded)}
    assert "line-1:dispatch" not in about
    assert len(deal.facts(DeliveryMoved)) == 1, "the client is told once"
    assert len(deal.facts(DeliveryLate)) == 1


def test_a_carrier_who_is_late_is_asked_by_the_new_day(world: World) -> None:
    deal = ordered(world)
    ready(deal, 4)
    deal.complete("line-1:dispatch", carrier="А", waybill="1", eta=day(8))
    deal.say("delay", actor="petrov", line=1, eta=day(20), reason="дорога закрыта")
    [moved] = deal.read(EtaMoved)
    assert (moved.eta.isoformat(), moved.reason) == (day(20), "дорога закрыта")
    line = deal.line()
    assert line.assignments["line-1:arrival"].alarm.due_at == line.eta
    assert [task.due_at for task in tasks(deal, "arrival")][1:] == [line.eta]
    assert line.eta is not None
    world.skip_to(line.eta - timedelta(hours=1))
    assert deal.facts(EtaCheck) == []
    deal.robot()


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({}, "bad_delay"),
        ({"ready_on": day(9), "eta": day(9)}, "bad_delay"),
        ({"ready_on": day(-1)}, "past"),
        ({"ready_on": day(4)}, "already"),
        ({"eta": day(9)}, "not_waited_for"),
        ({"actor": "orlov", "ready_on": day(9)}, "not_allowed"),
    ],
)
def test_a_day_that_cannot_be_taken_is_refused(world: World, said: dict[str, str], code: str) -> None:
    deal = ordered(world)
    with refused("not_waited_for"):
        deal.say("delay", actor="ivanova", line=1, ready_on=day(9), reason="завод")
    ready(deal, 4)
    with refused(code):
        deal.say("delay", **{"actor": "ivanova", "line": 1, "reason": "завод", **said})


def test_it_stands_in_the_card_and_in_the_operators_view(world: World) -> None:
    deal = ordered(world, deliver_by=day(55))
    ready(deal, 60)
    [line] = deal.view().lines
    assert line.expected is not None
    said = line_fields(deal.state, deal.line())["delivery_forecast"]
    assert said.startswith("опоздание ")
    assert "причина: поставщик готовит товар к " in said
    assert plain(said) in display.details(deal.state, open_items(deal.state))
