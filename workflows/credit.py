"""A line's credit: what the client owes over all deals is looked up, and the director decides by it; and it is asked anew where an
amendment brings other terms."""

from typing import TYPE_CHECKING

from domain.deal.amending.credit import credit_of
from domain.deal.credit import CreditAsked, CreditFinding, CreditFound, debtor_of, known_as
from domain.deal.tasks import Approval
from domain.facts import Actor, CreditLookedUp, CreditUnknown
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
    asked = _put(line, round)
    await line.until(lambda: asked.closed, f"the director's answer, round {round}")
    return asked.approved


def _put(line: "LineCase", round: int) -> Approval:
    """By whoever entered the terms of this round, or has amended what was decided on."""
    state = line.state
    entered = state.assignments.get(state.subject.id("payment-terms", round))
    return line.put_to_approval(
        "credit",
        by=line.put_by(entered) if entered or state.raised_by is None else state.raised_by,
        round=round,
        amount=state.amount,
        currency=state.currency,
        good=state.good.name,
    )


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
    approval = credit_of(line.state)
    asked_before = approval is not None and approval.version >= round
    return asked_before or (line.state.credit is not None and line.state.credit.round >= round)


async def _ask(line: "LineCase", round: int, *, at_once: bool = False) -> None:
    """Nobody waits for records that are down: the director is asked all the same, and told. `at_once`: wherever the line stands."""
    state = line.state
    client, term = state.client, line.term
    debtor, payments = debtor_of(client, term), state.book.payments
    asked = CreditAsked(
        deal=state.deal,
        line=state.number,
        client=known_as(client, term),
        by_name=debtor.known_by is None,
        by_payer=tuple(sorted(code for code, kind in payments.items() if kind.debtor == "payer")),
    )
    found, known = CreditFound(), True
    try:
        found = await line.host.ask(LOOK_UP_CREDIT, asked, "what the client owes over all deals")
    except ActivityFailed:
        known = False
    if line.looking_up == round:
        line.looking_up = 0
    if state.cancelled is not None or state.status.final or state.rounds.get("credit", 1) != round:
        return
    decided = credit_of(state)
    finding = CreditFinding(
        **found.model_dump(),
        round=round,
        at=line.now,
        known=known,
        amount=state.amount,
        before=state.credit.amount if state.credit and decided and decided.approved else None,
        debtor=debtor.name or "" if debtor is not client else "",
    )
    state.credit = finding
    line.record(_fact(finding, state.currency) if known else CreditUnknown())
    if at_once:
        _put(line, round)
    line.wake()


def _fact(finding: CreditFinding, currency: str) -> CreditLookedUp:
    owed, limit = finding.owed_in(currency), finding.limit
    return CreditLookedUp(
        debtor=finding.debtor,
        deals=finding.deals,
        owed=owed.owed,
        overdue=owed.overdue or None,
        limit=limit.amount if limit and limit.currency == currency else None,
        currency=currency,
    )


def why_refused(line: "LineCase") -> str:
    """In the director's words, or in those of who refused the contract with other terms."""
    if line.state.agreement == "refused":
        return line.state.refusal
    return line.state.approvals[line.state.subject.id("credit")].votes[-1].comment


def ask_credit_anew(line: "LineCase", by: Actor) -> None:
    """By the terms that were entered, at once: an amendment has made it more than was decided on."""
    state = line.state
    approval = credit_of(state)
    if approval and not approval.closed:
        line.withdraw_approval(approval, AMENDED)
    round = state.rounds["credit"] = state.rounds.get("credit", 1) + 1
    state.noted.append(as_entered(round))
    state.raised_by = by
    line.looking_up = round
    line.host.background(_ask(line, round, at_once=True))


def as_entered(round: int) -> str:
    """That this round of the credit is about terms that are entered already."""
    return f"terms as entered#{round}"


def ask_terms_anew(line: "LineCase") -> None:
    """The payment type's fields, and the director's approval where it is credit, are those of the new one."""
    state = line.state
    round = state.rounds.get("credit", 1)
    asked, approval = state.assignments.get(state.subject.id("payment-terms", round)), credit_of(state)
    if asked and not asked.closed:
        line.withdraw(asked, AMENDED)
    if approval and not approval.closed:
        line.withdraw_approval(approval, AMENDED)
    state.rounds["credit"] = round + 1
    if line.term.form and state.route[state.passed] is not Step.RELEASE:
        line.open("payment-terms", round=round + 1)
