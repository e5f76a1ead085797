import shutil
from collections.abc import Callable
from copy import deepcopy
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from activities.files import read_document
from activities.playbook import load_playbook, people_beside
from domain.calendar import WorkingCalendar
from domain.playbook.book import Playbook

ROOT = Path(__file__).resolve().parents[2]
PEOPLE = ROOT / "playbooks" / "people.yaml"
TODAY = date(2026, 11, 23)


@pytest.fixture(scope="session")
def today() -> date:
    return TODAY


@pytest.fixture(scope="session")
def playbook() -> Playbook:
    return load_playbook(ROOT / "playbooks" / "default.yaml", today=TODAY)


@pytest.fixture(scope="session")
def calendar(playbook: Playbook) -> WorkingCalendar:
    """Moscow, 9 to 18, with the holidays of 2026–2029."""
    return playbook.calendar


@pytest.fixture(scope="session")
def orders() -> Path:
    return ROOT / "playbooks" / "orders"


@pytest.fixture
def order(orders: Path) -> dict[str, Any]:
    """A good order of three lines, to be spoilt."""
    document = read_document(orders / "three-goods.yaml")
    assert isinstance(document, dict)
    return document


@pytest.fixture
def raw_playbook(playbook: Playbook) -> dict[str, Any]:
    """The default playbook as plain data, to be spoilt."""
    return deepcopy(playbook.model_dump(mode="json"))


@pytest.fixture
def write_playbook(tmp_path: Path) -> Callable[[Callable[[str], str]], Path]:
    """Writes the default playbook file with a change in its text."""

    def write(change: Callable[[str], str]) -> Path:
        text = (ROOT / "playbooks" / "default.yaml").read_text(encoding="utf-8")
        path = tmp_path / "playbook.yaml"
        path.write_text(change(text), encoding="utf-8")
        shutil.copy(PEOPLE, people_beside(path))
        return path

    return write
