"""One role's answer to an approval. A rejection, and the last of all approvals, close the round."""

from typing import Any

from domain.deal import answers
from domain.deal.messages import Decide
from domain.deal.state import AMENDMENT
from domain.deal.tasks import Vote, cast_vote
from domain.facts import ApprovalApproved, ApprovalRejected, ApprovalVoted
from domain.words import Text
from workflows.acts.ask import APPROVAL, drop_questions
from workflows.acts.cancel import call_off_if_approved
from workflows.acts.reschedule import put_off_if_approved
from workflows.amendments import hear_amendment
from workflows.case import Case
from workflows.deal_case import DealCase
from workflows.inbox import Effect
from workflows.late_delivery import hear_director

YES, NO = Text(ru="Согласовано", en="Approved"), Text(ru="Отклонено", en="Rejected")


def decide(case: Case[Any], message: Decide) -> Effect:
    approval = answers.find(case.state.approvals, message.approval, APPROVAL, case.state)
    seat, actor = answers.who_votes(approval, message, case.desk)

    def effect() -> Text:
        vote = Vote(
            role=seat.role, actor=actor, approve=message.approve, comment=message.comment, at=case.now
        )
        cast_vote(approval, vote)
        about = {**approval.about(), "role": seat.role, "comment": message.comment}
        case.record(ApprovalVoted(**about, answer="approve" if message.approve else "reject"), by=actor)
        if approval.closed:
            outcome = ApprovalApproved if approval.approved else ApprovalRejected
            case.record(outcome(**about), by=actor)
        drop_questions(case, approval, actor)
        hear_director(case, approval)
        put_off_if_approved(case, approval)
        if isinstance(case, DealCase):
            call_off_if_approved(case)
            if approval.kind == "contract":
                case.hear_contract()
            if approval.kind == AMENDMENT and approval.closed:
                hear_amendment(case)
        word = YES if message.approve else NO
        return Text(ru=f"{word.ru}: {approval.title.ru}", en=f"{word.en}: {approval.title.en}")

    return effect
