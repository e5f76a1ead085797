"""Builds what a portal still lacks: looks, plans, does what can be done, and looks again until nothing is left to do.

So it can be stopped at any point and run again; a lost answer is settled by looking; a second run finds nothing to do.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Any, NamedTuple

from activities.errors import CrmAmbiguous, CrmBusy, CrmUnavailable
from adapters.crm.bitrix24.blueprint import Blueprint, blueprint
from adapters.crm.bitrix24.building.plan import plan
from adapters.crm.bitrix24.building.rights import advice
from adapters.crm.bitrix24.building.seen import Survey
from adapters.crm.bitrix24.building.steps import Note, Part, Plan, Step, Trouble
from adapters.crm.bitrix24.building.survey import look
from adapters.crm.bitrix24.client import Portal
from adapters.crm.bitrix24.faults import PortalRefused
from domain.playbook.book import StaffedPlaybook
from domain.words import Text

AT_ONCE = 10
"""Steps in one request: making a field takes the portal most of a second, and a request may last 25."""

ROUNDS = 40
PATIENCE = 5  # faults of the portal, once it has been seen to work
UNSURE = timedelta(seconds=5)
"""After a lost answer: the portal may still be at it, and what it makes could be missed."""

NO_SMART_PROCESSES = "CREATE_DYNAMIC_TYPE_RESTRICTED"
FALLBACK = Text(
    ru="тариф портала не даёт создать смарт-процесс: позиции останутся товарами сделки, их ход — комментариями и полем «Позиции»",
    en="the portal's plan allows no more smart processes: lines stay product rows, told of in comments and in the field “Lines”",
)


class Built(NamedTuple):
    """`plan` is what is left: without steps, all has been done that could be."""

    done: tuple[Step, ...]
    failed: tuple[Trouble, ...]
    plan: Plan
    survey: Survey

    @property
    def ok(self) -> bool:
        open_items: list[Step | Trouble] = [*self.failed, *self.plan.troubles, *self.plan.steps]
        return not any(item.vital for item in open_items)


Tell = Callable[[Step], None]
Sleep = Callable[[float], Awaitable[None]]


class Setup:
    """`tell` hears of every step taken; `sleep` is how it waits for a portal that asks for patience."""

    def __init__(
        self,
        portal: Portal,
        playbook: StaffedPlaybook,
        tell: Tell = lambda step: None,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._portal = portal
        self._playbook = playbook
        self._want: Blueprint = blueprint(playbook)
        self._tell = tell
        self._sleep = sleep
        self._smart = True
        self._faults = 0
        self._done: list[Step] = []
        self._failed: dict[tuple[Part, str], Trouble] = {}
        self._type_id: int | None = None
        self._admin = False

    async def planned(self) -> Built:
        """What `build` would do. Changes nothing."""
        survey = await look(self._portal, self._playbook)
        return Built((), (), self._plan(survey), survey)

    async def build(self) -> Built:
        """Raises what `Portal.call` does if the portal can't be reached, or keeps us waiting for too long."""
        for _ in range(ROUNDS):
            try:
                survey = await look(self._portal, self._playbook, self._type_id)
                left, self._admin = self._plan(survey), survey.admin
                steps = [step for step in left.steps if self._can_be_taken(step)]
                if not steps:
                    return Built(tuple(self._done), tuple(self._failed.values()), left, survey)
                await self._take(steps)
            except CrmBusy as busy:
                await self._pause(busy.retry_after)
            except CrmAmbiguous:
                await self._pause(UNSURE)
            except CrmUnavailable:
                if not self._done:
                    raise
                self._faults += 1
                if self._faults > PATIENCE:
                    raise
                await self._pause(UNSURE)
        raise CrmUnavailable(f"{self._portal.host} does not come to rest: run deal crm setup again")

    def _plan(self, survey: Survey) -> Plan:
        token = self._portal.bot_token
        found = plan(self._want, self._playbook, survey, smart=self._smart, bot_token=token)
        return found if self._smart else found._replace(notes=(*found.notes, Note(Part.LINES, FALLBACK)))

    def _can_be_taken(self, step: Step) -> bool:
        return step.params is not None and step.key not in self._failed and step not in self._done

    async def _take(self, steps: Sequence[Step]) -> None:
        """One request's worth of steps after the other."""
        for start in range(0, len(steps), AT_ONCE):
            part = {f"s{n}": step for n, step in enumerate(steps[start : start + AT_ONCE])}
            commands = {name: (step.method, step.params or {}) for name, step in part.items()}
            outcomes = await self._portal.batch(commands)
            for name, step in part.items():
                if name in outcomes.answers:
                    self._took(step, outcomes.result(name))
            for name, error in outcomes.errors.items():
                if not isinstance(error, PortalRefused):
                    raise error
                self._refused(part[name], error)

    def _took(self, step: Step, result: Any) -> None:
        self._done.append(step)
        self._tell(step)
        if step.method == "crm.type.add":
            self._type_id = int(result["type"]["id"])

    def _refused(self, step: Step, refused: PortalRefused) -> None:
        if refused.code == NO_SMART_PROCESSES:
            self._smart = False
        else:
            words = Text(ru=f"{step.words.ru}: {refused}", en=f"{step.words.en}: {refused}")
            mend = advice(str(refused), self._admin)
            self._failed[step.key] = Trouble(step.part, words, mend, step.vital)

    async def _pause(self, time: timedelta | None) -> None:
        await self._sleep((time or UNSURE).total_seconds())
