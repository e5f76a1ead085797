"""Scenarios on the in-memory host: each has a world of its own, which must be whole when it ends."""

from collections.abc import Iterator

import pytest

from tests.support.memory import World


@pytest.fixture
def world() -> Iterator[World]:
    made = World()
    yield made
    made.check()
