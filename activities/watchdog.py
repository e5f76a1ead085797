"""Looks at lines that have been silent: does their workflow still run?"""

from enum import Enum

from temporalio import activity
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.service import RPCError, RPCStatusCode

from domain.state import WatchedLines
from workflows.names import LINE_WORKFLOW, deal_id, line_id


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

    async def _look(self, deal: str, number: int) -> "Seen":
        try:
            described = await self._client.get_workflow_handle(line_id(deal, number)).describe()
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                return Seen.GONE
            raise
        if described.status is not WorkflowExecutionStatus.RUNNING:
            return Seen.GONE
        ours = described.workflow_type == LINE_WORKFLOW and described.parent_id == deal_id(deal)
        return Seen.OURS if ours else Seen.FOREIGN


class Seen(Enum):
    OURS = "ours"
    GONE = "gone"
    FOREIGN = "foreign"
