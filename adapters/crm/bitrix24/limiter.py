"""How all workers and web processes together stay within a portal's limits: one bucket a portal, one gate a method."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol


class Budget(Protocol):
    """`records.budget.SharedBudget` serves it."""

    async def take(self, name: str, gates: Sequence[str] = (), *, yields: bool = False) -> timedelta:
        """Waits for its turn in the bucket, then returns zero. Where that would take long, or `name` or one of the `gates` is
        closed for long, it takes nothing and returns how long to stay away. `yields`: others go first, for a while."""

    async def close(self, name: str, until: datetime) -> None:
        """Nothing passes before `until`. An earlier end does not shorten a later one."""
