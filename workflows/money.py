"""What several acts put on record about money."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from domain.bank.keys import came_from, id_elsewhere
from domain.deal import places, transfers, treasury
from domain.deal.ledger import ADVANCE, Entry, on_milestones
from domain.deal.rate_words import rate_in_words
from domain.deal.state import DealState
from domain.facts import MoneyMoved, MoneyMovedToDeal, PaymentAdvance, PaymentReceived
from domain.order.changes import Draft
from workflows.case import Case


def record_received(deal: Case[DealState], payment: Entry) -> None:
    """A payment is counted; what of it is beyond what was owed is an advance."""
    put, rest = on_milestones(payment.put), payment.put.get(ADVANCE)
    about = payment.about()
    received = PaymentReceived(
        **about,
        **in_roubles(payment),
        day=payment.day,
        purpose=payment.note,
        payer=payment.payer,
        payer_inn=payment.payer_inn,
        from_deal=came_from(payment.id),
        put=put,
    )
    deal.record(received, by=payment.actor)
    if rest:
        deal.record(PaymentAdvance(**about | {"amount": rest}), by=payment.actor)


def in_roubles(entry: Entry) -> dict[str, Any]:
    """What facts say of money that the deal counts in another currency than it came in; nothing of other money."""
    paid = entry.paid
    if paid is None:
        return {}
    words = rate_in_words(paid, entry.currency)
    return {"paid": paid.amount, "rate": paid.rate.value, "rate_on": paid.rate.set_on, "by_rate": words}


def record_moved(deal: Case[DealState], entries: Iterable[Entry]) -> None:
    for entry in entries:
        moved = MoneyMoved(
            **entry.about(),
            taken=entry.taken,
            put=entry.put,
            source=places.named(deal.state, entry.taken),
            target=places.named(deal.state, entry.put),
            reason=entry.note,
        )
        deal.record(moved, by=entry.actor)


def record_moved_to_deal(deal: Case[DealState], entries: Iterable[Entry], line: int | None = None) -> None:
    """Whoever posts payments to deals hears of it by the records."""
    for entry in entries:
        came = next(payment for payment in deal.state.ledger.payments if payment.id == entry.payment)
        moved = MoneyMovedToDeal(
            **entry.about(),
            **in_roubles(entry),
            taken=entry.taken,
            put=entry.put,
            to=entry.to_deal,
            entered=id_elsewhere(deal.state.deal, entry.id),
            day=came.day,
            line=line,
            purpose=came.note,
            payer=came.payer,
            payer_inn=came.payer_inn,
            account=came.account,
            reason=entry.note,
        )
        deal.record(moved, by=entry.actor)


def record_recalled(deal: Case[DealState], reversal: Entry) -> None:
    """What other deals have of a payment that the bank took back."""
    for told in transfers.recalled(deal.state, reversal.payment, reversal.day, reversal.note):
        deal.record(told, by=reversal.actor)


@contextmanager
def money_goes_along(deal: Case[DealState], draft: Draft) -> Iterator[list[Entry]]:
    """While the deal comes to sell what is in `draft`: money on milestones that are gone, or smaller, goes to those there are then,
    or stays as an advance. Afterwards the list holds what was put anew."""
    put: list[Entry] = []
    record_moved(deal, treasury.free_money(deal.state, draft, deal.now, deal.today))
    yield put
    treasury.restate(deal.state)
    put += treasury.put_advances(deal.state, deal.now, deal.today)
    record_moved(deal, put)
