"""A line's release: the fields of its payment type, the director's approval where goods leave before money comes, the prepayment."""

from domain.deal.tasks import Approval
from domain.playbook.book import Gate, Trigger
from workflows.line_case import LineCase


async def release(line: LineCase) -> None:
    line.happened(Trigger.CONTRACT)
    if line.term.form:
        await line.answered("payment-terms")
    if line.term.credit:
        await agree_credit(line)
    await line.until(lambda: line.paid(Gate.ORDERING), "the prepayment")


async def agree_credit(line: LineCase) -> None:
    def put_to_approval(round: int) -> Approval:
        state = line.state
        return line.put_to_approval(
            "credit",
            by=line.put_by(state.assignments.get(state.subject.id("payment-terms", round))),
            round=round,
            amount=state.amount,
            currency=state.currency,
            good=state.good.name,
        )

    async def new_terms(rejected: Approval, round: int) -> None:
        comment = rejected.votes[-1].comment
        revision = line.open("payment-terms", round=round + 1, comment=comment)
        await line.until(lambda: revision.closed, "new terms after the director's refusal")

    await line.in_rounds("credit", put_to_approval, lambda asked: asked.approved, new_terms)
