"""The client's qualification: a deal goes on with a client who fits, and is lost with any other."""

from domain.facts import ClientQualified
from domain.questions import Disqualified, Qualification
from domain.words import Stage
from workflows.deal_case import DealCase


async def qualify(deal: DealCase) -> None:
    question = await deal.answered("qualification")
    answer = Qualification.read(question.answers)
    reason = answer.reason if isinstance(answer, Disqualified) else ""
    if deal.once("qualified"):
        deal.record(ClientQualified(outcome=answer.outcome, reason=reason), by=question.by)
    if isinstance(answer, Disqualified):
        deal.end_early(Stage.LOST, reason, question.closed_by)
