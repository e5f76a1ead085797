"""What commands print about deals and their books, by the rules of every other channel."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path

import pytest

from domain.words import Language, Text
from records.inbox_events import EventInbox
from starter.settings import Settings
from tests.process.test_wording import opened
from tests.starter.conftest import run_deal
from tests.support.foreign import CLIENT, TYPED, goods, strange
from tests.support.memory_desk import MemoryDesk
from tests.support.orders import an_order

BOTH = pytest.mark.parametrize("language", ["ru", "en"])
WIDE = "400"
"""Columns: nothing is cut or wrapped."""


@BOTH
@pytest.mark.parametrize("command", [("list",), ("inbox", "--all"), ("log", "1"), ("log", "1", "--unfolded")])
def test_what_the_records_tell(
    desk: MemoryDesk, recorded: None, command: tuple[str, ...], language: Language
) -> None:
    deal = opened(desk.world, language)
    deal.to("line-1:payment-terms")
    desk.world.skip(timedelta(days=12))
    outcome = run_deal(*command, "--lang", language, COLUMNS=WIDE)
    assert outcome.code == 0, outcome.err
    words = outcome.out + outcome.err
    for item in run_deal("inbox", "--all", "-o", "json").data:  # which is typed back
        words = words.replace(f" {item['id']} ", f" {TYPED} ")
    assert not strange(words, language), words


@BOTH
def test_what_became_of_what_came(
    desk: MemoryDesk, recorded: None, tmp_path: Path, language: Language
) -> None:
    """Every outcome there is, each written by whoever took the event. Where it came from and its kind are the sender's words."""
    inbox = EventInbox(Settings(home=tmp_path).database_url)
    for n, words in enumerate(OUTCOMES):
        at, seq = datetime.now(UTC), inbox.accept("Α", str(n), "Α", f"Α:{n}", {}, datetime.now(UTC)).seq
        if n % 2:
            inbox.finish([seq], "done", words, at)
        else:
            inbox.retry([seq], words, at)
    inbox.close()
    printed = run_deal("inbox-events", "-n", "500", "--lang", language, COLUMNS=WIDE)
    assert printed.code == 0, printed.err
    for words in OUTCOMES:
        assert words.to(language) in printed.out
    assert not strange(printed.out, language), printed.out


def _declared() -> Iterator[Text]:
    for module in MODULES:
        for words in vars(import_module(f"starter.intake.{module}")).values():
            if isinstance(words, Text):
                filled = Text(*(re.sub(r"\{\w+\}", TYPED, said) for said in (words.ru, words.en)))
                yield filled


MODULES = ("answers", "chat", "chat_poll", "crm", "ended_deal", "intake", "outcome", "relay", "sending")
OUTCOMES = tuple(dict.fromkeys(_declared()))


@BOTH
def test_the_playbook(desk: MemoryDesk, language: Language) -> None:
    """Its ids are what an order file names."""
    book = run_deal("playbook", "show", "-o", "json").data
    words = run_deal("playbook", "show", "--lang", language, COLUMNS=WIDE).out
    for part in ("people", "payments", "deliveries", "vat", "assignments"):
        for id in sorted(book[part], key=len, reverse=True):
            words = words.replace(f"{id} ", f"{TYPED} ")
    for person in book["people"].values():
        words = words.replace(person["name"], TYPED)
    words = words.replace(book["company"], TYPED).replace(book["version"], TYPED)
    assert "09:00-18:00 МСК" in words if language == "ru" else "09:00-18:00 MSK" in words
    assert not strange(words, language), words


@BOTH
def test_a_rehearsal(desk: MemoryDesk, language: Language, tmp_path: Path) -> None:
    file = tmp_path / "order.json"
    file.write_text(json.dumps(an_order(*goods(), client=CLIENT | {"language": language})))
    outcome = run_deal("rehearse", str(file), "--late", "manager=2", "--lang", language, COLUMNS=WIDE)
    assert outcome.code == 0, outcome.err
    words = outcome.out
    for person in run_deal("playbook", "show", "-o", "json").data["people"].values():
        words = words.replace(person["name"], TYPED)
    assert not strange(words, language), words


@BOTH
@pytest.mark.parametrize(
    "command",
    [
        ("decide", "1", "contract", "reject", "--as", "director"),
        ("decide", "1", "contract", "approve", "--as", "director", "--version", "7"),
        ("pay", "1", "--amount", "-5", "--as", "accountant"),
        ("pay", "1", "--amount", "5", "--currency", "USD", "--as", "accountant"),
        ("pay", "1", "--amount", "5", "--date", "2030-01-01", "--as", "accountant"),
        ("pay", "1", "--amount", "5", "--line", "9", "--as", "accountant"),
        ("pay", "1", "--amount", "5", "--as", "director"),
        ("sign", "1", "contract", "--date", "2030-01-01", "--as", "manager"),
        ("delay", "1", "1", "--ready-on", "2031-01-01", "--reason", "x", "--as", "manager"),
        ("delay", "1", "9", "--ready-on", "2031-01-01", "--reason", "x", "--as", "manager"),
        ("reassign", "1", "--to", "orlov", "--as", "director"),
        ("cancel", "1", "--reason", "", "--as", "director"),
        ("acknowledge", "1", "--until", "2030-01-01", "--as", "director"),
        ("log", "9"),
        ("log", "1", "--line", "9"),
        ("list", "--stage", "9"),
    ],
    ids=" ".join,
)
def test_what_an_act_is_refused_with(
    desk: MemoryDesk, recorded: None, command: tuple[str, ...], language: Language
) -> None:
    opened(desk.world, language)
    outcome = run_deal(*command, "--lang", language)
    assert outcome.code, outcome.out
    words = OPTION.sub("", outcome.err)
    assert words.strip()
    assert not strange(words, language), words


OPTION = re.compile(r"(?<!\w)--[a-z]+")
