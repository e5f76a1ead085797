"""What in memory is on its way to each process, until it arrives where a server's history says that it did."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from tests.differential.tasks import Came
from workflows.rehearsal import Arrival, Kind, Process

ROUNDING = timedelta(milliseconds=2)
"""Of what a server is told to wait."""


class Difference(AssertionError):
    """The two hosts part ways here."""


@dataclass(eq=False)
class Brought:
    what: Arrival
    job: Callable[[], object]
    at: datetime
    needed: Callable[[], bool]
    sender: Process | None = None

    def is_due(self, came: Came) -> bool:
        return came.due is None or abs(came.due - self.at) < ROUNDING

    @property
    def is_lost(self) -> bool:
        """The last word of a line that was terminated: the server may drop it."""
        return self.sender is not None and self.sender.outcome == "terminated"


class Pending:
    def __init__(self) -> None:
        self._there: dict[Process, list[Brought]] = {}
        self._lives: dict[str, list[Process]] = {}

    def born(self, process: Process) -> None:
        self._lives.setdefault(process.id, []).append(process)

    def add(self, to: Process, brought: Brought) -> None:
        self._there.setdefault(to, []).append(brought)

    def take(self, process: Process, came: Came, where: str) -> Brought:
        """Raises Difference."""
        there = self._there.get(process, [])
        there[:] = [brought for brought in there if brought.needed()]
        sender = self._sender(came)
        for brought in there:
            if brought.what == came.what and brought.sender is sender and brought.is_due(came):
                there.remove(brought)
                return brought
        raise Difference(f"{where}: on the server there was {came}; in memory: {_names(there)}")

    def _sender(self, came: Came) -> Process | None:
        lives = self._lives.get(came.what.sender, [])
        return lives[came.life] if came.life < len(lives) else None

    def check_nothing_is_left(self) -> None:
        """Raises Difference for what never arrived on the server. Timers ring when they ring."""
        for process, there in self._there.items():
            left = [b for b in there if b.needed() and b.what.kind is not Kind.TIMER and not b.is_lost]
            if left and not process.outcome:
                raise Difference(f"{process.id}: only in memory there was {_names(left)}")


def _names(there: Iterable[Brought]) -> str:
    return ", ".join(f"{brought.what} of {brought.at:%H:%M:%S.%f}" for brought in there) or "nothing"
