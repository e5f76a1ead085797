"""What several acts put on record about money."""

from collections.abc import Iterable

from domain.deal.ledger import Entry
from domain.deal.treasury import named
from domain.facts import MoneyMoved
from workflows.deal_case import DealCase


def record_moved(deal: DealCase, entries: Iterable[Entry]) -> None:
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
