"""A payment as a bank tells of it, before any deal has taken it."""

from datetime import date
from decimal import Decimal
from enum import StrEnum

from pydantic import Field

from domain.bank.by_rate import PaidByRate, roubles
from domain.base import Value
from domain.money import Sum
from domain.order.rate_clause import ROUBLES
from domain.words import Text


class Kind(StrEnum):
    """`REVERSED` takes another payment back; `SENT` is the company's own, to somebody."""

    RECEIVED = "received"
    REVERSED = "reversed"
    SENT = "sent"


class BankPayment(Value):
    """`key` is the bank's id, or what the payment order goes by; `order_key` is the latter wherever it is known.

    `account` is the payer's, `payer` and `payer_inn` who paid; of a payment that was `SENT`, who got it. `deal` is named by whoever
    told of it, `line` too. `reverses` is the payment that a `REVERSED` one takes back. `day` is the value date,
    that of its being told if none is said; `debited` the day on which it left the payer's account, if that is told.
    """

    kind: Kind = Kind.RECEIVED
    key: str
    order_key: str = ""
    amount: Sum
    currency: str
    day: date | None = None
    debited: date | None = None
    account: str = ""
    document: str = ""
    document_date: date | None = None
    payer: str = ""
    payer_inn: str = ""
    purpose: str = ""
    deal: str = ""
    line: int | None = None
    reverses: str = ""


class Candidate(Value):
    """A deal that a payment may be for, and what speaks for it."""

    deal: str
    line: int | None = None
    reasons: tuple[Text, ...] = ()


class Match(Value):
    """`deal` is whose the money is, if that is certain; `why` it is, or is not. `candidates` are those it may be for."""

    deal: str | None = None
    line: int | None = None
    why: Text
    candidates: tuple[Candidate, ...] = ()


class Due(Value):
    """A part of a price that is not paid whole. `due_on` is none until it is asked for."""

    line: int
    outstanding: Decimal = Field(gt=0)
    due_on: date | None = None


class Entered(Value):
    """A payment that a deal has. `key` is its payment order's, if that is known."""

    id: str
    amount: Decimal
    day: date
    key: str = ""


class Debtor(Value):
    """An open deal, as far as money is known by it: `references` are numbers of its invoices and contracts, with the line each is for.

    `inn` is the client's, or its number in another country; `payer_inn` that of who pays instead, if the order says so. `by_rate`: its
    prices are in another currency and paid in roubles.
    """

    deal: str
    client: str = ""
    inn: str = ""
    payer_inn: str = ""
    currency: str = "RUB"
    references: dict[str, tuple[int, ...]] = {}
    accounts: frozenset[str] = frozenset()
    inns: frozenset[str] = frozenset()
    dues: tuple[Due, ...] = ()
    entered: tuple[Entered, ...] = ()
    by_rate: PaidByRate | None = None

    @property
    def outstanding(self) -> Decimal:
        return sum((due.outstanding for due in self.dues), Decimal())

    def applied(self, payment: BankPayment) -> Decimal | None:
        """Of a payment in roubles for other prices: how many of them pay one of the currency, as far as that is known."""
        if self.by_rate is None or payment.currency != ROUBLES or payment.day is None:
            return None
        return self.by_rate.applied(payment.day, payment.debited)

    def as_paid(self, payment: BankPayment) -> "Debtor":
        """With what is awaited in the payment's roubles, at the rate of its day."""
        if (applied := self.applied(payment)) is None:
            return self
        dues = (
            due.model_copy(update={"outstanding": roubles(due.outstanding, applied)}) for due in self.dues
        )
        return self.model_copy(update={"currency": ROUBLES, "dues": tuple(dues)})
