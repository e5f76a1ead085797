"""The one writer of the records. A batch that is repeated, late or out of order harms nothing newer."""

from typing import Any

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import StatementError

from domain.deal.batches import RecordBatch
from domain.deal.state import DealState, ProcessState
from domain.facts.branches import Abandoned, left_behind
from domain.serials import SerialElsewhere
from records import statements, trail
from records.engine import open_engine, reaching, reader_of
from records.errors import BatchRefused
from records.postings import give_on, posting_rows
from records.rows import (
    OWNED,
    Row,
    deal_row,
    fact_row,
    forecast_rows,
    line_row,
    open_rows,
    payment_rows,
    playbook_row,
    rows_of,
)
from records.serials import elsewhere
from records.snapshots import read_deal

_HALF = 2**63
_COUNT = {"preserve_rowcount": True}  # else an insert tells none on PostgreSQL


class RecordStore:
    def __init__(self, url: str) -> None:
        self._url = url
        self._engine = open_engine(url, writes=True)
        self._durable = open_engine(url, writes=True, durable=True)

    def apply(self, batch: RecordBatch) -> Abandoned | None:
        """Writes the batch in one transaction. Idempotent.

        Says what its facts leave behind, if they begin another branch than the one that is there.
        Raises RecordsUnavailable when the database can't be reached, is locked or full: try again. Raises BatchRefused
        when it would take this batch at no time.
        """
        try:
            with reaching(self._url), self._engine_for(batch).begin() as connection:
                _apply(connection, batch)
                reader = reader_of(connection)
                if trail.forks(reader, batch.deal.deal, batch.facts):
                    return left_behind(batch.facts, trail.read(reader, batch.deal.deal))
        except (StatementError, OverflowError, ValueError) as error:
            raise BatchRefused(_why_not(batch, error)) from error
        return None

    def serials_elsewhere(self, batch: RecordBatch) -> list[SerialElsewhere]:
        """The serial numbers of the lines in this batch that other lines had before. Raises RecordsUnavailable."""
        with reaching(self._url), self._engine.connect() as connection:
            return elsewhere(reader_of(connection), batch.deal.deal, batch.lines)

    def close(self) -> None:
        self._engine.dispose()
        self._durable.dispose()

    def _engine_for(self, batch: RecordBatch) -> Engine:
        """What a power cut takes from the read model a rebuild brings back; money on its way to another deal must not wait for one."""
        return self._durable if give_on(batch.facts) else self._engine


def _apply(connection: Connection, batch: RecordBatch) -> None:
    newer: list[ProcessState] = []
    if _put_deal(connection, batch.deal):
        newer.append(batch.deal)
    newer += [line for line in batch.lines if _put_newer(connection, "lines", line_row(line, batch.deal))]
    if newer:
        _replace_owned(connection, newer)
        _replace_open(connection, batch.deal.deal)
        connection.execute(statements.roll_up(), {"of_deal": batch.deal.deal})
    _add(connection, "facts", [fact_row(batch.deal.deal, fact) for fact in batch.facts])
    _add(connection, "bank_payments", list(posting_rows(batch.deal.deal, batch.facts)))


def _put_deal(connection: Connection, state: DealState) -> bool:
    playbook = playbook_row(state.book) if state.playbook else None
    if playbook:
        _add(connection, "playbooks", [playbook])
    if not _put_newer(connection, "deals", deal_row(state, playbook["digest"] if playbook else None)):
        return False
    connection.execute(statements.forget_all("payments"), {"of_deal": state.deal})
    _add(connection, "payments", payment_rows(state))
    return True


def _put_newer(connection: Connection, table: str, row: Row) -> bool:
    """Whether the row was new, or newer than the one there. Locks it until the transaction ends."""
    upsert = statements.put_newer(connection.dialect.name, table)
    return connection.execute(upsert, _clean(row), execution_options=_COUNT).rowcount > 0


def _replace_owned(connection: Connection, states: list[ProcessState]) -> None:
    owners = [{"of_deal": state.deal, "of_line": state.subject.line or 0} for state in states]
    for table, rows in rows_of(states).items():
        connection.execute(statements.forget(table), owners)
        _add(connection, table, rows)


def _replace_open(connection: Connection, number: str) -> None:
    """Of the whole deal as it now stands here: a batch holds only the lines that changed."""
    connection.execute(statements.forget_all("open_items"), {"of_deal": number})
    if deal := read_deal(reader_of(connection), number):
        _forget_gone(connection, deal)
        _add(connection, "open_items", open_rows(deal))
        if forecasts := forecast_rows(deal):
            connection.execute(statements.put_forecast(), forecasts)


def _forget_gone(connection: Connection, deal: DealState) -> None:
    """Lines that a new offer has no more."""
    for line in deal.lines.keys() & set(deal.gone_lines):
        del deal.lines[line]
        of_it = {"of_deal": deal.deal, "of_line": line}
        for table in OWNED:
            connection.execute(statements.forget(table), of_it)
        connection.execute(statements.forget_line(), of_it)


def _add(connection: Connection, table: str, rows: list[Row]) -> None:
    if rows:
        connection.execute(statements.add(connection.dialect.name, table), [_clean(row) for row in rows])


def _clean(row: Row) -> Row:
    """PostgreSQL refuses the NUL character; one in a comment must not hold up the deal's whole trail."""
    return {name: _storable(name, value) for name, value in row.items()}


def _storable(name: str, value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("\x00", "\ufffd")
    if isinstance(value, int) and not -_HALF <= value < _HALF:
        raise OverflowError(f"the number in {name!r} has {value.bit_length()} bits")
    return value


def _why_not(batch: RecordBatch, error: Exception) -> str:
    cause = getattr(error, "orig", None) or error
    lines = ", ".join(str(line.number) for line in batch.lines) or "none"
    facts = f"facts {batch.facts[0].seq}–{batch.facts[-1].seq}" if batch.facts else "no facts"
    return (
        f"Deal {batch.deal.deal} told what the records can't hold ({facts}, lines {lines}): "
        f"{type(cause).__name__}: {str(cause).partition(chr(10))[0]}."
    )
