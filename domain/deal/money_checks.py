"""What may be done with money, and what is refused, with words; see `treasury` for where it goes."""

from datetime import date
from decimal import Decimal

from domain.deal.ledger import ADVANCE, Entry, EntryKind
from domain.deal.messages import Move, Pay, Refund, Reverse
from domain.deal.rates import WaitingPayment
from domain.deal.state import DealState
from domain.deal.treasury import in_hand, movable, moved_away
from domain.money import LARGEST, ZERO, kopecks
from domain.order.rate_clause import ROUBLES
from domain.refusals import Refusal
from domain.wording import CURRENCIES, Cash, currency, typed
from domain.words import LineStatus, Text

LISTED = 20  # payments that a refusal names


def check_payment(deal: DealState, message: Pay, today: date) -> None:
    """Refuses money that can't be what it says; nothing of it is counted."""
    check_open(deal)
    _check_new_order(deal, message)
    if deal.rate and message.currency != ROUBLES:
        raise Refusal(
            "other_currency",
            en="by the contract this deal is paid in roubles, the payment is in {theirs}: find the deal it is for, or return it to whoever paid",
            ru="по договору эту сделку оплачивают в рублях, а платёж в {theirs}: найдите сделку, за которую он, или верните его плательщику",
            theirs=_in_words(message.currency),
        )
    if message.currency != deal.pays_in:
        raise Refusal(
            "other_currency",
            en="the deal is in {ours}, the payment in {theirs}: find the deal it is for, or return it to whoever paid",
            ru="сделка в {ours}, а платёж в {theirs}: найдите сделку, за которую он, или верните его плательщику",
            ours=currency(deal.currency),
            theirs=_in_words(message.currency),
        )
    check_corrected(deal, message, today)


def check_corrected(deal: DealState, message: Pay, today: date) -> None:
    """What may be said of a payment whose currency is known to be right."""
    check_amount(message.amount)
    _check_line(deal, message.line)
    _check_day(message.debited, today)
    check_payment_day(deal, message.day or today, today)


def check_payment_day(deal: DealState, day: date, today: date) -> None:
    """Money comes neither in the future nor before the year of the contract, or of the deal where that began earlier."""
    _check_day(day, today)
    signed = [d.signed_on for d in deal.documents.values() if d.kind == "contract" and d.signed_on]
    first = min([deal.opened_at.year, *(on.year for on in signed)])
    if day.year < first:
        raise Refusal(
            "before_contract",
            en="{day} is before the year of the contract, {first}: look for a typing error",
            ru="{day} раньше года договора, {first}: поищите опечатку",
            day=day,
            first=str(first),
        )


def _check_new_order(deal: DealState, message: Pay) -> None:
    """A payment that goes by another id is the same if its payment order is."""
    known = deal.ledger.same_order(message.key)
    if known and known.id != message.id:
        raise Refusal(
            "already",
            en="this payment order is counted already, as payment {id}",
            ru="это платёжное поручение уже учтено: платёж {id}",
            id=known.id,
        )


def _in_words(code: str) -> Text:
    return currency(code) if code in CURRENCIES else typed(code)


def check_reversal(deal: DealState, message: Reverse, today: date) -> Entry:
    """The payment that the bank took back; refuses what can't be."""
    payment = payment_of(deal, message.payment)
    _check_day(message.day, today)
    _check_after(payment, message.day or today)
    check_not_gone(deal, payment, but=moved_away(deal, payment))
    return payment


def waiting_reversal(deal: DealState, message: Reverse, today: date) -> WaitingPayment | None:
    """A payment that waits for its rate, and that the bank took back; refuses what can't be."""
    waiting = waiting_payment(deal, message.payment)
    if waiting:
        check_open(deal)
        _check_day(message.day, today)
        _check_after(waiting, message.day or today)
    return waiting


def check_not_gone(deal: DealState, payment: Entry, but: dict[str, Decimal] | None = None) -> None:
    """Refuses what would need all of a payment's money, where some of it is in the deal no more."""
    there = in_hand(deal, payment) | (but or {})
    gone = payment.amount - sum(there.values(), ZERO)
    if gone:
        raise Refusal(
            "not_in_hand",
            en="{gone} of payment {id} went back, to another deal, or was written off: the deal has it no more",
            ru="{gone} из платежа {id} уже возвращено, передано другой сделке или списано: в сделке этих денег нет",
            gone=Cash(gone, payment.currency),
            id=payment.id,
        )


def check_move(deal: DealState, message: Move) -> Entry:
    """The payment whose money is moved."""
    payment = payment_of(deal, message.payment)
    check_new(deal, EntryKind.MOVED, message.id)
    _check_line(deal, message.line)
    if message.amount is not None:
        check_amount(message.amount)
    most = movable(deal, payment, message.line)
    if not most or (message.amount or ZERO) > most:
        raise Refusal(
            "not_in_hand",
            en="of payment {id} {most} can be moved there",
            ru="из платежа {id} туда можно переложить {most}",
            id=payment.id,
            most=Cash(most, payment.currency),
        )
    return payment


def check_refund(deal: DealState, message: Refund) -> Entry:
    """The payment whose money is to go back. Only an advance can: what pays a milestone is moved from there first."""
    payment = payment_of(deal, message.payment)
    check_new(deal, EntryKind.MOVED, message.id)
    if message.amount is not None:
        check_amount(message.amount)
    free = deal.ledger.roubles(payment, in_hand(deal, payment).get(ADVANCE, ZERO))
    if not free or (message.amount or ZERO) > free:
        raise Refusal(
            "not_in_hand",
            en="of payment {id} {free} is an advance: move to it first what is to go back",
            ru="аванс из платежа {id} — {free}: сначала переложите туда то, что возвращаете",
            id=payment.id,
            free=Cash(free, ROUBLES if payment.paid else payment.currency),
        )
    return payment


def payment_of(deal: DealState, id: str) -> Entry:
    """One that the deal has, and can still do something with: as it was corrected last."""
    check_open(deal)
    if waiting_payment(deal, id):
        raise Refusal(
            "awaits_rate",
            en="payment {id} waits for the Bank of Russia's rate: it can be reversed; all else once the rate is known",
            ru="платёж {id} ждёт курса Банка России: его можно сторнировать, остальное — когда курс станет известен",
            id=id,
        )
    payment = deal.ledger.latest(id)
    if payment is None:
        there = [entry.id for entry in deal.ledger.payments[-LISTED:]]
        raise Refusal(
            "not_found",
            en="the deal has no payment {id} (there are: {there})",
            ru="в сделке нет платежа {id} (есть: {there})",
            id=typed(id),
            there=there or "—",
        )
    if deal.ledger.reversal(payment.id):
        raise Refusal(
            "already",
            en="payment {id} is reversed already",
            ru="платёж {id} уже сторнирован",
            id=payment.id,
        )
    return payment


def is_payment(deal: DealState, id: str) -> bool:
    """Whether one came under this number, counted or not."""
    return bool(deal.ledger.latest(id) or waiting_payment(deal, id))


def waiting_payment(deal: DealState, id: str) -> WaitingPayment | None:
    """One that came, and is not counted yet."""
    return next((one for one in deal.ledger.waiting if id in (one.id, one.corrects)), None)


def check_open(deal: DealState) -> None:
    if deal.stage.final:
        raise Refusal(
            "closed",
            en="the deal is closed: its money does not change any more",
            ru="сделка закрыта: её деньги больше не меняются",
        )


def check_new(deal: DealState, kind: EntryKind, id: str) -> None:
    if deal.ledger.find(kind, id):
        raise Refusal(
            "same_id_other_content",
            en="id {id} was used already: a new message needs a new id",
            ru="номер {id} уже использован: новому сообщению нужен новый номер",
            id=typed(id),
        )


def check_amount(amount: Decimal) -> None:
    if amount < 0:
        raise Refusal(
            "not_positive",
            en="{amount} is not a payment. What the bank took back: deal money reverse; what goes back to the client: deal money refund",
            ru="{amount} — не платёж. Отозванное банком: deal money reverse; возврат клиенту: deal money refund",
            amount=amount,
        )
    if amount == 0:
        raise Refusal(
            "not_positive",
            en="{amount} is not a payment: the amount must be greater than zero",
            ru="{amount} — не платёж: сумма должна быть больше нуля",
            amount=amount,
        )
    if amount > LARGEST or amount != kopecks(amount):
        raise Refusal(
            "bad_amount",
            en="{amount} has more than two decimals or is too large",
            ru="{amount}: больше двух знаков после запятой или слишком много",
            amount=amount,
        )


def _check_line(deal: DealState, line: int | None) -> None:
    if line is not None and (line not in deal.lines or deal.lines[line].status is LineStatus.CANCELLED):
        lines = [str(active.number) for active in deal.active_lines]
        raise Refusal(
            "no_line",
            en="there is no line {line} to pay for (there are: {lines})",
            ru="нет позиции {line} (есть: {lines})",
            line=line,
            lines=lines or "—",
        )


def _check_after(payment: Entry | WaitingPayment, day: date) -> None:
    if day < payment.day:
        raise Refusal(
            "before_payment",
            en="payment {id} came on {day}: it can't have gone before",
            ru="платёж {id} пришёл {day}: раньше эти деньги уйти не могли",
            id=payment.id,
            day=payment.day,
        )


def _check_day(day: date | None, today: date) -> None:
    if day is not None and day > today:
        raise Refusal(
            "future",
            en="{day} is in the future: enter what has happened",
            ru="{day} ещё не наступило: вводите то, что уже произошло",
            day=day,
        )
