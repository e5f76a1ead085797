"""What keeps a deal waiting is computed once: every view of it says the same, in whatever state the deal is."""

from collections import Counter
from datetime import timedelta

import pytest

from activities.projections.crm_fields import crm_fields, line_fields
from domain.alarms import Check
from domain.deal import agenda
from domain.deal.open_items import OpenItem, awaited, items_of, open_items
from domain.deal.snapshot import Snapshot
from domain.deal.state import DealState, LineState
from domain.playbook.book import Playbook
from domain.playbook.kinds import MAIL_ADDRESS
from domain.view.deal_view import deal_view
from domain.words import LineStatus, Role, Side, Stage
from tests.factories import (
    NOW,
    a_deal,
    a_line,
    a_playbook,
    a_vote,
    an_alarm,
    an_approval,
    an_assignment,
)
from tests.support.random_deals import a_random_deal
from tests.support.views import assert_views_agree, recorded
from workflows.temporal import display
from workflows.temporal import search_attributes as names

SEEDS = 300
DAY = timedelta(days=1)


@pytest.mark.parametrize("block", range(20))
def test_all_views_of_a_deal_agree(block: int, playbook: Playbook) -> None:
    for seed in range(block * SEEDS // 20, (block + 1) * SEEDS // 20):
        deal, lines, now = a_random_deal(seed, playbook)
        try:
            assert_views_agree(deal, lines, now)
        except AssertionError as error:
            raise AssertionError(f"seed {seed}: {error}") from error


def test_the_random_deals_pass_through_all_there_is(playbook: Playbook) -> None:
    deals = [a_random_deal(seed, playbook) for seed in range(SEEDS)]
    kinds = Counter(item.kind for deal, lines, _ in deals for item in open_items(deal, lines))
    assert min(kinds[k] for k in ("assignment", "approval", "document", "payment", "silence", "step")) > 10
    statuses = Counter(line.status for deal, _, _ in deals for line in deal.lines.values())
    assert min(statuses[status] for status in LineStatus) > 10
    assert min(Counter(deal.stage for deal, _, _ in deals)[stage] for stage in Stage) > 3
    left_open = [d for d, _, _ in deals for line in d.lines.values() if _is_cancelled_but_asked(line)]
    assert len(left_open) > 20, "cancelled lines whose questions were still open"


def _is_cancelled_but_asked(line: LineState) -> bool:
    asked = bool(line.open_assignments or line.unsigned or any(m.alarm for m in line.milestones.values()))
    return line.status is LineStatus.CANCELLED and asked


# --- what is open ------------------------------------------------------------------------------------------------------


def due(line: LineState, id: str = "prepayment") -> LineState:
    milestone = line.milestones[f"line-{line.number}:{id}"]
    milestone.alarm = an_alarm()
    milestone.due_at = milestone.alarm.due_at
    return line


def running(*lines: LineState, **changes: object) -> DealState:
    return a_deal(lines=lines, started_lines=[n.number for n in lines], stage=Stage.PREPAYMENT, **changes)


def ids(items: list[OpenItem]) -> list[str | None]:
    return [item.id for item in items]


def attributes(deal: DealState) -> dict[str, object]:
    items = open_items(deal)
    return {key.name: value for key, value in display.attributes(deal, items, NOW)}


def test_a_cancelled_line_waits_for_nothing_though_its_milestone_and_question_were_open() -> None:
    gone = due(a_line(status=LineStatus.CANCELLED, assignments=[an_assignment("dispatch", 1)]))
    deal = running(gone, a_line(2, assignments=[an_assignment("acceptance", 2, assignee="orlov")]))
    assert ids(open_items(deal)) == ["line-2:acceptance"]
    assert attributes(deal)[names.DEAL_AWAITING.name] == ["manager", "orlov"]
    assert "line 1" not in display.details(deal, open_items(deal))
    fields = line_fields(deal, gone)
    assert (fields["blockers"], fields["awaiting"], fields["due"]) == ("", "", "")
    assert crm_fields(deal)["awaiting"] == "Олег Орлов"
    assert deal_view(Snapshot(deal), NOW, "en").lines[0].due_at is None
    with recorded(deal) as queries:
        assert [row.id for row in queries.inbox()] == ["line-2:acceptance"]


def test_a_cancelled_line_rings_nothing() -> None:
    line = due(
        a_line(
            status=LineStatus.CANCELLED,
            playbook=a_playbook().alone(),
            people=a_playbook().staff(),
            checks={"eta": Check(next_at=NOW)},
        )
    )
    assert agenda.next_ring(line) is None
    line.status = LineStatus.SENT
    assert agenda.next_ring(line) == NOW


def test_a_payment_that_is_due_awaits_the_client_everywhere() -> None:
    deal = running(due(a_line()))
    [item] = open_items(deal)
    assert (item.kind, item.persons, item.chaser) == ("payment", ("client",), "ivanova")
    assert item.amount == deal.lines[1].milestones["line-1:prepayment"].outstanding
    assert attributes(deal)[names.DEAL_AWAITING.name] == ["client"]
    assert crm_fields(deal)["awaiting"] == "клиент"
    [blocker] = deal_view(Snapshot(deal), NOW, "en").blockers
    assert blocker.who == ("client", "ivanova")
    with recorded(deal) as queries:
        assert [deal.number for deal in queries.deals(awaiting="client")] == [deal.deal]
        assert [(row.kind, row.id) for row in queries.inbox("client")] == [("payment", "line-1:prepayment")]


def test_a_milestone_whose_event_has_not_happened_is_not_open() -> None:
    deal = running(a_line())
    assert [item.kind for item in open_items(deal)] == ["step"]
    assert len(deal_view(Snapshot(deal), NOW, "en").milestones) == 2, "it may be paid all the same"


def test_a_built_in_question_has_its_form_in_deal_show() -> None:
    deal = a_deal(assignments=[an_assignment(MAIL_ADDRESS)])
    assert MAIL_ADDRESS not in deal.book.assignments
    [asked] = deal_view(Snapshot(deal), NOW, "en").assignments
    assert [(field.name, field.example) for field in asked.form] == [("email", "anna@clinic.example")]
    assert asked.how.endswith("mail-address --as ivanova --field 'email=<the right address>'")


def test_an_approval_is_one_item_for_all_who_have_not_answered() -> None:
    deal = a_deal(approvals=[an_approval(version=2)])
    [item] = open_items(deal)
    assert (item.version, item.persons, item.chaser) == (2, ("client", "petrov"), "ivanova")
    assert awaited([item]) == ["client", "director", "petrov"]
    deal.approvals["contract"].votes.append(a_vote())
    assert [item.persons for item in open_items(deal)] == [("client",)]


def test_a_document_may_be_signed_by_any_who_have_the_role() -> None:
    book = a_playbook()
    people = {**book.people, "belova": book.people["sidorova"]}
    deal = a_deal(playbook=book.model_copy(update={"people": people}))
    deal.documents["contract"].alarm = an_alarm()
    deal.documents["contract"].sides, deal.documents["contract"].role = (Side.OURS,), Role.ACCOUNTANT
    [item] = open_items(deal)
    assert (item.persons, item.chaser) == (("sidorova", "belova"), None)
    assert awaited([item]) == ["accountant", "belova", "sidorova"]


@pytest.mark.parametrize("stage", [Stage.PAID, Stage.LOST, Stage.CANCELLED])
def test_a_closed_deal_waits_for_nothing(stage: Stage) -> None:
    deal = running(due(a_line(status=LineStatus.CANCELLED)), assignments=[an_assignment()])
    deal.documents["contract"].alarm = an_alarm()
    deal.stage, deal.closed_at = stage, NOW
    assert open_items(deal) == []
    assert agenda.next_ring(deal) is None
    assert attributes(deal)[names.DEAL_DUE_AT.name] is None
    assert_views_agree(deal, None, NOW)


def test_an_open_deal_is_never_silent() -> None:
    for deal in (a_deal(), a_deal(playbook=None), a_deal(playbook=None, manager="")):
        [item] = open_items(deal)
        assert (item.kind, item.id) == ("step", None)
        assert item.due_at == NOW + DAY
        assert all(item.persons)


def test_a_line_that_should_run_and_does_not_answer_is_an_item() -> None:
    deal = running(a_line(1), due(a_line(2)))
    silent, owed = open_items(deal, [deal.lines[2]])[::-1]
    assert (silent.kind, silent.subject.line, silent.persons) == ("silence", 1, ("ivanova", "petrov"))
    assert owed.kind == "payment"
    assert [item.kind for item in open_items(deal)] == ["payment"], "the mirrors alone can't tell"


def test_the_most_urgent_comes_first() -> None:
    later = an_assignment("order", due_at=NOW + 3 * DAY)
    line = a_line(assignments=[an_assignment("dispatch", 1, due_at=NOW - DAY)])
    deal = running(line, assignments=[later, an_assignment(due_at=NOW + DAY)])
    assert ids(open_items(deal)) == ["line-1:dispatch", "qualification", "order"]
    assert attributes(deal)[names.DEAL_OVERDUE.name] is True


def test_a_line_knows_its_own_items_without_its_deal() -> None:
    line = due(
        a_line(
            playbook=a_playbook().alone(),
            people=a_playbook().staff(),
            assignments=[an_assignment("dispatch", 1)],
        )
    )
    deal = running(line)
    assert list(items_of(line)) == list(items_of(line, deal)) == open_items(deal)


def test_money_that_the_deal_has_counts_before_the_line_has_heard_of_it() -> None:
    mirror, own = due(a_line()), due(a_line(revision=2))
    mirror.milestones["line-1:prepayment"].allocated = mirror.milestones["line-1:prepayment"].amount
    assert [item.kind for item in open_items(running(mirror), [own])] == ["step"]
