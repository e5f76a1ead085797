"""Acceptance at the warehouse: damaged goods go through a claim and are accepted again; what has not come is split off, and waited for."""

from domain.deal.parts import came_in_part
from domain.deal.tasks import Assignment
from domain.facts import GoodsDamaged
from domain.goods.quantity import exact
from domain.playbook.questions import Acceptance, Accepted, Damaged, Partial
from domain.words import Trigger
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

    acceptance = await line.in_rounds(
        "acceptance", ask, lambda asked: isinstance(Acceptance.read(asked.answers), Accepted | Partial), claim
    )
    answer = Acceptance.read(acceptance.answers)
    line.tell_of_lots()
    if isinstance(answer, Partial):
        await split_off_rest(line, answer)
    line.happened(Trigger.READY_TO_SHIP, on=answer.accepted_on if isinstance(answer, Accepted) else None)


async def split_off_rest(line: LineCase, answer: Partial) -> None:
    """The deal gives it a number; the line goes on with what has come."""
    if line.once(came_in_part(line.state.rounds.get("acceptance", 1))):
        line.state.missing = exact(line.quantity - answer.came)
        line.state.untold = True
    await line.until(lambda: not line.state.missing, "what has not come is split off")
