"""A world whose facts go into real records."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from domain.effects import Delivered
from records.queries import RecordQueries
from records.store import RecordStore
from tests.support.memory import World


class Recorded:
    def __init__(self, world: World, file: Path) -> None:
        self.world = world
        self.store, self.queries = RecordStore(f"sqlite:///{file}"), RecordQueries(f"sqlite:///{file}")
        world.activities["records.deliver"] = self._take

    def _take(self, batch: Any) -> Delivered:
        self.store.apply(batch)
        return self.world.records(batch)


@contextmanager
def recorded_in(folder: Path, empty: Path) -> Iterator[Recorded]:
    """`empty`: migrated records."""
    made = Recorded(World(), shutil.copy(empty, folder / "records.db"))
    yield made
    made.queries.close()
    made.store.close()
    made.world.check()
