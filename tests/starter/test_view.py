"""What `deal show` says, from states made by hand."""

import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from pydantic import BaseModel

from domain.alarms import set_alarm
from domain.deal.snapshot import Snapshot
from domain.deal.state import DealState, LineState
from domain.playbook.forms import FieldType, FormField
from domain.playbook.routes import DEFAULT_ROUTES, Step
from domain.view.deal_view import deal_view
from domain.view.model import DealView
from domain.words import LineStatus, Role, Side, Source, Stage, Trigger
from tests.factories import (
    NOW,
    PETROV,
    a_deal,
    a_good,
    a_line,
    a_payment,
    a_playbook,
    a_vote,
    an_alarm,
    an_approval,
    an_assignment,
    both,
)

DAY = timedelta(days=1)


def show(deal: DealState, lines: list[LineState] | None = None, now: Any = NOW) -> DealView:
    return deal_view(Snapshot(deal, lines), now, "en")


def running(*lines: LineState, **changes: Any) -> DealState:
    return a_deal(
        lines=lines, started_lines=[line.number for line in lines], stage=Stage.ORDER_SENT, **changes
    )


def due(line: LineState, id: str, at: Any = NOW + DAY) -> None:
    milestone = line.milestones[f"line-{line.number}:{id}"]
    milestone.due_at = at
    milestone.alarm = set_alarm(NOW, at, a_playbook().reminders, a_playbook().calendar)


def with_form(deal: DealState, kind: str, *fields: FormField) -> DealState:
    book = a_playbook()
    kinds = book.assignments | {kind: book.assignments[kind].model_copy(update={"form": fields})}
    deal.playbook = book.model_copy(update={"assignments": kinds})
    return deal


def test_the_json_has_the_names_of_the_contract() -> None:
    line = a_line(status=LineStatus.AT_CUSTOMS, assignments=[an_assignment("customs-release", line=1)])
    due(line, "prepayment")
    deal = running(line, approvals=[an_approval(version=2)], assignments=[an_assignment()])
    shown = show(
        with_form(deal, "customs-release", FormField(name="on", type=FieldType.DATE, title=both("on")))
    ).json_ready()
    assert shown.keys() >= {
        "number",
        "stage",
        "totals",
        "lines",
        "blockers",
        "assignments",
        "approvals",
        "milestones",
        "documents",
    }
    assert shown["totals"].keys() >= {"amount", "paid", "outstanding", "advance", "currency"}
    assert shown["lines"][0].keys() >= {"number", "status", "amount", "paid", "due_at"}
    assert shown["blockers"][0].keys() >= {"subject", "what", "who", "since", "due_at"}
    [asked] = [a for a in shown["assignments"] if a["id"] == "line-1:customs-release"]
    assert asked.keys() >= {"id", "subject", "title", "assignee", "due_at", "overdue", "form"}
    assert asked["subject"] == "line 1"
    assert asked["form"][0].keys() >= {"name", "type", "required", "choices", "pattern", "example", "help"}
    assert asked["form"][0]["choices"] is None
    assert shown["approvals"][0].keys() >= {"id", "subject", "version", "title", "awaiting", "votes"}
    assert shown["approvals"][0]["awaiting"][1] == {
        "role": "director",
        "person": "petrov",
        "how": f"deal decide {deal.deal} contract 'approve|reject' --version {shown['approvals'][0]['version']} --as petrov",
    }
    assert shown["milestones"][0].keys() >= {"id", "line", "amount", "outstanding", "due_at"}
    assert shown["documents"][0].keys() >= {"id", "line", "title", "signer", "signed", "can_sign"}
    assert shown["totals"]["amount"] == "2500000.00"


def test_a_lines_own_state_wins_unless_the_deal_heard_of_a_newer_one() -> None:
    mirror, own = a_line(status=LineStatus.SENT, revision=5), a_line(status=LineStatus.AT_CUSTOMS, revision=6)
    assert show(running(mirror), [own]).lines[0].status is LineStatus.AT_CUSTOMS
    mirror.revision = 7
    assert show(running(mirror), [own]).lines[0].status is LineStatus.SENT


def test_due_dates_are_the_lines_and_money_is_the_deals() -> None:
    mirror, own = a_line(), a_line(revision=2)
    due(own, "prepayment")
    mirror.milestones["line-1:prepayment"].allocated = Decimal("1000.00")
    [first, _] = show(running(mirror), [own]).milestones
    assert first.due_at == NOW + DAY
    assert first.outstanding == first.amount - 1000


def test_totals_count_what_is_active_and_what_came() -> None:
    paid = a_line(1)
    paid.milestones["line-1:prepayment"].allocated = Decimal("1250000.00")
    gone = a_line(2, status=LineStatus.CANCELLED)
    totals = show(running(paid, gone, payments=[a_payment("1300000.00")])).totals
    assert (totals.amount, totals.paid, totals.outstanding) == (2_500_000, 1_250_000, 1_250_000)
    assert totals.advance == 50_000
    assert totals.vat == Decimal("450819.67")


def test_a_route_shows_what_is_passed_and_what_is_to_come() -> None:
    [line] = show(running(a_line(status=LineStatus.SENT))).lines
    assert [(step.status.value, step.progress) for step in line.route][1:4] == [
        ("PROCESSING", "passed"),
        ("SENT", "current"),
        ("AT_CUSTOMS", "to_come"),
    ]
    stages = show(running(a_line())).stages
    assert [step.progress for step in stages[:5]] == ["passed"] * 3 + ["current", "to_come"]


def test_a_route_is_that_of_the_deals_own_playbook() -> None:
    deal = running(a_line(status=LineStatus.SENT))
    direct = tuple(step for step in DEFAULT_ROUTES[Source.IMPORT] if step is not Step.CUSTOMS)
    deal.playbook = a_playbook().model_copy(update={"routes": {Source.IMPORT: direct}})
    [line] = show(deal).lines
    assert [step.status for step in line.route][2:4] == [LineStatus.SENT, LineStatus.AT_WAREHOUSE]


@pytest.mark.parametrize("stage", [Stage.LOST, Stage.CANCELLED])
def test_a_deal_that_ended_early_shows_its_end(stage: Stage) -> None:
    view = show(a_deal(stage=stage))
    assert view.stages[-1].stage is stage
    assert view.closed
    assert view.blockers == ()


def test_every_open_question_blocks_and_names_a_person_and_a_deadline() -> None:
    line = a_line(status=LineStatus.SHIPPED, assignments=[an_assignment("delivery", line=1)])
    line.documents["line-1:upd"].alarm = an_alarm()
    due(line, "prepayment")
    deal = running(line, assignments=[an_assignment()], approvals=[an_approval()])
    deal.documents["contract"].alarm = an_alarm()
    found = show(deal).blockers
    assert [b.who for b in found if b.kind == "approval"] == [("client", "petrov", "ivanova")]
    assert {b.kind for b in found} == {"assignment", "approval", "payment", "document"}
    assert all(b.who and b.due_at and b.otherwise for b in found)
    assert {b.who for b in found if b.kind in ("payment", "document")} == {("client", "ivanova")}


def test_blockers_say_what_happens_if_nobody_acts() -> None:
    line = a_line()
    due(line, "prepayment")
    [blocker] = show(running(line)).blockers
    assert "a reminder at 1 Dec 2026 17:00" in blocker.otherwise
    assert "escalation to the director (Пётр Петров)" in blocker.otherwise
    assert "may not be ordered" in blocker.otherwise


def test_a_payment_is_waited_for_from_the_event_it_counts_from() -> None:
    line = a_line(good=a_good(payment="deferred_30"), status=LineStatus.SHIPPED)
    blocking = lambda: [(b.id, b.otherwise) for b in show(running(line)).blockers]  # noqa: E731
    assert blocking() == [(None, "the manager should look into it: deal doctor")]
    due(line, "deferred")
    [(id, otherwise)] = blocking()
    assert id == "line-1:deferred"
    assert otherwise.endswith("the line can't be settled")


def test_an_open_deal_with_nothing_open_still_names_a_person_and_a_deadline() -> None:
    for book in (a_playbook(), None):
        [blocker] = show(a_deal(playbook=book)).blockers
        assert blocker.who == ("ivanova",)
        assert blocker.due_at > NOW


def test_a_line_that_should_run_and_does_not_answer_is_silent() -> None:
    deal = running(a_line(1), a_line(2))
    [silence] = [b for b in show(deal, [a_line(1)]).blockers if b.kind == "silence"]
    assert (silence.subject, silence.who) == ("line 2", ("ivanova", "petrov"))
    assert not [b for b in show(deal).blockers if b.kind == "silence"]


def test_now_is_never_before_what_the_deal_has_seen() -> None:
    deal = a_deal(assignments=[an_assignment()], updated_at=NOW + 3 * DAY)
    view = show(deal)
    assert view.as_of == NOW + 3 * DAY
    assert view.assignments[0].overdue


def test_examples_fit_the_day_and_the_quantity() -> None:
    line = a_line(good=a_good(quantity=3), assignments=[an_assignment("acceptance", line=1)])
    serials = FormField(name="serial_numbers", type=FieldType.PIECES, title=both("serials"), example="SN-")
    day = FormField(name="on", type=FieldType.DATE, title=both("on"), days=2)
    [asked] = show(with_form(running(line), "acceptance", serials, day)).assignments
    assert [field.example for field in asked.form] == [
        f"SN-{line.deal}-1-0001..SN-{line.deal}-1-0003",
        "2026-12-03",
    ], "pieces of another line have other numbers"
    assert asked.how == (
        f"deal complete {line.deal} line-1:acceptance --as ivanova "
        "--field 'serial_numbers=<serials>' --field 'on=<on>'"
    )


def test_a_field_that_the_examples_make_required_is_required() -> None:
    outcome = FormField(name="outcome", type=FieldType.CHOICE, title=both("outcome"), choices=("yes", "no"))
    if_yes = FormField(
        name="need", title=both("need"), required=False, required_when={"outcome": "yes"}, example="x"
    )
    if_no = FormField(
        name="reason", title=both("reason"), required=False, required_when={"outcome": "no"}, example="y"
    )
    deal = with_form(a_deal(assignments=[an_assignment()]), "qualification", outcome, if_yes, if_no)
    [asked] = show(deal).assignments
    assert {field.name: field.required for field in asked.form} == {
        "outcome": True,
        "need": True,
        "reason": False,
    }


def test_the_payment_types_form_is_asked_for_by_the_line() -> None:
    form = (FormField(name="bank", title=both("bank"), example="b"),)
    line = a_line(assignments=[an_assignment("payment-terms", line=1)])
    deal = running(line)
    book = a_playbook()
    term = book.payments["prepaid_50"].model_copy(update={"form": form})
    deal.playbook = book.model_copy(update={"payments": book.payments | {"prepaid_50": term}})
    assert [f.name for f in show(deal).assignments[0].form] == ["bank"]


def test_the_order_is_composed_with_a_file() -> None:
    [asked] = show(a_deal("77", assignments=[an_assignment("order")])).assignments
    assert asked.form == ()
    assert asked.how == "deal order 77 '<order file>' --as ivanova"


def test_signers_and_those_awaited_are_what_as_takes() -> None:
    book = a_playbook()
    line = a_line()
    line.documents["line-1:upd"].sides, line.documents["line-1:upd"].role = (Side.OURS,), Role.ACCOUNTANT
    line.documents["line-1:upd"].alarm = an_alarm()
    approval = an_approval(votes=[a_vote(PETROV)])
    view = show(running(line, approvals=[approval]))
    assert [ask.person for ask in view.approvals[0].awaiting] == ["client"]
    assert [vote.person for vote in view.approvals[0].votes] == ["petrov"]
    signers = {d.id: (d.signer, d.can_sign) for d in view.documents}
    assert signers == {"contract": ("client", False), "line-1:upd": ("sidorova", True)}
    assert set(view.people) == {*book.people, "client"}


def test_a_line_is_due_when_its_first_open_question_is() -> None:
    line = a_line(assignments=[an_assignment(line=1, due_at=NOW + 2 * DAY)])
    line.moments[Trigger.CONTRACT] = NOW
    due(line, "prepayment", NOW + DAY)
    assert show(running(line)).lines[0].due_at == NOW + DAY


def test_without_a_playbook_a_deal_can_still_be_shown() -> None:
    line = a_line(assignments=[an_assignment("acceptance", line=1)])
    due(line, "prepayment")
    view = show(running(line, playbook=None, approvals=[an_approval()]))
    assert view.playbook is None
    assert [(b.kind, b.who) for b in view.blockers] == [
        ("approval", ("client", "petrov", "ivanova")),
        ("assignment", ("ivanova",)),
        ("payment", ("client", "ivanova")),
    ]


def test_moments_in_json_carry_their_zone() -> None:
    def moments(value: Any) -> list[str]:
        if isinstance(value, dict):
            return [
                m for name, v in value.items() for m in ([v] if name.endswith("_at") and v else moments(v))
            ]
        return [m for v in value for m in moments(v)] if isinstance(value, list) else []

    found = moments(show(a_deal(assignments=[an_assignment()])).json_ready())
    assert found
    assert all(re.search(r"(Z|[+-]\d\d:\d\d)$", moment) for moment in found)
    assert isinstance(show(a_deal()), BaseModel)
