"""The stand that scenarios run on: with cached workflows, or with a replay of every workflow task (`REPLAYED`)."""

from collections.abc import AsyncIterator

import pytest
from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment

from tests.conftest import REPLAYING
from tests.support.stand import Stand
from tests.support.stand import stand as a_stand
from workflows.temporal.converter import DATA_CONVERTER


@pytest.fixture(scope="session")
async def cached_stand(
    temporal: WorkflowEnvironment, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Stand]:
    async with a_stand(temporal.client, tmp_path_factory.mktemp("cached")) as made:
        yield made


@pytest.fixture(scope="session")
async def replaying_stand(
    temporal: WorkflowEnvironment, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Stand]:
    target = temporal.client.service_client.config.target_host
    client = await Client.connect(target, namespace=REPLAYING, data_converter=DATA_CONVERTER)
    async with a_stand(client, tmp_path_factory.mktemp("replaying"), cached=0) as made:
        yield made


@pytest.fixture
def chosen_stand(request: pytest.FixtureRequest) -> Stand:
    usual = "replaying" if request.config.getoption("--replaying") else "cached"
    made: Stand = request.getfixturevalue(f"{getattr(request, 'param', usual)}_stand")
    return made


@pytest.fixture
async def stand(chosen_stand: Stand) -> AsyncIterator[Stand]:
    """After each test no workflow task of its deals may have failed, in any run of any workflow, and each run replays whole."""
    chosen_stand.opened.clear()
    yield chosen_stand
    for number in chosen_stand.opened:
        await chosen_stand.trail(number).check()
