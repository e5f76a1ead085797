"""What several acts put on record about money."""

from collections.abc import Iterable

from domain.deal.ledger import Entry
from domain.deal.state import DealState
from domain.deal.treasury import named
from domain.facts import MoneyMoved
from workflows.case import Case


def record_moved(deal: Case[DealState], entries: Iterable[Entry]) -> None:
    for entry in entries:
        moved = MoneyMoved(
            **entry.about(),
            taken=entry.taken,
            put=entry.put,
            source=named(deal.state, entry.taken),
            target=named(deal.state, entry.put),
            reason=entry.note,
        )
        deal.record(moved, by=entry.actor)
