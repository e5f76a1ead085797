"""The one writer of the records. A batch that is repeated, late or out of order harms nothing newer."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Table, case, func, literal, null, select
from sqlalchemy.dialects import postgresql, sqlite

from domain.money import ZERO
from domain.state import DealState, ProcessState, RecordBatch
from domain.words import LineStatus
from records.engine import open_engine, reaching
from records.rows import Row, deal_row, fact_row, line_row, payment_rows, playbook_row, rows_of
from records.tables import Record
from records.types import Money

_TABLES = Record.metadata.tables
_DEALS, _LINES, _WAITS, _PAYMENTS = (_TABLES[name] for name in ("deals", "lines", "waits", "payments"))


class RecordStore:
    def __init__(self, url: str) -> None:
        self._url = url
        self._engine = open_engine(url, writes=True)

    def apply(self, batch: RecordBatch) -> None:
        """Writes the batch in one transaction. Idempotent.

        Raises RecordsUnavailable when the database can't be reached, is locked or full: try again.
        """
        with reaching(self._url), self._engine.begin() as connection:
            _apply(connection, batch)

    def close(self) -> None:
        self._engine.dispose()


def _apply(connection: Connection, batch: RecordBatch) -> None:
    newer: list[ProcessState] = []
    if _put_deal(connection, batch.deal):
        newer.append(batch.deal)
    newer += [line for line in batch.lines if _put_newer(connection, _LINES, line_row(line))]
    if newer:
        _replace_owned(connection, batch.deal.deal, newer)
        _roll_up(connection, batch.deal.deal)
    _add(connection, _TABLES["facts"], [fact_row(batch.deal.deal, fact) for fact in batch.facts])


def _put_deal(connection: Connection, state: DealState) -> bool:
    playbook = playbook_row(state.playbook) if state.playbook else None
    if playbook:
        _add(connection, _TABLES["playbooks"], [playbook])
    if not _put_newer(connection, _DEALS, deal_row(state, playbook["digest"] if playbook else None)):
        return False
    connection.execute(_PAYMENTS.delete().where(_PAYMENTS.c.deal == state.deal))
    _add(connection, _PAYMENTS, payment_rows(state))
    return True


def _put_newer(connection: Connection, table: Table, row: Row) -> bool:
    """Whether the row was new, or newer than the one there. Locks it until the transaction ends."""
    insert = _insert(connection, table)
    changed: dict[str, Any] = {name: insert.excluded[name] for name in row}
    if table is _DEALS:  # once told, the playbook need not be told again
        changed["playbook"] = func.coalesce(insert.excluded.playbook, _DEALS.c.playbook)
    upsert = insert.on_conflict_do_update(
        index_elements=list(table.primary_key),
        set_=changed,
        where=insert.excluded.revision > table.c.revision,
    )
    return connection.execute(upsert, _clean(row)).rowcount > 0


def _replace_owned(connection: Connection, deal: str, states: Sequence[ProcessState]) -> None:
    owners = [state.subject.line or 0 for state in states]
    rows = [rows_of(state) for state in states]
    for name in rows[0]:
        table = _TABLES[name]
        connection.execute(table.delete().where(table.c.deal == deal, table.c.line.in_(owners)))
        _add(connection, table, [row for of_state in rows for row in of_state[name]])


def _roll_up(connection: Connection, deal: str) -> None:
    """The deal's amounts and next deadline, from what the database now holds of all its lines."""
    active = (_LINES.c.deal == deal, _LINES.c.status != LineStatus.CANCELLED.value)
    none = literal(ZERO, Money())
    due_at = select(func.min(_WAITS.c.due_at)).where(_WAITS.c.deal == deal).scalar_subquery()
    connection.execute(
        _DEALS.update()
        .where(_DEALS.c.number == deal)
        .values(
            amount=select(func.coalesce(func.sum(_LINES.c.amount), none)).where(*active).scalar_subquery(),
            paid=select(func.coalesce(func.sum(_LINES.c.paid), none)).where(*active).scalar_subquery(),
            next_due_at=case((_DEALS.c.closed_at.is_not(None), null()), else_=due_at),
        )
    )


def _add(connection: Connection, table: Table, rows: Iterable[Row]) -> None:
    if cleaned := [_clean(row) for row in rows]:
        connection.execute(_insert(connection, table).on_conflict_do_nothing(), cleaned)


def _insert(connection: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    return sqlite.insert(table) if connection.dialect.name == "sqlite" else postgresql.insert(table)


def _clean(row: Row) -> Row:
    """PostgreSQL refuses the NUL character; one in a comment must not hold up the deal's whole trail."""
    return {
        name: value.replace("\x00", "\ufffd") if isinstance(value, str) else value
        for name, value in row.items()
    }
