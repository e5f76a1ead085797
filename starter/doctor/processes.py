"""Processes that should run and do not, and those that stand where another should."""

import asyncio
import re
from collections.abc import Collection, Iterable

from temporalio.client import Client, WorkflowExecution, WorkflowExecutionStatus

from activities.endings import RUNNING_DEALS, describe, stopped_deals
from domain.deal.stopped import Ending, StoppedProcess
from records.errors import RecordsUnavailable
from starter.doctor.deals import Deals
from starter.doctor.finding import Finding, Looks, some
from starter.settings import Settings
from workflows.names import DEAL_WORKFLOW, LINE_WORKFLOW, deal_id, line_id
from workflows.temporal.search_attributes import DEAL_NUMBER

ENDED_ASKED = 500
ENDED_DEALS = f"WorkflowType = '{DEAL_WORKFLOW}' AND ExecutionStatus IN ('Terminated', 'Failed', 'TimedOut', 'Canceled')"
RUNNING_LINES = f"WorkflowType = '{LINE_WORKFLOW}' AND ExecutionStatus = 'Running'"
OTHERS = (
    f"ExecutionStatus = 'Running' AND WorkflowId STARTS_WITH 'deal-' AND WorkflowType != '{DEAL_WORKFLOW}' "
    f"AND WorkflowType != '{LINE_WORKFLOW}'"
)


async def stopped(client: Client, settings: Settings) -> Looks:
    """Asked of Temporal itself, and of the records as far as they answer."""
    ended = [run.id async for run in client.list_workflows(ENDED_DEALS, limit=ENDED_ASKED)]
    running = {run.id async for run in client.list_workflows(RUNNING_DEALS)}
    opened, closed = await asyncio.to_thread(_of_records, settings, [_number(id) for id in ended])
    silent = [number for number in opened if deal_id(number) not in running]
    asked = [number for number in dict.fromkeys([*silent, *map(_number, ended)]) if number not in closed]
    found = [one for one in await stopped_deals(client, asked) if one.ending not in _TOLD_ELSEWHERE]
    if found:
        yield Finding("stopped deals", False, some(map(_words, found)), _advice(found))
    else:
        yield Finding("stopped deals", True, "none")
    behind = await _closed_in_temporal(client, set(silent) - {one.deal for one in found})
    if behind:
        words = f"still open there, though they have ended: {some(f'deal {n}' for n in behind)}"
        yield Finding("closed deals in the records", False, words, "deal rebuild tells the records again.")


async def lines(client: Client, deals: Deals) -> Looks:
    """A line that its deal believes to be under way, and whose workflow does not run, or is not the deal's."""
    running = {run.id: run async for run in client.list_workflows(RUNNING_LINES)}
    expected = {
        line_id(number, n)
        for number, state in deals.states.items()
        for n in state.started_lines
        if not state.lines[n].status.final
    }
    gone, foreign = [], dict[str, str]()
    for id in sorted(expected - running.keys()):
        described = await describe(client, id)
        if described and described.workflow_type != LINE_WORKFLOW:
            foreign[id] = f"{id} is of type {described.workflow_type!r}"
        elif described is None or described.status not in _GOING_ON:
            gone.append(id)
    foreign |= {
        run.id: f"{run.id} was not started by its deal" for run in _strangers(running.values(), deals)
    }
    foreign |= {
        run.id: f"{run.id} is of type {run.workflow_type!r}"
        async for run in client.list_workflows(OTHERS, limit=ENDED_ASKED)
    }
    if gone:
        advice = "Their deals start them again from their last report, at the next check for silent lines."
        yield Finding("lines", False, f"stopped: {some(gone)}", advice)
    else:
        yield Finding("lines", True, f"{len(expected)} under way, none is silent")
    if foreign:
        yield Finding("foreign processes", False, some(foreign.values()), _END_IT)
    else:
        yield Finding("foreign processes", True, "none has the id of a deal or a line")


_TOLD_ELSEWHERE = (Ending.BAD_START, Ending.FOREIGN)
_GOING_ON = (WorkflowExecutionStatus.RUNNING, WorkflowExecutionStatus.COMPLETED)
_END_IT = (
    "It stands where a deal or a line of it belongs, and takes what is meant for that. Whoever started it ends it: "
    "temporal workflow terminate --workflow-id ID. A line's deal then starts its own, at its next check; a deal: deal revive N."
)


def _strangers(running: Iterable[WorkflowExecution], deals: Deals) -> list[WorkflowExecution]:
    """Lines that no deal has started: of another number than their id says, or that their deal does not have."""
    return [run for run in running if not _of_its_deal(run, deals)]


def _of_its_deal(run: WorkflowExecution, deals: Deals) -> bool:
    number = run.typed_search_attributes.get(DEAL_NUMBER)
    parts = re.fullmatch(r"deal-(.+)-line-([0-9]{1,4})", run.id)
    if number is None or parts is None or parts[1] != number:
        return False
    deal = deals.states.get(number)
    return deal is None or int(parts[2]) in deal.lines


async def _closed_in_temporal(client: Client, numbers: Collection[str]) -> list[str]:
    described = {number: await describe(client, deal_id(number)) for number in sorted(numbers)}
    return [n for n, run in described.items() if run and run.status is WorkflowExecutionStatus.COMPLETED]


def _of_records(settings: Settings, ended: Collection[str]) -> tuple[list[str], set[str]]:
    """The deals that the records hold open; and of those that `ended`, which they hold closed."""
    from records.queries import RecordQueries
    from records.stopped import StoppedProcesses

    watched, queries = StoppedProcesses(settings.database_url), RecordQueries(settings.database_url)
    try:
        progress = queries.progress(ended)
        return watched.open_deals(), {number for number, one in progress.items() if one.closed}
    except RecordsUnavailable:
        return [], set()
    finally:
        watched.close()
        queries.close()


def _number(workflow_id: str) -> str:
    return workflow_id.removeprefix("deal-")


def _words(stop: StoppedProcess) -> str:
    return f"deal {stop.deal} since {stop.at:%Y-%m-%d %H:%M} UTC: {stop.words().en}"


def _advice(found: Collection[StoppedProcess]) -> str:
    """What was meant to end is called off in good order, once it runs again."""
    ways = []
    if any(stop.revivable for stop in found):
        ways.append("deal revive N lets it go on; to call it off for good, then deal cancel N.")
    if any(not stop.revivable for stop in found):
        ways.append("What Temporal no longer holds: is this the right server? Else restore its database.")
    return " ".join(ways)
