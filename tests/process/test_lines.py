"""What happens to goods on their way, and what may not happen before money."""

import pytest

from domain.facts import (
    ApprovalApproved,
    AssignmentCompleted,
    CustomsHeld,
    CustomsReleased,
    DocumentSigned,
    EtaMoved,
    GoodsDamaged,
    LineStatusChanged,
    MilestonePaid,
)
from domain.view.sentences import sentence
from domain.words import Trigger
from tests.support.memory import World, changed_playbook, day, refused
from tests.support.orders import a_good, an_order


@pytest.mark.parametrize(
    ("source", "way"),
    [
        ("import", ["PROCESSING", "SENT", "AT_CUSTOMS", "AT_WAREHOUSE", "SHIPPED", "SETTLED"]),
        ("dealer", ["PROCESSING", "SENT", "AT_WAREHOUSE", "SHIPPED", "SETTLED"]),
        ("stock", ["PROCESSING", "AT_WAREHOUSE", "SHIPPED", "SETTLED"]),
    ],
)
def test_a_line_goes_its_whole_route_and_no_other(world: World, source: str, way: list[str]) -> None:
    deal = world.open(an_order(a_good(source=source)))
    deal.robot()
    assert [data.status for data in deal.read(LineStatusChanged)] == way


def test_a_route_is_the_playbooks_to_choose(world: World) -> None:
    world.book = changed_playbook(
        routes={"stock": ["release", "reserve", "travel", "receive", "ship", "settle"]}
    )
    deal = world.open(an_order(a_good()))
    deal.robot()
    assert [data.status for data in deal.read(LineStatusChanged)] == [
        *("PROCESSING", "SENT", "AT_WAREHOUSE", "SHIPPED", "SETTLED")
    ]


def test_lines_do_not_wait_for_each_other_and_the_stage_is_where_the_slowest_stands(world: World) -> None:
    slow, quick = a_good(source="import", payment="prepaid_50"), a_good(source="stock")
    deal = world.open(an_order(slow, quick))
    deal.robot(
        leave=lambda id: id == "line-1:payment-terms",
        until=lambda view: view["lines"][1]["status"] == "SETTLED",
    )
    view = deal.view()
    assert (view.stage, view.lines[0].status) == ("PREPAYMENT", "AWAITING_RELEASE")
    view = deal.to("line-1:customs-release")
    assert (view.stage, view.lines[1].status) == ("CUSTOMS", "SETTLED")
    deal.robot()


def test_customs_may_hold_the_goods_and_release_them_later(world: World) -> None:
    deal = world.open(an_order(a_good(source="import", payment="state_contract")))
    deal.to("line-1:customs-release")
    deal.complete("line-1:customs-release", outcome="hold", reason="код ТН ВЭД")
    assert deal.asked() == {"line-1:customs-release#2"}
    line = deal.view().lines[0]
    assert (line.held, line.status) == (True, "AT_CUSTOMS")
    deal.complete("line-1:customs-release#2")
    assert deal.asked() == {"line-1:acceptance"}
    assert not deal.view().lines[0].held
    held, released = deal.facts(CustomsHeld, CustomsReleased)
    assert (held.actor.person, held.data["reason"]) == ("ivanova", "код ТН ВЭД")
    assert (released.actor.person, released.kind) == ("ivanova", "customs.released")
    assert ("customs_held", "petrov@dealwright.example") in world.mail.sent(deal.number)


def test_damaged_goods_go_through_a_claim_and_are_accepted_again(world: World) -> None:
    deal = world.open(an_order(a_good(source="dealer", payment="state_contract", quantity=1)))
    deal.to("line-1:acceptance")
    for n in ("", "#2"):
        deal.complete(f"line-1:acceptance{n}", "orlov", result="damaged", remarks="разбит экран")
        assert deal.asked() == {f"line-1:claim{n}"}
        deal.complete(f"line-1:claim{n}")
    deal.complete("line-1:acceptance#3", "orlov", result="accepted", serial_numbers="SN-77")
    assert deal.asked() == {"line-1:shipment"}
    assert deal.story(GoodsDamaged, AssignmentCompleted)[-7:] == [
        "orlov assignment.completed line-1:acceptance",
        "orlov goods.damaged line 1",
        "ivanova assignment.completed line-1:claim",
        "orlov assignment.completed line-1:acceptance#2",
        "orlov goods.damaged line 1",
        "ivanova assignment.completed line-1:claim#2",
        "orlov assignment.completed line-1:acceptance#3",
    ]


def test_an_arrival_may_be_late_and_is_asked_about_again_by_its_new_date(world: World) -> None:
    deal = world.open(an_order(a_good(source="dealer", payment="state_contract")))
    deal.to("line-1:arrival")
    deal.complete("line-1:arrival", outcome="delayed", eta=day(30))
    assert deal.asked() == {"line-1:arrival#2"}
    view = deal.view()
    assert view.lines[0].eta is not None
    assert deal.line().book.calendar.today(view.lines[0].eta).isoformat() == day(30)
    assert view.assignments[0].due_at == view.lines[0].eta
    [moved] = deal.read(EtaMoved)
    assert (moved.eta.isoformat(), moved.before.isoformat()) == (day(30), day(14))
    deal.complete("line-1:arrival#2")
    assert deal.asked() == {"line-1:acceptance"}


def test_nothing_is_ordered_before_the_prepayment(world: World) -> None:
    deal = world.open(an_order(a_good(source="import", payment="prepaid_50")))
    deal.agree()
    deal.complete("line-1:payment-terms")
    assert deal.asked() == set()
    assert [(b.kind, b.id, b.who) for b in deal.view().blockers if b.kind == "payment"] == [
        ("payment", "line-1:prepayment", ("client", "ivanova"))
    ]
    deal.pay("999.99", line=1)
    assert deal.asked() == set()
    deal.pay("0.01", line=1)
    assert deal.asked() == {"line-1:supplier-order"}


def test_nothing_ships_unpaid_nobody_is_even_asked_to(world: World) -> None:
    deal = world.open(an_order(a_good(payment="prepaid_50")))
    deal.to("line-1:acceptance")
    deal.complete("line-1:acceptance")
    assert deal.asked() == set()
    assert "line-1:shipment" not in deal.line().assignments
    deal.pay("1000.00", line=1)
    assert deal.asked() == {"line-1:shipment"}
    assert deal.story(MilestonePaid, LineStatusChanged)[-1] == "desk milestone.paid line-1:balance"


def test_goods_leave_before_their_money_only_on_a_credit_that_is_on_record(world: World) -> None:
    deal = world.open(an_order(a_good(payment="deferred_30")))
    deal.to("line-1:shipment")
    facts = deal.facts()
    kinds = [(f.kind, f.data.get("id")) for f in facts]
    approved = kinds.index((ApprovalApproved.kind, "line-1:credit"))
    assert facts[approved].actor.person == "petrov"
    assert approved < kinds.index(("assignment.opened", "line-1:shipment"))
    assert deal.view().totals.paid == 0


def test_documents_are_signed_by_who_must_once_there_is_something_to_sign(world: World) -> None:
    deal = world.open(an_order(a_good(payment="state_contract", delivery="carrier")))
    deal.to("line-1:delivery")
    signers = {d.id: (d.signer, d.can_sign, d.signed) for d in deal.view().documents}
    assert signers["line-1:eis-acceptance"] == ("kuznetsova", True, False)
    assert signers["line-1:waybill"] == ("orlov", True, False)
    assert signers["line-1:warranty"] == ("client", False, False)
    with refused("not_ready", "the client has the goods"):
        deal.sign("line-1:warranty")
    deal.sign("line-1:eis-acceptance", "client")
    deal.sign("line-1:waybill", "orlov")
    signed = [s for s in deal.story(DocumentSigned) if "line-1" in s]
    assert signed == ["client document.signed line-1:eis-acceptance", "orlov document.signed line-1:waybill"]


def test_a_paper_keeps_its_own_date_which_is_none_to_come(world: World) -> None:
    deal = world.open(an_order(a_good(delivery="carrier")))
    deal.to("line-1:shipment")
    deal.complete("line-1:shipment", shipped_on=day(-4))
    with refused("future", "is in the future"):
        deal.say("sign", actor="client", document="line-1:upd", signed_on=day(1))
    assert (
        deal.tell("update", "sign", {"actor": "client", "document": "line-1:upd", "signed_on": 0}, 1)
        == "malformed"
    )
    deal.sign("line-1:upd", signed_on=day(-3))
    deal.sign("line-1:waybill")
    shown = {d.id: d.signed_on and d.signed_on.isoformat() for d in deal.view().documents}
    assert (shown["line-1:upd"], shown["line-1:waybill"]) == (day(-3), day(0))
    on = {fact.id: fact.on.isoformat() for fact in deal.read(DocumentSigned)}
    assert on["line-1:upd"] == day(-3)
    assert "от 20.11.2026" in sentence(deal.facts(DocumentSigned)[-2], "ru")


def test_terms_count_from_the_day_on_the_paper_and_not_from_the_click(world: World) -> None:
    deal = world.open(an_order(a_good(payment="deferred_30", delivery="installation")))
    deal.to("line-1:shipment")
    deal.complete("line-1:shipment", shipped_on="2026-11-06")
    deal.complete("line-1:delivery", delivered_on="2026-11-12")
    line = deal.line()
    calendar = line.book.calendar
    happened = {trigger: calendar.today(moment).isoformat() for trigger, moment in line.moments.items()}
    assert (happened[Trigger.SHIPPED], happened[Trigger.ACCEPTED]) == ("2026-11-06", "2026-11-12")
    due_at = line.milestones["line-1:payment"].due_at
    assert due_at is not None
    assert calendar.today(due_at).isoformat() == "2026-12-07", "thirty days are over on a Sunday"
    assert deal.state.moments[Trigger.ACCEPTED] is not None
