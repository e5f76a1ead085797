"""A deal played to its end, and the timeline that its trail tells."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache
from itertools import pairwise

import pytest

from activities.files import read_document
from activities.playbook import load_playbook
from domain.calendar import Span
from domain.facts import AssignmentOpened
from domain.order.order import Order
from domain.order.problems import BadOrder
from domain.order.rate_clause import RateClause
from domain.playbook.book import Playbook
from domain.playbook.routes import ROUTES
from domain.view.timeline import Timeline, timeline
from domain.words import MAIN_PROCESS, Stage
from starter.rooms import ROOT
from workflows.cast import Cast
from workflows.forecast import Stuck, rehearse
from workflows.rehearsal import RehearsedDeal

START = datetime(2026, 11, 27, 6, tzinfo=UTC)
PLAYBOOK = load_playbook(ROOT / "playbooks" / "default.yaml", today=START.date())
ORDER = Order.model_validate(read_document(ROOT / "playbooks" / "orders" / "three-goods.yaml"))


@cache
def rehearsed(**late: float) -> tuple[RehearsedDeal, Timeline]:
    deal = rehearse(ORDER, PLAYBOOK, START, Cast(late))
    return deal, timeline(deal.state, deal.facts, "en")


def test_a_deal_goes_all_the_way_through_its_stages_and_its_lines_on_their_routes() -> None:
    _, found = rehearsed()
    assert tuple(span.stage for span in found.stages) == MAIN_PROCESS
    for line, good in zip(found.lines, ORDER.lines or (), strict=True):
        assert tuple(span.status for span in line.statuses) == ROUTES[good.source]


def test_each_stage_ends_where_the_next_begins() -> None:
    _, found = rehearsed()
    for spans in (found.stages, *(line.statuses for line in found.lines)):
        assert all(before.until == after.since for before, after in pairwise(spans))
        assert spans[-1].until is None
    assert found.stages[0].since == found.started_at == START
    assert found.stages[-1].since == found.ended_at
    assert sum(span.working_days for span in found.stages) == pytest.approx(found.working_days, abs=0.5)


def test_all_money_falls_due_and_comes_to_the_kopeck() -> None:
    _, found = rehearsed()
    assert sum((week.due for week in found.weeks), Decimal()) == found.amount == Decimal("2906402.00")
    assert sum((week.received for week in found.weeks), Decimal()) == found.amount
    assert found.weeks[-1].outstanding == 0
    assert all(week.monday.weekday() == 0 for week in found.weeks)


def test_when_everybody_is_in_time_people_are_reminded_and_nobody_is_told_on() -> None:
    _, found = rehearsed()
    assert found.overdue == ()
    assert {call.kind for call in found.calls} == {"reminder", "check"}
    assert not any(call.overdue for call in found.calls)


def test_everything_asked_is_counted_for_the_person_who_was_asked() -> None:
    deal, found = rehearsed()
    opened = [data for fact in deal.facts if isinstance(data := fact.read(), AssignmentOpened)]
    assert {one.person: one.assignments for one in found.workload if one.assignments} == Counter(
        data.assignee for data in opened
    )
    asked = {one.person: (one.approvals, one.signatures, one.payments) for one in found.workload}
    assert asked["petrov"] == (2, 1, 0)  # the contract, on paper too, and the credit of the second line
    assert asked["kuznetsova"] == (0, 4, 0)  # three UPDs and the reconciliation act
    assert asked["client"] == (1, 10, 4)
    called = Counter(person for call in found.calls if call.kind == "reminder" for person in call.who)
    assert {one.person: one.reminders for one in found.workload} == called
    assert sum(week.reminders for week in found.weeks) == sum(c.kind == "reminder" for c in found.calls)


def test_who_is_late_is_told_on_and_makes_the_deal_longer() -> None:
    _, usual = rehearsed()
    _, late = rehearsed(manager=2)
    assert late.ended_at > usual.ended_at
    assert {item.who for item in late.overdue} == {("ivanova",)}
    assert all(item.done_at and item.done_at > item.due_at for item in late.overdue)
    assert all(item.escalations for item in late.overdue)
    told = [call for call in late.calls if call.kind == "escalation"]
    assert {call.to for call in told} == {"petrov"}
    workload = {one.person: one for one in late.workload}
    assert workload["petrov"].escalations == len(told) == sum(item.escalations for item in late.overdue)
    assert workload["ivanova"].overdue == len(late.overdue)


def test_a_paper_is_not_taken_for_the_approval_of_the_same_name() -> None:
    _, found = rehearsed(client=2)
    contract = [item for item in found.overdue if item.id == "contract"]
    assert [item.title for item in contract] == ["Contract approval", "Supply contract"]
    approval, paper = contract
    assert approval.done_at is not None
    assert approval.done_at < paper.due_at


def test_who_is_quicker_makes_the_deal_shorter() -> None:
    _, usual = rehearsed()
    _, quick = rehearsed(manager=0.5, client=0.5)
    assert quick.ended_at < usual.ended_at


def test_another_playbook_another_timeline() -> None:
    slow = PLAYBOOK.assignments["qualification"].model_copy(update={"due": span("5wd")})
    other = PLAYBOOK.model_copy(update={"assignments": {**PLAYBOOK.assignments, "qualification": slow}})
    deal = rehearse(ORDER, other, START, Cast())
    found = timeline(deal.state, deal.facts, "ru")
    assert found.stages[0].label == "Новая"
    assert found.stages[0].working_days == 5


def test_a_deal_that_never_ends_is_told_apart() -> None:
    with pytest.raises(Stuck) as stuck:
        rehearse(ORDER, paid_in("3650cd"), START, Cast({"client": 2}))
    assert "ten years" in stuck.value.why.en


def test_what_the_process_refuses_is_told_in_its_words() -> None:
    kind = PLAYBOOK.assignments["qualification"]
    form = tuple(part.model_copy(update={"pattern": "[0-9]+"}) for part in kind.form[1:])
    unanswered = {
        **PLAYBOOK.assignments,
        "qualification": kind.model_copy(update={"form": (kind.form[0], *form)}),
    }
    with pytest.raises(Stuck) as stuck:
        rehearse(ORDER, PLAYBOOK.model_copy(update={"assignments": unanswered}), START, Cast())
    assert "неверный вид" in stuck.value.why.ru


def test_what_the_process_fails_with_is_raised() -> None:
    elsewhere = PLAYBOOK.model_copy(update={"currencies": ("EUR",)})
    with pytest.raises(BadOrder, match="currency"):
        rehearse(ORDER, elsewhere, START, Cast())


def test_a_rehearsal_repeats_itself() -> None:
    deal, found = rehearsed()
    again = rehearse(ORDER, PLAYBOOK, START, Cast())
    assert again.facts == deal.facts
    assert timeline(again.state, again.facts, "en") == found
    assert found.ended_at - found.started_at < timedelta(days=100)


def test_a_deal_that_is_paid_by_rate_is_rehearsed_at_a_nominal_one() -> None:
    priced = ORDER.model_copy(update={"currency": "EUR", "rate": RateClause(percent=Decimal(2))})
    deal = rehearse(priced, PLAYBOOK, START, Cast())
    assert deal.state.stage is Stage.PAID
    assert (deal.state.received, deal.state.advance) == (Decimal("2906402.00"), 0)


def paid_in(offset: str) -> Playbook:
    """Deferred payments have this much time."""
    term = PLAYBOOK.payments["deferred_30"]
    later = tuple(part.model_copy(update={"offset": span(offset)}) for part in term.milestones)
    payments = {**PLAYBOOK.payments, "deferred_30": term.model_copy(update={"milestones": later})}
    return PLAYBOOK.model_copy(update={"payments": payments})


def span(text: str) -> Span:
    return Span.model_validate(text)
