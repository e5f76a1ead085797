"""What was answered wrong is put right: both values stay on the trail, and what follows from it is worked out anew."""

from datetime import date, timedelta

import pytest

from domain.facts import (
    AnswerCorrected,
    AssignmentRescheduled,
    DateCorrected,
    DocumentReady,
    EtaMoved,
    MilestoneDue,
    MilestonePaid,
    QuestionAnswered,
)
from domain.view.sentences import sentence
from domain.words import LineStatus, Trigger
from tests.support.memory import How, OpenDeal, World, day, refused
from tests.support.orders import a_good, an_order

SHIPMENT = "line-1:shipment"


def shipped(world: World, on: str = day(-2), **more: str) -> OpenDeal:
    deal = world.open(an_order(a_good(payment="deferred_30", delivery="carrier", **more)))
    deal.to(SHIPMENT)
    deal.complete(SHIPMENT, shipped_on=on)
    return deal


def mails(deal: OpenDeal, kind: str) -> list[str]:
    return [notice.person for notice in deal.world.mail.of(deal.number) if notice.kind == kind]


def test_both_values_the_reason_and_who_corrected_stay_on_the_trail(world: World) -> None:
    deal = shipped(world)
    deal.correct(SHIPMENT, "orlov", "по накладной", shipped_on=day(-5))
    [fact] = deal.facts(AnswerCorrected)
    told = fact.read()
    assert (told.before, told.after) == ({"shipped_on": day(-2)}, {"shipped_on": day(-5)})
    assert (fact.actor.person, told.reason, fact.subject) == ("orlov", "по накладной", "line 1")
    words = sentence(fact, "en", book=deal.state.book)
    assert (
        "“Ship to the client” is corrected: Shipped on: 18 Nov 2026 instead of: Shipped on: 21 Nov" in words
    )
    assert deal.line().assignments[SHIPMENT].answers["shipped_on"] == day(-5)
    assert deal.state.lines[1].assignments[SHIPMENT].answers["shipped_on"] == day(-5), "the deal knows"
    assert mails(deal, "answer_corrected") == ["ivanova"]


def test_payments_and_documents_are_due_from_the_right_day_and_told_again(world: World) -> None:
    deal = shipped(world)
    told = {kind: mails(deal, kind).count("client") for kind in ("payment_due", "document_ready")}
    deal.correct(SHIPMENT, "orlov", shipped_on=day(-9))
    line, calendar = deal.line(), deal.state.book.calendar
    moment = line.moments[Trigger.SHIPPED]
    assert calendar.today(moment) == date.fromisoformat(day(-9))
    [milestone] = line.milestones.values()
    last = calendar.next_working(date.fromisoformat(day(-9)) + timedelta(days=30))
    assert milestone.due_at == calendar.end_of(last, world.now)
    assert milestone.alarm
    assert milestone.alarm.due_at == milestone.due_at
    assert deal.read(MilestoneDue)[-1].due == milestone.due_at
    upd = line.documents["line-1:upd"]
    assert upd.alarm
    assert upd.alarm.due_at == max(calendar.pay_day(moment, line.book.documents["upd"].due), world.now)
    assert deal.read(DocumentReady)[-1].due == upd.alarm.due_at
    again = {kind: mails(deal, kind).count("client") for kind in told}
    assert again["payment_due"] == told["payment_due"] + 1
    assert again["document_ready"] > told["document_ready"]
    assert deal.state.lines[1].milestones[milestone.id].due_at == milestone.due_at, "the deal knows"


def test_what_does_not_change_a_day_is_not_told_again(world: World) -> None:
    deal = shipped(world)
    before = len(deal.facts(MilestoneDue, DocumentReady))
    deal.correct(SHIPMENT, "orlov", shipping_document="УПД-77")
    assert len(deal.facts(MilestoneDue, DocumentReady)) == before
    deal.robot()


def test_a_day_of_delivery_corrected_moves_the_deals_own_papers(world: World) -> None:
    deal = shipped(world, day(-6))
    deal.complete("line-1:delivery", delivered_on=day(-1))
    deal.correct("line-1:delivery", delivered_on=day(-4))
    calendar = deal.state.book.calendar
    assert calendar.today(deal.state.moments[Trigger.ACCEPTED]) == date.fromisoformat(day(-4))


def test_the_ready_day_moves_the_dispatch_and_the_eta_the_arrival(world: World) -> None:
    deal = world.open(an_order(a_good(source="import", payment="prepaid_100")))
    deal.to("line-1:dispatch")
    before = deal.line().assignments["line-1:dispatch"].alarm.due_at
    deal.correct("line-1:supplier-order", ready_on=day(20))
    moved = deal.line().assignments["line-1:dispatch"].alarm
    assert moved.due_at > before
    assert moved.next_at > world.now
    [told] = deal.read(AssignmentRescheduled)
    assert (told.id, told.before, told.due) == ("line-1:dispatch", before, moved.due_at)
    deal.complete("line-1:dispatch", eta=day(3))
    deal.correct("line-1:dispatch", eta=day(12))
    line = deal.line()
    assert line.eta == line.book.calendar.end_of(date.fromisoformat(day(12)), world.now)
    assert line.assignments["line-1:arrival"].alarm.due_at == line.eta
    assert line.checks["eta"].next_at == line.eta
    [eta] = deal.read(EtaMoved)
    assert (eta.before.isoformat(), eta.eta.isoformat()) == (day(3), day(12))
    tasks = [w for w in world.crm.of(deal.number) if w.op == "open_task" and "arrival" in w.task]
    assert tasks[-1].due_at == line.eta, "the task in the CRM moves too"


def test_a_declaration_typed_wrong_is_put_right_with_both_in_the_trail(world: World) -> None:
    deal = world.open(an_order(a_good(source="import")))
    deal.to("line-1:customs-declaration")
    deal.complete("line-1:customs-declaration", declaration="10702030/161126/0088411")
    right = "10702030/161126/0088410, 10702030/181126/0088999"
    deal.correct("line-1:customs-declaration", declaration=right)
    assert [each.number for each in deal.line().declarations] == right.split(", ")
    [told] = deal.read(AnswerCorrected)
    assert told.before == {"declaration": "10702030/161126/0088411"}
    shown = [w.shown["customs"] for w in world.crm.of(deal.number) if w.op == "line"]
    assert "0088999" in shown[-1]


@pytest.mark.parametrize("how", ["update", "signal"])
def test_who_may_correct(world: World, how: How) -> None:
    deal = shipped(world)
    for actor, code in {
        "kuznetsova": "not_allowed",
        "client": "not_allowed",
        "sidorov": "not_allowed",
    }.items():
        said = {"actor": actor, "entry": SHIPMENT, "fields": {"shipped_on": day(-3)}, "reason": "x"}
        assert deal.tell(how, "correct", said, 1) == code, actor
    for n, actor in enumerate(("orlov", "ivanova", "petrov")):
        said = {"actor": actor, "entry": SHIPMENT, "fields": {"shipped_on": day(-3 - n)}, "reason": "x"}
        assert deal.tell(how, "correct", said, 1) == ""


REFUSED = {
    "a day to come": ({"shipped_on": day(1)}, "bad_form"),
    "before what came first": ({"shipped_on": day(-3)}, "bad_form"),
    "no field of the form": ({"colour": "red"}, "bad_form"),
    "emptied where it is needed": ({"shipped_on": ""}, "bad_form"),
    "the same": ({"shipped_on": day(-1)}, "already"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_can_not_be_is_no_correction_either(world: World, case: str) -> None:
    deal = world.open(an_order(a_good(delivery="carrier")))
    deal.to("line-1:acceptance")
    deal.complete("line-1:acceptance", accepted_on=day(-2))
    deal.to(SHIPMENT)
    deal.complete(SHIPMENT, shipped_on=day(-1))
    fields, code = REFUSED[case]
    with refused(code):
        deal.correct(SHIPMENT, "orlov", **fields)
    with refused("bad_form", "can't be after", "Shipped on"):
        deal.correct("line-1:acceptance", "orlov", accepted_on=day(0))
    assert deal.facts(AnswerCorrected) == []


def test_a_day_that_was_early_enough_then_is_so_now(world: World) -> None:
    deal = world.open(an_order(a_good(source="import")))
    deal.to("line-1:dispatch")
    asked = deal.line().assignments["line-1:supplier-order"]
    deal.skip(timedelta(days=40))
    deal.correct("line-1:supplier-order", supplier_order="PO-9")
    assert deal.line().assignments[asked.id].answers["supplier_order"] == "PO-9"


def test_nothing_open_unknown_or_that_goes_another_way_is_corrected(world: World) -> None:
    deal = world.open(an_order(a_good(source="import", delivery="carrier")))
    deal.to("line-1:arrival")
    with refused("not_answered"):
        deal.correct("line-1:arrival", arrived_on=day(0))
    with refused("not_found"):
        deal.correct("line-1:claim", claim="1")
    with refused("way_chosen", "chose the way"):
        other = {"outcome": "disqualified", "reason": "нет денег"}
        deal.say("correct", actor="ivanova", entry="qualification", fields=other, reason="x")
    deal.complete("line-1:arrival", outcome="delayed", eta=day(4))
    deal.complete("line-1:arrival#2", outcome="delayed", eta=day(6))
    with refused("answered_again", "line-1:arrival#2"):
        deal.correct("line-1:arrival", eta=day(5))
    deal.correct("line-1:arrival#2", eta=day(8))
    assert deal.read(EtaMoved)[-1].eta.isoformat() == day(8)


def test_goods_that_have_not_arrived_after_all_are_waited_for_again(world: World) -> None:
    deal = world.open(an_order(a_good(source="import", delivery="carrier")))
    deal.to("line-1:arrival")
    deal.complete("line-1:arrival")
    assert "line-1:customs-declaration" in deal.asked()
    deal.say(
        "correct",
        actor="ivanova",
        entry="line-1:arrival",
        fields={"outcome": "delayed", "eta": day(5)},
        reason="не тот груз",
    )
    assert (deal.line().status, deal.asked()) == (LineStatus.SENT, {"line-1:arrival#2"})
    assert deal.read(EtaMoved)[-1].eta.isoformat() == day(5)
    deal.complete("line-1:arrival#2")
    assert "line-1:customs-declaration#2" in deal.asked()
    deal.complete("line-1:customs-declaration#2")
    deal.complete("line-1:customs-release")
    held = {"outcome": "hold", "reason": "код ТН ВЭД"}
    deal.say("correct", actor="ivanova", entry="line-1:customs-release", fields=held, reason="поспешили")
    line = deal.line()
    assert (line.status, line.held, deal.asked()) == (
        LineStatus.AT_CUSTOMS,
        True,
        {"line-1:customs-release#2"},
    )
    deal.to("line-1:shipment")
    with refused("answered_again"):
        deal.correct("line-1:arrival", outcome="arrived")
    with refused("way_chosen", "Ship to the client"):
        other = {"result": "damaged", "remarks": "царапина"}
        deal.say("correct", actor="orlov", entry="line-1:acceptance#2", fields=other, reason="x")
    deal.robot()
    assert deal.result().paid == deal.state.amount


def test_the_same_correction_twice_counts_once(world: World) -> None:
    deal = shipped(world)
    said = {"actor": "orlov", "entry": SHIPMENT, "fields": {"shipped_on": day(-4)}, "reason": "x"}
    deal.say("correct", id="co-1", **said)
    assert deal.say("correct", id="co-1", **said).repeated
    assert len(deal.facts(AnswerCorrected)) == 1


def test_the_day_on_a_signed_paper_is_corrected(world: World) -> None:
    deal = shipped(world, day(-3))
    deal.sign("line-1:upd")
    with refused("before_issue"):
        deal.correct("line-1:upd", signed_on=day(-4))
    with refused("bad_form", "signed_on"):
        deal.correct("line-1:upd", signed_by="me")
    deal.correct("line-1:upd", signed_on=day(-1))
    assert deal.line().documents["line-1:upd"].signed_on == date.fromisoformat(day(-1))
    [told] = deal.read(DateCorrected)
    assert (told.before.isoformat(), told.after.isoformat()) == (day(0), day(-1))


def test_an_answer_that_was_told_is_told_again(world: World) -> None:
    deal = world.open(an_order())
    deal.qualify()
    deal.say("ask", actor="petrov", approval="contract", question="Доставка включена?")
    deal.complete("question", answer="Да")
    deal.correct("question", answer="Нет")
    assert [told.answer for told in deal.read(QuestionAnswered)] == ["Да", "Нет"]
    assert mails(deal, "question_answered") == ["petrov", "petrov"]


def test_of_what_has_ended_nothing_is_corrected(world: World) -> None:
    deal = shipped(world)
    world.crm.down = True  # it is still there: the CRM has not heard of its end
    deal.cancel("petrov")
    with refused("closed"):
        deal.correct("qualification", "petrov", need="другое")


def test_a_corrected_deal_goes_on_in_a_next_run_and_is_paid(world: World) -> None:
    deal = shipped(world)
    deal.correct(SHIPMENT, "orlov", shipped_on=day(-8))
    deal.robot()
    assert deal.read(MilestonePaid)
    assert deal.result().paid == deal.state.amount
