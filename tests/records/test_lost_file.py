"""An SQLite file that somebody deletes or replaces under a running desk: nothing is written where nobody will find it."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

import records
from records.engine import open_engine
from records.errors import RecordsUnavailable
from records.inbox_events import EventInbox
from records.queries import RecordQueries
from records.store import RecordStore
from tests.factories import a_batch, a_deal, a_fact

NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)


@pytest.fixture
def file(tmp_path: Path, migrated: Path) -> Path:
    return Path(shutil.copy(migrated, tmp_path / "records.db"))


@pytest.fixture
def desk(file: Path) -> Iterator[tuple[RecordStore, RecordQueries, EventInbox]]:
    """Each with a connection that is open already."""
    url = f"sqlite:///{file}"
    store, queries, inbox = RecordStore(url), RecordQueries(url), EventInbox(url)
    store.apply(a_batch(a_deal("1"), [a_fact(1)]))
    inbox.accept("crm", "first", "deal.changed", "crm:1", {}, NOON)
    assert [deal.number for deal in queries.deals()] == ["1"]
    yield store, queries, inbox
    for opened in (store, queries, inbox):
        opened.close()


def test_after_it_is_deleted_nothing_is_taken_and_the_words_say_what_to_do(
    desk: tuple[RecordStore, RecordQueries, EventInbox], file: Path
) -> None:
    store, queries, inbox = desk
    _delete(file)
    for ask in (
        lambda: store.apply(a_batch(a_deal("2"))),
        lambda: inbox.accept("payments", "pp-1", "payment.received", "deal:1", {}, NOON),
        inbox.waiting,
        queries.deals,
    ):
        with pytest.raises(
            RecordsUnavailable, match=r"no records at .*records.db: start `deal up`.*deal rebuild"
        ):
            ask()
    assert list(file.parent.iterdir()) == [], "an empty one would hide the loss"


def test_what_takes_its_place_is_written_and_read_at_once(
    desk: tuple[RecordStore, RecordQueries, EventInbox], file: Path
) -> None:
    store, queries, inbox = desk
    _delete(file)
    records.migrate(f"sqlite:///{file}")
    assert queries.deals() == []
    store.apply(a_batch(a_deal("2"), [a_fact(1)]))
    assert not inbox.accept("crm", "first", "deal.changed", "crm:1", {}, NOON).repeated
    for seen in (queries, RecordQueries(f"sqlite:///{file}")):
        assert [deal.number for deal in seen.deals()] == ["2"]
        seen.close()


def test_what_is_deleted_before_the_commit_was_not_written(file: Path) -> None:
    engine = open_engine(f"sqlite:///{file}", writes=True)

    def write() -> None:
        with engine.begin() as connection:
            connection.execute(text("INSERT INTO cursors VALUES ('crm', '2026-12-01')"))
            _delete(file)

    with pytest.raises(RecordsUnavailable, match="deleted or replaced"):
        write()
    engine.dispose()


def _delete(file: Path) -> None:
    for part in file.parent.glob("records.db*"):
        part.unlink()
