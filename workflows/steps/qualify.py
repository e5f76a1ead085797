"""The client's qualification: a deal goes on with a client who fits, and is lost with any other."""

from domain.facts import ClientQualified
from domain.playbook.questions import Disqualified, Qualification, Qualified
from domain.words import Stage, same
from workflows.deal_case import DealCase


async def qualify(deal: DealCase) -> None:
    question = await deal.answered("qualification")
    match Qualification.read(question.answers):
        case Disqualified(outcome=outcome, reason=reason):
            if deal.once("qualified"):
                deal.record(ClientQualified(outcome=outcome, reason=reason), by=question.by)
            deal.end_early(Stage.LOST, same(reason), question.by)
        case Qualified(outcome=outcome) if deal.once("qualified"):
            deal.record(ClientQualified(outcome=outcome), by=question.by)
