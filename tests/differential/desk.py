"""The activities of the desk on a real worker: they ask the targets, and are down now and then."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from temporalio import activity
from temporalio.client import Client
from temporalio.exceptions import ApplicationError, ApplicationErrorCategory

from activities.watchdog import LineWatchdog
from domain.deal.batches import FactBatch, RecordBatch
from domain.deal.credit import CreditAsked, CreditFound
from domain.deal.rates import RateAsked, RateFound
from domain.effects import Delivered
from domain.playbook.book import StaffedPlaybook
from tests.differential.board import Board
from tests.differential.orders import Case
from tests.differential.targets import Targets, is_down
from worker import Adapters
from workflows.names import deal_id


@dataclass
class Desk:
    """`boards` show each deal as the records know it."""

    playbook: StaffedPlaybook
    boards: dict[str, Board] = field(default_factory=dict)
    _late: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.targets = Targets(self.playbook)

    def expect(self, case: Case) -> Board:
        self._late[deal_id(case.number)] = case.playbook_late
        board = self.boards[case.number] = Board(self.playbook)
        return board

    def adapters(self, client: Client) -> Adapters:
        @activity.defn(name="playbook.load")
        async def load() -> StaffedPlaybook:
            await asyncio.sleep(self._late[activity.info().workflow_id or ""])
            return self.playbook

        @activity.defn(name="records.deliver")
        async def records(batch: RecordBatch) -> Delivered:
            answer = _asked(self.targets.records, batch)
            self.boards[batch.deal.deal].take(batch)
            return answer

        @activity.defn(name="crm.deliver")
        async def crm(batch: FactBatch) -> Delivered:
            return _asked(self.targets.crm, batch)

        @activity.defn(name="mail.deliver")
        async def mail(batch: FactBatch) -> Delivered:
            return _asked(self.targets.mail, batch)

        @activity.defn(name="credit.look_up")
        async def credit(asked: CreditAsked) -> CreditFound:
            if is_down(asked, activity.info().attempt):
                raise ApplicationError("down", category=ApplicationErrorCategory.BENIGN)
            return self.targets.credit(asked)

        @activity.defn(name="rates.find")
        async def rate(asked: RateAsked) -> RateFound:
            return self.targets.rate(asked)

        watch = LineWatchdog(client).watch
        return Adapters(desk=[load, records, credit, rate, watch], crm=[crm], mail=[mail])


def _asked(target: Callable[[Any], Delivered], batch: Any) -> Delivered:
    if is_down(batch, activity.info().attempt):
        raise ApplicationError("down", category=ApplicationErrorCategory.BENIGN)
    return target(batch)
