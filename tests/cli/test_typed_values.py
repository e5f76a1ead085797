"""Dates, amounts, roles and names as they are typed: what the desk prints is taken, and what is wrong is said by its option."""

import pytest

from domain.words import Language
from tests.starter.conftest import run_deal
from tests.support.foreign import strange
from tests.support.memory import OpenDeal
from tests.support.memory_desk import MemoryDesk

PAY = ("pay", "1", "--amount", "5", "--as", "accountant")


def acknowledge(until: str) -> tuple[str, ...]:
    return ("acknowledge", "1", "qualification", "--until", until, "--as", "director")


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize(
    ("command", "option"),
    [
        (("sign", "1", "contract", "--date", "27 нояб", "--as", "client"), "--on"),
        ((*PAY, "--date", "31.02.2026"), "--date"),
        ((*PAY, "--date", "20261127"), "--date"),
        (("money", "reverse", "1", "7", "--reason", "β", "--date", "?", "--as", "accountant"), "--date"),
        (acknowledge("завтра"), "--until"),
        (("pay", "1", "--amount", "abc", "--as", "accountant"), "--amount"),
        (("pay", "1", "--amount", "5", "--id", "x" * 101, "--as", "accountant"), "--id"),
        (("decide", "1", "x", "approve", "--version=-1", "--as", "petrov"), "--version"),
    ],
)
def test_what_is_wrong_with_an_act_is_said_by_its_option_and_in_words(
    three_goods: OpenDeal, desk: MemoryDesk, command: tuple[str, ...], option: str, language: Language
) -> None:
    outcome = run_deal(*command, "--lang", language)
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err.startswith(f"{option}: "), outcome.err
    assert not strange(outcome.err.replace(option, ""), language), outcome.err
    assert desk.sent == []


def test_days_are_taken_as_the_desk_writes_them_anywhere(three_goods: OpenDeal, desk: MemoryDesk) -> None:
    for n, written in enumerate(DAYS):
        paid = run_deal(*PAY, "--id", str(n), "--date", written)
        assert paid.code == 0, paid.err
        assert three_goods.state.ledger.payments[-1].day.isoformat() == "2026-11-23", written


DAYS = (
    *("2026-11-23", "23.11.2026", "23 Nov 2026", "23 ноября 2026", "23 Ноября 2026 г.", "23 November 2026"),
    "23\N{NO-BREAK SPACE}ноября 2026",
)


@pytest.mark.parametrize("written", ["director", "директор", "Директор", "дир"])
def test_a_role_goes_by_its_label(
    three_goods: OpenDeal, desk: MemoryDesk, recorded: None, written: str
) -> None:
    moved = run_deal("reassign", "1", "--to", "sidorov", "--as", written)
    assert moved.code == 0, moved.err
    assert three_goods.state.manager == "sidorov"
    assert run_deal("inbox", "--as", written).code == 0
