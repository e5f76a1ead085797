"""Rounds of approvals, and deals that end before they have begun."""

from domain.facts import (
    ApprovalApproved,
    ApprovalOpened,
    ApprovalRejected,
    ApprovalVoted,
    AssignmentOpened,
    ContractAgreed,
    OfferMade,
)
from domain.words import same
from tests.support.memory import World, refused
from tests.support.orders import a_good, a_lead, an_order


def test_a_lead_is_qualified_becomes_an_order_and_only_then_has_a_contract(world: World) -> None:
    deal = world.open(a_lead())
    assert deal.asked() == {"qualification"}
    deal.qualify()
    assert deal.asked() == {"order"}
    assert deal.view().stage == "NEW"
    deal.say("order", actor="ivanova", order={"lines": [a_good(), a_good(source="dealer")]})
    assert deal.asked() == {"contract"}
    assert deal.story() == [
        "desk deal.opened",
        "desk assignment.opened qualification",
        "ivanova assignment.completed qualification",
        "ivanova client.qualified",
        "desk assignment.opened order",
        "ivanova assignment.completed order",
        "ivanova order.composed",
        "desk stage.changed CONTRACT_APPROVAL",
        "desk offer.made",
        "desk approval.opened contract",
    ]
    deal.robot()


def test_a_disqualified_client_loses_the_deal_with_the_reason(world: World) -> None:
    deal = world.open(an_order())
    deal.complete("qualification", outcome="disqualified", reason="Выбрали другого поставщика")
    result = deal.result()
    assert (result.stage, result.reason) == ("LOST", same("Выбрали другого поставщика"))
    assert deal.story()[-4:] == [
        "ivanova assignment.completed qualification",
        "ivanova client.qualified",
        "desk stage.changed LOST",
        "ivanova deal.lost",
    ]
    assert deal.asked() == set()


def test_disqualifying_needs_a_reason(world: World) -> None:
    deal = world.open(an_order())
    with refused("bad_form", "Why the deal is lost"):
        deal.complete("qualification", outcome="disqualified", reason=" ")


def test_a_rejected_contract_goes_through_rounds_until_both_approve_one_version(world: World) -> None:
    deal = world.open(an_order())
    deal.qualify()
    deal.approve("contract", "client")
    deal.reject("contract", "petrov", "срок поставки 60 дней — слишком долго")
    deal.complete("contract-revision", changes="30 дней")
    [approval] = deal.view().approvals
    assert approval.version == 2
    assert {ask.person for ask in approval.awaiting} == {"client", "petrov"}, "both answer the new version"
    with refused("stale_version"):
        deal.say("decide", actor="client", approval="contract", approve=True, version=1)
    deal.reject("contract", "client", "дорого")
    deal.complete("contract-revision#2", changes="скидка")
    assert deal.view().approvals[0].version == 3
    deal.approve("contract", "petrov", "client")
    assert deal.view().stage == "PREPAYMENT"
    facts = deal.facts(ApprovalVoted, ApprovalOpened, ApprovalRejected, ContractAgreed, AssignmentOpened)
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
    assert [data.comment for data in deal.read(ApprovalRejected)] == [
        "срок поставки 60 дней — слишком долго",
        "дорого",
    ]


def test_all_rounds_of_an_approval_are_kept_with_their_votes(world: World) -> None:
    deal = world.open(an_order())
    deal.qualify()
    deal.approve("contract", "client")
    deal.reject("contract", "petrov", "долго")
    deal.complete("contract-revision")
    deal.approve("contract", "petrov", "client")
    contract = deal.state.approvals["contract"]
    assert [(r.version, r.outcome, [v.actor.person for v in r.votes]) for r in contract.all_rounds()] == [
        (1, "rejected", ["client", "petrov"]),
        (2, "approved", ["petrov", "client"]),
    ]


def test_each_round_votes_on_an_offer_that_is_on_record(world: World) -> None:
    deal = world.open(an_order(a_good(quantity=3)))
    deal.qualify()
    deal.reject("contract", "petrov", "долго")
    deal.complete("contract-revision")
    deal.approve("contract", "petrov", "client")
    offers, contract = deal.state.offers, deal.state.approvals["contract"]
    assert [round.digest for round in contract.all_rounds()] == [offer.digest for offer in offers]
    made = deal.read(OfferMade)
    assert [(m.version, str(m.amount), m.lines) for m in made] == [(1, "3000.00", 1), (2, "3000.00", 1)]
    assert [m.digest for m in made] == [offer.digest for offer in offers]
    kinds = [fact.kind for fact in deal.facts(OfferMade, ApprovalOpened, ContractAgreed)]
    assert kinds[:4] == ["offer.made", "approval.opened"] * 2


def test_the_client_answers_under_the_contacts_name(world: World) -> None:
    deal = world.open(an_order())
    deal.qualify()
    deal.approve("contract", "client")
    (vote,) = deal.facts(ApprovalVoted)
    assert (vote.actor.person, vote.actor.name, vote.actor.role) == ("client", "Анна Смирнова", "client")


def test_credit_that_the_director_refuses_is_asked_again_on_new_terms(world: World) -> None:
    deal = world.open(an_order(a_good(payment="deferred_30")))
    deal.agree()
    deal.complete("line-1:payment-terms", credit_limit="100")
    deal.reject("line-1:credit", "petrov", "лимит превышен")
    assert deal.asked() == {"line-1:payment-terms#2"}
    assert deal.view().lines[0].status == "AWAITING_RELEASE"
    deal.complete("line-1:payment-terms#2", credit_limit="9000")
    assert deal.view().approvals[0].version == 2
    with refused("not_allowed", "Андрей Петров"):
        deal.say("decide", actor="ivanova", approval="line-1:credit", approve=True)
    deal.approve("line-1:credit", "petrov")
    assert deal.asked() == {"line-1:reservation"}
    assert deal.story(ApprovalVoted, ApprovalApproved, ApprovalRejected) == [
        "client approval.voted contract",
        "petrov approval.voted contract",
        "petrov approval.approved contract",
        "petrov approval.voted line-1:credit",
        "petrov approval.rejected line-1:credit",
        "petrov approval.voted line-1:credit",
        "petrov approval.approved line-1:credit",
    ]
    assert [r.outcome for r in deal.line().approvals["line-1:credit"].all_rounds()] == [
        "rejected",
        "approved",
    ]


def test_lines_that_pay_nothing_before_ordering_do_not_wait_in_prepayment(world: World) -> None:
    deal = world.open(an_order(a_good(payment="state_contract")))
    deal.agree()
    deal.complete("line-1:payment-terms")
    deal.approve("line-1:credit", "petrov")
    assert deal.asked() == {"line-1:reservation"}
    view = deal.view()
    assert (view.lines[0].status, view.stage) == ("PROCESSING", "ORDER_SENT")
