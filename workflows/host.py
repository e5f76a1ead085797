"""What a process needs of whoever runs it: a few verbs. Temporal is one host (`workflows.temporal`); `workflows.rehearsal`
keeps a virtual clock in memory."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Any, Generic, Protocol, TypeVar

from pydantic import BaseModel

from domain.deal.state import DealState, LineState

In = TypeVar("In", bound=BaseModel | None)
Out = TypeVar("Out", bound=BaseModel)


@dataclass(frozen=True)
class Activity(Generic[In, Out]):
    """Something that touches the world, by the name under which `activities/` carries it out.

    `patience`: how long all its tries may take together; none is for ever. `beats`: it heartbeats.
    """

    name: str
    answers: type[Out]
    queue: str
    seconds: int = 60
    patience: timedelta | None = None
    beats: bool = False


class ActivityFailed(Exception):
    """An activity failed for good, or was stopped. `type` is the failure's own name, where it has one."""

    def __init__(self, words: str, type: str = "") -> None:
        super().__init__(words)
        self.type = type


class Unreachable(Exception):
    """Nobody is there to hear what was sent."""


class Started(Enum):
    """What became of a line that was to be started."""

    NEW = "new"
    RUNS_ALREADY = "runs already"


class Task(Protocol):
    """Work in the background."""

    def cancel(self) -> Any: ...


class Host(Protocol):
    @property
    def now(self) -> datetime:
        """The one moment of all that happens together."""

    @property
    def arrival(self) -> int:
        """Which one this is of all the times that something came. What comes in one comes together."""

    @property
    def messages_coming(self) -> bool:
        """Whether messages came together with what is played now, and are next. Until then no run may end."""

    @property
    def history_is_long(self) -> bool:
        """Whether the process should soon go on in a next run."""

    async def wait(
        self, condition: Callable[[], bool], until: datetime | None = None, summary: str = ""
    ) -> None:
        """Until `condition` holds, or that moment has come."""

    @property
    def broken(self) -> BaseException | None:
        """What a background task failed with, if one did: the process fails with it, and is not left half alive."""

    def background(self, work: Coroutine[Any, Any, None]) -> Task:
        """Runs `work` beside the process. See `broken`."""

    async def send(self, line: int | None, name: str, message: BaseModel) -> None:
        """A word to a line, or (none) from a line to its deal. Raises `Unreachable`."""

    async def start_line(self, line: LineState) -> Started: ...

    async def ask(self, activity: Activity[In, Out], question: In, summary: str = "") -> Out:
        """An activity's answer, tried for as long as it may take. Raises `ActivityFailed`."""

    def stop_asking(self) -> None:
        """What is under way at a worker is finished; what only waits for its next try is stopped."""

    def leave_mark(self) -> None:
        """Something changed: if no verb of now leaves a trace in the history, this does. See `Case.mark_changes`."""

    def show(self, deal: DealState) -> None:
        """Where the deal stands, for operators."""
