"""A payment as it should have been entered, and what stands in the way of entering it so."""

from typing import Any

from pydantic import ValidationError

from domain.deal.authority import Desk
from domain.deal.ledger import Entry
from domain.deal.messages import Correct, Pay
from domain.deal.money_checks import check_not_gone, check_payment, payment_of
from domain.deal.state import DealState
from domain.facts import Actor
from domain.refusals import Refusal
from domain.spelling import amount
from domain.wording import Cash, worded
from domain.wording.invalid import summary
from domain.words import Role, Text

_FIELDS = ("amount", "date", "line", "purpose")


def who_corrects_payment(message: Correct, desk: Desk) -> Actor:
    """Whoever may enter one, or the director."""
    return desk.authorize(Pay, desk.identify(message.actor), desk.persons(Role.DIRECTOR))


def right_payment(deal: DealState, message: Correct, today: Any) -> tuple[Entry, Pay]:
    """The payment as it stands, and as it should. Raises Refusal."""
    payment = payment_of(deal, message.entry)
    right = _read(payment, message)
    if (right.amount, right.day, right.line, right.purpose) == _said(payment):
        raise Refusal(
            "already",
            en="payment {id} was entered just so",
            ru="платёж {id} так и внесён",
            id=payment.id,
        )
    check_payment(deal, right, today)
    check_not_gone(deal, payment)
    return payment, right


def _said(payment: Entry) -> tuple[Any, ...]:
    return payment.amount, payment.day, payment.line, payment.note


def _read(payment: Entry, message: Correct) -> Pay:
    if unknown := [name for name in message.fields if name not in _FIELDS]:
        raise Refusal(
            "bad_form",
            en="a payment has no {name}: {known} can be corrected",
            ru="у платежа нет поля {name}: исправляют {known}",
            name=unknown[0],
            known=list(_FIELDS),
        )
    said = {name: value or None for name, value in message.fields.items()}
    if said.get("amount"):
        said["amount"] = amount(str(said["amount"]))
    known: dict[str, Any] = dict(zip(_FIELDS, _said(payment), strict=True))
    content = known | said | {"id": payment.id, "actor": message.actor, "currency": payment.currency}
    content["purpose"] = content["purpose"] or ""
    content["date"] = content["date"] or payment.day
    try:
        return Pay.model_validate(content)
    except ValidationError as error:
        words = summary(error)
        raise Refusal("bad_form", en="{words}", ru="{words}", words=words) from None


def in_words(payment: Entry) -> Text:
    """`12 400,00 ₽ от 5 ноя 2026, позиция 2`."""
    line = worded(ru=", позиция {line}", en=", line {line}", line=payment.line) if payment.line else ""
    said = worded(ru=" («{purpose}»)", en=" (“{purpose}”)", purpose=payment.note) if payment.note else ""
    return worded(
        ru="{amount} от {day}{line}{said}",
        en="{amount} of {day}{line}{said}",
        amount=Cash(payment.amount, payment.currency),
        day=payment.day,
        line=line,
        said=said,
    )
