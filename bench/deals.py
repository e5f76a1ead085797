"""The deals that are measured, and how far each is driven before the clock starts."""

import asyncio
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

import yaml
from temporalio.client import WorkflowHistory

from bench.bare import Plan
from bench.ground import Ground
from bench.trace import Op, histories, plan_of
from domain.deal.messages import Decide, Message
from starter.desk import DealDesk
from starter.rooms import ROOT
from tests.support.desks import InProcess
from tests.support.robot import Robot, View
from workflows.names import deal_id

ROBOT_PAUSE = 0.03
SECONDS = 120.0
ORDERS = ROOT / "playbooks" / "orders"


class Played(NamedTuple):
    """A deal that a robot has brought to PAID: its histories (the lines' after its own) and what was done to it."""

    number: str
    histories: list[WorkflowHistory]
    ops: list[Op]

    @property
    def plan(self) -> Plan:
        return plan_of(self.histories[0], self.histories[1:])


def three_lines(number: str) -> dict[str, Any]:
    """Import, dealer and stock, each paid and delivered in its own way: the sample order."""
    return _order(ORDERS / "three-goods.yaml", number)


def five_lines(number: str) -> dict[str, Any]:
    """All five are sold on credit, so each asks the director."""
    order = three_lines(number)
    on_credit = [line for line in order["lines"] if line["payment"] == "deferred_30"]
    return {**order, "lines": on_credit[:1] * 5}


def _order(path: Path, number: str) -> dict[str, Any]:
    order: dict[str, Any] = yaml.load(path.read_text(), yaml.BaseLoader)
    return {**order, "number": number}


class Numbers:
    """Fresh deal numbers of one ground."""

    def __init__(self, first: int = 1) -> None:
        self._next = first

    def take(self, count: int) -> list[str]:
        self._next += count
        return [str(n) for n in range(self._next - count, self._next)]


class Apart(InProcess):
    """A desk whose people take their time: so many seconds between two messages."""

    def __init__(self, desk: DealDesk, seconds: float) -> None:
        super().__init__(desk)
        self._seconds = seconds

    async def _send(self, number: str, message: Message) -> None:
        await super()._send(number, message)
        await asyncio.sleep(self._seconds)


async def play(desk: DealDesk, number: str, *, apart: float = 0.0) -> None:
    """From its first minute to PAID, until the last effect has been told."""
    await desk.start(three_lines(number))
    view = await Robot(Apart(desk, apart), number, pause=ROBOT_PAUSE, seconds=SECONDS).run()
    if view["stage"] != "PAID":
        raise RuntimeError(f"deal {number} ended {view['stage']}")
    await desk.client.get_workflow_handle(deal_id(number)).result()


async def played(at: Ground, number: str) -> Played:
    return Played(number, await histories(at.client, deal_id(number), 3), at.recorder.ops[number])


async def qualified(desk: DealDesk, number: str) -> None:
    """A deal of five lines whose contract waits for the client and the director."""
    await desk.start(five_lines(number))
    await drive(desk, number, lambda view: bool(view["approvals"]), leave=lambda id: id == "contract")


async def parked(desk: DealDesk, number: str) -> None:
    """A deal whose lines have all started and wait for their terms."""
    await qualified(desk, number)
    for actor in ("client", "director"):
        await desk.send(number, decision(actor, "contract"))
    await drive(
        desk,
        number,
        lambda view: len(view["assignments"]) == len(view["lines"]),
        leave=lambda id: id.startswith("line-"),
    )


async def on_credit(desk: DealDesk, number: str) -> None:
    """A deal each of whose lines waits for the director's word on its credit."""
    await drive(
        desk, number, lambda view: len(view["approvals"]) == 5, leave=lambda id: id.endswith(":credit")
    )


async def drive(desk: DealDesk, number: str, until: Any, leave: Any) -> View:
    return await Robot(
        InProcess(desk), number, until=until, leave=leave, pause=ROBOT_PAUSE, seconds=SECONDS
    ).run()


def decision(actor: str, approval: str) -> Decide:
    return Decide(id=uuid4().hex, actor=actor, approval=approval, approve=True)


async def in_parallel(jobs: list[Any], at_once: int) -> None:
    """All jobs, so many at a time; the first failure ends the run."""
    gate = asyncio.Semaphore(at_once)

    async def one(job: Any) -> None:
        async with gate:
            await job

    async with asyncio.TaskGroup() as group:
        for job in jobs:
            group.create_task(one(job))
