"""A payment as it should have been entered, and what stands in the way of entering it so."""

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

from pydantic import ValidationError

from domain.bank.keys import came_from
from domain.deal.authority import Desk
from domain.deal.ledger import Entry
from domain.deal.messages import Correct, Pay
from domain.deal.money_checks import check_corrected, check_not_gone, payment_of
from domain.deal.rate_words import rate_in_words
from domain.deal.rates import HIGHEST, Rate, WaitingPayment
from domain.deal.state import DealState
from domain.facts import Actor
from domain.money import ZERO
from domain.order.rate_clause import ROUBLES
from domain.refusals import Refusal
from domain.spelling import amount
from domain.wording import Cash, typed, worded
from domain.wording.invalid import summary
from domain.words import Role, Text

_FIELDS = ("amount", "date", "line", "purpose")
_RATE = "rate"
"""Of a payment that came in roubles, the rate too can be put right."""


def who_corrects_payment(message: Correct, desk: Desk) -> Actor:
    """Whoever may enter one, or the director."""
    return desk.authorize(Pay, desk.identify(message.actor), desk.persons(Role.DIRECTOR))


class Right(NamedTuple):
    """The payment as it stands, and as it should; with another `rate` where that was wrong."""

    payment: Entry
    pay: Pay
    rate: Rate | None


def right_payment(deal: DealState, message: Correct, today: date) -> Right:
    """Raises Refusal."""
    payment = payment_of(deal, message.entry)
    right, rate = _read(payment, message), _rate(payment, message)
    if (right.amount, right.day, right.line, right.purpose) == _said(payment) and rate is None:
        raise Refusal(
            "already",
            en="payment {id} was entered just so",
            ru="платёж {id} так и внесён",
            id=payment.id,
        )
    check_corrected(deal, right, today)
    _check_of_this_deal(payment, right)
    check_not_gone(deal, payment)
    return Right(payment, right, rate)


def _check_of_this_deal(payment: Entry, right: Pay) -> None:
    """As much as left the other deal came here, and on its day."""
    source, (amount, day, *_) = came_from(payment.id), _said(payment)
    if source and (right.amount, right.day) != (amount, day):
        raise Refusal(
            "elsewhere",
            en="this money came from deal {source}: give it back to that deal, deal money move --to-deal, and correct the payment there",
            ru="эти деньги пришли из сделки {source}: верните их ей, deal money move --to-deal, и исправьте платёж там",
            source=source,
        )


def _said(payment: Entry) -> tuple[Any, ...]:
    amount = payment.paid.amount if payment.paid else payment.amount
    return amount, payment.day, payment.line, payment.note


def _rate(payment: Entry, message: Correct) -> Rate | None:
    """Another than it was counted at."""
    said = message.fields.get(_RATE)
    if payment.paid is None or not said:
        return None
    value = read_rate(str(said))
    return None if value == payment.paid.rate.value else Rate(value=value, set_on=payment.day, by_hand=True)


def read_rate(said: str) -> Decimal:
    """Roubles for one of the currency. Raises Refusal."""
    try:
        value = Decimal(said.strip().replace(",", "."))
    except InvalidOperation:
        value = ZERO
    if not 0 < value <= HIGHEST:
        raise Refusal(
            "bad_form",
            en="{said} is no rate: write how many roubles one costs, like 91.5043",
            ru="{said} — не курс: напишите, сколько рублей стоит единица, например 91,5043",
            said=typed(said),
        )
    return value


def _read(payment: Entry, message: Correct) -> Pay:
    known_fields = (*_FIELDS, _RATE) if payment.paid else _FIELDS
    if unknown := [name for name in message.fields if name not in known_fields]:
        raise Refusal(
            "bad_form",
            en="a payment has no {name}: {known} can be corrected",
            ru="у платежа нет поля {name}: исправляют {known}",
            name=unknown[0],
            known=list(known_fields),
        )
    said = {name: value or None for name, value in message.fields.items() if name != _RATE}
    if said.get("amount"):
        said["amount"] = amount(str(said["amount"]))
    known: dict[str, Any] = dict(zip(_FIELDS, _said(payment), strict=True))
    currency = ROUBLES if payment.paid else payment.currency
    content = known | said | {"id": payment.id, "actor": message.actor, "currency": currency}
    content["purpose"] = content["purpose"] or ""
    content["date"] = content["date"] or payment.day
    try:
        return Pay.model_validate(content)
    except ValidationError as error:
        words = summary(error)
        raise Refusal("bad_form", en="{words}", ru="{words}", words=words) from None


def in_words(payment: Entry | WaitingPayment) -> Text:
    """`12 400,00 ₽ от 5 ноя 2026, позиция 2`."""
    by_rate = payment.paid if isinstance(payment, Entry) else None
    rate = worded(ru=", {r}", en=", {r}", r=rate_in_words(by_rate, payment.currency)) if by_rate else ""
    line = worded(ru=", позиция {line}", en=", line {line}", line=payment.line) if payment.line else ""
    said = worded(ru=" («{purpose}»)", en=" (“{purpose}”)", purpose=payment.note) if payment.note else ""
    return worded(
        ru="{amount} от {day}{rate}{line}{said}",
        en="{amount} of {day}{rate}{line}{said}",
        amount=Cash(payment.amount, payment.currency),
        day=payment.day,
        rate=rate,
        line=line,
        said=said,
    )
