"""The deal's money: what a payment may be, and where it goes."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal

from domain.facts import DESK, Actor
from domain.ledger import (
    ADVANCE,
    ELSEWHERE,
    REFUNDED,
    WRITTEN_OFF,
    Entry,
    EntryKind,
    balances,
    funded_on,
    standing,
)
from domain.messages import Pay
from domain.money import LARGEST, ZERO, kopecks
from domain.payments import allocate
from domain.refusals import Refusal
from domain.state import DealState
from domain.words import LineStatus, Text

PLACES = {
    ADVANCE: Text(ru="аванс", en="the advance"),
    REFUNDED: Text(ru="возврат клиенту", en="back to the client"),
    WRITTEN_OFF: Text(ru="списание", en="written off"),
}


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


def take_payment(deal: DealState, message: Pay, actor: Actor, now: datetime, today: date) -> Entry:
    """Counts the payment and puts it on milestones; what is left over is an advance."""
    amount = kopecks(message.amount)
    payment = Entry(
        kind=EntryKind.RECEIVED,
        id=message.id,
        payment=message.id,
        amount=amount,
        currency=message.currency,
        day=message.day or today,
        put=_placed(deal, amount, message.line),
        line=message.line,
        note=message.purpose,
        actor=actor,
        at=now,
    )
    _post(deal, payment)
    return payment


def put_advances(deal: DealState, now: datetime, today: date) -> list[Entry]:
    """Moves advances to milestones that are open to them: there were none when the money came, or they have become open again."""
    moved: list[Entry] = []
    for payment in deal.ledger.payments:
        free = standing(deal.ledger.entries)[payment.id].get(ADVANCE, ZERO)
        put = _placed(deal, free, payment.line) if free > ZERO else {}
        used = free - put.pop(ADVANCE, ZERO)
        if used:
            entry = Entry(
                kind=EntryKind.MOVED,
                id=f"desk:{len(deal.ledger.entries) + 1}",
                payment=payment.id,
                amount=used,
                currency=payment.currency,
                day=today,
                put=put,
                taken={ADVANCE: used},
                actor=DESK,
                at=now,
            )
            _post(deal, entry)
            moved.append(entry)
    return moved


def named(deal: DealState, places: Iterable[str]) -> Text:
    """Places as people read them: the advance, or milestones by their titles and lines."""
    titles = [_title(deal, place) for place in places]
    return Text(ru=", ".join(title.ru for title in titles), en=", ".join(title.en for title in titles))


def _title(deal: DealState, place: str) -> Text:
    if place in ELSEWHERE:
        return PLACES[place]
    found = next(line.milestones[place] for line in deal.lines.values() if place in line.milestones)
    return Text(ru=f"«{found.title.ru}» (строка {found.line})", en=f"“{found.title.en}” (line {found.line})")


def _placed(deal: DealState, amount: Decimal, line: int | None) -> dict[str, Decimal]:
    """Where so much money goes, of the milestones that are open now to what is for this line, or for none."""
    put, rest = allocate(amount, [m for m in deal.milestones if line in (None, m.line)])
    return {**put, ADVANCE: rest} if rest else put


def _post(deal: DealState, entry: Entry) -> None:
    deal.ledger.post(entry)
    amounts, days = balances(deal.ledger.entries), funded_on(deal.ledger.entries)
    for milestone in (m for line in deal.lines.values() for m in line.milestones.values()):
        milestone.allocated = amounts.get(milestone.id, ZERO)
        milestone.funded_on = days.get(milestone.id)
