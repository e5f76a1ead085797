"""The running deals, as they answer: does each, and does what each has to tell the world get through."""

import asyncio
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import NamedTuple

from temporalio.api.failure.v1 import Failure
from temporalio.client import Client

from activities.endings import RUNNING_DEALS, describe
from domain.deal.state import DealState
from domain.wording import worded
from domain.words import Target, Text
from starter.doctor.finding import Finding, Looks, some
from starter.settings import Settings
from workflows.names import deal_id

TARGETS = {
    "crm": Text(ru="CRM", en="the CRM"),
    "mail": Text(ru="почтовый сервер", en="the mail server"),
    "records": Text(ru="база записей", en="the records' database"),
}
_NO_WORKER = Text(ru="Работает ли обработчик? Смотрите выше.", en="Is a worker running? See above.")
_ALL_TOLD = Text(ru="знает обо всём", en="has been told everything")
_ALL_THERE = Text(ru="всё, о чём рассказали сделки", en="all that the deals have told")
_REBUILD = Text(
    ru="Их потеряли, восстановили из копии, или они от другого стола: deal rebuild снова заполнит их из Temporal.",
    en="They were lost, or restored from a backup, or are another desk's: deal rebuild fills them again from Temporal.",
)
DEALS_ASKED = 500
ASKED_AT_ONCE = 20
QUERY_SECONDS = timedelta(seconds=5)
PATIENCE_SECONDS = 2.0  # what leads an outbox now, and still does after this time, is not on its way


class Deals(NamedTuple):
    """The running deals, as far as they answered. `stuck`: deals by target whose outbox does not move."""

    states: Mapping[str, DealState]
    mute: tuple[str, ...]
    running: int
    stuck: Mapping[str, tuple[str, ...]]

    @property
    def all_asked(self) -> bool:
        return self.running <= DEALS_ASKED


async def running_deals(client: Client) -> Deals:
    ids = [run.id async for run in client.list_workflows(RUNNING_DEALS, limit=DEALS_ASKED)]
    told = await _states(client, ids)
    states = {state.deal: state for state in told.values()}
    mute = tuple(id for id in ids if id not in told)
    running = (await client.count_workflows(RUNNING_DEALS)).count
    return Deals(states, mute, running, await _stuck(client, states))


async def answering(deals: Deals) -> Looks:
    words = worded(ru="идёт: {n}", en="{n} running", n=deals.running)
    if not deals.all_asked:
        words = worded(
            ru="{words}, опрошены новейшие {n}",
            en="{words}, the newest {n} were asked",
            words=words,
            n=DEALS_ASKED,
        )
    if deals.mute:
        mute = some(deals.mute)
        words = worded(
            ru="{words}; не отвечают: {mute}", en="{words}; no answer from {mute}", words=words, mute=mute
        )
        yield Finding("deals", False, words, _NO_WORKER)
    else:
        yield Finding("deals", True, words)


async def lagging(client: Client, deals: Deals, target: str) -> Looks:
    behind = {n: len(deals.states[n].outbox.awaited(Target(target))) for n in deals.stuck.get(target, ())}
    if not behind:
        yield Finding(target, True, _ALL_TOLD)
        return
    words = worded(
        ru="не передано записей: {n}, по сделкам: {deals}",
        en="{n} behind, on {deals}",
        n=sum(behind.values()),
        deals=some(Text(ru=f"{n} ({size})", en=f"deal {n} ({size})") for n, size in behind.items()),
    )
    if why := await _last_failure(client, next(iter(behind)), target):
        words = worded(ru="{words}; ответ: «{why}»", en="{words}; it says: {why}", words=words, why=why)
    advice = worded(
        ru="Работает ли {target}? Смотрите журнал обработчика. Сделки идут; что ждёт, будет передано позже.",
        en="Is {target} up? See the worker's log. Deals go on; what waits is delivered later.",
        target=TARGETS[target],
    )
    yield Finding(target, False, words, advice)


async def complete_records(settings: Settings, deals: Deals) -> Looks:
    """What a deal has told the records is in them, its last fact too, unless they were lost, are those of yesterday or of elsewhere."""
    from records.queries import RecordQueries

    told = {number: state.seq - len(state.outbox.records) for number, state in deals.states.items()}
    heads = {n: state.head for n, state in deals.states.items() if state.seq and not state.outbox.records}
    queries = RecordQueries(settings.database_url)
    try:
        progress = await asyncio.to_thread(queries.progress, told)
        others = await asyncio.to_thread(queries.lacking, heads)
    finally:
        queries.close()
    kept = {number: progress[number].seq if number in progress else 0 for number in told}
    lost = [_short(n, kept[n], facts) for n, facts in told.items() if kept[n] < facts]
    lost += [_other(n, told[n]) for n in others if kept[n] >= told[n]]
    if lost:
        words = worded(ru="не хватает: {lost}", en="missing: {lost}", lost=some(lost))
        yield Finding("facts in the records", False, words, _REBUILD)
    else:
        yield Finding("facts in the records", True, _ALL_THERE)


def _short(number: str, kept: int, facts: int) -> Text:
    return worded(
        ru="сделка {number} (записей {kept} из {facts})",
        en="deal {number} ({kept} of {facts} facts)",
        number=number,
        kept=kept,
        facts=facts,
    )


def _other(number: str, seq: int) -> Text:
    return worded(
        ru="сделка {number} (запись {seq} там другая)",
        en="deal {number} (its fact {seq} is another there)",
        number=number,
        seq=seq,
    )


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


def _next(state: DealState, target: str) -> int | None:
    """The place of the fact that a target hears next."""
    return next(iter(state.outbox.awaited(Target(target))), None)


async def _last_failure(client: Client, number: str, target: str) -> str:
    """What the delivery under way last failed with."""
    described = await describe(client, deal_id(number))
    pending = described.raw_description.pending_activities if described else ()
    for activity in pending:
        if activity.activity_type.name == f"{target}.deliver":
            return _said(activity.last_failure)[:300].rstrip(".")
    return ""


def _said(failure: Failure) -> str:
    """Of a failure that is too long for it, the server keeps the beginning under words of its own."""
    while failure.HasField("server_failure_info") and failure.HasField("cause"):
        failure = failure.cause
    return failure.message


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
