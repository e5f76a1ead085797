"""Outgoing payments of a statement that pay clients back: each closes the one refund it is for."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import NamedTuple, Protocol

from domain.bank.payment import BankPayment, Match
from domain.deal.messages import Complete, Receipt
from domain.deal.refunds import in_roubles, number_of, paid_by, put_aside
from domain.deal.state import DealState
from domain.deal.tasks import Assignment
from domain.playbook.kinds import REFUND
from domain.wording import worded
from domain.words import Text
from records.bank_payments import BankPayments
from starter.answers import MessageRefused
from starter.cashier import Taken
from starter.errors import NotFoundError, RefusedError
from starter.statement_import import Planned

_SEVERAL = Text(
    ru="по сумме подходят несколько возвратов ({deals}): ответьте на задание сами, deal complete N",
    en="several refunds are of this sum ({deals}): answer the assignment yourself, deal complete N",
)
_CLOSED = Text(ru="возврат закрыт", en="the refund is closed")


class Known(Protocol):
    """What a desk knows of a deal."""

    @property
    def deal(self) -> DealState: ...


class Desk(Protocol):
    async def state(self, number: str) -> Known: ...

    async def send(self, number: str, message: Complete) -> Receipt: ...


class Open(NamedTuple):
    """A refund that waits for its outgoing payment."""

    deal: str
    asked: Assignment


async def close_refunds(
    planned: Sequence[Planned], desk: Desk, kept: BankPayments, actor: str
) -> list[tuple[BankPayment, Taken]]:
    """What came of each outgoing payment that is some refund's, by its sum and the client's INN. Repeated it is safe.

    Raises UnreachableError, RecordsUnavailable.
    """
    sent = [one for one in planned if one.fate == "sent" and one.match.candidates]
    known = kept.known([one.listed.payment for one in sent])
    told = []
    for one in sent:
        payment = one.listed.payment
        if payment.key not in known and (taken := await _close(one, desk, actor)):
            told.append((payment, taken))
            if taken.ok:
                now = datetime.now(UTC)
                kept.put([(payment, Match(deal=taken.deal, why=_CLOSED))], now, actor)
                kept.posted([payment], now)
    return told


async def _close(one: Planned, desk: Desk, actor: str) -> Taken | None:
    """None where it pays no refund, or has paid one already."""
    payment, found = one.listed.payment, list[Open]()
    for candidate in one.match.candidates:
        try:
            deal = (await desk.state(candidate.deal)).deal
        except NotFoundError:  # it has closed since the records heard of it last
            continue
        if payment.key in paid_by(deal):
            return None
        found += _open(deal, payment)
    if not found:
        return None
    if len(found) > 1:
        deals = ", ".join(dict.fromkeys(refund.deal for refund in found))
        return Taken(False, worded(ru=_SEVERAL.ru, en=_SEVERAL.en, deals=deals))
    return await _answer(found[0], payment, desk, actor)


def _open(deal: DealState, payment: BankPayment) -> Iterator[Open]:
    aside = put_aside(deal)
    for asked in deal.open_assignments:
        if asked.kind == REFUND and _is_of(deal, number_of(asked), aside, payment):
            yield Open(deal.deal, asked)


def _is_of(deal: DealState, number: int, aside: dict[int, Decimal], payment: BankPayment) -> bool:
    roubles = in_roubles(deal, number)
    owed = (roubles, "RUB") if roubles else (aside.get(number), deal.currency)
    return owed == (payment.amount, payment.currency)


async def _answer(refund: Open, payment: BankPayment, desk: Desk, actor: str) -> Taken:
    paid_on = payment.day or payment.document_date
    fields: dict[str, str | None] = {"payment": payment.key, "paid_on": str(paid_on)}
    message = Complete(id=payment.key, actor=actor, assignment=refund.asked.id, fields=fields)
    try:
        receipt = await desk.send(refund.deal, message)
    except (MessageRefused, NotFoundError, RefusedError) as error:
        return Taken(False, error.text, refund.deal)
    return Taken(True, Text(ru=receipt.words_ru, en=receipt.words_en), refund.deal)
