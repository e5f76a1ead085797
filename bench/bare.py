"""The floor: the smallest workflows that give the same commands as a deal and its lines, with nothing of a deal in them."""

import asyncio
from collections.abc import Coroutine
from datetime import timedelta
from typing import Any

from pydantic import BaseModel
from temporalio import activity, workflow

DESK_QUEUE, CRM_QUEUE, MAIL_QUEUE = "bare", "bare-crm", "bare-mail"
DAY = timedelta(days=1)


class Plan(BaseModel, frozen=True):
    """How often a workflow does what. `activities`: how many by task queue; `told`: signals a line hears from its deal."""

    updates: int = 0
    timers: int = 0
    activities: dict[str, int] = {}
    told: int = 0
    lines: tuple["Plan", ...] = ()

    @property
    def messages(self) -> int:
        """All it hears: a line tells its deal of each message it got."""
        return self.updates + self.told + sum(line.messages for line in self.lines)


@activity.defn(name="bare.effect")
async def effect() -> int:
    return 1


class Bare:
    """Waits for each message on one timer, as long as the plan has timers."""

    def __init__(self) -> None:
        self._heard = 0

    async def next_message(self, n: int, plan: Plan) -> None:
        timed = share(plan.timers, plan.messages, n)
        await workflow.wait_condition(lambda: self._heard > n, timeout=DAY if timed else None)

    @workflow.update
    async def hear(self) -> None:
        self._heard += 1

    @workflow.signal
    async def told(self) -> None:
        self._heard += 1

    @workflow.query
    def show(self) -> int:
        return self._heard


@workflow.defn
class BareLine(Bare):
    @workflow.run
    async def run(self, plan: Plan, deal: str) -> None:
        for n in range(plan.messages):
            await self.next_message(n, plan)
            await workflow.get_external_workflow_handle(deal).signal("told")
        await workflow.wait_condition(workflow.all_handlers_finished)


@workflow.defn
class BareDeal(Bare):
    @workflow.run
    async def run(self, plan: Plan) -> None:
        me = workflow.info().workflow_id
        await asyncio.gather(*(self._start(me, n, line) for n, line in enumerate(plan.lines, 1)))
        tell = [n for n, line in enumerate(plan.lines, 1) for _ in range(line.told)]
        under_way: list[asyncio.Task[Any]] = []

        def begin(step: Coroutine[Any, Any, Any]) -> None:
            under_way.append(asyncio.create_task(step))

        for n in range(plan.messages):
            await self.next_message(n, plan)
            for queue, count in plan.activities.items():
                for _ in range(share(count, plan.messages, n)):
                    begin(self._effect(queue))
            for line in tell[begin_of(len(tell), plan.updates, n) : begin_of(len(tell), plan.updates, n + 1)]:
                begin(workflow.get_external_workflow_handle(f"{me}-line-{line}").signal("told"))
        await asyncio.gather(*under_way)
        await workflow.wait_condition(workflow.all_handlers_finished)

    async def _start(self, me: str, n: int, line: Plan) -> None:
        await workflow.start_child_workflow(
            BareLine.run,
            args=[line, me],
            id=f"{me}-line-{n}",
            parent_close_policy=workflow.ParentClosePolicy.ABANDON,
        )

    async def _effect(self, queue: str) -> None:
        await workflow.execute_activity(
            effect, task_queue=queue, start_to_close_timeout=timedelta(seconds=60)
        )


@workflow.defn
class BareDesk:
    """Its update does nothing: what a call costs before anything is done."""

    @workflow.run
    async def run(self) -> None:
        await workflow.wait_condition(lambda: False)

    @workflow.update
    async def nothing(self) -> None:
        pass


def share(total: int, parts: int, n: int) -> int:
    """How many of `total`, spread evenly over `parts`, fall on part `n`; none after the last."""
    return begin_of(total, parts, n + 1) - begin_of(total, parts, n)


def begin_of(total: int, parts: int, n: int) -> int:
    return total * min(n, parts) // parts
