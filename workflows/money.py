"""What several acts put on record about money."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from domain.deal import places, treasury
from domain.deal.ledger import Entry
from domain.deal.state import DealState
from domain.facts import MoneyMoved
from domain.order.changes import Draft
from workflows.case import Case


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
