"""The goods on their way: status checks begin when the ETA has passed, and go on until they have arrived."""

from domain.deal.tasks import Assignment
from domain.facts import EtaMoved
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
            before = line.state.eta and line.state.book.calendar.today(line.state.eta)
            line.record(EtaMoved(eta=answer.eta, before=before), by=arrival.by)
            line.state.eta = line.end_of(answer.eta)
            line.state.checks.pop("eta", None)

    await line.in_rounds(
        "arrival", ask, lambda asked: isinstance(Arrival.read(asked.answers), Arrived), move_eta
    )
    line.state.checks.pop("eta", None)
