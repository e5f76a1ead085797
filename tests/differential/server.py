"""All cases at once on a real Temporal server, with the desk's own workflows and worker: what happened is kept as a recording."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

from temporalio.api.common.v1 import Payload
from temporalio.client import (
    Client,
    WorkflowFailureError,
    WorkflowHandle,
    WorkflowHistory,
    WorkflowQueryFailedError,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.common import RawValue
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError

from domain.deal.state import DealStart, DealState, LineState
from domain.playbook.book import StaffedPlaybook
from starter.settings import Settings
from tests.differential.desk import Desk
from tests.differential.noise import UNREADABLE, Sending
from tests.differential.orders import Case
from tests.differential.recording import Recording, Turned
from tests.differential.robot import Robot
from tests.differential.runs import ends, is_whole
from tests.support.histories import TrailOfRuns
from tests.support.waiting import eventually
from worker import build_workers
from workflows.names import ASKED_TOO_EARLY, DEAL_WORKFLOW, TASK_QUEUE, deal_id

State = TypeVar("State", DealState, LineState)

LONGEST = 240
"""Seconds until a deal must have closed."""


@dataclass
class Server:
    """`day`: how many seconds a day lasts."""

    client: Client
    desk: Desk
    day: float

    # --- one case ----------------------------------------------------------------------------------------------------

    async def play(self, case: Case) -> Recording:
        made = Recording(case)
        robot = Robot(case, self.desk.expect(case), self.day)
        start = DealStart(number=case.number, order=case.order)
        handle = await self.client.start_workflow(
            DEAL_WORKFLOW, start, id=deal_id(case.number), task_queue=TASK_QUEUE
        )
        people = asyncio.create_task(self._answer(robot, made))
        closed = asyncio.create_task(_closed(handle))
        await asyncio.wait({people, closed}, timeout=LONGEST, return_when=asyncio.FIRST_COMPLETED)
        people.cancel()
        await asyncio.wait({people})
        if not people.cancelled():
            people.result()
        assert closed.done(), f"deal {case.number} does not close: {robot.words()}"
        await self._keep(made)
        return made

    async def _answer(self, robot: Robot, made: Recording) -> None:
        for sending in robot.before_the_playbook():
            if sending.how == "update":  # it waits for the playbook
                waiting = asyncio.create_task(self._send(sending, made))
                waiting.add_done_callback(lambda done: done.cancelled() or done.exception())
                await asyncio.sleep(0)
            else:
                await self._send(sending, made)
        while True:
            for sending in robot.next():
                await asyncio.sleep(robot.pause())
                await self._send(sending, made)
            robot.board.changed.clear()
            await _either(robot.board.changed.wait(), seconds=0.5)

    async def _send(self, sending: Sending, made: Recording) -> None:
        handle = self.client.get_workflow_handle(sending.to)
        since, id = datetime.now(UTC), uuid4().hex
        args = [] if sending.content is None else [_payload(sending.content)]
        try:
            match sending.how:
                case "terminate":
                    await handle.terminate("by an operator")
                case "cancel":
                    await handle.cancel()
                case "signal":
                    await handle.signal(sending.name, args=args)
                case "update":
                    await handle.execute_update(sending.name, args=args, id=id, result_type=dict)
        except WorkflowUpdateFailedError as error:
            if isinstance(error.cause, ApplicationError):
                about = (id, sending.to, sending.name, sending.content, since, datetime.now(UTC))
                made.turned.append(Turned(*about, refusal=error.cause.details[0]))
        except WorkflowUpdateRPCTimeoutOrCancelledError:
            raise asyncio.CancelledError from None
        except RPCError:
            pass  # nobody of this id runs any more, or yet

    # --- what is left of it ------------------------------------------------------------------------------------------

    async def _keep(self, made: Recording) -> None:
        number = made.case.number
        made.histories = await eventually(TrailOfRuns(self.client, number).all, is_whole, words=_lengths)
        made.told = dict(self.desk.targets.told.get(number, {}))
        for id, end in ends(made.histories).items():
            if end == "terminated":
                continue
            if id == deal_id(number):
                made.deal = await self._state(id, DealState)
                made.shown = (await self.client.get_workflow_handle(id).describe()).typed_search_attributes
            else:
                made.lines[id] = await self._state(id, LineState)

    async def _state(self, id: str, kind: type[State]) -> State:
        while True:
            try:
                state: State = await self.client.get_workflow_handle(id).query("show", result_type=kind)
                return state
            except WorkflowQueryFailedError as error:
                if ASKED_TOO_EARLY not in error.message:
                    raise


async def _closed(handle: WorkflowHandle[Any, Any]) -> None:
    with suppress(WorkflowFailureError):  # how it ended, its history tells
        await handle.result()


def _payload(content: Any) -> Any:
    if content is UNREADABLE:
        return RawValue(Payload(metadata={"encoding": b"json/plain"}, data=b"{no json"))
    return content


async def _either(happens: Any, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await happens
    except TimeoutError:
        pass


@asynccontextmanager
async def a_server(
    client: Client, playbook: StaffedPlaybook, day: float, home: Path
) -> AsyncIterator[Server]:
    desk = Desk(playbook)
    settings = Settings(home=home, crm_rate=None, drain_seconds=1)
    async with AsyncExitStack() as opened:
        for worker in build_workers(client, desk.adapters(client), settings):
            await opened.enter_async_context(worker)
        yield Server(client, desk, day)


def _lengths(histories: list[WorkflowHistory]) -> str:
    return ", ".join(f"{history.workflow_id}: {len(history.events)} events" for history in histories)
