"""What the desk sees to every minute: deals whose process was stopped or reset, changes that the CRM's webhook missed, mail that waited,
money on its way to its deal."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, TypeVar

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, ApplicationError

with workflow.unsafe.imports_passed_through():
    from domain.crm.mirror import Reconciled
    from domain.deal.stopped import ToldDeals, WatchedDeals
    from domain.effects import Given, Posted, Redelivered, WaitingMoney
    from workflows.names import CRM_QUEUE, MAIL_QUEUE, TASK_QUEUE, UPKEEP_WORKFLOW
    from workflows.temporal import ports

RETRY = RetryPolicy(initial_interval=timedelta(seconds=1), maximum_attempts=3)
ONE_TRY, ALL_TRIES = timedelta(seconds=60), timedelta(minutes=3)
BEAT = timedelta(seconds=20)

Found = TypeVar("Found")

Tried = tuple[bool, str]
"""Whether a part got through, and its words."""


@workflow.defn(name=UPKEEP_WORKFLOW)
class Upkeep:
    """One round. It fails if any part did, after all parts have had their turn: the next round tries again."""

    @workflow.run
    async def run(self, *_: Any) -> str:  # whatever anybody starts it with
        people, crm, deferred, (deals, mail), money, waiting = await asyncio.gather(
            _tried("people", self._tell_people()),
            _tried("CRM", self._reconcile()),
            _tried("deferred", self._write_deferred()),
            self._watch_and_post(),
            _tried("money", self._give()),
            _tried("money nobody knows", self._tell_waiting()),
        )
        done = (deals, people, crm, deferred, mail, money, waiting)
        if failed := [words for ok, words in done if not ok]:
            raise ApplicationError("; ".join(failed), type="UpkeepFailed", non_retryable=True)
        return "; ".join(words for _, words in done)

    async def _watch_and_post(self) -> tuple[Tried, Tried]:
        """One after the other: of a deal that was stopped people get a mail in the same round."""
        return await _tried("deals", self._watch()), await _tried("mail", self._post())

    async def _watch(self) -> str:
        summary = "are the processes of all open deals still running?"
        watched: WatchedDeals = await _ask(ports.watch_deals, TASK_QUEUE, summary)
        return f"{watched.open} open, {watched.stopped} stopped, {watched.new} of them new"

    async def _tell_people(self) -> str:
        summary = "do deals that were reset know who works here today?"
        told: ToldDeals = await _ask(ports.tell_reset_deals, TASK_QUEUE, summary)
        return f"{told.reset} reset deals told of today's"

    async def _reconcile(self) -> str:
        found: Reconciled = await _ask(ports.reconcile_crm, CRM_QUEUE, "what changed in the CRM")
        return f"{found.changed} changed, {found.new} of it new"

    async def _write_deferred(self) -> str:
        summary = "writes that the CRM did not allow: does it now?"
        done: Redelivered = await _ask(ports.write_deferred, CRM_QUEUE, summary, beat=BEAT)
        return f"{done.written} written, {done.refused} refused, {done.deferred} still not allowed"

    async def _give(self) -> str:
        given: Given = await _ask(ports.post_payments, TASK_QUEUE, "payments on their way to deals")
        return f"{given.taken} given to deals, {given.waiting} not taken"

    async def _tell_waiting(self) -> str:
        told: WaitingMoney = await _ask(
            ports.tell_waiting_money, MAIL_QUEUE, "money nobody knows, in the morning letter"
        )
        return f"{told.payments} waiting"

    async def _post(self) -> str:
        posted: Posted = await _ask(ports.send_post, MAIL_QUEUE, "mail whose time has come", beat=BEAT)
        return f"{posted.sent} sent, {posted.refused} refused, {posted.put_off} put off"


async def _ask(
    activity: Callable[[], Awaitable[Found]], queue: str, summary: str, *, beat: timedelta | None = None
) -> Found:
    return await workflow.execute_activity(
        activity,
        task_queue=queue,
        start_to_close_timeout=ONE_TRY,
        schedule_to_close_timeout=ALL_TRIES,
        heartbeat_timeout=beat,
        retry_policy=RETRY,
        summary=summary,
    )


async def _tried(what: str, part: Awaitable[str]) -> Tried:
    try:
        return True, f"{what}: {await part}"
    except ActivityError as error:
        return False, f"{what}: {getattr(error.cause, 'message', '') or error.cause or error}"
