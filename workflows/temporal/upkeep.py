"""What the desk sees to every minute: deals whose process was stopped or reset, changes that the CRM's webhook missed, mail that waited."""

import asyncio
from collections.abc import Awaitable
from datetime import timedelta
from typing import Any

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, ApplicationError

with workflow.unsafe.imports_passed_through():
    from domain.crm.mirror import Reconciled
    from domain.deal.stopped import ToldDeals, WatchedDeals
    from domain.effects import Posted
    from workflows.names import CRM_QUEUE, MAIL_QUEUE, TASK_QUEUE, UPKEEP_WORKFLOW
    from workflows.temporal import ports

RETRY = RetryPolicy(initial_interval=timedelta(seconds=1), maximum_attempts=3)
ALL_TRIES = timedelta(minutes=3)

Tried = tuple[bool, str]
"""Whether a part got through, and its words."""


@workflow.defn(name=UPKEEP_WORKFLOW)
class Upkeep:
    """One round. It fails if any part did, after all parts have had their turn: the next round tries again."""

    @workflow.run
    async def run(self, *_: Any) -> str:  # whatever anybody starts it with
        people, crm, (deals, mail) = await asyncio.gather(
            _tried("people", self._tell_people()),
            _tried("CRM", self._reconcile()),
            self._watch_and_post(),
        )
        done = (deals, people, crm, mail)
        if failed := [words for ok, words in done if not ok]:
            raise ApplicationError("; ".join(failed), type="UpkeepFailed", non_retryable=True)
        return "; ".join(words for _, words in done)

    async def _watch_and_post(self) -> tuple[Tried, Tried]:
        """One after the other: of a deal that was stopped people get a mail in the same round."""
        return await _tried("deals", self._watch()), await _tried("mail", self._post())

    async def _watch(self) -> str:
        watched: WatchedDeals = await workflow.execute_activity(
            ports.watch_deals,
            task_queue=TASK_QUEUE,
            start_to_close_timeout=timedelta(seconds=60),
            schedule_to_close_timeout=ALL_TRIES,
            retry_policy=RETRY,
            summary="are the processes of all open deals still running?",
        )
        return f"{watched.open} open, {watched.stopped} stopped, {watched.new} of them new"

    async def _tell_people(self) -> str:
        told: ToldDeals = await workflow.execute_activity(
            ports.tell_reset_deals,
            task_queue=TASK_QUEUE,
            start_to_close_timeout=timedelta(seconds=60),
            schedule_to_close_timeout=ALL_TRIES,
            retry_policy=RETRY,
            summary="do deals that were reset know who works here today?",
        )
        return f"{told.reset} reset deals told of today's"

    async def _reconcile(self) -> str:
        found: Reconciled = await workflow.execute_activity(
            ports.reconcile_crm,
            task_queue=CRM_QUEUE,
            start_to_close_timeout=timedelta(seconds=60),
            schedule_to_close_timeout=ALL_TRIES,
            retry_policy=RETRY,
            summary="what changed in the CRM",
        )
        return f"{found.changed} changed, {found.new} of it new"

    async def _post(self) -> str:
        posted: Posted = await workflow.execute_activity(
            ports.send_post,
            task_queue=MAIL_QUEUE,
            start_to_close_timeout=timedelta(seconds=60),
            schedule_to_close_timeout=ALL_TRIES,
            heartbeat_timeout=timedelta(seconds=20),
            retry_policy=RETRY,
            summary="mail whose time has come",
        )
        return f"{posted.sent} sent, {posted.refused} refused, {posted.put_off} put off"


async def _tried(what: str, part: Awaitable[str]) -> Tried:
    try:
        return True, f"{what}: {await part}"
    except ActivityError as error:
        return False, f"{what}: {getattr(error.cause, 'message', '') or error.cause or error}"
