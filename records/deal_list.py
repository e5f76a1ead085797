"""The list of deals: which are wanted, and what the list shows of each."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    exists,
    func,
    literal,
    or_,
    select,
    tuple_,
)

from domain.words import LineStatus, Stage
from records.columns import DEALS, LINES, OPEN_ITEMS, STOPPED
from records.listing import ListedDeal, ListedLine


class Wanted(NamedTuple):
    """Which deals; what is none asks for nothing. `after` is the last deal of the page before."""

    stage: Stage | None
    manager: str | None
    awaiting: str | None
    text: str | None
    overdue: bool | None
    closed: bool | None
    after: str | None


def page(wanted: Wanted, now: datetime, limit: int) -> Select[Any]:
    columns = [DEALS.c[name] for name in ListedDeal._fields if name in DEALS.c]
    newest_first = (DEALS.c.opened_at.desc(), DEALS.c.number.desc())
    stopped_at = select(STOPPED.c.at).where(STOPPED.c.deal == DEALS.c.number).scalar_subquery()
    wanted_rows = select(*columns, stopped_at.label("stopped_at")).where(*_conditions(wanted, now))
    return wanted_rows.order_by(*newest_first).limit(limit)


def filled(connection: Connection, found: Sequence[Row[Any]], now: datetime) -> list[ListedDeal]:
    """The deals of a page, with their lines and whom they wait for."""
    numbers = [row.number for row in found]
    awaited, lines = _awaited(connection, numbers), _lines(connection, numbers)
    return [_listed(row, now, awaited, lines) for row in found]


def _conditions(wanted: Wanted, now: datetime) -> Iterator[ColumnElement[bool]]:
    if wanted.stage:
        yield DEALS.c.stage == wanted.stage.value
    if wanted.manager:
        yield DEALS.c.manager == wanted.manager
    if wanted.awaiting:
        yield _waits_for(wanted.awaiting)
    if wanted.text:
        yield from _mentions(wanted.text)
    if wanted.overdue is not None:
        yield _overdue(now) if wanted.overdue else _not_overdue(now)
    if wanted.closed is not None:
        yield DEALS.c.closed_at.is_not(None) if wanted.closed else DEALS.c.closed_at.is_(None)
    if wanted.after:
        yield _older_than(wanted.after)


def _waits_for(who: str) -> ColumnElement[bool]:
    asked = or_(OPEN_ITEMS.c.person == who, OPEN_ITEMS.c.role == who)
    return DEALS.c.number.in_(select(OPEN_ITEMS.c.deal).where(asked))


def _mentions(text: str) -> Iterator[ColumnElement[bool]]:
    """Every word is in the deal (number, client, contact, wish) or in one of its lines (article, name)."""
    for word in text.replace("\x00", " ").casefold().split():
        in_line = LINES.c.search.contains(word, autoescape=True)
        in_lines = exists().where(LINES.c.deal == DEALS.c.number, in_line)
        yield or_(DEALS.c.search.contains(word, autoescape=True), in_lines)


def _overdue(now: datetime) -> ColumnElement[bool]:
    return DEALS.c.next_due_at < now


def _not_overdue(now: datetime) -> ColumnElement[bool]:
    return or_(DEALS.c.next_due_at.is_(None), DEALS.c.next_due_at >= now)


def _older_than(number: str) -> ColumnElement[bool]:
    last = DEALS.alias()
    opened_at = select(last.c.opened_at).where(last.c.number == number).scalar_subquery()
    return tuple_(DEALS.c.opened_at, DEALS.c.number) < tuple_(opened_at, literal(number))


def _awaited(connection: Connection, deals: Sequence[str]) -> dict[str, list[str]]:
    query = (
        select(OPEN_ITEMS.c.deal, OPEN_ITEMS.c.person)
        .where(OPEN_ITEMS.c.deal.in_(deals))
        .group_by(OPEN_ITEMS.c.deal, OPEN_ITEMS.c.person)
        .order_by(func.min(OPEN_ITEMS.c.due_at), OPEN_ITEMS.c.person)
    )
    awaited: dict[str, list[str]] = {}
    for deal, person in connection.execute(query) if deals else ():
        awaited.setdefault(deal, []).append(person)
    return awaited


def _lines(connection: Connection, deals: Sequence[str]) -> dict[str, list[ListedLine]]:
    columns = [LINES.c[name] for name in ListedLine._fields]
    query = select(LINES.c.deal, *columns).where(LINES.c.deal.in_(deals)).order_by(LINES.c.number)
    lines: dict[str, list[ListedLine]] = {}
    for deal, *rest in connection.execute(query) if deals else ():
        line = ListedLine(*rest)
        lines.setdefault(deal, []).append(line._replace(status=LineStatus(line.status)))
    return lines


def _listed(
    row: Row[Any], now: datetime, awaited: dict[str, list[str]], lines: dict[str, list[ListedLine]]
) -> ListedDeal:
    return ListedDeal(
        **row._asdict() | {"stage": Stage(row.stage)},
        overdue=row.next_due_at is not None and row.next_due_at < now,
        awaiting=tuple(awaited.get(row.number, ())),
        lines=tuple(lines.get(row.number, ())),
    )
