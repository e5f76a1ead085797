"""Which open deals have a process that was stopped, as Temporal showed it at the last look."""

from collections.abc import Collection

from sqlalchemy import Connection, Row, select
from sqlalchemy.dialects import postgresql, sqlite

from domain.deal.stopped import StoppedProcess
from records.engine import open_engine, reaching
from records.ledgers import StoppedRecord
from records.tables import DealRecord

_STOPPED = StoppedRecord.metadata.tables["stopped_processes"]
_DEALS = DealRecord.metadata.tables["deals"]


class StoppedProcesses:
    """Every method raises RecordsUnavailable when the database can't be used."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._engine = open_engine(url, writes=True)
        self._reader = open_engine(url)

    def close(self) -> None:
        self._engine.dispose()
        self._reader.dispose()

    def open_deals(self) -> list[str]:
        """The numbers of all deals that the records hold open."""
        with reaching(self._url), self._reader.begin() as connection:
            return list(connection.scalars(select(_DEALS.c.number).where(_DEALS.c.closed_at.is_(None))))

    def all(self) -> list[StoppedProcess]:
        with reaching(self._url), self._reader.begin() as connection:
            return [_read(row) for row in connection.execute(select(_STOPPED).order_by(_STOPPED.c.at))]

    def replace(self, stopped: Collection[StoppedProcess]) -> None:
        """From now on these, and no others."""
        with reaching(self._url), self._engine.begin() as connection:
            connection.execute(_STOPPED.delete())
            _add(connection, stopped)

    def forget(self, deal: str) -> None:
        with reaching(self._url), self._engine.begin() as connection:
            connection.execute(_STOPPED.delete().where(_STOPPED.c.deal == deal))


def _add(connection: Connection, stopped: Collection[StoppedProcess]) -> None:
    if stopped:
        insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
        rows = [_row(one) for one in stopped]
        connection.execute(insert(_STOPPED).on_conflict_do_nothing(), rows)


def _row(stopped: StoppedProcess) -> dict[str, object]:
    words = {name: value.replace("\x00", "\ufffd") for name, value in stopped.model_dump(mode="json").items()}
    return words | {"at": stopped.at}


def _read(row: Row[tuple[object, ...]]) -> StoppedProcess:
    return StoppedProcess.model_validate(row._asdict())
