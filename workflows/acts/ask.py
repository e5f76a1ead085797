"""A question before a decision: the manager is asked, and whoever asked is told the answer. The approval's clock goes on."""

from typing import Any

from domain.deal import answers
from domain.deal.messages import Ask
from domain.deal.tasks import Approval, Assignment, Inquiry
from domain.facts import Actor, QuestionAnswered, QuestionAsked
from domain.playbook.kinds import QUESTION
from domain.playbook.questions import Explanation
from domain.words import Text
from workflows.case import Case
from workflows.inbox import Effect

APPROVAL = Text(ru="согласование", en="approval")
_DECIDED = Text(ru="решение уже принято", en="the decision has been made")


def ask(case: Case[Any], message: Ask) -> Effect:
    approval = answers.find(case.state.approvals, message.approval, APPROVAL, case.state)
    actor = answers.who_asks(approval, message, case.desk)

    def effect() -> Text:
        asking = QuestionAsked(**approval.about(), asker=actor.person, question=message.question)
        case.record(asking, by=actor)
        asked = case.open(QUESTION, round=_round(case), comment=message.question)
        approval.inquiries.append(
            Inquiry(assignment=asked.id, actor=actor, question=message.question, at=case.now)
        )
        return Text(ru=f"Вопрос задан: {approval.title.ru}", en=f"Asked: {approval.title.en}")

    return effect


def tell_asker(case: Case[Any], assignment: Assignment) -> None:
    """What the manager has answered."""
    for approval, inquiry in _inquiries(case):
        if inquiry.assignment == assignment.id:
            inquiry.answer = Explanation.read(assignment.answers).answer
            told = QuestionAnswered(
                **approval.about(),
                asker=inquiry.actor.person,
                question=inquiry.question,
                answer=inquiry.answer,
            )
            case.record(told, by=assignment.by)


def drop_questions(case: Case[Any], approval: Approval, voter: Actor) -> None:
    """Of whoever has decided, and of all once the approval is closed: nobody need answer them any more."""
    for inquiry in approval.inquiries:
        asked = case.state.assignments[inquiry.assignment]
        if not asked.closed and (approval.closed or inquiry.actor.person == voter.person):
            case.withdraw(asked, _DECIDED)


def _inquiries(case: Case[Any]) -> list[tuple[Approval, Inquiry]]:
    return [(approval, one) for approval in case.state.approvals.values() for one in approval.inquiries]


def _round(case: Case[Any]) -> int:
    """Of one deal, or one line, they are counted through."""
    asked = [assignment for assignment in case.state.assignments.values() if assignment.kind == QUESTION]
    return len(asked) + 1
