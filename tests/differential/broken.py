"""The host in memory with one verb broken: what a differential test must see."""

from collections.abc import Callable, Coroutine
from datetime import datetime, timedelta
from typing import Any

from pydantic import BaseModel

from domain.deal.state import DealState, LineState
from workflows.host import Activity, Started
from workflows.rehearsal import Process

SECOND = timedelta(seconds=1)
_wait, _background, _send = Process.wait, Process.background, Process.send
_start_line, _ask = Process.start_line, Process.ask


def _forgets_timers(
    self: Process, condition: Callable[[], bool], until: datetime | None = None, summary: str = ""
) -> Coroutine[Any, Any, None]:
    return _wait(self, condition)


def _never_begins(self: Process, work: Coroutine[Any, Any, None]) -> Any:
    async def nothing() -> None:
        work.close()

    return _background(self, nothing())


async def _sends_twice(self: Process, line: int | None, name: str, message: BaseModel) -> None:
    await _send(self, line, name, message)
    await _send(self, line, name, message)


async def _starts_a_line_of_nobody(self: Process, line: LineState) -> Started:
    return await _start_line(self, line.model_copy(update={"manager": "petrov"}))


async def _asks_twice(self: Process, activity: Activity[Any, Any], question: Any, summary: str = "") -> Any:
    await _ask(self, activity, question, summary)
    return await _ask(self, activity, question, summary)


def _does_nothing(self: Process, deal: DealState | None = None) -> None:
    return None


BROKEN: dict[str, Any] = {
    "now": property(lambda self: self.world.now + SECOND),
    "history_is_long": property(lambda self: False),
    "wait": _forgets_timers,
    "background": _never_begins,
    "send": _sends_twice,
    "start_line": _starts_a_line_of_nobody,
    "ask": _asks_twice,
    "stop_asking": _does_nothing,
    "show": _does_nothing,
}
"""What stands in for each verb."""
