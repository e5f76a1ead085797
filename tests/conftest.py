"""Shared by all tests. The real Temporal server starts only for tests that ask for it."""

import gc
import os
import signal
from collections.abc import AsyncIterator, Iterator

import pytest
from hypothesis import HealthCheck, settings
from temporalio.testing import WorkflowEnvironment

pytest.register_assert_rewrite("tests.faults.judge", "tests.faults.portal_judge")

from tests.support.server import dev_server  # noqa: E402

REPLAYING = "replaying"
OFFICE = "office"

os.environ.setdefault(
    "GOGC", "400"
)  # Temporal servers of tests live a few minutes: a fifth less CPU for more memory
UPKEEP = "upkeep"
STOPPED = "stopped"
WARD = "ward"
FLOODED = "flooded"

SERVERS = {"temporal", "chosen_stand"}


os.environ.pop("COLUMNS", None)
"""What a test runs is as wide as it asks for, whatever the terminal of whoever runs the suite."""

settings.register_profile("suite", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("suite")
"""On a busy machine what takes long is no fault."""

signal.signal(signal.SIGINT, signal.default_int_handler)
"""A suite in the background starts with Ctrl-C ignored."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--replaying", action="store_true", help="run every scenario without a workflow cache")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever asks for the real server, by whatever fixture, is no part of the fast ring."""
    for item in items:
        if SERVERS & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.server)


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """What was collected and imported lives to the end: looking through it for garbage again and again took a fifth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


@pytest.fixture(autouse=True)
def usual_umask() -> Iterator[None]:
    """What a test runs of the desk in its own process lets nobody else read its files: the next test does not inherit that."""
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.fixture(scope="session")
async def temporal() -> AsyncIterator[WorkflowEnvironment]:
    async with dev_server(namespaces=(REPLAYING, OFFICE, STOPPED, UPKEEP, WARD, FLOODED)) as environment:
        yield environment
