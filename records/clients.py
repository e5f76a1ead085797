"""What the records know of a client beyond one deal: what is owed elsewhere, and how it was paid before."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import Connection, Select, select

from domain.facts.money import MilestonePaid
from domain.money import ZERO
from domain.words import LineStatus, Stage
from records.columns import DEALS, FACTS, LINES, MILESTONES

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


def read(connection: Connection, inn: str | None, client: str, deal: str, now: datetime) -> ClientRecord:
    """By the INN; of a client without one, by the very name. `deal` itself does not count."""
    same = DEALS.c.inn == inn if inn else DEALS.c.client == client
    off = (Stage.LOST.value, Stage.CANCELLED.value)
    others = select(DEALS.c.number).where(same, DEALS.c.number != deal, DEALS.c.stage.not_in(off))
    numbers = list(connection.scalars(others))
    return ClientRecord(len(numbers), _owed(connection, others, now), _pays(connection, others))


def _owed(connection: Connection, others: Select[tuple[str]], now: datetime) -> tuple[Owed, ...]:
    of_line = (LINES.c.deal == MILESTONES.c.deal) & (LINES.c.number == MILESTONES.c.line)
    query = (
        select(DEALS.c.currency, MILESTONES.c.amount, MILESTONES.c.allocated, MILESTONES.c.due_at)
        .select_from(MILESTONES.join(DEALS, DEALS.c.number == MILESTONES.c.deal).join(LINES, of_line))
        .where(DEALS.c.number.in_(others), LINES.c.status != LineStatus.CANCELLED.value)
        .where(MILESTONES.c.due_at.is_not(None), MILESTONES.c.amount > MILESTONES.c.allocated)
    )
    rows = [(currency, amount - put, due_at) for currency, amount, put, due_at in connection.execute(query)]
    return tuple(
        Owed(currency, _sum(rows, currency, None), _sum(rows, currency, now))
        for currency in sorted({row[0] for row in rows})
    )


def _sum(rows: Iterable[tuple[str, Decimal, datetime]], currency: str, before: datetime | None) -> Decimal:
    wanted = [left for of, left, due_at in rows if of == currency and (before is None or due_at < before)]
    return sum(wanted, ZERO)


def _pays(connection: Connection, others: Select[tuple[str]]) -> PaysHow:
    query = (
        select(FACTS.c.data)
        .where(FACTS.c.deal.in_(others), FACTS.c.kind == MilestonePaid.kind)
        .order_by(FACTS.c.at.desc())
        .limit(MOST_PAYMENTS)
    )
    days = [data.get("days_late") or 0 for data in connection.scalars(query)]
    return PaysHow(len(days), sum(late > 0 for late in days), max(days, default=0))
