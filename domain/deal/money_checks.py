"""What may be done with money, and what is refused, with words; see `treasury` for where it goes."""

from datetime import date, timedelta
from decimal import Decimal

from domain.deal.ledger import ADVANCE, Entry, EntryKind
from domain.deal.messages import Move, Pay, Refund, Reverse
from domain.deal.state import DealState
from domain.deal.treasury import in_hand, movable
from domain.money import LARGEST, ZERO, kopecks
from domain.refusals import Refusal
from domain.words import LineStatus

LISTED = 20  # payments that a refusal names


def check_payment(deal: DealState, message: Pay, today: date) -> None:
    """Refuses money that can't be what it says; nothing of it is counted."""
    _check_open(deal)
    if message.currency != deal.currency:
        raise Refusal(
            "other_currency",
            en=f"the deal is in {deal.currency}, the payment in {message.currency[:10]!r}: convert it first",
            ru=f"сделка в {deal.currency}, а платёж в {message.currency[:10]!r}: сначала пересчитайте",
        )
    _check_amount(message.amount)
    _check_line(deal, message.line)
    _check_day(message.day, today)


def check_reversal(deal: DealState, message: Reverse, today: date) -> Entry:
    """The payment that the bank took back; refuses what can't be."""
    payment = _payment(deal, message.payment)
    _check_day(message.day, today)
    _check_after(payment, message.day or today)
    gone = payment.amount - sum(in_hand(deal, payment).values(), ZERO)
    if gone:
        raise Refusal(
            "not_in_hand",
            en=f"{gone} of payment {payment.id} went back or was written off: the deal has it no more",
            ru=f"{gone} из платежа {payment.id} уже возвращено или списано: в сделке этих денег нет",
        )
    return payment


def check_move(deal: DealState, message: Move) -> Entry:
    """The payment whose money is moved."""
    payment = _payment(deal, message.payment)
    _check_new(deal, EntryKind.MOVED, message.id)
    _check_line(deal, message.line)
    if message.amount is not None:
        _check_amount(message.amount)
    most = movable(deal, payment, message.line)
    if not most or (message.amount or ZERO) > most:
        raise Refusal(
            "not_in_hand",
            en=f"of payment {payment.id} {most} can be moved there",
            ru=f"из платежа {payment.id} туда можно переложить {most}",
        )
    return payment


def check_refund(deal: DealState, message: Refund, today: date) -> Entry:
    """The payment whose money went back. Only an advance can: what pays a milestone is moved from there first."""
    payment = _payment(deal, message.payment)
    _check_new(deal, EntryKind.REFUNDED, message.id)
    _check_amount(message.amount)
    _check_day(message.day, today)
    _check_after(payment, message.day or today)
    free = in_hand(deal, payment).get(ADVANCE, ZERO)
    if message.amount > free:
        raise Refusal(
            "not_in_hand",
            en=f"of payment {payment.id} {free} is an advance: move to it first what is to go back",
            ru=f"аванс из платежа {payment.id} — {free}: сначала переложите туда то, что возвращаете",
        )
    return payment


def _payment(deal: DealState, id: str) -> Entry:
    """One that the deal has, and can still do something with."""
    _check_open(deal)
    payment = deal.ledger.find(EntryKind.RECEIVED, id)
    if payment is None:
        there = ", ".join(entry.id for entry in deal.ledger.payments[-LISTED:]) or "—"
        raise Refusal(
            "not_found",
            en=f"the deal has no payment {id!r} (there are: {there})",
            ru=f"в сделке нет платежа {id!r} (есть: {there})",
        )
    if deal.ledger.reversal(payment.id):
        raise Refusal(
            "already",
            en=f"payment {payment.id} is reversed already",
            ru=f"платёж {payment.id} уже сторнирован",
        )
    return payment


def _check_open(deal: DealState) -> None:
    if deal.stage.final:
        raise Refusal(
            "closed",
            en="the deal is closed: its money does not change any more",
            ru="сделка закрыта: её деньги больше не меняются",
        )


def _check_new(deal: DealState, kind: EntryKind, id: str) -> None:
    if deal.ledger.find(kind, id):
        raise Refusal(
            "same_id_other_content",
            en=f"id {id!r} was used already: a new message needs a new id",
            ru=f"номер {id!r} уже использован: новому сообщению нужен новый номер",
        )


def _check_amount(amount: Decimal) -> None:
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


def _check_line(deal: DealState, line: int | None) -> None:
    if line is not None and (line not in deal.lines or deal.lines[line].status is LineStatus.CANCELLED):
        lines = ", ".join(str(active.number) for active in deal.active_lines) or "—"
        raise Refusal(
            "no_line",
            en=f"no line {line} to pay for (there are: {lines})",
            ru=f"нет строки {line} (есть: {lines})",
        )


def _check_after(payment: Entry, day: date) -> None:
    if day < payment.day:
        raise Refusal(
            "before_payment",
            en=f"payment {payment.id} came on {payment.day}: it can't have gone before",
            ru=f"платёж {payment.id} пришёл {payment.day}: раньше эти деньги уйти не могли",
        )


def _check_day(day: date | None, today: date) -> None:
    if day is not None and day > today + timedelta(days=1):
        raise Refusal(
            "future",
            en=f"{day} is in the future: enter what has happened",
            ru=f"{day} ещё не наступило: вводите то, что уже произошло",
        )
