"""Who works here today, for deals that an operator has reset: what they were told since may be in the branch they left."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Protocol

from temporalio import activity
from temporalio.client import Client, WorkflowExecution
from temporalio.service import RPCError, RPCStatusCode

from activities.endings import DEALS
from activities.errors import as_failure
from domain.deal.messages import ApplyPeople
from domain.deal.stopped import ToldDeals
from domain.facts import OPERATOR
from domain.playbook.book import StaffedPlaybook

CURSOR = "resets"
OVERLAP = timedelta(minutes=2)
"""Looked at again each time: a run comes late to Temporal's list. The same deal told twice hears nothing new."""
FIRST_LOOK = timedelta(hours=1)


class Cursor(Protocol):
    def cursor(self, name: str) -> datetime | None: ...
    def move(self, name: str, at: datetime) -> None: ...


class TodaysPeople:
    def __init__(
        self, client: Client, today: Callable[[], Awaitable[StaffedPlaybook]], cursor: Cursor
    ) -> None:
        self._client, self._today, self._cursor = client, today, cursor

    @activity.defn(name="deals.people")
    async def tell_reset_deals(self) -> ToldDeals:
        """Of the runs that began since the last look. The cursor moves when all are told; telling again changes nothing."""
        began = datetime.now(UTC)
        try:
            since = await asyncio.to_thread(self._cursor.cursor, CURSOR) or began - FIRST_LOOK
            reset = [run async for run in self._reset_since(since - OVERLAP)]
            for run in reset:
                await self._tell(run)
            await asyncio.to_thread(self._cursor.move, CURSOR, began)
        except Exception as error:
            raise as_failure(error) from error
        return ToldDeals(reset=len(reset))

    async def _reset_since(self, since: datetime) -> AsyncIterator[WorkflowExecution]:
        """Also of runs that have continued as new meanwhile: those that follow them have their people."""
        query = f"{DEALS} AND StartTime > '{since.isoformat()}'"
        async for run in self._client.list_workflows(query):
            described = await self._client.get_workflow_handle(run.id, run_id=run.run_id).describe()
            if described.raw_description.workflow_extended_info.HasField("last_reset_time"):
                yield run

    async def _tell(self, run: WorkflowExecution) -> None:
        people = (await self._today()).staff()
        told = people.model_dump(exclude={"former"})
        id = f"{run.run_id}:{people.digest[:16]}"
        message = ApplyPeople.model_validate({"id": id, "actor": OPERATOR.person, **told})
        try:
            await self._client.get_workflow_handle(run.id).signal(message.name, message)
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:  # it has closed meanwhile
                raise
