"""What a client owes over all deals, and how much of it the company lets them: what the director decides on a credit by."""

from decimal import Decimal

from pydantic import AwareDatetime

from domain.base import Count, LineNumber, Value
from domain.money import ZERO, Sum
from domain.order.parties import Client, Firm
from domain.playbook.terms import PaymentTerm


def debtor_of(client: Client, term: PaymentTerm) -> Firm:
    """Who owes what is bought by these terms. A payer without a number can't be told from others: then it is the buyer."""
    payer = client.payer if term.debtor == "payer" else None
    return payer if payer and payer.inn else client


def known_as(client: Client, term: PaymentTerm) -> str:
    """The number that who owes is known by, or else the name."""
    return debtor_of(client, term).known_by or client.name or client.contact


class CreditAsked(Value):
    """About this line, that is not to count itself. `client` is the number by which who owes is known; of one without, the name.
    `by_payer` are the payment types whose money is owed by who pays, where that is not the buyer."""

    deal: str
    line: LineNumber
    client: str
    by_name: bool = False
    by_payer: tuple[str, ...] = ()


class OwedIn(Value):
    """In one currency: all that the client has still to pay for what is due, or was let go on credit; of it what is overdue."""

    currency: str
    owed: Sum
    overdue: Sum = ZERO


class Limit(Value):
    amount: Sum
    currency: str


class CreditFound(Value):
    """Of so many `deals`, those in which something is owed. `limit` is none where the company has set none for this client;
    `limits_broken`: the file of limits can't be read."""

    deals: Count = 0
    owed: tuple[OwedIn, ...] = ()
    limit: Limit | None = None
    limits_broken: bool = False


class CreditFinding(CreditFound):
    """What stood when the director was asked about this `amount`; `before`: the one that was decided on so far. `debtor` is who owes,
    where that is not the client. Not `known`: the records did not answer."""

    round: Count
    amount: Sum | None = None
    before: Sum | None = None
    debtor: str = ""
    at: AwareDatetime
    known: bool = True

    def owed_in(self, currency: str) -> OwedIn:
        return next(
            (one for one in self.owed if one.currency == currency), OwedIn(currency=currency, owed=ZERO)
        )

    def elsewhere(self, currency: str) -> tuple[OwedIn, ...]:
        """What is owed in other currencies: it is counted apart."""
        return tuple(one for one in self.owed if one.currency != currency)

    def would_be(self, amount: Decimal, currency: str) -> Decimal:
        """With so much more."""
        return self.owed_in(currency).owed + amount

    def beyond(self, amount: Decimal, currency: str) -> Decimal:
        """By how much the limit would be passed; nothing where there is none in this currency."""
        if self.limit is None or self.limit.currency != currency:
            return ZERO
        return max(self.would_be(amount, currency) - self.limit.amount, ZERO)

    @property
    def overdue(self) -> bool:
        return any(one.overdue for one in self.owed)
