"""What a server's workflows took up: for each of their tasks the moment, and what came."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from domain.deal.batches import WatchedLines
from workflows.rehearsal import Arrival, Kind


@dataclass(frozen=True)
class Message:
    """A signal or an update from outside. An update has its id, and what it was answered."""

    name: str
    content: Any
    update: str = ""


@dataclass(frozen=True)
class Came:
    """Something from inside; `failed`: an activity that was stopped, a word that nobody heard, a line that ran already.

    `life`: of a word, in which life its sender said it; a line that was terminated has another. `due`: of a timer, when it was to
    ring. `seen` is what the look at silent lines saw.
    """

    what: Arrival
    failed: bool = False
    life: int = 0
    due: datetime | None = None
    seen: WatchedLines | None = None


CANCELLED = Came(Arrival(Kind.START), failed=True)
"""An operator cancelled the workflow."""


@dataclass
class Task:
    """A workflow task. Messages are taken up first, and then the rest. `terminated`: no task, but the end of all."""

    workflow: str
    ns: int
    long: bool = False
    messages: list[Message | Came] = field(default_factory=list)
    rest: list[Came] = field(default_factory=list)
    terminated: bool = False

    @property
    def at(self) -> datetime:
        """As the SDK tells it to the workflow."""
        return datetime.fromtimestamp(self.ns / 1e9, UTC)


@dataclass
class Read:
    """All tasks of a deal and its lines in their order, and the answers to updates by id."""

    tasks: list[Task] = field(default_factory=list)
    answers: dict[str, dict[str, Any]] = field(default_factory=dict)
