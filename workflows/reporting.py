"""How a line and its deal talk: the line reports, the deal tells it of money, a new manager, the end."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from pydantic import BaseModel, ValidationError
from temporalio import workflow
from temporalio.common import RawValue
from temporalio.exceptions import ApplicationError

with workflow.unsafe.imports_passed_through():
    from domain.facts import Fact
    from domain.state import KEPT_BY_ID, LineChange, LineOrder, LineReport, LineState
    from domain.words import Text
    from workflows.answering import Answering, only_within
    from workflows.messages import NOTHING
    from workflows.names import deal_id

LONGEST_PAUSE = timedelta(hours=1)


class Reporting(Answering[LineState]):
    _standing_still = False
    _sending = False
    _told: Mapping[str, str] = {}

    def take_fact(self, fact: Fact) -> None:
        self.state.unreported.append(fact)

    async def report(self) -> None:
        """Tells the deal, in order, all that is new at once; one that can't be reached is tried again for as long as it takes."""
        pause = timedelta(seconds=1)
        deal = workflow.get_external_workflow_handle(deal_id(self.state.deal))
        while True:
            await workflow.wait_condition(lambda: bool(self.state.unreported) and not self._standing_still)
            for _ in range(3):  # lets the step that is under way finish: one report instead of several
                await asyncio.sleep(0)
            facts = tuple(self.state.unreported)
            change, told = self._change()
            report = LineReport(line=self.state.number, first=self.state.reported, change=change, facts=facts)
            self._sending = True
            try:
                await deal.signal("report", report)
            except ApplicationError:
                self._sending = False
                if self.state.status.final:
                    self.state.unreported.clear()  # both have ended: nobody is left to tell
                    continue
                await workflow.sleep(pause, summary="the deal can't be reached")
                pause = min(pause * 2, LONGEST_PAUSE)
                continue
            pause = timedelta(seconds=1)
            self.state.reported += len(facts)
            del self.state.unreported[: len(facts)]
            self._told = told
            self._sending = False

    def _change(self) -> tuple[LineChange, dict[str, str]]:
        """What the deal has not heard yet; and, for the next time, what it will have heard then."""
        told: dict[str, str] = {}
        change: dict[str, Any] = {name: getattr(self.state, name) for name in LineChange.model_fields}
        for name in KEPT_BY_ID:
            items: dict[str, BaseModel] = getattr(self.state, name)
            written = {id: item.model_dump_json() for id, item in items.items()}
            change[name] = {id: items[id] for id in items if self._told.get(f"{name}/{id}") != written[id]}
            told |= {f"{name}/{id}": words for id, words in written.items()}
        return LineChange.model_construct(**change), told

    async def stand_still(self) -> None:
        """A report under way is finished; what could not be delivered goes along into the next run."""
        self._standing_still = True
        await workflow.wait_condition(lambda: not self._sending)

    @workflow.signal(description="From the deal: money, a new manager, the end.")
    def from_deal(self, message: RawValue = NOTHING) -> None:
        try:
            order = workflow.payload_converter().from_payload(message.payload, LineOrder)
        except (AttributeError, ValidationError, ValueError):
            self.refuse("from_deal", message, only_within(Text(ru="сделка", en="the deal")))
            return
        match order.name:
            case "funds" if order.funds and order.funds.revision > self.state.funds_revision:
                self.state.funds_revision = order.funds.revision
                for id, amount in order.funds.allocated.items():
                    if id in self.state.milestones:
                        self.state.milestones[id].allocated = amount
                self.mark_paid()
            case "wind_down":
                self.state.cancelled = self.state.cancelled or order.reason
            case "handed_over" if order.actor:
                self.hand_over(order.manager, by=order.actor)

    def mark_paid(self) -> None:
        """Puts on record which milestones the money that came has paid."""
        raise NotImplementedError

    @workflow.query(description="The line's whole state.")
    def show(self) -> LineState:
        return self.state
