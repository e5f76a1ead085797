"""Every test here runs on SQLite; on PostgreSQL too, when DEALWRIGHT_TEST_POSTGRES is a server's address.

Each test has a database of its own: the role in that address must be allowed to create databases.
"""

import os
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url

import records
from records.engine import address_of, sqlite_file
from records.queries import RecordQueries
from records.store import RecordStore

POSTGRES = os.environ.get("DEALWRIGHT_TEST_POSTGRES")


@pytest.fixture(params=["sqlite", *(["postgresql"] if POSTGRES else [])])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'records.db'}"
        return
    name = f"dealwright_{uuid.uuid4().hex[:12]}"
    server = create_engine(address_of(POSTGRES or ""), isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
        yield make_url(POSTGRES or "").set(database=name).render_as_string(hide_password=False)
        connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
    server.dispose()


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file at the newest schema: copying it is quicker than migrating for each test."""
    file = tmp_path_factory.mktemp("migrated") / "records.db"
    records.migrate(f"sqlite:///{file}")
    return file


@pytest.fixture
def url(empty_url: str, migrated: Path) -> str:
    if file := sqlite_file(empty_url):
        shutil.copy(migrated, file)
    else:
        records.migrate(empty_url)
    return empty_url


@pytest.fixture
def store(url: str) -> Iterator[RecordStore]:
    store = RecordStore(url)
    yield store
    store.close()


@pytest.fixture
def queries(url: str) -> Iterator[RecordQueries]:
    queries = RecordQueries(url)
    yield queries
    queries.close()
