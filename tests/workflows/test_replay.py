"""Recorded histories replay on today's code: a deal that began before a change goes on after it."""

import os
import subprocess
import sys

import pytest

from starter.rooms import ROOT
from tests.support.history_files import FOLDER

HISTORIES = sorted(FOLDER.rglob("*.json.gz"))


def test_there_is_a_history_of_every_route_of_a_lost_and_of_a_cancelled_deal() -> None:
    deals = {path.name.removesuffix(".json.gz") for path in HISTORIES}
    assert deals >= {"deal-import", "deal-dealer", "deal-stock", "deal-lost", "deal-cancelled"}
    assert deals >= {"deal-import-line-1", "deal-dealer-line-1", "deal-stock-line-3", "deal-cancelled-line-2"}


@pytest.mark.parametrize("seed", [0, 1, 20261123])
def test_recorded_histories_replay(seed: int) -> None:
    """In a process of its own each time: the order of sets is another with every seed, and must not matter."""
    assert_all_replay(environment={"PYTHONHASHSEED": str(seed)})


def test_recorded_histories_replay_whatever_mails_the_crm_and_sentences_say() -> None:
    assert_all_replay("--reworded")


def assert_all_replay(*options: str, environment: dict[str, str] | None = None) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.support.replay_histories", *options],
        cwd=ROOT, env=os.environ | (environment or {}), capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert len(done.stdout.splitlines()) == len(HISTORIES)
