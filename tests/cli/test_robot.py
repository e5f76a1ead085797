"""The robot of the how-to brings a deal to PAID by what `deal show -o json` says."""

import importlib.util
from subprocess import CompletedProcess
from types import ModuleType, SimpleNamespace

import pytest

from starter.rooms import ROOT
from tests.starter.conftest import run_deal
from tests.support.memory import OpenDeal


def the_robot() -> ModuleType:
    """As it stands in the docs; its commands run in this process."""
    spec = importlib.util.spec_from_file_location("robot", ROOT / "docs" / "how-to" / "robot.py")
    assert spec
    assert spec.loader
    spec.loader.exec_module(robot := importlib.util.module_from_spec(spec))

    def deal(*args: str) -> CompletedProcess[str]:
        done = run_deal(*args, DEALWRIGHT_LANG="en")
        return CompletedProcess(args, done.code, done.out, done.err)

    robot.deal = deal  # type: ignore[attr-defined]
    robot.time = SimpleNamespace(sleep=lambda seconds: None)  # type: ignore[attr-defined]
    return robot


def test_the_robot_reads_nothing_else_and_brings_a_lead_to_paid(
    lead: OpenDeal, capsys: pytest.CaptureFixture[str]
) -> None:
    the_robot().main(lead.number, str(ROOT / "playbooks" / "orders" / "three-goods.yaml"))
    said = capsys.readouterr().out.splitlines()
    assert said[-1] == f"deal {lead.number}: Paid"
    assert lead.state.stage == "PAID"
    assert [line for line in said if "→" in line] == [], "nothing was refused"
