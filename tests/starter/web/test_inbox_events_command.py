"""`deal inbox-events`, and what `deal doctor` says of the inbox."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from domain.words import same
from records.inbox_events import EventInbox
from starter.doctor.database import inbox_finding
from starter.settings import Settings
from tests.starter.conftest import Outcome, run_deal

NOON = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture
def inbox(web_home: Path) -> EventInbox:
    """Four events: done, refused, tried again and new."""
    inbox = EventInbox(Settings(home=web_home).database_url)
    for key, source, deal in (("a", "crm", "1"), ("b", "payments", "2"), ("c", "crm", "2")):
        inbox.accept(source, key, f"deal.{key}", f"deal:{deal}", {"who": "Иванова"}, NOON, deal)  # type: ignore[arg-type]
    inbox.finish([1], "done", same("Рассказано сделке"), NOON, "1")
    inbox.finish([2], "refused", same("Такой сделки [нет]"), NOON)
    inbox.retry([3], same("Temporal не отвечает"), NOON)
    inbox.accept("crm", "c", "deal.c", "deal:2", {"who": "Иванова"}, NOON)
    inbox.accept("form", "d", "lead", "form:d", {}, NOON)
    return inbox


def events(home: Path, *args: object) -> Outcome:
    return run_deal("inbox-events", *args, DEALWRIGHT_HOME=str(home), DEALWRIGHT_DATABASE_URL=None)


@pytest.mark.usefixtures("inbox")
def test_the_newest_come_first_in_the_readers_words(web_home: Path) -> None:
    listed = events(web_home)
    rows = listed.out.splitlines()
    assert listed.code == 0
    assert [row.split()[0] for row in rows] == ["№", "4", "3", "2", "1"]
    assert "повторяется" in rows[2]
    assert "Такой сделки [нет]" in rows[3]
    assert "Иванова" not in listed.out
    assert "tried again" in events(web_home, "--lang", "en").out


@pytest.mark.usefixtures("inbox")
@pytest.mark.parametrize(
    ("args", "found"),
    [
        (["--status", "refused"], [2]),
        (["--deal", "2"], [3, 2]),
        (["--source", "form"], [4]),
        (["-n", 1], [4]),
        (["-n", 1, "--before", 3], [2]),
    ],
)
def test_the_list_can_be_narrowed(web_home: Path, args: list[object], found: list[int]) -> None:
    assert [event["seq"] for event in events(web_home, *args, "-o", "json").data] == found


def test_the_schedules_looks_that_found_nothing_are_shown_to_who_asks_for_them(
    web_home: Path, inbox: EventInbox
) -> None:
    """Those that found something, wait or were refused are events like any other."""
    for key in ("p", "q", "r"):
        inbox.accept("poll", key, "deal.changed", "crm:1", {}, NOON, "1")
    inbox.finish([5], "ignored", same("Ничего нового"), NOON, "1")
    inbox.finish([6], "done", same("Начата сделка 1"), NOON, "1")
    listed = events(web_home, "--lang", "en")
    assert [row.split()[0] for row in listed.out.splitlines()[1:]] == ["7", "6", "4", "3", "2", "1"]
    assert "not shown: 1. All of them: --all" in listed.err
    for asked in (["--all"], ["--source", "poll"], ["--status", "ignored"]):
        found = events(web_home, *asked, "-o", "json")
        assert 5 in [event["seq"] for event in found.data]
        assert found.err == ""


@pytest.mark.usefixtures("inbox")
def test_one_event_is_shown_whole(web_home: Path) -> None:
    shown = events(web_home, "--show", 3).data
    assert (shown["body"], shown["times"], shown["attempts"]) == ({"who": "Иванова"}, 2, 1)
    assert shown["outcome"] == "Temporal не отвечает"


def test_a_replayed_event_waits_again(web_home: Path, inbox: EventInbox) -> None:
    replayed = events(web_home, "--replay", 2, "--lang", "en")
    assert (replayed.code, replayed.out) == (0, "")
    assert "deal inbox-events --show 2" in replayed.err
    event = inbox.get(2)
    assert event is not None
    assert (event.status, event.finished_at) == ("new", None)


@pytest.mark.usefixtures("inbox")
@pytest.mark.parametrize("option", ["--show", "--replay"])
def test_an_event_that_never_came_is_not_found(web_home: Path, option: str) -> None:
    assert events(web_home, option, 9).code == 3


def test_the_doctor_tells_what_waits_too_long(web_home: Path) -> None:
    settings = Settings(home=web_home)
    inbox = EventInbox(settings.database_url)
    assert inbox_finding(settings).ok
    inbox.accept("crm", "new", "deal.changed", "crm:1", {}, datetime.now(UTC))
    assert inbox_finding(settings).ok
    inbox.accept("crm", "old", "deal.changed", "crm:2", {}, datetime.now(UTC) - timedelta(minutes=3))
    finding = inbox_finding(settings)
    assert not finding.ok
    assert "2 events wait, the oldest for 0:03:0" in finding.words.en
    assert "deal web" in (finding.advice or finding.words).en
    inbox.close()
