"""A line's release: the fields of its payment type, the director's approval where goods leave before money comes, the prepayment, and
the contract's signature."""

from domain.deal.assignment_form import PAYMENT
from domain.playbook.terms import Gate
from domain.words import Trigger
from workflows.credit import agreed_credit, as_entered, why_refused
from workflows.line_case import LineCase


async def release(line: LineCase) -> None:
    line.happened(Trigger.CONTRACT)
    line.note_papers()
    await settle_terms(line)
    await line.until(lambda: line.may_pass(Gate.ORDERING), "the prepayment and the contract's signature")


async def settle_terms(line: LineCase) -> None:
    """In rounds, until there are terms that hold. They are asked for again where an amendment brings other ones."""
    rounds = line.state.rounds
    while not await terms_settled(line, round := rounds.get("credit", 1)):
        rounds["credit"] = round + 1


async def terms_settled(line: LineCase, round: int) -> bool:
    """Whether this round brings terms that hold; refused, or with another payment type, they are entered anew."""
    refused = line.state.refused(round)
    if (line.term.form and as_entered(round) not in line.state.noted) or refused:
        terms = line.open("payment-terms", round=round, comment=why_refused(line) if refused else "")
        await line.until(lambda: terms.closed, f"the payment terms, round {round}")
        key, payment = f"other-terms#{round}", terms.answers.get(PAYMENT) or line.state.good.payment
        is_other = refused and (payment != line.state.good.payment or line.state.agreement == "refused")
        if is_other and line.once(key):
            line.choose_payment(payment, terms.by)
        if key in line.state.noted:
            await line.until(
                lambda: line.state.agreement != "asked", "the contract with another payment type"
            )
            return False
    return not line.term.credit or await agreed_credit(line, round)
