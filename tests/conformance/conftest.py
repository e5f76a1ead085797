"""Each test of the suite runs on every CRM: the embedded one, a portal, and a portal whose plan has no smart processes."""

from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import pytest

import adapters.crm.embedded.store
from activities.playbook import load_playbook
from domain.playbook.book import Playbook
from starter.rooms import ROOT
from tests.conformance.bitrix24_stand import Bitrix24Stand, bitrix24_stand, built_portal
from tests.conformance.embedded_stand import EmbeddedStand
from tests.conformance.stands import CrmStand, Delivery
from tests.doubles.bitrix24.state import State


class Portals(NamedTuple):
    book: Playbook
    with_smart: State
    without: State
    users: Mapping[str, int]


@pytest.fixture(scope="session")
async def portals() -> Portals:
    book = load_playbook(ROOT / "playbooks" / "default.yaml", today=datetime.now(UTC).date())
    smart, users = await built_portal(book, smart=True)
    plain, _ = await built_portal(book, smart=False)
    return Portals(book, smart, plain, users)


@pytest.fixture
async def embedded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[EmbeddedStand]:
    monkeypatch.setattr(adapters.crm.embedded.store, "BUSY_SECONDS", 0.1)
    stand = EmbeddedStand(tmp_path / "crm.db")
    yield stand
    await stand.crm.close()


@pytest.fixture
async def bitrix24(portals: Portals) -> AsyncIterator[Bitrix24Stand]:
    async with bitrix24_stand(portals.with_smart, portals.users, portals.book) as stand:
        yield stand


@pytest.fixture
async def bitrix24_plain(portals: Portals) -> AsyncIterator[Bitrix24Stand]:
    async with bitrix24_stand(portals.without, portals.users, portals.book) as stand:
        yield stand


@pytest.fixture(params=["embedded", "bitrix24", "bitrix24_plain"])
def stand(request: pytest.FixtureRequest) -> CrmStand:
    found: CrmStand = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def deliver(stand: CrmStand) -> Delivery:
    return stand.delivery()
