"""Processes that should run and do not, and those that stand where another should."""

import asyncio
import re
from collections.abc import Collection, Iterable

from temporalio.client import Client, WorkflowExecution, WorkflowExecutionStatus

from activities.endings import RUNNING_DEALS, describe, stopped_deals
from domain.deal.stopped import Ending, StoppedProcess
from domain.wording import typed, utc, worded
from domain.words import Text, join
from records.errors import RecordsUnavailable
from starter.doctor.deals import Deals
from starter.doctor.finding import Finding, Looks, deal, some
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
        yield Finding("stopped deals", True, _NONE)
    behind = await _closed_in_temporal(client, set(silent) - {one.deal for one in found})
    if behind:
        words = worded(
            ru="там ещё открыты, хотя закончились: {deals}",
            en="still open there, though they have ended: {deals}",
            deals=some(map(deal, behind)),
        )
        yield Finding("closed deals in the records", False, words, _REBUILD)


async def lines(client: Client, deals: Deals) -> Looks:
    """A line that its deal believes to be under way, and whose workflow does not run, or is not the deal's."""
    running = {run.id: run async for run in client.list_workflows(RUNNING_LINES)}
    expected = {
        line_id(number, n)
        for number, state in deals.states.items()
        for n in state.started_lines
        if not state.lines[n].status.final
    }
    gone, foreign = [], dict[str, Text]()
    for id in sorted(expected - running.keys()):
        described = await describe(client, id)
        if described and described.workflow_type != LINE_WORKFLOW:
            foreign[id] = _of_type(id, described.workflow_type)
        elif described is None or described.status not in _GOING_ON:
            gone.append(id)
    foreign |= {
        run.id: worded(ru="{id}: запущен не своей сделкой", en="{id} was not started by its deal", id=run.id)
        for run in _strangers(running.values(), deals)
    }
    foreign |= {
        run.id: _of_type(run.id, run.workflow_type)
        async for run in client.list_workflows(OTHERS, limit=ENDED_ASKED)
    }
    if gone:
        words = worded(ru="остановлены: {lines}", en="stopped: {lines}", lines=some(gone))
        yield Finding("lines", False, words, _STARTED_AGAIN)
    else:
        words = worded(ru="в работе: {n}, молчащих нет", en="{n} under way, none is silent", n=len(expected))
        yield Finding("lines", True, words)
    if foreign:
        yield Finding("foreign processes", False, some(foreign.values()), _END_IT)
    else:
        yield Finding("foreign processes", True, _NO_STRANGER)


_TOLD_ELSEWHERE = (Ending.BAD_START, Ending.FOREIGN)
_GOING_ON = (WorkflowExecutionStatus.RUNNING, WorkflowExecutionStatus.COMPLETED)
_END_IT = Text(
    ru="Он стоит на месте сделки или её позиции и забирает предназначенное ей. Кто его запустил, пусть остановит: "
    "temporal workflow terminate --workflow-id ID. Потом сделка позиции запустит свой при ближайшей проверке; "
    "сделку: deal revive N.",
    en="It stands where a deal or a line of it belongs, and takes what is meant for that. Whoever started it ends it: "
    "temporal workflow terminate --workflow-id ID. A line's deal then starts its own, at its next check; a deal: deal revive N.",
)
_NONE = Text(ru="нет", en="none")
_REBUILD = Text(ru="deal rebuild перескажет их записям.", en="deal rebuild tells the records again.")
_STARTED_AGAIN = Text(
    ru="Их сделки запустят их снова с последнего отчёта, при ближайшей проверке молчащих позиций.",
    en="Their deals start them again from their last report, at the next check for silent lines.",
)
_NO_STRANGER = Text(ru="ни у одного нет имени сделки или позиции", en="none has the id of a deal or a line")
_REVIVE = Text(
    ru="deal revive N пустит её дальше; чтобы отменить её совсем, потом deal cancel N.",
    en="deal revive N lets it go on; to call it off for good, then deal cancel N.",
)
_RESTORE = Text(
    ru="Этого в Temporal больше нет: тот ли это сервер? Если тот, восстановите его базу.",
    en="What Temporal no longer holds: is this the right server? Else restore its database.",
)


def _of_type(id: str, kind: str) -> Text:
    return worded(ru="{id}: его тип {kind}", en="{id} is of type {kind}", id=id, kind=typed(kind))


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


def _words(stop: StoppedProcess) -> Text:
    return worded(
        ru="сделка {deal} с {at}: {why}",
        en="deal {deal} since {at}: {why}",
        deal=stop.deal,
        at=utc(stop.at),
        why=stop.words(),
    )


def _advice(found: Collection[StoppedProcess]) -> Text:
    """What was meant to end is called off in good order, once it runs again."""
    ways = []
    if any(stop.revivable for stop in found):
        ways.append(_REVIVE)
    if any(not stop.revivable for stop in found):
        ways.append(_RESTORE)
    return join(ways, " ")
