"""The deals of the portal's test: who enters each, what people do of it in the portal, and the robot that does the rest."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from domain.deal.messages import Cancel, Complete
from domain.words import Stage
from starter.errors import UnreachableError
from tests.faults.portal_desk import PATIENCE, PortalDesk
from tests.faults.portal_people import People
from tests.faults.real_desk import eventually, sample_order
from tests.support.orders import Order, a_good, an_order
from tests.support.robot import View

AT_ONCE = 32
PREPAID = a_good()
DEFERRED = a_good(payment="deferred_30", delivery="carrier")
QUALIFICATION = "qualification@1:ivanova"
DISQUALIFIED = {"outcome": "disqualified", "reason": "нет бюджета"}


@dataclass(frozen=True)
class Case:
    """`told`: the portal's events about the new deal are not all lost. `by_hand`: people answer in the portal, too."""

    order: Order
    ending: Stage
    in_portal: bool
    told: bool
    by_hand: bool

    @property
    def dragged(self) -> bool:
        return self.by_hand and self.ending is Stage.PAID


def cases(count: int) -> list[Case]:
    """Every second one is entered in the portal. Of each twenty two are told of by no event, six are worked on by hand, and two
    have three lines; six are paid in the end, four cancelled, ten lost: a deal that is paid costs as much as four others."""
    return [_case(n) for n in range(count)]


def _case(n: int) -> Case:
    place = n % 20
    goods = {2: sample_order("three-goods")["lines"], 5: [PREPAID] * 3}
    ending = Stage.PAID if place in (2, 3, 5, 8, 13, 16) else Stage.LOST
    return Case(
        an_order(*goods.get(place, [DEFERRED if n % 3 else PREPAID]), number=f"{1001 + n}"),
        ending=Stage.CANCELLED if place in (0, 7, 11, 18) else ending,
        in_portal=n % 2 == 1,
        told=place not in (7, 13),
        by_hand=place in (1, 3, 8, 9, 13, 14),
    )


class Life:
    """Lives deals through, many side by side."""

    def __init__(self, real: PortalDesk) -> None:
        self._real = real
        self.people = People(real.portal, real.users)
        self.numbers: dict[str, Case] = {}
        self.done = 0
        self._room = asyncio.Semaphore(AT_ONCE)

    async def live(self, case: Case) -> None:
        async with self._room:
            number = await self._enter(case)
            self.numbers[number] = case
            match case.ending:
                case Stage.PAID:
                    await self._be_paid(number, case)
                case Stage.LOST:
                    await self._be_lost(number, case)
                case _:
                    await self._drive(number, until=lambda view: bool(view["approvals"]))
                    cancel = Cancel(id=f"{number}/cancel", actor="ivanova", reason="передумали")
                    await self._real.send(number, cancel)
            self.done += 1

    async def _be_paid(self, number: str, case: Case) -> None:
        if case.dragged:
            await self._drag_too_far(number)
            view = await self._see(number, lambda view: bool(view["assignments"]))
            [asked] = [a for a in view["assignments"] if a["id"] == "qualification"]
            await self._qualify(number, _answers(asked))
            await self._approve(number)
        await self._drive(number)

    async def _be_lost(self, number: str, case: Case) -> None:
        if case.by_hand:
            await self._qualify(number, DISQUALIFIED)
            return
        await self._see(number, lambda view: bool(view["assignments"]))
        about: dict[str, Any] = {"id": f"{number}/lost", "assignment": "qualification", "actor": "ivanova"}
        await self._real.send(number, Complete(**about, fields={**DISQUALIFIED}))

    async def _drive(self, number: str, **how: Any) -> None:
        robot = self._real.robot(number, **how)
        await robot.run()
        assert robot.refusals == []

    async def _enter(self, case: Case) -> str:
        if case.in_portal:
            return self.people.enter(case.order["lines"], told=case.told)
        return await self._real.start(case.order)

    async def _drag_too_far(self, number: str) -> None:
        """To a stage that the process does not allow: it comes back. Once the desk has told the card all: what is still being told puts
        it back unseen."""
        people = self.people
        await _until(lambda: people.task(number, QUALIFICATION) and people.stage(number) == "NEW")
        await self._all_told(number)
        people.move(number, "WON", by="ivanova")
        await _until(lambda: people.stage(number) == "NEW")

    async def _all_told(self, number: str) -> None:
        async with asyncio.timeout(PATIENCE):
            while True:
                with suppress(UnreachableError):
                    if not (await self._real.desk.state(number)).deal.outbox.crm:
                        return
                await asyncio.sleep(0.3)

    async def _qualify(self, number: str, answers: Mapping[str, str]) -> None:
        task = await self._task(number, QUALIFICATION)
        self.people.fill(number, "qualification", answers, by="ivanova")
        self.people.complete(task, by="ivanova")

    async def _approve(self, number: str) -> None:
        task = await self._task(number, "contract@1:petrov")
        self.people.answer(number, "contract", "approve", by="petrov")
        self.people.complete(task, by="petrov")
        await self._see(number, _agreed_by_director)

    async def _task(self, number: str, key: str) -> int:
        await _until(lambda: self.people.task(number, key))
        task = self.people.task(number, key)
        assert task
        return task

    async def _see(self, number: str, until: Any) -> View:
        return await self._real.robot(number, leave=lambda id: True, until=until).run()


def _agreed_by_director(view: View) -> bool:
    asked = [ask["person"] for approval in view["approvals"] for ask in approval["awaiting"]]
    return bool(view["approvals"]) and "petrov" not in asked


def _answers(assignment: View) -> dict[str, str]:
    return {field["name"]: field["example"] for field in assignment["form"] if field["required"]}


async def _until(holds: Any) -> None:
    await eventually(holds, PATIENCE, pause=0.3)
