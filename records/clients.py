"""What the records know of a client beyond one deal: what is owed elsewhere, and how it was paid before."""

from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from domain.facts.money import MilestonePaid
from domain.money import ZERO
from domain.words import LineStatus, Stage
from records.reading import Reader, Row

MOST_PAYMENTS = 500  # the latest ones tell how a client pays


class Owed(NamedTuple):
    """In one currency: what has a date already, and the part of it whose date has passed."""

    currency: str
    due: Decimal
    overdue: Decimal


class PaysHow(NamedTuple):
    """Of so many parts of a price that were paid, so many were late, by so many days at worst; by value dates."""

    paid: int = 0
    late: int = 0
    worst_days: int = 0


class ClientRecord(NamedTuple):
    """`deals` are the client's others."""

    deals: int = 0
    owed: tuple[Owed, ...] = ()
    pays: PaysHow = PaysHow()


_OTHERS = """
SELECT number FROM deals
WHERE {same} AND number <> :deal AND stage NOT IN :off
"""
_OWED = """
SELECT deals.currency, milestones.amount, milestones.allocated, milestones.due_at
FROM milestones
    JOIN deals ON deals.number = milestones.deal
    JOIN lines ON lines.deal = milestones.deal AND lines.number = milestones.line
WHERE milestones.deal IN ({others}) AND lines.status <> :cancelled
    AND milestones.due_at IS NOT NULL AND milestones.amount > milestones.allocated
"""
_PAID = """
SELECT data FROM facts WHERE deal IN ({others}) AND kind = :kind ORDER BY at DESC LIMIT :limit
"""


def read(reader: Reader, inn: str | None, client: str, deal: str, now: datetime) -> ClientRecord:
    """By the INN; of a client without one, by the very name. `deal` itself does not count."""
    others = _OTHERS.format(same="inn = :inn" if inn else "client = :client")
    off = [Stage.LOST.value, Stage.CANCELLED.value]
    given: dict[str, Any] = {"inn": inn, "client": client, "deal": deal, "off": off}
    owed = reader.rows(_OWED.format(others=others), **given, cancelled=LineStatus.CANCELLED.value)
    paid = reader.rows(_PAID.format(others=others), **given, kind=MilestonePaid.kind, limit=MOST_PAYMENTS)
    return ClientRecord(len(reader.rows(others, **given)), _owed(owed, now), _pays(paid))


def _owed(rows: list[Row], now: datetime) -> tuple[Owed, ...]:
    return tuple(
        Owed(currency, _sum(rows, currency, None), _sum(rows, currency, now))
        for currency in sorted({row["currency"] for row in rows})
    )


def _sum(rows: list[Row], currency: str, before: datetime | None) -> Decimal:
    wanted = [
        row["amount"] - row["allocated"]
        for row in rows
        if row["currency"] == currency and (before is None or row["due_at"] < before)
    ]
    return sum(wanted, ZERO)


def _pays(rows: list[Row]) -> PaysHow:
    days = [row["data"].get("days_late") or 0 for row in rows]
    return PaysHow(len(days), sum(late > 0 for late in days), max(days, default=0))
