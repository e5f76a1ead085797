"""Looks at lines that have been silent: does their workflow still run?"""

from temporalio import activity
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.service import RPCError, RPCStatusCode

from domain.state import WatchedLines
from workflows.names import line_id


class LineWatchdog:
    def __init__(self, client: Client) -> None:
        self._client = client

    @activity.defn(name="lines.watch")
    async def watch(self, lines: WatchedLines) -> WatchedLines:
        """Reads only, so repeating it changes nothing."""
        gone = [number for number in lines.lines if not await self._runs(line_id(lines.deal, number))]
        return WatchedLines(deal=lines.deal, lines=tuple(gone))

    async def _runs(self, workflow_id: str) -> bool:
        try:
            described = await self._client.get_workflow_handle(workflow_id).describe()
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                return False
            raise
        return described.status is WorkflowExecutionStatus.RUNNING
