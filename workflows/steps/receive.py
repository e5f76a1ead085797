"""Acceptance at the warehouse: damaged goods go through a claim and are accepted again."""

from domain.deal.tasks import Assignment
from domain.facts import GoodsDamaged
from domain.playbook.book import Trigger
from domain.playbook.questions import Acceptance, Accepted, Damaged
from workflows.line_case import LineCase


async def receive(line: LineCase) -> None:
    def ask(round: int) -> Assignment:
        return line.open("acceptance", round=round)

    async def claim(acceptance: Assignment, round: int) -> None:
        answer = Acceptance.read(acceptance.answers)
        if isinstance(answer, Damaged) and line.once(f"damaged#{round}"):
            line.record(GoodsDamaged(remarks=answer.remarks), by=acceptance.by)
        claimed = line.open("claim", round=round)
        await line.until(lambda: claimed.closed, "the claim for damaged goods")

    accepted = await line.in_rounds(
        "acceptance", ask, lambda asked: isinstance(Acceptance.read(asked.answers), Accepted), claim
    )
    answer = Acceptance.read(accepted.answers)
    line.happened(Trigger.READY_TO_SHIP, on=answer.accepted_on if isinstance(answer, Accepted) else None)
