"""Looks whether the processes that should run still do: a deal's lines, for the deal; the deals themselves, for everybody."""

import asyncio
from collections.abc import Collection
from datetime import UTC, datetime
from enum import Enum
from typing import Protocol

from temporalio import activity
from temporalio.client import Client, WorkflowExecutionStatus

from activities.endings import RUNNING_DEALS, describe, stopped_deals
from activities.mail.port import PostBox
from domain.deal.batches import WatchedLines
from domain.deal.state import DealState, LineState
from domain.deal.stopped import Ending, StoppedProcess, WatchedDeals
from domain.view.stopped import stop_notices
from workflows.names import LINE_WORKFLOW, deal_id, line_id


class Seen(Enum):
    OURS = "ours"
    GONE = "gone"
    FOREIGN = "foreign"


class LineWatchdog:
    def __init__(self, client: Client) -> None:
        self._client = client

    @activity.defn(name="lines.watch")
    async def watch(self, lines: WatchedLines) -> WatchedLines:
        """Reads only, so repeating it changes nothing."""
        seen = {number: await self._look(lines.deal, number) for number in lines.lines}
        gone = tuple(number for number, what in seen.items() if what is Seen.GONE)
        foreign = tuple(number for number, what in seen.items() if what is Seen.FOREIGN)
        return WatchedLines(deal=lines.deal, lines=gone, foreign=foreign)

    async def _look(self, deal: str, number: int) -> Seen:
        described = await describe(self._client, line_id(deal, number))
        if described is None or described.status is not WorkflowExecutionStatus.RUNNING:
            return Seen.GONE
        ours = described.workflow_type == LINE_WORKFLOW and described.parent_id == deal_id(deal)
        return Seen.OURS if ours else Seen.FOREIGN


class Stopped(Protocol):
    """The records, as far as this look needs them."""

    def open_deals(self) -> list[str]: ...
    def all(self) -> list[StoppedProcess]: ...
    def replace(self, stopped: Collection[StoppedProcess]) -> None: ...


class Archive(Protocol):
    def snapshot(self, deal: str) -> tuple[DealState, list[LineState]] | None: ...


class DealWatchdog:
    def __init__(self, client: Client, records: Stopped, archive: Archive, box: PostBox) -> None:
        self._client, self._records, self._archive, self._box = client, records, archive, box

    @activity.defn(name="deals.watch")
    async def watch(self) -> WatchedDeals:
        """Repeating it finds the same, and writes to nobody twice: a mail has the key of the run that was stopped."""
        numbers = await asyncio.to_thread(self._records.open_deals)
        running = {run.id async for run in self._client.list_workflows(RUNNING_DEALS)}
        silent = [number for number in numbers if deal_id(number) not in running]
        known = {(one.deal, one.run_id): one for one in await asyncio.to_thread(self._records.all)}
        found = {(one.deal, one.run_id): one for one in await stopped_deals(self._client, silent)}
        new = [one for key, one in found.items() if key not in known]
        for one in new:
            await asyncio.to_thread(self._tell, one)
        stopped = {key: known.get(key, one) for key, one in found.items()}
        await asyncio.to_thread(self._records.replace, list(stopped.values()))
        return WatchedDeals(open=len(numbers), stopped=len(stopped), new=len(new))

    def _tell(self, stopped: StoppedProcess) -> None:
        """No mail of a deal that Temporal knows nothing of: most likely a whole server is another one, and doctor says so."""
        missed = stopped.ending in (Ending.MISSING, Ending.BAD_START)
        found = None if missed else self._archive.snapshot(stopped.deal)
        for notice in stop_notices(stopped, found[0], datetime.now(UTC)) if found else ():
            self._box.put(notice, notice.send_at or datetime.now(UTC))
