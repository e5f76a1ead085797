"""Money that a deal gives to another one, or takes back from it: with the fact itself comes the row by which it is on its way.

A row that is there stays as it is: whatever is told again, from a history too, posts nothing twice.
"""

from collections.abc import Iterable, Iterator, Sequence

from domain.bank.keys import recall_of
from domain.bank.payment import BankPayment, Kind, Match
from domain.facts import Fact, MoneyMovedToDeal, MoneyRecalled
from domain.facts.declare import FactData
from domain.order.rate_clause import ROUBLES
from domain.wording import worded
from records.bank_payments import row_of
from records.rows import Row

_KINDS = (MoneyMovedToDeal.kind, MoneyRecalled.kind)


def give_on(facts: Sequence[Fact]) -> bool:
    """Whether money of another deal hangs on these facts."""
    return any(fact.kind in _KINDS for fact in facts)


def posting_rows(deal: str, facts: Iterable[Fact]) -> Iterator[Row]:
    """Of `bank_payments`."""
    for fact in facts:
        if fact.kind in _KINDS:
            payment, match = _on_its_way(fact.read(), deal)
            yield row_of(payment, match, fact.at, fact.actor.person or "")


def _on_its_way(told: FactData, deal: str) -> tuple[BankPayment, Match]:
    match told:
        case MoneyMovedToDeal():
            return _given(told, deal)
        case MoneyRecalled():
            return recall(told, deal)
    raise TypeError(type(told))


def _given(told: MoneyMovedToDeal, deal: str) -> tuple[BankPayment, Match]:
    payment = BankPayment(
        key=told.entered,
        amount=told.paid or told.amount,
        currency=ROUBLES if told.paid else told.currency,
        day=told.day,
        account=told.account,
        payer=told.payer,
        payer_inn=told.payer_inn,
        purpose=told.purpose,
        line=told.line,
    )
    why = worded(ru="из сделки {deal}", en="from deal {deal}", deal=deal)
    return payment, Match(deal=told.to, line=told.line, why=why)


def recall(told: MoneyRecalled, deal: str) -> tuple[BankPayment, Match]:
    payment = BankPayment(
        kind=Kind.REVERSED,
        key=recall_of(told.entered),
        amount=told.amount,
        currency=told.currency,
        day=told.day,
        purpose=told.reason,
        reverses=told.entered,
    )
    why = worded(
        ru="банк отозвал платёж {payment} сделки {deal}",
        en="the bank took payment {payment} of deal {deal} back",
        payment=told.payment,
        deal=deal,
    )
    return payment, Match(deal=told.to, why=why)
