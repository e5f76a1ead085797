"""A question before a decision: the manager answers it, whoever asked is told, and the clock goes on."""

from datetime import timedelta

import pytest

from domain.facts import ApprovalReminded, AssignmentWithdrawn, QuestionAnswered, QuestionAsked
from tests.support.memory import OpenDeal, World, refused
from tests.support.orders import a_good, an_order


@pytest.fixture
def deal(world: World) -> OpenDeal:
    opened = world.open(an_order(a_good(payment="deferred_30")))
    opened.qualify()
    return opened


def ask(deal: OpenDeal, actor: str = "petrov", approval: str = "contract", **more: object) -> None:
    deal.say("ask", actor=actor, approval=approval, question="Монтаж входит в цену?", **more)


def test_the_manager_answers_and_the_asker_is_told(world: World, deal: OpenDeal) -> None:
    due = deal.state.approvals["contract"].alarm.due_at
    ask(deal)
    assert deal.asked() == {"contract", "question"}
    told = [n for n in world.mail.of(deal.number) if n.person == "ivanova" and n.data.get("id") == "question"]
    assert [(n.kind, n.data["comment"]) for n in told] == [("assignment_opened", "Монтаж входит в цену?")]
    deal.complete("question", answer="Да, входит")
    assert deal.state.approvals["contract"].alarm.due_at == due
    assert deal.story(QuestionAsked, QuestionAnswered) == [
        "petrov question.asked contract",
        "ivanova question.answered contract",
    ]
    [answered] = [n for n in world.mail.of(deal.number) if n.kind == "question_answered"]
    assert (answered.person, answered.data["answer"]) == ("petrov", "Да, входит")
    assert answered.asks
    assert answered.asks.question == "contract"
    deal.robot()


def test_the_clock_goes_on_meanwhile(world: World, deal: OpenDeal) -> None:
    ask(deal)
    world.skip_to(deal.state.approvals["contract"].alarm.due_at + timedelta(minutes=1))
    assert deal.facts(ApprovalReminded)


def test_one_question_at_a_time_and_as_many_as_one_has(deal: OpenDeal) -> None:
    ask(deal, id="q-1")
    ask(deal, id="q-1")
    with refused("already_asked"):
        ask(deal)
    ask(deal, "client")
    assert deal.asked() == {"contract", "question", "question#2"}
    deal.complete("question")
    ask(deal)
    assert deal.asked() == {"contract", "question#2", "question#3"}
    deal.approve("contract", "petrov", "client")


def test_only_who_has_still_to_decide_asks_about_the_version_they_see(deal: OpenDeal) -> None:
    for actor in ("ivanova", "kuznetsova"):
        with refused("not_allowed"):
            ask(deal, actor)
    with refused("stale_version"):
        ask(deal, version=2)
    deal.approve("contract", "petrov")
    with refused("not_allowed"):
        ask(deal)
    deal.approve("contract", "client")
    with refused("closed"):
        ask(deal, "client")


def test_who_decides_without_waiting_needs_no_answer_any_more(deal: OpenDeal) -> None:
    ask(deal)
    ask(deal, "client")
    deal.approve("contract", "petrov")
    assert deal.asked() == {"contract", "question#2"}
    deal.reject("contract", "client", "дорого")
    assert [fact.data["id"] for fact in deal.facts(AssignmentWithdrawn)] == ["question", "question#2"]
    deal.complete("contract-revision")
    ask(deal, version=2)
    assert "question#3" in deal.asked()
    deal.robot()


def test_of_a_lines_credit_too_and_it_survives_a_new_manager(world: World, deal: OpenDeal) -> None:
    deal.to("line-1:credit")
    ask(deal, approval="line-1:credit")
    deal.reassign("petrov", "sidorov")
    assert {a.id: a.assignee for a in deal.view().assignments} == {"line-1:question": "sidorov"}
    deal.complete("line-1:question", answer="Платит вовремя")
    [answered] = [n for n in world.mail.of(deal.number) if n.kind == "question_answered"]
    assert answered.data["answer"] == "Платит вовремя"
    deal.robot()


def test_a_client_is_told_the_answer_and_no_name(world: World, deal: OpenDeal) -> None:
    ask(deal, "client")
    deal.complete("question", answer="Да")
    [answered] = [n for n in world.mail.of(deal.number) if n.kind == "question_answered"]
    assert (answered.person, answered.data["audience"]) == ("client", "client")
