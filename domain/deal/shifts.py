"""Money of several payments that goes from one place to another together: an entry for each."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from itertools import count
from typing import NamedTuple

from domain.deal.ledger import OTHER_DEAL, Entry, EntryKind, allocations
from domain.deal.rates import PaidIn
from domain.deal.state import DealState
from domain.deal.treasury import post
from domain.facts import Actor
from domain.money import ZERO


class Shift(NamedTuple):
    """What is said of all the entries by which money of several payments goes from one place to another. The first has the `id`."""

    kind: EntryKind
    id: str
    source: str
    target: str
    actor: Actor
    day: date
    at: datetime
    note: str = ""


def shift(deal: DealState, said: Shift, amounts: Mapping[str, Decimal] | None = None) -> list[Entry]:
    """So much of each payment, or all that stands there: an entry for each."""
    stands = allocations(deal.ledger.entries)
    if amounts is None:
        amounts = {payment.id: stands[payment.id].get(said.source, ZERO) for payment in deal.ledger.payments}
    posted: list[Entry] = []
    for payment, amount in amounts.items():
        if amount <= ZERO:
            continue
        entry = Entry(
            kind=said.kind,
            id=_free_id(deal, said.kind, said.id),
            payment=payment,
            amount=amount,
            currency=deal.currency,
            day=said.day,
            put={said.target: amount},
            taken={said.source: amount},
            note=said.note,
            paid=_sent(deal, payment, amount) if _leaves(said) else None,
            actor=said.actor,
            at=said.at,
        )
        post(deal, entry)
        posted.append(entry)
    return posted


def _leaves(said: Shift) -> bool:
    return said.kind is EntryKind.REFUNDED or said.target.startswith(OTHER_DEAL)


def _sent(deal: DealState, payment: str, amount: Decimal) -> PaidIn | None:
    """Money that came in roubles goes in roubles, at its own rate."""
    came = deal.ledger.find(EntryKind.RECEIVED, payment)
    if came is None or came.paid is None:
        return None
    return came.paid.model_copy(update={"amount": deal.ledger.roubles(came, amount)})


def _free_id(deal: DealState, kind: EntryKind, id: str) -> str:
    """`out-9`, `out-9/2`: one for each payment whose money it is."""
    ids = (id if n == 1 else f"{id[:90]}/{n}" for n in count(1))
    return next(each for each in ids if not deal.ledger.find(kind, each))
