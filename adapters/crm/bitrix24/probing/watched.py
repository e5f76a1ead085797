"""A portal whose every answer is watched: what it made is noted, and what asks for patience is waited for."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import timedelta
from typing import Any, TypeVar

from activities.errors import CrmAmbiguous, CrmBusy, CrmUnavailable, WorldError
from adapters.crm.bitrix24.answers import Answer, Outcomes
from adapters.crm.bitrix24.client import MOST_IN_BATCH, Command, Portal
from adapters.crm.bitrix24.faults import PortalRefused
from adapters.crm.bitrix24.probing.made import Made, made_by
from adapters.crm.bitrix24.probing.refusals import named
from adapters.crm.bitrix24.probing.report import Left

T = TypeVar("T")

AT_ONCE = 10
"""Removals in one request: each may take the portal a second."""
LONGEST_WAIT = timedelta(seconds=90)
ATTEMPTS = 6
SETTLED = 5.0
"""Seconds after a lost answer: the portal may still be at it."""


class Watched(Portal):
    """`made` is what stands in the portal and is to be removed, by the call that removes it; `unsure`: an answer was lost, so
    something may stand there that is not in it; `waited_for`: what asked for patience, until somebody reads it."""

    def __init__(
        self, *args: Any, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep, **how: Any
    ) -> None:
        super().__init__(*args, **how)
        self.sleep = sleep
        self.made: dict[str, Made] = {}
        self.unsure = False
        self.waited_for: list[WorldError] = []

    async def call(self, method: str, params: Mapping[str, Any] | None = None) -> Answer:
        answered = await self._patiently(lambda: super(Watched, self).call(method, params))
        self._note(method, params or {}, answered.result)
        return answered

    async def batch(
        self, commands: Mapping[str, Command], *, halt: bool = False, most: int = MOST_IN_BATCH
    ) -> Outcomes:
        outcomes = await self._patiently(lambda: super(Watched, self).batch(commands, halt=halt, most=most))
        for name, found in outcomes.answers.items():
            self._note(*commands[name], found.result)
        return outcomes

    def note(self, made: Made) -> None:
        self.made[repr(made.removal)] = made

    async def remove(self, made: Iterable[Made]) -> list[Left]:
        """The last first. What is not there any more is removed."""
        todo = list(made)[::-1]
        left: list[Left] = []
        for start in range(0, len(todo), AT_ONCE):
            part = {f"r{n}": one for n, one in enumerate(todo[start : start + AT_ONCE])}
            try:
                outcomes = await self.batch({name: one.removal for name, one in part.items()})
            except WorldError as error:
                left += [_left(one, error) for one in part.values()]
                continue
            for name, one in part.items():
                why = outcomes.errors.get(name)
                if why and not (isinstance(why, PortalRefused) and why.not_found):
                    left.append(_left(one, why))
                else:
                    self.made.pop(repr(one.removal), None)
        return left

    def _note(self, method: str, params: Mapping[str, Any], result: Any) -> None:
        if made := made_by(method, params, result):
            self.note(made)

    async def _patiently(self, work: Callable[[], Awaitable[T]]) -> T:
        """Raises what `work` does, if it goes on doing so, or asks for more patience than anybody has who sits before it."""
        for _ in range(ATTEMPTS):
            try:
                return await work()
            except (CrmBusy, CrmUnavailable) as error:
                wait = error.retry_after or timedelta(seconds=SETTLED)
                known = named(error)
                if wait > LONGEST_WAIT or (known.fatal if known else isinstance(error, CrmUnavailable)):
                    raise
                self.waited_for.append(error)
                await self.sleep(wait.total_seconds())
            except (CrmAmbiguous, asyncio.CancelledError):
                self.unsure = True
                raise
        return await work()


def _left(one: Made, why: WorldError) -> Left:
    known = named(why)
    return Left(one, str(why), known.name if known else "")
