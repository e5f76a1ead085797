"""What could be wrong with the desk, each with what to do about it."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest, DescribeTaskQueueRequest
from temporalio.client import Client
from temporalio.service import RPCError

from domain.state import DealState
from starter.errors import DealwrightError, UsageError
from starter.portal import examine_portal
from starter.settings import Settings
from workflows.names import CRM_QUEUE, DEAL_WORKFLOW, LINE_WORKFLOW, MAIL_QUEUE, TASK_QUEUE, deal_id, line_id

POLLED_WITHIN = timedelta(minutes=2)
TARGETS = ("crm", "mail", "records")
DEALS_ASKED = 500
ASKED_AT_ONCE = 20
QUERY_SECONDS = timedelta(seconds=5)
PATIENCE_SECONDS = 2.0  # what leads an outbox now, and still does after this time, is not on its way
INBOX_PATIENCE = timedelta(minutes=1)
POST_PATIENCE = timedelta(minutes=15)
MAIL_SECONDS = 30.0

RUNNING = "ExecutionStatus = 'Running'"
HUNG = f"{RUNNING} AND TemporalReportedProblems IN ('category=WorkflowTaskFailed', 'category=WorkflowTaskTimedOut')"


class Finding(NamedTuple):
    """`advice` is empty when all is well."""

    what: str
    ok: bool
    words: str
    advice: str = ""


class Deals(NamedTuple):
    """The running deals, as far as they answered. `stuck`: deals by target whose outbox does not move."""

    states: Mapping[str, DealState]
    mute: tuple[str, ...]
    running: int
    stuck: Mapping[str, tuple[str, ...]]


async def examine(client: Client, settings: Settings) -> AsyncIterator[Finding]:
    """One finding after the other, the base first: what stands on a broken one is left out."""
    address = client.service_client.config.target_host
    yield Finding("Temporal", True, f"answers at {address}")
    there = await _namespace(client)
    yield there
    if not there.ok:
        return
    yield await _search_attributes(client)
    for queue in (TASK_QUEUE, CRM_QUEUE, MAIL_QUEUE):
        yield await _worker(client, queue)
    records = await asyncio.to_thread(_records, settings)
    yield records
    if records.ok:
        yield await asyncio.to_thread(inbox_finding, settings)
        yield await asyncio.to_thread(_post, settings)
    yield await _mailer(settings)
    if settings.crm == "bitrix24":
        async for finding in examine_portal(settings):
            yield finding
    yield await _hung(client)
    deals = await _running_deals(client)
    yield _answering(deals)
    for target in TARGETS:
        yield _lagging(deals, target)
    yield await _silent_lines(client, deals)


async def _namespace(client: Client) -> Finding:
    try:
        reply = await client.workflow_service.describe_namespace(
            DescribeNamespaceRequest(namespace=client.namespace)
        )
    except RPCError as error:
        advice = "Create it: python -m starter.prepare."
        return Finding("namespace", False, f"{client.namespace}: {error.message}", advice)
    kept = timedelta(seconds=reply.config.workflow_execution_retention_ttl.seconds)
    return Finding("namespace", True, f"{client.namespace}, closed deals are kept for {kept.days} days")


async def _search_attributes(client: Client) -> Finding:
    from temporalio.api.operatorservice.v1 import ListSearchAttributesRequest

    from starter.stack.namespace import search_attributes

    reply = await client.operator_service.list_search_attributes(
        ListSearchAttributesRequest(namespace=client.namespace)
    )
    wanted = search_attributes()
    wrong = sorted(name for name, kind in wanted.items() if reply.custom_attributes.get(name) != kind)
    if wrong:
        words = f"missing or of another type: {', '.join(wrong)}"
        return Finding("search attributes", False, words, "Register them: python -m starter.prepare.")
    return Finding("search attributes", True, f"all {len(wanted)} are there")


async def _worker(client: Client, queue: str) -> Finding:
    kinds = [TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY]
    if queue == TASK_QUEUE:
        kinds.append(TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW)
    pollers = [await _pollers(client, queue, kind) for kind in kinds]
    if all(pollers):
        return Finding(f"worker on {queue}", True, "polls")
    return Finding(
        f"worker on {queue}",
        False,
        "nobody polls",
        "Start a worker: deal up, or python worker.py where it runs.",
    )


async def _pollers(client: Client, queue: str, kind: "TaskQueueType.ValueType") -> int:
    reply = await client.workflow_service.describe_task_queue(
        DescribeTaskQueueRequest(
            namespace=client.namespace, task_queue=TaskQueue(name=queue), task_queue_type=kind
        )
    )
    since = datetime.now(UTC) - POLLED_WITHIN
    return sum(poller.last_access_time.ToDatetime(UTC) > since for poller in reply.pollers)


def _records(settings: Settings) -> Finding:
    from records import check
    from records.errors import RecordsUnavailable

    try:
        schema = check(settings.database_url)
    except RecordsUnavailable as error:
        return Finding(
            "records", False, str(error), "Start the database, or correct DEALWRIGHT_DATABASE_URL."
        )
    if schema.at_newest:
        return Finding("records", True, f"at schema {schema.newest}")
    words = f"at schema {schema.current or 'none'}, the newest is {schema.newest}"
    return Finding("records", False, words, "Run python -m records migrate; then deal rebuild.")


def inbox_finding(settings: Settings) -> Finding:
    from records.inbox_events import EventInbox

    inbox = EventInbox(settings.database_url)
    try:
        waiting = inbox.waiting()
    finally:
        inbox.close()
    if waiting.oldest is None:
        return Finding("inbox", True, "every event from outside is handed on")
    age = datetime.now(UTC) - waiting.oldest
    words = f"{waiting.events} events wait, the oldest for {timedelta(seconds=int(age.total_seconds()))}"
    if age < INBOX_PATIENCE:
        return Finding("inbox", True, words)
    return Finding(
        "inbox",
        False,
        words,
        "Does `deal web` run? It hands them on; deal inbox-events --status retry says what they wait for.",
    )


def _post(settings: Settings) -> Finding:
    from records.post import WaitingPost

    post = WaitingPost(settings.database_url)
    try:
        overdue = post.overdue(datetime.now(UTC) - POST_PATIENCE)
    finally:
        post.close()
    if not overdue:
        return Finding("post", True, "no mail is overdue")
    advice = "Does a worker run, and does the schedule dealwright-upkeep? The mail server's answer is in the worker's log."
    return Finding("post", False, f"{overdue} mails should have gone out", advice)


async def _mailer(settings: Settings) -> Finding:
    """Mail as these settings send it; the worker's may be others."""
    from starter.mailing import mailer_of

    try:
        mailer = mailer_of(settings)
    except UsageError as error:
        return Finding(
            "mail server", False, error.words, "Set it where the worker runs, and start the worker anew."
        )
    try:
        async with asyncio.timeout(MAIL_SECONDS):
            await mailer.ready()
    except Exception as error:
        return Finding(
            "mail server", False, str(error) or "no answer in time", "Mail waits until it answers."
        )
    finally:
        await mailer.close()
    return Finding("mail server", True, f"takes mail ({settings.mail})")


async def _hung(client: Client) -> Finding:
    try:
        hung = [run.id async for run in client.list_workflows(HUNG, limit=20)]
    except RPCError:
        return Finding("hung processes", True, "this server does not report them")
    if not hung:
        return Finding("hung processes", True, "none")
    return Finding(
        "hung processes",
        False,
        _some(hung),
        "Read their last error in the Web UI, correct the code and start the worker again: then they go on.",
    )


async def _running_deals(client: Client) -> Deals:
    query = f"WorkflowType = '{DEAL_WORKFLOW}' AND {RUNNING}"
    ids = [run.id async for run in client.list_workflows(query, limit=DEALS_ASKED)]
    told = await _states(client, ids)
    states = {state.deal: state for state in told.values()}
    mute = tuple(id for id in ids if id not in told)
    return Deals(states, mute, (await client.count_workflows(query)).count, await _stuck(client, states))


async def _stuck(client: Client, before: Mapping[str, DealState]) -> Mapping[str, tuple[str, ...]]:
    """A second look, only at deals that still have something to tell."""
    telling = [number for number, state in before.items() if any(_next(state, target) for target in TARGETS)]
    if not telling:
        return {}
    await asyncio.sleep(PATIENCE_SECONDS)
    after = {state.deal: state for state in (await _states(client, map(deal_id, telling))).values()}
    return {
        target: tuple(
            number
            for number, state in after.items()
            if (first := _next(state, target)) and first == _next(before[number], target)
        )
        for target in TARGETS
    }


def _next(state: DealState, target: str) -> str | None:
    """The place of the fact that a target hears next."""
    queue = getattr(state.outbox, target)
    return str(queue[0]) if queue else None


async def _states(client: Client, ids: Iterable[str]) -> dict[str, DealState]:
    """Of those that answer. A handful is asked at a time."""
    slots = asyncio.Semaphore(ASKED_AT_ONCE)

    async def ask(id: str) -> DealState | None:
        async with slots:
            return await _state(client, id)

    asked = list(ids)
    told = await asyncio.gather(*map(ask, asked))
    return {id: state for id, state in zip(asked, told, strict=True) if state}


async def _state(client: Client, workflow_id: str) -> DealState | None:
    try:
        handle = client.get_workflow_handle(workflow_id)
        state: DealState = await handle.query("show", result_type=DealState, rpc_timeout=QUERY_SECONDS)
        return state
    except Exception:  # whatever it is, this deal does not answer, and the others are asked all the same
        return None


def _answering(deals: Deals) -> Finding:
    words = f"{deals.running} running"
    if deals.running > DEALS_ASKED:
        words += f", the newest {DEALS_ASKED} were asked"
    if not deals.mute:
        return Finding("deals", True, words)
    return Finding(
        "deals", False, f"{words}; no answer from {_some(deals.mute)}", "Is a worker running? See above."
    )


_TARGET_WORDS = {"crm": "the CRM", "mail": "the mail server", "records": "the records' database"}


def _lagging(deals: Deals, target: str) -> Finding:
    stuck = deals.stuck.get(target, ())
    behind = {number: len(getattr(deals.states[number].outbox, target)) for number in stuck}
    if not behind:
        return Finding(target, True, "has been told everything")
    words = f"{sum(behind.values())} behind, on {_some(f'deal {n} ({size})' for n, size in behind.items())}"
    advice = (
        f"Is {_TARGET_WORDS[target]} up? See the worker's log. Deals go on; what waits is delivered later."
    )
    return Finding(target, False, words, advice)


async def _silent_lines(client: Client, deals: Deals) -> Finding:
    """A line that its deal believes to be under way, and whose workflow does not run."""
    query = f"WorkflowType = '{LINE_WORKFLOW}' AND {RUNNING}"
    running = {run.id async for run in client.list_workflows(query)}
    expected = {
        line_id(number, n)
        for number, state in deals.states.items()
        for n in state.started_lines
        if not state.lines[n].status.final
    }
    gone = [id for id in sorted(expected - running) if not await _runs(client, id)]
    if not gone:
        return Finding("lines", True, f"{len(expected)} under way, none is silent")
    advice = "Their deals start them again from their last report, at the next check for silent lines."
    return Finding("lines", False, f"stopped: {_some(gone)}", advice)


async def _runs(client: Client, workflow_id: str) -> bool:
    """Visibility may lag behind by a moment: the process itself knows."""
    from temporalio.client import WorkflowExecutionStatus

    try:
        described = await client.get_workflow_handle(workflow_id).describe()
    except RPCError:
        return False
    return described.status in (WorkflowExecutionStatus.RUNNING, WorkflowExecutionStatus.COMPLETED)


def _some(names: Iterable[str], most: int = 5) -> str:
    names = list(names)
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")


def unreachable(error: DealwrightError) -> Finding:
    return Finding("Temporal", False, "does not answer", error.words)
