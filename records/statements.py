"""What the store says to the database. Each statement is built once: building costs more than running it."""

from functools import cache
from typing import Any

from sqlalchemy import BindParameter, Delete, Update, bindparam, func, literal, select, tuple_
from sqlalchemy.dialects import postgresql, sqlite

from domain.money import ZERO
from domain.words import LineStatus
from records.tables import Record
from records.types import Money

TABLES = Record.metadata.tables
Insert = sqlite.Insert | postgresql.Insert


@cache
def put_newer(dialect: str, table: str) -> Insert:
    """Inserts a row, or overwrites it with a newer one; an older one changes nothing.

    Lines are told by their deal, which also changes what it keeps of them (the money on their milestones): so
    its revision comes before theirs. Time comes before both: a workflow that was reset counts its revisions anew.
    """
    insert, columns = _insert(dialect, table), TABLES[table].columns
    changed: dict[str, Any] = {column.name: insert.excluded[column.name] for column in columns}
    age = ("told_at", "told", "revision") if table == "lines" else ("updated_at", "revision")
    if table == "deals":  # once told, the playbook need not be told again
        changed["playbook"] = func.coalesce(insert.excluded.playbook, columns.playbook)
    return insert.on_conflict_do_update(
        index_elements=list(TABLES[table].primary_key),
        set_=changed,
        where=tuple_(*(insert.excluded[name] for name in age)) > tuple_(*(columns[name] for name in age)),
    )


@cache
def add(dialect: str, table: str) -> Insert:
    """Inserts rows; those that are there stay as they are."""
    return _insert(dialect, table).on_conflict_do_nothing()


@cache
def forget(table: str) -> Delete:
    """Deletes what belongs to one line, or to the deal itself."""
    columns = TABLES[table].c
    return (
        TABLES[table]
        .delete()
        .where(columns.deal == bindparam("of_deal"), columns.line == bindparam("of_line"))
    )


@cache
def forget_line() -> Delete:
    columns = TABLES["lines"].c
    return (
        TABLES["lines"]
        .delete()
        .where(columns.deal == bindparam("of_deal"), columns.number == bindparam("of_line"))
    )


@cache
def put_forecast() -> Update:
    """When a line's delivery is promised and expected."""
    columns = TABLES["lines"].c
    named = (columns.promised_on, columns.expected_on, columns.late_days)
    return (
        TABLES["lines"]
        .update()
        .where(columns.deal == bindparam("of_deal"), columns.number == bindparam("of_line"))
        .values({column: bindparam(column.name) for column in named})
    )


@cache
def forget_all(table: str) -> Delete:
    """Deletes what belongs to the deal and its lines."""
    return TABLES[table].delete().where(TABLES[table].c.deal == bindparam("of_deal"))


@cache
def roll_up() -> Update:
    """The deal's amounts and next deadline, from what the database now holds of all its lines."""
    deals, lines, items = TABLES["deals"], TABLES["lines"].c, TABLES["open_items"].c
    deal: BindParameter[str] = bindparam("of_deal")
    none = literal(ZERO, Money())
    active = (lines.deal == deal, lines.status != LineStatus.CANCELLED.value)
    return (
        deals.update()
        .where(deals.c.number == deal)
        .values(
            amount=select(func.coalesce(func.sum(lines.amount), none)).where(*active).scalar_subquery(),
            paid=select(func.coalesce(func.sum(lines.paid), none)).where(*active).scalar_subquery(),
            next_due_at=select(func.min(items.due_at)).where(items.deal == deal).scalar_subquery(),
        )
    )


def _insert(dialect: str, table: str) -> Insert:
    return sqlite.insert(TABLES[table]) if dialect == "sqlite" else postgresql.insert(TABLES[table])
