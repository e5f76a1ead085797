"""Rounds of approvals, and deals that end before they have begun."""

from domain.facts import (
    ApprovalApproved,
    ApprovalOpened,
    ApprovalRejected,
    ApprovalVoted,
    AssignmentOpened,
    ContractAgreed,
)
from domain.words import same
from tests.support.deal import refused
from tests.support.orders import a_good, an_order
from tests.support.stand import REPLAYED, Stand


@REPLAYED
async def test_a_disqualified_client_loses_the_deal_with_the_reason(stand: Stand) -> None:
    deal = await stand.open(an_order())
    await deal.complete("qualification", outcome="disqualified", reason="Выбрали другого поставщика")
    result = await deal.result()
    assert (result.stage, result.reason) == ("LOST", same("Выбрали другого поставщика"))
    assert (await deal.story())[-4:] == [
        "ivanova assignment.completed qualification",
        "ivanova client.qualified",
        "desk stage.changed LOST",
        "ivanova deal.lost",
    ]
    assert await deal.asked() == set()


async def test_a_rejected_contract_goes_through_rounds_until_both_approve_one_version(stand: Stand) -> None:
    deal = await stand.open(an_order())
    await deal.qualify()
    await deal.approve("contract", "client")
    await deal.reject("contract", "petrov", "срок поставки 60 дней — слишком долго")
    await deal.complete("contract-revision", changes="30 дней")
    view = await deal.until(lambda view: any(a.version == 2 for a in view.approvals))
    assert {ask.person for ask in view.approvals[0].awaiting} == {"client", "petrov"}, (
        "both answer the new version"
    )
    with refused("stale_version"):
        await deal.send("decide", actor="client", approval="contract", approve=True, version=1)
    await deal.reject("contract", "client", "дорого")
    await deal.complete("contract-revision#2", changes="скидка")
    await deal.until(lambda view: any(a.version == 3 for a in view.approvals))
    await deal.approve("contract", "petrov", "client")
    await deal.stage("PREPAYMENT")
    about = (
        ApprovalVoted.kind,
        ApprovalOpened.kind,
        ApprovalRejected.kind,
        ContractAgreed.kind,
    )
    facts = await deal.facts(*about, AssignmentOpened.kind)
    assert [(f.actor.person, f.kind, f.data.get("version"), f.data.get("answer")) for f in facts[1:-1]] == [
        ("desk", "approval.opened", 1, None),
        ("client", "approval.voted", 1, "approve"),
        ("petrov", "approval.voted", 1, "reject"),
        ("petrov", "approval.rejected", 1, None),
        ("desk", "assignment.opened", None, None),
        ("desk", "approval.opened", 2, None),
        ("client", "approval.voted", 2, "reject"),
        ("client", "approval.rejected", 2, None),
        ("desk", "assignment.opened", None, None),
        ("desk", "approval.opened", 3, None),
        ("petrov", "approval.voted", 3, "approve"),
        ("client", "approval.voted", 3, "approve"),
        ("desk", "contract.agreed", 3, None),
    ]
    comments = [f.data["comment"] for f in facts if f.kind == ApprovalRejected.kind]
    assert comments == ["срок поставки 60 дней — слишком долго", "дорого"]


async def test_credit_that_the_director_refuses_is_asked_again_on_new_terms(stand: Stand) -> None:
    deal = await stand.open(an_order(a_good(payment="deferred_30")))
    await deal.agree()
    await deal.complete("line-1:payment-terms", credit_limit="100")
    await deal.reject("line-1:credit", "petrov", "лимит превышен")
    assert await deal.asked() == {"line-1:payment-terms#2"}
    assert (await deal.view()).lines[0].status == "AWAITING_RELEASE"
    await deal.complete("line-1:payment-terms#2", credit_limit="9000")
    view = await deal.until_asked("line-1:credit")
    assert view.approvals[0].version == 2
    with refused("not_allowed", "Андрей Петров can"):
        await deal.send("decide", actor="ivanova", approval="line-1:credit", approve=True)
    await deal.approve("line-1:credit", "petrov")
    await deal.until_asked("line-1:reservation")
    assert await deal.story(ApprovalVoted.kind, ApprovalApproved.kind, ApprovalRejected.kind) == [
        "client approval.voted contract",
        "petrov approval.voted contract",
        "petrov approval.approved contract",
        "petrov approval.voted line-1:credit",
        "petrov approval.rejected line-1:credit",
        "petrov approval.voted line-1:credit",
        "petrov approval.approved line-1:credit",
    ]
