"""How commands end for programs, and what the shell completes."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from starter.cli.app import commands_app
from starter.cli.completion import answers, assignments, deals, documents, milestones, people, stages
from tests.cli.conftest import ORDERS
from tests.starter.conftest import run_deal
from tests.support.memory import OpenDeal
from tests.support.memory_desk import MemoryDesk


@pytest.mark.parametrize(
    ("command", "code", "exit_code"),
    [
        (["show", "no-such"], "not_found", 3),
        (["decide", "1", "contract", "approve", "--as", "orlov"], "not_allowed", 4),
        (["decide", "1", "contract", "--as", "petrov"], "usage", 2),
        (["complete", "1", "nothing-such", "-f", "a=b", "--as", "ivanova"], "usage", 2),
        (["show"], "usage", 2),
        (["shwo", "1"], "usage", 2),
        (["list", "--limit", "many"], "usage", 2),
        (["start", str(ORDERS / "broken.yaml")], "usage", 2),
        (["money", "refund", "1"], "usage", 2),
    ],
)
def test_what_went_wrong_is_json_where_json_is_asked_for(
    three_goods: OpenDeal, command: list[str], code: str, exit_code: int
) -> None:
    three_goods.to("contract")
    for asked in (["-o", "json"], ["--output=JSON"], ["-ojson"]):
        outcome = run_deal(*command, *asked)
        assert (outcome.code, outcome.out) == (exit_code, "")
        error = json.loads(outcome.err)["error"]
        assert (error["code"], error["exit"]) == (code, exit_code)
        assert error["words"]
    by_environment = run_deal(*command, DEALWRIGHT_OUTPUT="json")
    assert json.loads(by_environment.err)["error"]["code"] == code


def test_all_problems_of_a_file_are_data(desk: MemoryDesk) -> None:
    error = json.loads(run_deal("start", ORDERS / "broken.yaml", "-o", "json").err)["error"]
    assert {"client.inn", "lines[0].quantity"} <= {problem["place"] for problem in error["problems"]}


def test_version_and_the_exit_code_of_a_mail_server_are_told() -> None:
    assert run_deal("--version").out.startswith("Dealwright ")
    assert "75" in run_deal("--help").out


class _Typed:
    """A command line as far as it has been typed."""

    def __init__(self, **params: str) -> None:
        self.params = params


Complete = Callable[[Any, str], list[tuple[str, str]]]


def completed(complete: Complete, incomplete: str = "", **params: str) -> list[str]:
    return [name for name, _ in complete(_Typed(**params), incomplete)]


@pytest.mark.usefixtures("recorded")
def test_the_shell_completes_what_the_records_know(three_goods: OpenDeal) -> None:
    three_goods.to("line-1:customs-release")
    three_goods.reverse(three_goods.state.ledger.payments[0].id)
    assert completed(deals) == ["1"]
    assert completed(assignments, "line-1:", number="1") == ["line-1:customs-release"]
    fields = completed(answers, "o", number="1", assignment="customs-release")
    outcomes = ("released", "conditional", "hold", "refused", "withdrawn")
    assert fields == [*(f"outcome={code}" for code in outcomes), "obligation=", "obligation_until="]
    assert completed(milestones, number="1") == ["line-1:prepayment"]
    assert completed(documents, "line-1:", number="1") == []
    assert completed(people, "iv") == ["ivanova"]
    assert "PREPAYMENT" in completed(stages, "P")


def test_the_shell_asks_the_command_itself(desk: MemoryDesk) -> None:
    asked = {"_DEAL_COMPLETE": "complete_zsh", "_TYPER_COMPLETE_ARGS": "deal list --stage PREP"}
    outcome = CliRunner(env=asked).invoke(commands_app(), [], prog_name="deal")
    assert "PREPAYMENT" in outcome.stdout


@pytest.mark.parametrize("complete", [deals, people, assignments, answers, documents, milestones])
def test_where_there_is_nothing_completion_is_silent(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, complete: Complete, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DEALWRIGHT_HOME", str(tmp_path / "nothing"))
    monkeypatch.setenv("DEALWRIGHT_PEOPLE", str(tmp_path / "nobody.yaml"))
    assert completed(complete, number="1", assignment="x") == []
    assert capfd.readouterr() == ("", "")
