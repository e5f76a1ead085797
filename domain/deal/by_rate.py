"""Payments in roubles for prices in another currency: they wait for the Bank of Russia's rate, and are counted at it."""

from datetime import date, datetime
from decimal import Decimal

from domain.deal.ledger import Entry, EntryKind
from domain.deal.messages import Correct, Pay
from domain.deal.payments import in_order
from domain.deal.rates import PaidIn, Rate, WaitingPayment, converted, rate_day
from domain.deal.state import DealState
from domain.deal.treasury import corrected_id, paid_for, parts_of, post, sender, undo_payment
from domain.facts import Actor
from domain.money import ZERO, kopecks
from domain.order.rate_clause import ROUBLES, RateClause, RateDay
from domain.words import Trigger


def wait_for_rate(
    deal: DealState, message: Pay, clause: RateClause, actor: Actor, now: datetime, today: date
) -> WaitingPayment:
    """Roubles came: they are counted once it is known what they are in the currency of the prices."""
    credited, agreed = message.day or today, deal.moments.get(Trigger.CONTRACT)
    contract = deal.book.calendar.today(agreed) if agreed else None
    waiting = WaitingPayment(
        id=message.id,
        amount=kopecks(message.amount),
        currency=message.currency,
        day=credited,
        rate_day=rate_day(clause, credited, message.debited, contract),
        percent=clause.percent,
        within=clause.within,
        base_day=contract if clause.within is not None else None,
        line=message.line,
        note=message.purpose,
        **sender(message),
        actor=actor,
        at=now,
    )
    deal.ledger.waiting.append(waiting)
    return waiting


def correct_rated(
    deal: DealState,
    payment: Entry,
    right: Pay,
    by_hand: Rate | None,
    message: Correct,
    actor: Actor,
    now: datetime,
    today: date,
) -> tuple[Entry, WaitingPayment, Rate | None]:
    """Takes a payment away as it was entered. As it should have been it waits, for a rate that is returned where it is known."""
    paid, clause = rated(payment), deal.rate or RateClause()
    day = right.day or payment.day
    same_day = day == payment.day or clause.day is RateDay.CONTRACT
    waiting = WaitingPayment(
        id=corrected_id(deal, payment),
        amount=kopecks(right.amount),
        currency=ROUBLES,
        day=day,
        rate_day=paid.day if same_day else day,
        percent=paid.percent,
        within=paid.within,
        base_day=paid.base_day,
        line=right.line,
        note=right.purpose,
        corrects=payment.id,
        **sender(payment),
        actor=actor,
        at=now,
    )
    undone = undo_payment(deal, payment, message, actor, now, today)
    deal.ledger.waiting.append(waiting)
    return undone, waiting, by_hand or (paid.rate if same_day else deal.rates.get(day))


def rated(payment: Entry) -> PaidIn:
    """How it came, of a payment that came in roubles."""
    if payment.paid is None:
        raise LookupError(f"payment {payment.id} came in the currency of the prices")
    return payment.paid


def take_waiting(
    deal: DealState, waiting: WaitingPayment, rate: Rate, now: datetime, undone: Entry | None = None
) -> Entry:
    """Counts it at this rate, and puts it on milestones as if it came now; where it stood, if it is `undone` and neither its amount
    nor its line is another."""
    deal.ledger.waiting.remove(waiting)
    paid = waiting.paid_at(rate, deal.rates.get(waiting.base_day) if waiting.base_day else None)
    amount = converted(paid, _owed(deal, waiting.line))
    before = deal.ledger.find(EntryKind.RECEIVED, undone.payment) if undone else None
    stays = before and (amount, waiting.line) == (before.amount, before.line)
    payment = Entry(
        kind=EntryKind.RECEIVED,
        id=waiting.id,
        payment=waiting.id,
        amount=amount,
        currency=deal.currency,
        day=waiting.day,
        put=undone.taken if undone and stays else paid_for(deal, amount, waiting.line),
        line=waiting.line,
        note=waiting.note,
        corrects=waiting.corrects,
        **sender(waiting),
        paid=paid,
        actor=waiting.actor,
        at=now,
    )
    post(deal, payment)
    return payment


def _owed(deal: DealState, line: int | None) -> list[Decimal]:
    """What the milestones want to which this money goes, in the order in which it does."""
    lines = {line, *parts_of(deal, line)} if line else None
    milestones = in_order(m for m in deal.milestones if lines is None or m.line in lines)
    return [m.outstanding for m in milestones if m.outstanding > ZERO]
