"""What people look at all day answers quickly: each command in an interpreter of its own, and what that has imported."""

import asyncio
import os
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import make_url
from temporalio.client import Client

import records
from activities.files import BadFile
from domain.view.model import DealView
from records.address import parse_address
from records.errors import RecordsUnavailable
from records.store import RecordStore
from starter.asker import asker
from starter.cli.opening import settings_here
from starter.errors import DealwrightError, Exit
from starter.here import Here, here
from starter.resident import resident_view, socket_file
from starter.rooms import ROOT
from starter.stack.home import Pids, StackInfo, write_stack
from starter.stack.resident import answering
from tests.factories import a_batch, a_deal, a_line, a_trail
from tests.starter.conftest import Opened
from tests.support.stand import Stand

RUN = """
import sys
from starter.cli import main
try:
    main()
finally:
    print("imported", *sys.modules, file=sys.stderr)
"""
HEAVY = {
    *("temporalio", "sqlalchemy", "sqlmodel", "alembic", "pydantic_settings", "holidays", "httpx", "jinja2"),
    *("phonenumbers", "stdnum", "email_validator", "asyncio", "rich.markdown", "domain.deal.state"),
}


def imported(home: Path, *args: str, **env: str) -> set[str]:
    """By a command that went well."""
    clean = {
        name: value for name, value in os.environ.items() if not name.startswith(("DEALWRIGHT_", "TEMPORAL_"))
    }
    ran = subprocess.run(
        [sys.executable, "-c", RUN, *args],
        cwd=ROOT,
        env=clean | {"DEALWRIGHT_HOME": str(home)} | env,
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 0, ran.stderr[-500:]
    return set(ran.stderr.rpartition("imported")[2].split())


@pytest.fixture
def home(tmp_path: Path) -> Path:
    records.migrate(url := f"sqlite:///{tmp_path / 'records.db'}")
    with closing(RecordStore(url)) as store:
        store.apply(a_batch(a_deal("7", [a_line(1), a_line(2)]), a_trail("a", "b")))
    return tmp_path


@pytest.mark.parametrize(
    ("command", "heavy"),
    [
        (
            ["list", "--search", "клиника", "--open"],
            HEAVY | {"yaml", "domain.facts", "domain.playbook.book", "domain.playbook.terms"},
        ),
        (["list", "-o", "json"], HEAVY | {"yaml", "rich.console", "domain.facts"}),
        (
            ["inbox", "--all"],
            HEAVY | {"yaml", "domain.facts", "domain.playbook.book", "domain.playbook.terms"},
        ),
        (
            ["inbox", "--as", "director"],
            HEAVY | {"domain.facts", "domain.playbook.book", "domain.playbook.terms"},
        ),
        (["log", "7"], HEAVY | {"yaml", "rich.console"}),
        (
            ["rehearse", str(ROOT / "playbooks" / "orders" / "three-goods.yaml")],
            {"temporalio", "sqlalchemy", "sqlmodel", "alembic", "pydantic_settings", "httpx", "jinja2"},
        ),
    ],
    ids=lambda given: " ".join(given) if isinstance(given, list) else "",
)
def test_what_only_reads_the_records_or_none_imports_little_else(
    home: Path, command: list[str], heavy: set[str]
) -> None:
    assert imported(home, *command) & heavy == set()


@pytest.mark.parametrize(
    "command", [["show", "{}"], ["why", "{}"], ["show", "{}", "-o", "json"]], ids=" ".join
)
async def test_a_deal_is_shown_by_the_desk_that_runs_here(
    client: Client, office: Stand, opened: Opened, command: list[str]
) -> None:
    number = await opened()
    async with answering(client, office.settings.home, office.settings.database_url):
        args = [part.format(number) for part in command]
        assert (await asyncio.to_thread(imported, office.settings.home, *args)) & (HEAVY | {"yaml"}) == set()
    assert not socket_file(office.settings.home).exists()


@pytest.fixture
async def resident(client: Client, office: Stand, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Path]:
    for name in [name for name in os.environ if name.startswith("TEMPORAL_")]:
        monkeypatch.delenv(name)
    async with answering(client, office.settings.home, office.settings.database_url):
        yield office.settings.home


async def test_the_desk_that_runs_here_shows_what_temporal_does(
    resident: Path, office: Stand, opened: Opened
) -> None:
    number = await opened()
    told = await asyncio.to_thread(resident_view, resident, number, "en")
    asked = await office.desk.show(number)
    assert isinstance(told, DealView)
    assert told.stage_label == "New"
    assert told.model_dump(
        include={"number", "stage", "totals", "documents", "payments"}
    ) == asked.model_dump(include={"number", "stage", "totals", "documents", "payments"})


async def test_what_the_desk_refuses_is_told_as_it_told_it(resident: Path) -> None:
    with pytest.raises(DealwrightError, match="There is no deal none-such") as refused:
        await asyncio.to_thread(resident_view, resident, "none-such", "ru")
    assert refused.value.exit_code is Exit.NOT_FOUND


async def test_who_names_a_temporal_server_is_answered_by_that_one(
    resident: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEMPORAL_ADDRESS", "elsewhere:7233")
    assert await asyncio.to_thread(resident_view, resident, "1", "ru") is None


async def test_only_the_owner_of_the_home_can_ask(resident: Path) -> None:
    assert socket_file(resident).stat().st_mode & 0o777 == 0o600


async def test_a_question_that_is_none_harms_nobody(resident: Path, opened: Opened) -> None:
    for said in (b"GET / HTTP/1.1\r\n\r\n", b"[]\n", b'{"deal": 1}\n', b""):
        reader, writer = await asyncio.open_unix_connection(socket_file(resident))
        writer.write(said)
        writer.write_eof()
        assert await reader.read() == b""
        writer.close()
    assert await asyncio.to_thread(resident_view, resident, await opened(), "ru")


@pytest.mark.parametrize("answer", [None, b"", b"view\n{}", b"error\n{}", b"\xff\xfe"])
def test_a_desk_that_is_gone_or_of_another_version_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: bytes | None
) -> None:
    monkeypatch.delenv("TEMPORAL_ADDRESS", raising=False)
    with closing(socket.socket(socket.AF_UNIX)) as line:
        line.bind(str(socket_file(tmp_path)))
        if answer is None:
            assert resident_view(tmp_path, "1", "ru") is None  # nobody listens
            return
        line.listen()
        with ThreadPoolExecutor() as other:
            other.submit(_answer_once, line, answer)
            assert resident_view(tmp_path, "1", "ru") is None


def _answer_once(line: socket.socket, answer: bytes) -> None:
    asked, _ = line.accept()
    with closing(asked):
        asked.recv(1000)
        asked.sendall(answer)


@pytest.mark.parametrize(
    "env",
    [
        {},
        {"DEALWRIGHT_DATABASE_URL": "postgresql://desk@db/records"},
        {"dealwright_playbook": "~/books/ours.yaml"},
        {"DEALWRIGHT_PEOPLE": "people/today.yaml", "DEALWRIGHT_PLAYBOOK": ""},
    ],
    ids=str,
)
@pytest.mark.parametrize("runs", [True, False])
def test_the_short_way_to_the_settings_finds_what_the_long_one_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, env: dict[str, str], runs: bool
) -> None:
    for name in [name for name in os.environ if name.startswith("DEALWRIGHT_")]:
        monkeypatch.delenv(name)
    for name, value in (env | {"DEALWRIGHT_HOME": str(tmp_path)}).items():
        monkeypatch.setenv(name, value)
    pids = Pids(up=os.getpid() if runs else 2**22 + 1, server=1, worker=1)
    told = {
        "playbook": tmp_path / "theirs.yaml",
        "people": None,
        "database_url": f"sqlite:///{tmp_path}/x.db",
    }
    write_stack(StackInfo(address="a:1", namespace="n", ui="u", pids=pids, pace=None, home=tmp_path, **told))
    long = settings_here()
    assert here() == (long.home, long.database_url, long.playbook, long.people_file)


PEOPLE = """
people:
  ivanova: {name: Ольга Иванова, email: o@firm.example, roles: [manager]}
  petrov: {name: Андрей Петров, email: a@firm.example, roles: [director]}
  sidorov: {name: Иван Сидоров, email: i@firm.example, roles: [manager, logistics, accountant]}
substitutes:
  - {absent: petrov, acts: ivanova, since: 2020-01-01, until: 2099-12-31}
  - {absent: ivanova, acts: sidorov, since: 2020-01-01, until: 2020-01-31}
"""


@pytest.mark.parametrize(
    ("reference", "found"),
    [
        ("petrov", ("petrov", [], False)),
        ("director", ("petrov", [], False)),
        ("manager", ("manager", [], False)),
        ("ivanova", ("ivanova", ["petrov"], False)),
        ("sidorov", ("sidorov", [], True)),
        ("client", ("client", [], False)),
    ],
)
def test_who_asks_is_a_person_with_those_they_stand_in_for_today(
    tmp_path: Path, reference: str, found: tuple[str, list[str], bool]
) -> None:
    (people := tmp_path / "people.yaml").write_text(PEOPLE)
    assert asker(Here(tmp_path, "", ROOT / "playbooks" / "default.yaml", people), reference) == found


@pytest.mark.parametrize("people", ["people: 5", "- 1", "people: {petrov: {}}", "substitutes: [1]"])
def test_people_that_are_none_are_told_with_their_place(tmp_path: Path, people: str) -> None:
    (file := tmp_path / "people.yaml").write_text(people)
    with pytest.raises(BadFile, match="people"):
        asker(Here(tmp_path, "", ROOT / "playbooks" / "default.yaml", file), "director")


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://desk:p%40ss@db:5433/records?sslmode=require",
        "postgres://desk@[::1]/records",
        "postgresql+psycopg://db/records",
        "postgresql:///records",
    ],
)
def test_an_address_is_read_as_sqlalchemy_reads_it(url: str) -> None:
    address, theirs = parse_address(url), make_url(url)
    known = {"host": theirs.host, "port": theirs.port, "user": theirs.username, "password": theirs.password}
    known |= {"dbname": theirs.database, **theirs.query}
    assert address.options == {name: str(value) for name, value in known.items() if value}
    theirs = theirs.set(drivername="postgresql+psycopg", query={})
    assert address.place == theirs.render_as_string(hide_password=True)


@pytest.mark.parametrize("url", ["mysql://db/records", "records.db", "sqlite:", "postgresql"])
def test_an_address_of_no_database_is_refused_in_words(url: str) -> None:
    with pytest.raises(RecordsUnavailable, match="sqlite:////var"):
        parse_address(url)
