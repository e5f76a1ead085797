"""What is put aside for the client goes back: with the director's yes, where the playbook wants it, and once the accountant has paid."""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from domain.deal import refunds
from domain.deal.ledger import Entry
from domain.deal.state import DealState
from domain.deal.tasks import Assignment
from domain.facts import DESK, Actor, MoneyRefunded
from domain.order.rate_clause import ROUBLES
from domain.playbook.kinds import REFUND, REFUNDING
from domain.wording import Cash, worded
from domain.words import Role, Text
from workflows.case import Case
from workflows.money import in_roubles, record_moved

LESS = Text(ru="этих денег в сделке уже нет", en="the deal has this money no more")
NOT_AGREED = Text(ru="директор не согласовал возврат", en="the director did not agree to the refund")


def pursue_refunds(deal: Case[DealState]) -> None:
    """Takes each refund as far as it can go now. One after the other is put to the director."""
    state = deal.state
    waiting = refunds.put_aside(state)
    _withdraw_what_has_gone(deal, waiting)
    for number, amount in waiting.items():
        asked = state.approvals.get(REFUNDING)
        of_this = asked if asked and asked.version == number else None
        if state.subject.id(REFUND, number) in state.assignments:
            continue
        if amount != refunds.asked_for(state, number):
            _give_back(deal, number, DESK, LESS)
        elif not _needs_director(state, number, amount) or (of_this and of_this.approved):
            _ask_to_pay(deal, number, amount)
        elif of_this and of_this.rejected:
            _give_back(deal, number, of_this.votes[-1].actor, NOT_AGREED, of_this.votes[-1].comment)
        elif asked is None or asked.closed:
            _ask_director(deal, number, amount)


def _needs_director(state: DealState, number: int, amount: Decimal) -> bool:
    """Above the playbook's sum, unless a director has asked for it."""
    by, amount = refunds.asked_by(state, number), refunds.in_roubles(state, number) or amount
    return amount > state.book.money.refund_above and (by.behalf or by.person) not in state.book.holders(
        Role.DIRECTOR
    )


def _withdraw_what_has_gone(deal: Case[DealState], waiting: Mapping[int, Decimal]) -> None:
    """The bank took a payment back whose money was to be returned: nobody pays or agrees to what is not there."""
    state = deal.state
    for asked in [a for a in state.open_assignments if a.kind == REFUND]:
        number = refunds.number_of(asked)
        if waiting.get(number) != refunds.asked_for(state, number):
            deal.withdraw(asked, LESS)
            _give_back(deal, number, DESK, LESS)
    approval = state.approvals.get(REFUNDING)
    if approval and not approval.closed:
        number = approval.version
        if waiting.get(number) != refunds.asked_for(state, number):
            deal.withdraw_approval(approval, LESS)


def _ask_to_pay(deal: Case[DealState], number: int, amount: Decimal) -> None:
    state = deal.state
    roubles = refunds.in_roubles(state, number)
    title = worded(
        ru="{title}: {amount}{sent}",
        en="{title}: {amount}{sent}",
        title=state.book.assignment(REFUND).title,
        amount=Cash(amount, state.currency),
        sent=worded(ru=", {r}", en=", {r}", r=Cash(roubles, ROUBLES)) if roubles else "",
    )
    deal.open(REFUND, round=number, title=title, comment=refunds.reason_of(state, number))


def _ask_director(deal: Case[DealState], number: int, amount: Decimal) -> None:
    state = deal.state
    by, reason = refunds.asked_by(state, number), refunds.reason_of(state, number)
    deal.put_to_approval(
        REFUNDING, by=by, round=number, amount=amount, currency=state.currency, reason=reason
    )


def _give_back(deal: Case[DealState], number: int, by: Actor, why: Text, comment: str = "") -> None:
    """It is free again: what becomes of it is asked anew."""
    note = comment or why.to(deal.state.book.language)
    record_moved(deal, refunds.give_back(deal.state, number, by, deal.now, deal.today, note))


def pay_out(deal: Case[DealState], asked: Assignment) -> None:
    """The accountant has answered: the money has gone."""
    if asked.kind == REFUND:
        _record(deal, refunds.pay_out(deal.state, asked, asked.answers, asked.by, deal.now))


def correct_paid(
    deal: Case[DealState], asked: Assignment, right: Mapping[str, str], by: Actor, reason: str
) -> None:
    """Before the answer is another: the ledger takes the wrong outgoing payment back, and has the right one."""
    if asked.kind != REFUND:
        return
    record_moved(deal, refunds.take_back(deal.state, asked, by, deal.now, deal.today, reason))
    _record(deal, refunds.pay_out(deal.state, asked, right, by, deal.now))


def _record(deal: Case[DealState], entries: Iterable[Entry]) -> None:
    for entry in entries:
        refunded = MoneyRefunded(
            **entry.about(),
            **in_roubles(entry),
            taken=entry.taken,
            put=entry.put,
            day=entry.day,
            reason=entry.note,
        )
        deal.record(refunded, by=entry.actor)
