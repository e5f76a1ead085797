"""`deal log`: the trail with its branches, and whether it is whole."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from sqlalchemy import text
from typer.testing import CliRunner

import records
from records.engine import open_engine
from records.store import RecordStore
from starter.cli.app import commands_app
from tests.factories import NOW, a_batch, a_deal, a_trail


class Log(NamedTuple):
    """The command on a home of its own, in which deal 7 was reset after its first fact."""

    url: str

    def __call__(self, *options: str) -> tuple[int, str]:
        ran = CliRunner().invoke(commands_app(), ["log", "7", *options])
        return ran.exit_code, ran.stdout

    def json(self, *options: str) -> Any:
        return json.loads(self(*options, "-o", "json")[1])

    def tamper(self, statement: str) -> None:
        engine = open_engine(self.url, writes=True)
        with engine.begin() as connection:
            connection.execute(text(statement))
        engine.dispose()


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Log:
    url = f"sqlite:///{tmp_path / 'records.db'}"
    monkeypatch.setenv("DEALWRIGHT_HOME", str(tmp_path))
    monkeypatch.setenv("DEALWRIGHT_DATABASE_URL", url)
    records.migrate(url)
    store, deal = RecordStore(url), a_deal("7")
    lost = a_trail("первый", "второй", "третий")
    kept = a_trail("снова", "дальше", after=lost[0], at=NOW + timedelta(hours=1))
    for facts in (lost, kept):
        deal.updated_at = facts[-1].at
        deal.head = facts[-1].digest
        store.apply(a_batch(deal, facts))
    store.close()
    return Log(url)


def test_the_abandoned_branch_is_marked_and_stands_before_the_new_one(log: Log) -> None:
    _, out = log()
    words = [line[:6] + line.rpartition(": ")[2] for line in out.splitlines()]
    assert words == ["   1  первый", "   2 ✗второй", "   3 ✗третий", "   2  снова", "   3  дальше"]
    assert [fact["abandoned"] for fact in log.json()] == [False, True, True, False, False]
    assert [fact["seq"] for fact in log.json("--after", "2")] == [3, 3]


def test_a_whole_chain_is_told_with_exit_code_0(log: Log) -> None:
    assert log("--verify") == (0, "Цепочка цела, записей: 3; записей в оставленных ветвях: 2\n")
    assert log.json("--verify") == {"facts": 3, "abandoned": 2, "breaks": []}


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("""UPDATE facts SET data = '{"reason": "другой"}' WHERE seq = 1""", "Fact 1 was altered."),
        ("UPDATE facts SET person = 'mallory' WHERE seq = 2", "Fact 2 was altered."),
        ("UPDATE facts SET at = '2020-01-01 00:00:00.000000' WHERE seq = 3", "Fact 3 was altered."),
        ("DELETE FROM facts WHERE seq = 1", "Fact 1 is missing."),
        ("DELETE FROM facts WHERE seq = 2", "Fact 2 is missing."),
        ("DELETE FROM facts WHERE seq = 3", "The chain ends too early: fact 3 or later ones are missing."),
    ],
)  # fmt: skip
def test_a_broken_chain_is_told_by_its_first_break_with_exit_code_1(
    log: Log, statement: str, words: str
) -> None:
    log.tamper(statement)
    code, out = log("--verify", "--lang", "en")
    assert (code, out.splitlines()[0]) == (1, words)
    assert log()[0] == 0, "a broken trail can be read all the same"


def test_a_deal_that_nobody_knows_is_not_whole(log: Log) -> None:
    assert CliRunner().invoke(commands_app(), ["log", "8", "--verify"]).exit_code == 3
    assert CliRunner().invoke(commands_app(), ["log", "8"]).exit_code == 3


def test_a_trail_that_is_gone_as_a_whole_is_no_whole_trail(log: Log) -> None:
    log.tamper("DELETE FROM facts")
    assert log("--verify") == (1, "Цепочка обрывается: нет записи 1 или последующих.\n")


@pytest.mark.parametrize(
    ("options", "seqs"),
    [
        (("--kind", "deal"), [1, 2, 3, 2, 3]),
        (("--kind", "deal.cancel_requested"), [1, 2, 3, 2, 3]),
        (("--kind", "deal.lost"), []),
        (("--since", "01.01.2020"), [1, 2, 3, 2, 3]),
        (("--since", "31.12.2099"), []),
    ],
)
def test_only_what_is_asked_for_is_shown(log: Log, options: tuple[str, ...], seqs: list[int]) -> None:
    assert [fact["seq"] for fact in log.json(*options)] == seqs


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--kind", "dael"), "Нет такого вида записей: dael. Возможно, имелось в виду: deal"),
        (("--kind", "foo"), "Нет такого вида записей: foo. "),
        (("--actor", "NOBODY"), "Нет такого человека: NOBODY. Есть: "),
        (("--line", "9"), "Нет такой позиции: 9. Сейчас нет ни одного."),
    ],
)
def test_a_typo_in_what_is_asked_for_is_said(log: Log, options: tuple[str, ...], words: str) -> None:
    ran = CliRunner().invoke(commands_app(), ["log", "7", *options])
    assert (ran.exit_code, ran.stdout, words in ran.stderr) == (2, "", True), ran.stderr


def test_a_day_that_is_none_is_refused(log: Log) -> None:
    assert log("--since", "вчера")[0] == 2


def test_long_sentences_wrap_below_each_other_where_a_screen_limits_them(
    log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    log.tamper(f"UPDATE facts SET data = '{json.dumps({'reason': 'клиника переезжает ' * 5})}' WHERE seq = 1")
    monkeypatch.delenv("COLUMNS", raising=False)
    whole = log()[1]
    assert max(map(len, whole.splitlines())) > 100
    monkeypatch.setenv("COLUMNS", "60")
    narrow = log()[1]
    assert max(map(len, narrow.splitlines())) <= 60
    assert narrow.split() == whole.split()
    assert narrow.splitlines()[1].startswith(" " * 7)
