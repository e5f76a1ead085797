"""A deal that is called off, and one that gets another manager."""

from domain.facts import (
    ApprovalApproved,
    ApprovalRejected,
    AssignmentCompleted,
    AssignmentReassigned,
    CancelRequested,
    DealCancelled,
    DealReassigned,
)
from domain.words import same
from tests.support.deal import refused
from tests.support.orders import a_good, an_order
from tests.support.stand import REPLAYED, Stand


async def test_once_goods_are_ordered_the_director_must_approve_the_cancelling(stand: Stand) -> None:
    deal = await stand.open(an_order(a_good(), a_good(payment="state_contract")))
    await deal.to("line-1:payment-terms", "line-2:reservation")
    await deal.cancel("ivanova", "передумали")
    assert "cancellation" in await deal.asked()
    with refused("already"):
        await deal.cancel("ivanova", "передумали совсем")
    await deal.reject("cancellation", "petrov", "уже едет")
    await deal.complete("line-2:reservation")
    await deal.cancel("ivanova", "совсем передумали")
    await deal.until(lambda view: any(a.id == "cancellation" and a.version == 2 for a in view.approvals))
    await deal.approve("cancellation", "petrov")
    await deal.until(lambda view: view.lines[1].status == "CANCELLED")
    assert await deal.asked() == {"surplus"}
    await deal.complete("surplus", outcome="keep")
    result = await deal.result()
    assert (result.stage, result.reason) == ("CANCELLED", same("совсем передумали"))
    about = (
        CancelRequested.kind,
        ApprovalRejected.kind,
        ApprovalApproved.kind,
        DealCancelled.kind,
    )
    assert (await deal.story(*about))[2:] == [
        "ivanova deal.cancel_requested",
        "petrov approval.rejected cancellation",
        "ivanova deal.cancel_requested",
        "petrov approval.approved cancellation",
        "petrov deal.cancelled",
    ]


@REPLAYED
async def test_an_operator_who_cancels_the_workflow_ends_the_deal_in_order(stand: Stand) -> None:
    deal = await stand.open(an_order())
    await deal.agree()
    await deal.handle.cancel()
    assert (await deal.result()).stage == "CANCELLED"
    assert await deal.line_handle(1).result() == "CANCELLED"
    assert (await deal.story())[-1] == "operator deal.cancelled"


async def test_a_new_manager_gets_all_open_assignments_of_the_deal_and_its_lines(stand: Stand) -> None:
    deal = await stand.open(an_order(a_good(), a_good(payment="state_contract", source="dealer")))
    await deal.to("line-1:payment-terms", "line-2:supplier-order")
    await deal.reassign("petrov", "sidorov")
    await deal.quiet()
    view = await deal.view()
    assert view.manager == "sidorov"
    assert {a.id: a.assignee for a in view.assignments} == {
        "line-1:payment-terms": "sidorov",
        "line-2:supplier-order": "sidorov",
    }
    handed = await deal.facts(AssignmentReassigned.kind, DealReassigned.kind)
    assert {(f.actor.person, f.data["before"]) for f in handed} == {("petrov", "ivanova")}
    assert len(handed) == 3
    with refused("not_allowed", "Павел Сидоров"):
        await deal.complete("line-1:payment-terms", "ivanova")
    await deal.robot()
    done = [s for s in await deal.story(AssignmentCompleted.kind) if "supplier-order" in s or "arrival" in s]
    assert done == [
        "sidorov assignment.completed line-2:supplier-order",
        "sidorov assignment.completed line-2:arrival",
    ]


@REPLAYED
async def test_a_handover_before_the_lines_start_reaches_them_too(stand: Stand) -> None:
    deal = await stand.open(an_order())
    await deal.reassign("ivanova", "sidorov")
    view = await deal.view()
    assert [a.assignee for a in view.assignments] == ["sidorov"]
    await deal.agree()
    view = await deal.until_asked("line-1:payment-terms")
    assert view.assignments[0].assignee == "sidorov"
