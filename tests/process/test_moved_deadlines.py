"""An open deadline moves with a reason: within the playbook's limit at once, beyond it when the director says yes."""

from datetime import date, datetime, timedelta

import pytest

from domain.alarms import put_off, set_alarm
from domain.facts import (
    ApprovalRescheduled,
    ApprovalWithdrawn,
    AssignmentEscalated,
    AssignmentReminded,
    AssignmentRescheduled,
    DocumentRescheduled,
)
from tests.support.memory import How, OpenDeal, World, changed_playbook, day, refused
from tests.support.orders import a_good, an_order

DISPATCH = "line-1:dispatch"


def to_dispatch(world: World) -> OpenDeal:
    deal = world.open(an_order(a_good(source="import", delivery="carrier")))
    deal.to(DISPATCH)
    return deal


def due(deal: OpenDeal, id: str = DISPATCH) -> date:
    return deal.state.book.calendar.today(deal.line().assignments[id].alarm.due_at)


def after(deal: OpenDeal, days: int) -> str:
    """So many working days after its deadline of now."""
    last = due(deal)
    for _ in range(days):
        last = deal.state.book.calendar.next_working(last + timedelta(days=1))
    return last.isoformat()


def test_it_is_reminded_and_escalated_by_the_new_day(world: World) -> None:
    deal = to_dispatch(world)
    before, until = deal.line().assignments[DISPATCH].alarm.due_at, after(deal, 3)
    deal.reschedule(DISPATCH, until, reason="завод ждёт деталь")
    alarm = deal.line().assignments[DISPATCH].alarm
    assert alarm.due_at == deal.state.book.calendar.end_of(date.fromisoformat(until), world.now)
    assert (alarm.first_due_at, alarm.moved) == (before, 1)
    [told] = deal.facts(AssignmentRescheduled)
    assert (told.actor.person, told.read().reason, told.read().before) == (
        "ivanova",
        "завод ждёт деталь",
        before,
    )
    tasks = [w for w in world.crm.of(deal.number) if w.op == "open_task" and "dispatch" in w.task]
    assert tasks[-1].due_at == alarm.due_at
    assert [n.person for n in world.mail.of(deal.number) if n.kind == "deadline_moved"] == ["ivanova"]
    world.skip_to(before + timedelta(minutes=1))
    assert deal.story(AssignmentEscalated) == []
    world.skip_to(alarm.due_at + timedelta(days=1))
    rung = [
        fact for fact in deal.facts(AssignmentReminded, AssignmentEscalated) if fact.data["id"] == DISPATCH
    ]
    assert [fact.at for fact in rung if fact.kind == "assignment.reminded"][-1] == alarm.due_at
    assert rung[-1].kind == "assignment.escalated"


def test_beyond_the_limit_the_director_is_asked(world: World) -> None:
    deal = to_dispatch(world)
    was, until = due(deal), after(deal, 6)
    deal.reschedule(DISPATCH, until)
    assert due(deal) == was
    assert "line-1:rescheduling" in deal.asked()
    with refused("already", "asked about another deadline"):
        deal.reschedule(DISPATCH, after(deal, 7))
    with refused("not_allowed"):
        deal.approve("line-1:rescheduling", "ivanova")
    deal.approve("line-1:rescheduling", "petrov")
    assert due(deal).isoformat() == until
    assert deal.facts(AssignmentRescheduled)[-1].actor.person == "ivanova"


def test_a_no_leaves_it_where_it_is_and_the_next_asks_anew(world: World) -> None:
    deal = to_dispatch(world)
    was = due(deal)
    deal.reschedule(DISPATCH, after(deal, 6))
    deal.reject("line-1:rescheduling", "petrov", "клиент ждёт")
    assert due(deal) == was
    deal.reschedule(DISPATCH, after(deal, 7))
    [asked] = [a for a in deal.view().approvals if a.id == "line-1:rescheduling"]
    assert asked.version == 2


def test_too_often_is_for_the_director_too_who_needs_nobodys_yes(world: World) -> None:
    deal = to_dispatch(world)
    for _ in range(2):
        deal.reschedule(DISPATCH, after(deal, 1))
    deal.reschedule(DISPATCH, after(deal, 1))
    assert "line-1:rescheduling" in deal.asked()
    until = after(deal, 30)
    deal.reschedule(DISPATCH, until, "petrov")
    assert due(deal).isoformat() == until


def test_what_is_done_meanwhile_is_asked_about_no_more(world: World) -> None:
    deal = to_dispatch(world)
    deal.reschedule(DISPATCH, after(deal, 6))
    deal.complete(DISPATCH)
    assert "line-1:rescheduling" not in deal.asked()
    [told] = deal.read(ApprovalWithdrawn)
    assert told.reason.en == "nothing is open whose deadline could move"


def test_the_limit_is_the_playbooks(world: World) -> None:
    world.book = changed_playbook(rescheduling={"within": "1wd", "times": 9})
    deal = to_dispatch(world)
    deal.reschedule(DISPATCH, after(deal, 2))
    assert "line-1:rescheduling" in deal.asked()


def test_a_document_and_an_approval_move_and_who_waits_is_told(world: World) -> None:
    deal = world.open(an_order(a_good(delivery="carrier")))
    deal.qualify()
    deal.reschedule("contract", day(4), reason="юрист клиента болен")
    [told] = deal.read(ApprovalRescheduled)
    assert told.reason == "юрист клиента болен"
    assert deal.state.approvals["contract"].alarm.moved == 1
    deal.to("line-1:delivery")
    deal.reschedule("line-1:upd", day(8))
    [moved] = deal.read(DocumentRescheduled)
    assert "client" in moved.signers
    told_to = {n.person for n in world.mail.of(deal.number) if n.kind == "deadline_moved"}
    assert told_to == {"client", "kuznetsova", "petrov"}


@pytest.mark.parametrize("how", ["update", "signal"])
def test_who_may_move_a_deadline(world: World, how: How) -> None:
    deal = world.open(an_order())
    deal.to("line-1:acceptance")
    said = {"item": "line-1:acceptance", "reason": "x"}
    for actor, code in {
        "kuznetsova": "not_allowed",
        "client": "not_allowed",
        "orlov": "",
        "petrov": "",
    }.items():
        until = (due(deal, "line-1:acceptance") + timedelta(days=1)).isoformat()
        assert deal.tell(how, "reschedule", {"actor": actor, "until": until, **said}, 1) == code, actor


def test_what_can_not_be_is_refused(world: World) -> None:
    deal = to_dispatch(world)
    with refused("bad_until", "today or a later day"):
        deal.reschedule(DISPATCH, day(-1))
    with refused("bad_until"):
        deal.reschedule(DISPATCH, day(400))
    with refused("not_found", "no open item"):
        deal.reschedule("line-1:acceptance", day(3))
    deal.reschedule(DISPATCH, after(deal, 1))
    with refused("already"):
        deal.reschedule(DISPATCH, due(deal).isoformat())


def test_a_day_to_pay_moves_only_with_the_client(world: World) -> None:
    deal = world.open(an_order())
    deal.agree()
    with refused("agreed_term", "agreed with the client"):
        deal.reschedule("line-1:prepayment", day(20))


def test_nothing_rings_for_reminders_that_would_have_passed(world: World) -> None:
    book, now = world.book, world.now
    opened: datetime = now - timedelta(days=10)
    alarm = set_alarm(opened, now - timedelta(days=2), book.reminders, book.calendar)
    moved = put_off(alarm, now + timedelta(hours=1), now, book.reminders, book.calendar)
    assert moved.next_at == now + timedelta(hours=1)


def test_it_survives_next_runs_and_the_deal_is_paid() -> None:
    world = World(longest_run=12)
    deal = to_dispatch(world)
    deal.reschedule(DISPATCH, after(deal, 6))
    deal.approve("line-1:rescheduling", "petrov")
    deal.robot()
    assert deal.result().paid == deal.state.amount
    world.check()
