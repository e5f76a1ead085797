"""The deal's money: what a payment may be, and where it goes."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from domain.facts import Actor
from domain.messages import Pay
from domain.money import LARGEST, ZERO, kopecks
from domain.payments import Payment, allocate
from domain.refusals import Refusal
from domain.state import DealState
from domain.words import LineStatus


def check_payment(deal: DealState, message: Pay, today: date) -> None:
    """Refuses money that can't be what it says; nothing of it is counted."""
    amount = message.amount
    if deal.stage.final:
        raise Refusal(
            "closed",
            en="the deal is closed: it takes no more payments",
            ru="сделка закрыта и платежей не ждёт",
        )
    if message.currency != deal.currency:
        raise Refusal(
            "other_currency",
            en=f"the deal is in {deal.currency}, the payment in {message.currency[:10]!r}: convert it first",
            ru=f"сделка в {deal.currency}, а платёж в {message.currency[:10]!r}: сначала пересчитайте",
        )
    if amount <= 0:
        raise Refusal(
            "not_positive",
            en=f"{amount} is not a payment: the amount must be greater than zero",
            ru=f"{amount} — не платёж: сумма должна быть больше нуля",
        )
    if amount > LARGEST or amount != kopecks(amount):
        raise Refusal(
            "bad_amount",
            en=f"{amount} has more than two decimals or is too large",
            ru=f"{amount}: больше двух знаков после запятой или слишком много",
        )
    if message.line is not None and (
        message.line not in deal.lines or deal.lines[message.line].status is LineStatus.CANCELLED
    ):
        lines = ", ".join(str(line.number) for line in deal.active_lines) or "—"
        raise Refusal(
            "no_line",
            en=f"no line {message.line} to pay for (there are: {lines})",
            ru=f"нет строки {message.line} (есть: {lines})",
        )
    if message.day is not None and message.day > today + timedelta(days=1):
        raise Refusal(
            "future",
            en=f"{message.day} is in the future: enter money that has come",
            ru=f"{message.day} ещё не наступило: вводите пришедшие деньги",
        )


def take_payment(
    deal: DealState, message: Pay, actor: Actor, now: datetime, today: date
) -> tuple[Payment, Decimal]:
    """Counts the payment, puts it on milestones, and returns it with what is left over as an advance."""
    payment = Payment(
        id=message.id,
        amount=kopecks(message.amount),
        currency=message.currency,
        day=message.day or today,
        purpose=message.purpose,
        line=message.line,
        actor=actor,
        at=now,
    )
    payment, rest = _put(deal, payment, payment.amount)
    deal.payments.append(payment)
    return payment, rest


def use_advances(deal: DealState) -> Decimal:
    """Puts money that came before there was anything to pay for on the milestones there are now; how much it was."""
    used = ZERO
    for n, payment in enumerate(deal.payments):
        rest = payment.amount - sum(payment.allocations.values(), ZERO)
        deal.payments[n], left = _put(deal, payment, rest)
        used += rest - left
    return used


def _put(deal: DealState, payment: Payment, amount: Decimal) -> tuple[Payment, Decimal]:
    milestones = [m for m in deal.milestones if payment.line in (None, m.line)]
    parts, rest = allocate(amount, milestones)
    for milestone in milestones:
        milestone.allocated += parts.get(milestone.id, ZERO)
    allocations = dict(payment.allocations)
    for id, part in parts.items():
        allocations[id] = allocations.get(id, ZERO) + part
    return payment.model_copy(update={"allocations": allocations}), rest
