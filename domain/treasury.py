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
from domain.messages import Pay, Reverse
from domain.money import LARGEST, ZERO, kopecks
from domain.payments import allocate
from domain.refusals import Refusal
from domain.state import DealState
from domain.words import LineStatus, Text

LISTED = 20  # payments that a refusal names
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
    _check_day(message.day, today)


def _check_day(day: date | None, today: date) -> None:
    if day is not None and day > today + timedelta(days=1):
        raise Refusal(
            "future",
            en=f"{day} is in the future: enter what has happened",
            ru=f"{day} ещё не наступило: вводите то, что уже произошло",
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


def check_reversal(deal: DealState, message: Reverse, today: date) -> Entry:
    """The payment that the bank took back; refuses what can't be."""
    payment = deal.ledger.find(EntryKind.RECEIVED, message.payment)
    if payment is None:
        there = ", ".join(entry.id for entry in deal.ledger.payments[-LISTED:]) or "—"
        raise Refusal(
            "not_found",
            en=f"the deal has no payment {message.payment!r} (there are: {there})",
            ru=f"в сделке нет платежа {message.payment!r} (есть: {there})",
        )
    if deal.stage.final:
        raise Refusal(
            "closed",
            en="the deal is closed: what the bank took back can't be entered any more",
            ru="сделка закрыта: отзыв платежа внести уже нельзя",
        )
    if deal.ledger.reversal(payment.id):
        raise Refusal(
            "already",
            en=f"payment {payment.id} is reversed already",
            ru=f"платёж {payment.id} уже сторнирован",
        )
    _check_day(message.day, today)
    if (message.day or today) < payment.day:
        raise Refusal(
            "before_payment",
            en=f"payment {payment.id} came on {payment.day}: it can't have been taken back before",
            ru=f"платёж {payment.id} пришёл {payment.day}: раньше его отозвать не могли",
        )
    gone = payment.amount - sum(_in_hand(deal, payment).values(), ZERO)
    if gone:
        raise Refusal(
            "not_in_hand",
            en=f"{gone} of payment {payment.id} is given back or written off already: reverse that first",
            ru=f"{gone} из платежа {payment.id} уже возвращено или списано: сначала отмените это",
        )
    return payment


def reverse_payment(
    deal: DealState, payment: Entry, message: Reverse, actor: Actor, now: datetime, today: date
) -> Entry:
    """Takes a payment from wherever its money stands."""
    entry = Entry(
        kind=EntryKind.REVERSED,
        id=message.id,
        payment=payment.id,
        amount=payment.amount,
        currency=payment.currency,
        day=message.day or today,
        taken=_in_hand(deal, payment),
        note=message.reason,
        actor=actor,
        at=now,
    )
    _post(deal, entry)
    return entry


def _in_hand(deal: DealState, payment: Entry) -> dict[str, Decimal]:
    places = standing(deal.ledger.entries)[payment.id]
    return {place: amount for place, amount in places.items() if place not in (REFUNDED, WRITTEN_OFF)}


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


def lines_of(deal: DealState, *entries: Entry) -> set[int]:
    """The lines on whose milestones these entries put or took something."""
    places = {place for entry in entries for place in (*entry.put, *entry.taken)}
    return {line.number for line in deal.lines.values() if places & line.milestones.keys()}


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
