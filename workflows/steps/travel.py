"""The goods on their way: status checks begin when the ETA has passed, and go on until they have arrived."""

from domain.deal.tasks import Assignment
from domain.playbook.questions import Arrival, Arrived, Delayed
from workflows.line_case import LineCase


async def travel(line: LineCase) -> None:
    def ask(round: int) -> Assignment:
        eta = line.state.eta or line.now
        line.check_every("eta", eta)
        return line.open("arrival", round=round, due_at=eta)

    async def move_eta(arrival: Assignment, round: int) -> None:
        answer = Arrival.read(arrival.answers)
        if isinstance(answer, Delayed):
            line.move_eta(answer.eta, arrival.by)

    await line.in_rounds(
        "arrival", ask, lambda asked: isinstance(Arrival.read(asked.answers), Arrived), move_eta
    )
    line.state.checks.pop("eta", None)
