"""A deal that is called off, and one that gets another manager."""

from domain.facts import (
    ApprovalApproved,
    ApprovalRejected,
    AssignmentCompleted,
    AssignmentReassigned,
    AssignmentWithdrawn,
    CancelRequested,
    DealCancelled,
    DealReassigned,
    LineStatusChanged,
)
from domain.words import same
from tests.support.memory import World, refused
from tests.support.orders import a_good, an_order
from workflows.case import CANCELLED


def test_before_anything_is_ordered_the_manager_alone_calls_the_deal_off(world: World) -> None:
    deal = world.open(an_order(a_good(), a_good()))
    deal.agree()
    deal.cancel("ivanova", "клиника закрылась")
    result = deal.result()
    assert (result.stage, result.reason) == ("CANCELLED", same("клиника закрылась"))
    story = deal.story(AssignmentWithdrawn, LineStatusChanged, DealCancelled)
    assert sorted(story[:-1]) == [
        "desk assignment.withdrawn line-1:payment-terms",
        "desk assignment.withdrawn line-2:payment-terms",
        "desk line.status line 1 CANCELLED",
        "desk line.status line 2 CANCELLED",
    ]
    assert story[-1] == "ivanova deal.cancelled"
    for line in (1, 2):
        assert (deal.line_process(line).outcome, deal.line(line).status) == ("completed", "CANCELLED")  # type: ignore[union-attr]
    assert deal.asked() == set()


def test_a_deal_without_a_contract_is_called_off_and_its_approval_withdrawn(world: World) -> None:
    deal = world.open(an_order())
    deal.qualify()
    deal.cancel("petrov")
    assert deal.result().stage == "CANCELLED"
    assert deal.story()[-3:] == [
        "desk approval.withdrawn contract",
        "desk stage.changed CANCELLED",
        "petrov deal.cancelled",
    ]
    assert deal.state.approvals["contract"].outcome == "withdrawn"


def test_once_goods_are_ordered_the_director_must_approve_the_cancelling(world: World) -> None:
    deal = world.open(an_order(a_good(), a_good(payment="state_contract")))
    deal.to("line-1:payment-terms", "line-2:reservation")
    deal.cancel("ivanova", "передумали")
    assert "cancellation" in deal.asked()
    with refused("already"):
        deal.cancel("ivanova", "передумали совсем")
    deal.reject("cancellation", "petrov", "уже едет")
    deal.complete("line-2:reservation")
    deal.cancel("ivanova", "совсем передумали")
    [asked] = [a for a in deal.view().approvals if a.id == "cancellation"]
    assert asked.version == 2
    deal.approve("cancellation", "petrov")
    deal.robot()
    result = deal.result()
    assert (result.stage, result.reason) == ("CANCELLED", same("совсем передумали"))
    about = (CancelRequested, ApprovalRejected, ApprovalApproved, DealCancelled)
    assert deal.story(*about)[2:] == [
        "ivanova deal.cancel_requested",
        "petrov approval.rejected cancellation",
        "ivanova deal.cancel_requested",
        "petrov approval.approved cancellation",
        "petrov deal.cancelled",
    ]


def test_the_director_calls_it_off_at_once_even_when_goods_are_on_their_way(world: World) -> None:
    deal = world.open(an_order(a_good(source="import", payment="state_contract")))
    deal.to("line-1:customs-declaration")
    deal.cancel("petrov", "санкции")
    assert deal.result().stage == "CANCELLED"
    assert deal.view().lines[0].status == "CANCELLED"


def test_an_operator_who_cancels_the_workflow_ends_the_deal_in_order(world: World) -> None:
    deal = world.open(an_order())
    deal.agree()
    deal.process.cancel()
    world.settle()
    assert deal.result().stage == "CANCELLED"
    assert (deal.line_process(1).outcome, deal.line().status) == ("completed", "CANCELLED")  # type: ignore[union-attr]
    assert deal.story()[-1] == "operator deal.cancelled"


def test_an_operator_who_cancels_a_line_ends_it_and_the_deal_hears_of_it(world: World) -> None:
    deal = world.open(an_order(a_good(), a_good(payment="state_contract")))
    deal.to("line-1:payment-terms", "line-2:payment-terms")
    deal.line_process(1).cancel()  # type: ignore[union-attr]
    world.settle()
    assert deal.state.lines[1].cancelled == CANCELLED
    assert deal.asked() == {"line-2:payment-terms"}
    deal.robot()
    assert str(deal.result().amount) == "2000.00"


def test_a_new_manager_gets_all_open_assignments_of_the_deal_and_its_lines(world: World) -> None:
    deal = world.open(an_order(a_good(), a_good(payment="state_contract", source="dealer")))
    deal.to("line-1:payment-terms", "line-2:supplier-order")
    deal.reassign("petrov", "sidorov")
    view = deal.view()
    assert view.manager == "sidorov"
    assert {a.id: a.assignee for a in view.assignments} == {
        "line-1:payment-terms": "sidorov",
        "line-2:supplier-order": "sidorov",
    }
    handed = deal.facts(AssignmentReassigned, DealReassigned)
    assert {(f.actor.person, f.data["before"]) for f in handed} == {("petrov", "ivanova")}
    assert len(handed) == 3
    with refused("not_allowed", "Павел Сидоров"):
        deal.complete("line-1:payment-terms", "ivanova")
    deal.robot()
    done = [s for s in deal.story(AssignmentCompleted) if "supplier-order" in s or "arrival" in s]
    assert done == [
        "sidorov assignment.completed line-2:supplier-order",
        "sidorov assignment.completed line-2:arrival",
    ]


def test_a_handover_before_the_lines_start_reaches_them_too(world: World) -> None:
    deal = world.open(an_order())
    deal.reassign("ivanova", "sidorov")
    assert [a.assignee for a in deal.view().assignments] == ["sidorov"]
    deal.agree()
    [terms] = deal.view().assignments
    assert (terms.id, terms.assignee) == ("line-1:payment-terms", "sidorov")
