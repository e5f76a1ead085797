"""A line's credit: what the client owes over all deals is looked up, and the director decides by it; and it is asked anew where an
amendment brings other terms."""

from typing import TYPE_CHECKING

from domain.deal.credit import CreditAsked, CreditFinding, CreditFound
from domain.deal.tasks import Approval
from domain.facts import CreditLookedUp, CreditUnknown
from domain.playbook.routes import Step
from domain.words import Text
from workflows.activities import LOOK_UP_CREDIT
from workflows.host import ActivityFailed

if TYPE_CHECKING:
    from workflows.line_case import LineCase

AMENDED = Text(ru="условия изменены", en="the terms have changed")


async def agreed_credit(line: "LineCase", round: int) -> bool:
    """Whether the director lets the goods leave before their money."""
    await look_up(line, round)
    state = line.state
    asked = line.put_to_approval(
        "credit",
        by=line.put_by(state.assignments.get(state.subject.id("payment-terms", round))),
        round=round,
        amount=state.amount,
        currency=state.currency,
        good=state.good.name,
    )
    await line.until(lambda: asked.closed, f"the director's answer, round {round}")
    return asked.approved


async def look_up(line: "LineCase", round: int) -> None:
    """Once a round. In the background: the line hears meanwhile what comes, and whatever interrupts it does so."""
    if is_known(line, round):
        return
    if line.looking_up != round:
        line.looking_up = round
        line.host.background(_ask(line, round))
    await line.until(lambda: is_known(line, round), "what the client owes")


def is_known(line: "LineCase", round: int) -> bool:
    """So far as it can be."""
    approval = credit_of(line)
    asked_before = approval is not None and approval.version >= round
    return asked_before or (line.state.credit is not None and line.state.credit.round >= round)


async def _ask(line: "LineCase", round: int) -> None:
    """Nobody waits for records that are down: the director is asked all the same, and told."""
    state = line.state
    client = state.client
    asked = CreditAsked(
        deal=state.deal,
        line=state.number,
        client=client.known_by or client.name or client.contact,
        by_name=client.known_by is None,
    )
    found, known = CreditFound(), True
    try:
        found = await line.host.ask(LOOK_UP_CREDIT, asked, "what the client owes over all deals")
    except ActivityFailed:
        known = False
    line.looking_up = 0
    if state.cancelled is not None or state.status.final:
        return
    finding = CreditFinding(**found.model_dump(), round=round, at=line.now, known=known)
    state.credit = finding
    line.record(_fact(finding, state.currency) if known else CreditUnknown())
    line.wake()


def _fact(finding: CreditFinding, currency: str) -> CreditLookedUp:
    owed, limit = finding.owed_in(currency), finding.limit
    return CreditLookedUp(
        deals=finding.deals,
        owed=owed.owed,
        overdue=owed.overdue or None,
        limit=limit.amount if limit and limit.currency == currency else None,
        currency=currency,
    )


def credit_of(line: "LineCase") -> Approval | None:
    return line.state.approvals.get(line.state.subject.id("credit"))


def why_refused(line: "LineCase") -> str:
    """In the director's words, or in those of who refused the contract with other terms."""
    if line.state.agreement == "refused":
        return line.state.refusal
    return line.state.approvals[line.state.subject.id("credit")].votes[-1].comment


def ask_terms_anew(line: "LineCase") -> None:
    """The payment type's fields, and the director's approval where it is credit, are those of the new one."""
    state = line.state
    round = state.rounds.get("credit", 1)
    asked, approval = state.assignments.get(state.subject.id("payment-terms", round)), credit_of(line)
    if asked and not asked.closed:
        line.withdraw(asked, AMENDED)
    if approval and not approval.closed:
        line.withdraw_approval(approval, AMENDED)
    state.rounds["credit"] = round + 1
    if line.term.form and state.route[state.passed] is not Step.RELEASE:
        line.open("payment-terms", round=round + 1)
