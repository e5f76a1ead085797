"""Money that goes again: what was paid is to be paid again, gates that were not passed close, and no kopeck is lost."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from domain.deal.ledger import EntryKind
from domain.facts import (
    AssignmentWithdrawn,
    LineReopened,
    MilestoneEscalated,
    MilestonePaid,
    MilestoneReminded,
    MilestoneUnpaid,
    MoneyMoved,
    PaymentReversed,
)
from domain.wording import day as words_of
from tests.support.memory import How, OpenDeal, World, day, refused
from tests.support.orders import a_good, a_lead, an_order

BOTH = pytest.mark.parametrize("how", ["update", "signal"])
PREPAYMENT, BALANCE = "line-1:prepayment", "line-1:balance"


def half_ahead(world: World, **more: object) -> OpenDeal:
    """2,000.00 of which one half is paid before ordering, the other before shipping."""
    deal = world.open(an_order(a_good(payment="prepaid_50", **more)))
    deal.agree()
    return deal


def blocker(deal: OpenDeal) -> str:
    [found] = [b for b in deal.view().blockers if b.kind == "payment"]
    return f"{found.what}; {found.otherwise}"


def test_a_reversed_prepayment_closes_the_gate_and_is_asked_for_again(world: World) -> None:
    deal = half_ahead(world)
    deal.pay("1000.00", id="pp-1")
    deal.reverse("pp-1")
    milestone = deal.line().milestones[PREPAYMENT]
    assert (milestone.paid_at, milestone.paid_on, milestone.allocated) == (None, None, Decimal(0))
    deal.complete("line-1:payment-terms")
    assert (deal.line().status, deal.asked()) == ("AWAITING_RELEASE", set())
    assert "may not be ordered" in blocker(deal)
    assert deal.story(MilestonePaid, PaymentReversed, MilestoneUnpaid) == [
        f"desk milestone.paid {PREPAYMENT}",
        "kuznetsova payment.reversed",
        f"desk milestone.unpaid {PREPAYMENT}",
    ]
    assert milestone.alarm
    deal.skip(milestone.alarm.due_at - world.now + timedelta(days=3))
    assert deal.story(MilestoneReminded, MilestoneEscalated)[0] == f"desk milestone.reminded {PREPAYMENT}"
    assert f"desk milestone.escalated {PREPAYMENT}" in deal.story()
    deal.robot()
    assert deal.result().paid == Decimal("2000.00")


def test_the_order_is_not_placed_when_its_prepayment_has_gone(world: World) -> None:
    deal = half_ahead(world, source="import")
    deal.pay("1000.00", id="pp-1")
    deal.complete("line-1:payment-terms")
    assert deal.asked() == {"line-1:supplier-order"}
    deal.reverse("pp-1")
    assert deal.asked() == set()
    with refused("closed"):
        deal.say("complete", actor="ivanova", assignment="line-1:supplier-order", fields={})
    [withdrawn] = deal.read(AssignmentWithdrawn)
    assert (withdrawn.id, withdrawn.reason.ru) == ("line-1:supplier-order", "оплаты больше нет")
    assert "may not be ordered" in blocker(deal)
    deal.pay("1000.00", id="pp-2")
    assert deal.asked() == {"line-1:supplier-order#2"}
    deal.robot()


def test_what_was_ordered_may_not_ship_until_its_prepayment_is_back(world: World) -> None:
    deal = world.open(an_order())
    deal.agree()
    deal.pay("2000.00", id="pp-1")
    deal.to("line-1:acceptance")
    deal.reverse("pp-1", date=day(0))
    assert "may not ship" in blocker(deal)
    deal.complete("line-1:acceptance")
    assert deal.asked() == set()
    deal.pay("2000.00")
    assert deal.asked() == {"line-1:shipment"}
    deal.robot()


def test_a_shipment_that_is_asked_for_is_asked_for_no_more(world: World) -> None:
    deal = half_ahead(world)
    deal.pay("1000.00", id="pp-1")
    deal.pay("1000.00", id="pp-2")
    deal.to("line-1:shipment")
    deal.reverse("pp-2")
    assert (deal.asked(), deal.line().status) == (set(), "AT_WAREHOUSE")
    assert "may not ship" in blocker(deal)
    deal.pay("1000.00", id="pp-3")
    assert deal.asked() == {"line-1:shipment#2"}
    deal.robot()
    assert deal.line().status == "SETTLED"


@pytest.mark.parametrize("how_far", ["line-1:delivery", "all signed"])
def test_after_shipping_the_line_is_not_settled_until_it_is_paid_again(world: World, how_far: str) -> None:
    deal = half_ahead(world)
    deal.pay("2000.00", id="pp-1")
    deal.to("line-1:delivery")
    if how_far == "all signed":
        deal.complete("line-1:delivery")
    deal.reverse("pp-1")
    items = {b.id: b.otherwise for b in deal.view().blockers if b.kind == "payment"}
    assert items.keys() == {PREPAYMENT, BALANCE}
    assert all("the line can't be settled" in otherwise for otherwise in items.values())
    if how_far != "all signed":
        deal.complete("line-1:delivery")
    deal.sign_all()
    assert (deal.line().status, deal.view().stage) == ("SHIPPED", "SHIPPED")
    deal.pay("2000.00")
    assert deal.line().status == "SETTLED"
    deal.robot()


def test_money_that_goes_long_after_its_deadline_is_due_from_then_on(world: World) -> None:
    deal = half_ahead(world)
    deal.pay("1000.00", id="pp-1")
    deal.skip(timedelta(days=30))
    deal.reverse("pp-1")
    [milestone] = [m for m in deal.view().milestones if m.id == PREPAYMENT]
    [due_at] = [b.due_at for b in deal.view().blockers if b.kind == "payment"]
    assert milestone.due_at == due_at == world.now
    deal.skip(timedelta(days=3))
    assert deal.story(MilestoneReminded, MilestoneEscalated)[:2] == [
        f"desk milestone.reminded {PREPAYMENT}",
        f"desk milestone.escalated {PREPAYMENT}",
    ]


def test_a_settled_line_is_opened_again_and_its_deal_does_not_close(world: World) -> None:
    deal = world.open(an_order(a_good(), a_good(sku="MON-2", source="import")))
    deal.agree()
    deal.pay("2000.00", id="pp-1", line=1)
    deal.robot(leave=lambda id: id.startswith("line-2"), until=lambda v: v["lines"][0]["status"] == "SETTLED")
    assert deal.line(1).status == "SETTLED"
    deal.reverse("pp-1")
    assert (deal.line(1).status, deal.state.lines[1].status) == ("SHIPPED", "SHIPPED")
    [reopened] = deal.read(LineReopened)
    assert (reopened.line, reopened.outstanding) == (1, Decimal("2000.00"))
    assert f"desk milestone.unpaid {PREPAYMENT}" in deal.story()
    deal.skip(timedelta(days=10))
    assert f"desk milestone.escalated {PREPAYMENT}" in deal.story()
    deal.robot()
    assert deal.result().paid == Decimal("4000.00")


def test_a_deal_that_waits_for_its_last_signature_waits_for_the_money_too(world: World) -> None:
    deal = world.open(an_order())
    deal.agree()
    deal.pay("2000.00", id="pp-1")
    signed = {"contract", "reconciliation-act"}
    deal.robot(leave=lambda id: id in signed, until=lambda v: v["lines"][0]["status"] == "SETTLED")
    deal.reverse("pp-1")
    deal.sign_all()
    assert deal.view().stage == "SHIPPED"
    assert [b.kind for b in deal.view().blockers] == ["payment"]
    deal.skip(timedelta(days=40))
    deal.pay("2000.00", id="pp-2")
    deal.robot()
    assert deal.result().stage == "PAID"


def test_an_advance_takes_the_place_of_money_that_has_gone(world: World) -> None:
    deal = world.open(an_order())
    deal.agree()
    deal.pay("2000.00", id="pp-1")
    deal.pay("1500.00", id="pp-2")
    deal.reverse("pp-1")
    totals = deal.view().totals
    assert [str(sum) for sum in (totals.paid, totals.advance, totals.outstanding)] == [
        "1500.00",
        "0.00",
        "500.00",
    ]
    [moved] = deal.read(MoneyMoved)
    assert (moved.payment, moved.put, moved.source.en, moved.target.ru) == (
        "pp-2",
        {PREPAYMENT: Decimal("1500.00")},
        "the advance",
        "«Предоплата» (позиция 1)",
    )
    shown = {p.id: (p.reversed_on, p.allocations) for p in deal.view().payments}
    assert shown == {"pp-1": (world.now.date(), {}), "pp-2": (None, {PREPAYMENT: Decimal("1500.00")})}
    deal.robot()


def test_an_advance_that_covers_it_all_leaves_the_milestone_paid(world: World) -> None:
    deal = world.open(an_order())
    deal.agree()
    for id in ("pp-1", "pp-2"):
        deal.pay("2000.00", id=id)
    deal.reverse("pp-1")
    assert deal.facts(MilestoneUnpaid) == []
    deal.robot()
    assert (deal.result().paid, deal.result().advance) == (Decimal("2000.00"), Decimal(0))


def test_money_of_a_lead_can_go_before_there_is_anything_to_pay(world: World) -> None:
    deal = world.open(a_lead())
    deal.pay("1500.00", id="pp-1")
    deal.reverse("pp-1")
    assert (deal.state.received, deal.state.advance) == (0, 0)
    deal.qualify()
    deal.say("order", actor="ivanova", order={"lines": [a_good()]})
    assert deal.view().totals.paid == 0
    deal.robot()


@BOTH
def test_a_payment_and_its_reversal_count_once(world: World, how: How) -> None:
    deal = half_ahead(world)
    paid = {"id": "pp-1", "actor": "kuznetsova", "amount": "700.00", "currency": "RUB"}
    gone = {"id": "st-1", "actor": "kuznetsova", "payment": "pp-1", "reason": "ошибка банка"}
    for name, content in (("pay", paid), ("pay", paid), ("reverse", gone), ("reverse", gone), ("pay", paid)):
        assert deal.tell(how, name, content) == ""
    kinds = [entry.kind for entry in deal.state.ledger.entries]
    assert (kinds, deal.state.received) == ([EntryKind.RECEIVED, EntryKind.REVERSED], 0)
    assert deal.tell(how, "reverse", gone | {"reason": "another"}) == "same_id_other_content"
    assert deal.tell(how, "reverse", gone | {"id": "st-2"}) == "already"


def in_words(days: int) -> str:
    return words_of(date.fromisoformat(day(days)), "en")


REFUSED = {
    "a payment that there is not": ({"payment": "pp-9"}, "not_found", "pp-1"),
    "by the manager": ({"actor": "ivanova"}, "not_allowed", "Елена Кузнецова"),
    "without a reason": ({"reason": " "}, "malformed", "reason"),
    "on a day to come": ({"date": day(9)}, "future", in_words(9)),
    "before the money came": ({"date": day(-9)}, "before_payment", in_words(-2)),
}


@BOTH
@pytest.mark.parametrize("what", REFUSED)
def test_what_can_not_be_reversed_is_refused_in_words(world: World, how: How, what: str) -> None:
    changes, code, words = REFUSED[what]
    deal = half_ahead(world)
    deal.pay("700.00", id="pp-1", date=day(-2))
    gone = {"actor": "kuznetsova", "payment": "pp-1", "reason": "ошибка банка"}
    assert deal.tell(how, "reverse", gone | changes) == code
    if how == "signal":
        reason = deal.refused_facts()[-1].data["reason"]
        assert words in reason["en"]
        assert reason["ru"]
    assert deal.state.received == Decimal("700.00")


def test_a_closed_deal_takes_no_reversal(world: World) -> None:
    world.crm.down = True
    deal = world.open(an_order())
    deal.pay("2000.00", id="pp-1")
    deal.robot()
    with refused("closed"):
        deal.reverse("pp-1")
    world.crm.down = False
    world.skip_a_while()


def test_money_counts_from_its_own_day_whenever_it_is_entered(world: World) -> None:
    deal = half_ahead(world)
    due = deal.line().milestones[PREPAYMENT].due_at
    assert due
    deal.skip(due - world.now + timedelta(days=4))
    deal.pay("400.00", date=day(0))
    deal.pay("600.00", date=due.date().isoformat())
    [paid] = deal.read(MilestonePaid)
    assert (paid.on, paid.days_late) == (due.date(), None)
    deal.complete("line-1:payment-terms")
    deal.to("line-1:acceptance")
    deal.complete("line-1:acceptance")
    due = deal.line().milestones[BALANCE].due_at
    assert due
    deal.skip(due - world.now + timedelta(days=4))
    deal.pay("1000.00", date=(due.date() + timedelta(days=3)).isoformat())
    assert deal.read(MilestonePaid)[1].days_late == 3
    deal.robot()
