"""A desk on real processes: the embedded stack with its database file, and a worker whose world fails by plan."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from activities.files import read_document
from domain.deal.messages import Message, Receipt
from domain.deal.state import DealSummary
from domain.words import Text
from records.queries import RecordQueries
from starter.desk import DealDesk
from starter.errors import UnreachableError
from starter.rooms import ROOT
from starter.settings import Settings
from starter.stack.child import Child
from starter.stack.children import READY_LINE
from starter.stack.embedded import Stack, embedded_stack
from tests.faults.plan import Plan
from tests.support.desks import InProcess
from tests.support.robot import Robot, View
from workflows.names import deal_id

PATIENCE = 120.0  # seconds until a test gives up: machines can be slow, and no test here is about speed


class Taken(NamedTuple):
    """A message that the desk gave a receipt for: from then on it must not be lost."""

    number: str
    message: Message
    receipt: Receipt


class Witness(DealDesk):
    """Keeps every receipt it was given."""

    taken: list[Taken]

    async def send(self, number: str, message: Message) -> Receipt:
        receipt = await super().send(number, message)
        self.taken.append(Taken(number, message, receipt))
        return receipt


@dataclass
class RealDesk:
    stack: Stack
    worker: Child
    plan: Plan
    desk: Witness
    records: RecordQueries
    said: list[Text]
    started: list[str] = field(default_factory=list)

    @property
    def settings(self) -> Settings:
        return self.stack.settings

    @property
    def taken(self) -> list[Taken]:
        return self.desk.taken

    async def start(self, number: str, order: str) -> str:
        """Tries until the desk says that the deal has begun: the number makes it one deal."""
        document = sample_order(order) | {"number": number}
        self.started.append(number)
        async with asyncio.timeout(PATIENCE):
            while True:
                with suppress(UnreachableError):
                    return await self.desk.start(document)

    async def drive(self, number: str, *, until: Callable[[View], bool] = lambda view: False) -> Robot:
        robot = Robot(InProcess(self.desk, patient=True), number, until=until, seconds=PATIENCE, pause=0.2)
        await robot.run()
        assert robot.refusals == []
        return robot

    async def result(self, number: str) -> DealSummary:
        """Once the deal has closed, and everybody has been told."""
        handle = self.stack.client.get_workflow_handle(deal_id(number), result_type=DealSummary)
        async with asyncio.timeout(PATIENCE):
            summary: DealSummary = await handle.result()
            return summary

    async def kill(self, process: Child) -> None:
        """`kill -9`, and waits until the stack has put another in its place."""
        victim = process.pid
        os.kill(victim, signal.SIGKILL)
        await self.replaced(process, victim)

    async def replaced(self, process: Child, victim: int) -> None:
        await eventually(lambda: process.pid != victim and (process is not self.worker or _is_ready(process)))


def sample_order(name: str) -> dict[str, Any]:
    document = read_document(ROOT / "playbooks" / "orders" / f"{name}.yaml")
    assert isinstance(document, dict)
    return document


async def eventually(holds: Callable[[], object], seconds: float = PATIENCE, pause: float = 0.02) -> None:
    async with asyncio.timeout(seconds):
        while not holds():  # noqa: ASYNC110 (another process makes it true)
            await asyncio.sleep(pause)


@asynccontextmanager
async def real_desk(home: Path, **changes: Any) -> AsyncIterator[RealDesk]:
    settings = Settings(home=home, temporal_port=0, ui_port=0, **changes)
    said: list[Text] = []
    async with embedded_stack(settings, say=said.append, with_worker=False) as stack:
        worker = a_worker(stack, said)
        await worker.start()
        records = RecordQueries(settings.database_url)
        desk = Witness(stack.client, archive=records, language="en")
        desk.taken = []
        try:
            yield RealDesk(stack, worker, Plan(settings), desk, records, said)
        finally:
            records.close()
            await worker.stop(settings.drain_seconds + 5)


def a_worker(stack: Stack, said: list[Text], name: str = "worker") -> Child:
    """As the stack would start it, but for what it is composed of."""
    settings = stack.settings
    ours = {
        "TEMPORAL_ADDRESS": stack.address,
        "TEMPORAL_NAMESPACE": stack.namespace,
        "TEMPORAL_CONFIG_FILE": os.devnull,
        "PYTHONPATH": str(ROOT),
    }
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("TEMPORAL_")}
    return Child(
        f"The {name}",
        [sys.executable, "-m", "tests.faults.faulty_worker", str(settings.home)],
        env=inherited | settings.environment() | ours,
        log=settings.logs / f"{name}.log",
        ready=_until_ready,
        say=said.append,
    )


async def _until_ready(worker: Child) -> None:
    while not _is_ready(worker):  # noqa: ASYNC110 (another process writes it)
        await asyncio.sleep(0.05)


def _is_ready(worker: Child) -> bool:
    return READY_LINE in worker.said().splitlines()
