"""The deals of the portal's test: who enters each, what people do of it in the portal, and the robot that does the rest."""

import asyncio
from dataclasses import dataclass
from typing import Any

from tests.faults.portal_desk import PATIENCE, PortalDesk
from tests.faults.portal_people import People
from tests.faults.real_desk import eventually, sample_order
from tests.support.orders import Order, a_good, an_order
from tests.support.robot import View

AT_ONCE = 64
PREPAID = a_good()
DEFERRED = a_good(payment="deferred_30", delivery="carrier")


@dataclass(frozen=True)
class Case:
    """`told`: the portal's events about the new deal are not all lost. `by_hand`: people answer in the portal, too."""

    order: Order
    in_portal: bool
    told: bool = True
    by_hand: bool = False


def cases(count: int) -> list[Case]:
    """Every second one is entered in the portal; of each twenty, two are told of by no event, three are worked on by hand, two
    have three lines."""
    return [_case(n) for n in range(count)]


def _case(n: int) -> Case:
    place = n % 20
    goods = {2: sample_order("three-goods")["lines"], 5: [PREPAID] * 3}.get(
        place, [DEFERRED if n % 3 else PREPAID]
    )
    return Case(
        an_order(*goods, number=f"{1001 + n}"),
        in_portal=n % 2 == 1,
        told=place not in (7, 13),
        by_hand=place in (3, 8, 13),
    )


class Life:
    """Lives deals through, many side by side. `entered` are the numbers of those in the portal, by whether it told of them."""

    def __init__(self, real: PortalDesk) -> None:
        self._real = real
        self.people = People(real.portal, real.users)
        self.numbers: dict[str, Case] = {}
        self.closed = 0
        self._room = asyncio.Semaphore(AT_ONCE)

    async def live(self, case: Case) -> None:
        async with self._room:
            number = await self._enter(case)
            self.numbers[number] = case
            if case.by_hand:
                await self._work_in_portal(number)
            robot = self._real.robot(number)
            await robot.run()
            assert robot.refusals == []
            self.closed += 1

    async def _enter(self, case: Case) -> str:
        if case.in_portal:
            return self.people.enter(case.order["lines"], told=case.told)
        return await self._real.start(case.order)

    async def _work_in_portal(self, number: str) -> None:
        """The stage is dragged where it can't go, and comes back; the manager qualifies the client, the director approves."""
        people, qualification = self.people, "qualification@1:ivanova"
        await _until(lambda: people.task(number, qualification) and people.stage(number) == "NEW")
        people.move(number, "WON", by="ivanova")
        await _until(lambda: people.stage(number) == "NEW")

        view = await self._see(number, lambda view: bool(view["assignments"]))
        [asked] = [a for a in view["assignments"] if a["id"] == "qualification"]
        task = people.task(number, qualification)
        assert task
        people.fill(number, "qualification", _answers(asked), by="ivanova")
        people.complete(task, by="ivanova")

        await _until(lambda: people.task(number, "contract@1:petrov"))
        task = people.task(number, "contract@1:petrov")
        assert task
        people.answer(number, "contract", "approve", by="petrov")
        people.complete(task, by="petrov")
        await self._see(number, _agreed_by_director)

    async def _see(self, number: str, until: Any) -> View:
        return await self._real.robot(number, leave=lambda id: True, until=until).run()


def _agreed_by_director(view: View) -> bool:
    asked = [ask["person"] for approval in view["approvals"] for ask in approval["awaiting"]]
    return bool(view["approvals"]) and "petrov" not in asked


def _answers(assignment: View) -> dict[str, str]:
    return {field["name"]: field["example"] for field in assignment["form"] if field["required"]}


async def _until(holds: Any) -> None:
    await eventually(holds, PATIENCE, pause=0.3)
