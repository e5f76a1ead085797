"""A deal or a line on Temporal: each verb of `Host` by the SDK's own."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import datetime, timedelta
from typing import Any

from pydantic import BaseModel
from temporalio import workflow
from temporalio.common import RetryPolicy, SearchAttributePair, TypedSearchAttributes
from temporalio.exceptions import ActivityError, ApplicationError, WorkflowAlreadyStartedError

with workflow.unsafe.imports_passed_through():
    from domain.deal.state import DealState, LineState
    from domain.markdown import plain
    from workflows.host import Activity, ActivityFailed, In, Out, Started, Unreachable
    from workflows.names import LINE_WORKFLOW, deal_id, line_id
    from workflows.temporal import display
    from workflows.temporal.answers_first import COMING
    from workflows.temporal.search_attributes import DEAL_NUMBER

RETRY = RetryPolicy(initial_interval=timedelta(seconds=1), maximum_interval=timedelta(minutes=1))
HEARTBEAT = timedelta(seconds=20)
MARKS = "changes_marked"
"""The memo by which a change that no other command tells of stands in the history."""
SUMMARY = 120  # characters of a summary that the timeline shows


class TemporalHost:
    """`deal` is the number of the deal, whose lines are started and told by their workflow ids."""

    def __init__(self, deal: str) -> None:
        self._deal = deal
        self._background: set[asyncio.Task[None]] = set()  # the event loop itself keeps no task alive
        self._under_way: list[workflow.ActivityHandle[Any]] = []
        self._traced = 0  # the last arrival in which a command was issued
        self._marks = 0
        self.broken: BaseException | None = None

    @property
    def now(self) -> datetime:
        return workflow.now()

    @property
    def arrival(self) -> int:
        return workflow.info().get_current_history_length()

    @property
    def messages_coming(self) -> bool:
        return COMING.messages

    @property
    def history_is_long(self) -> bool:
        return workflow.info().is_continue_as_new_suggested()

    async def wait(
        self, condition: Callable[[], bool], until: datetime | None = None, summary: str = ""
    ) -> None:
        if until is None:
            await workflow.wait_condition(condition)
            return
        # `wait_condition(timeout=…)` wakes its caller later than a wait without one, and on Python 3.11 later than on 3.12
        left = max(until - workflow.now(), timedelta(milliseconds=1))
        timer = asyncio.create_task(workflow.sleep(left, summary=plain(summary[:SUMMARY]) or None))
        try:
            await workflow.wait_condition(lambda: timer.done() or condition())
        finally:
            timer.cancel()

    def background(self, work: Coroutine[Any, Any, None]) -> "asyncio.Task[None]":
        task = asyncio.create_task(work)
        self._background.add(task)
        task.add_done_callback(self._note_failure)
        return task

    def _note_failure(self, task: "asyncio.Task[None]") -> None:
        self._background.discard(task)
        if not task.cancelled():
            self.broken = self.broken or task.exception()

    async def send(self, line: int | None, name: str, message: BaseModel) -> None:
        id = deal_id(self._deal) if line is None else line_id(self._deal, line)
        self._traced = self.arrival
        try:
            await _done(asyncio.create_task(workflow.get_external_workflow_handle(id).signal(name, message)))
        except ApplicationError as error:
            raise Unreachable(str(error)) from None

    async def start_line(self, line: LineState) -> Started:
        good = line.good
        self._traced = self.arrival
        try:
            starting = workflow.start_child_workflow(
                LINE_WORKFLOW,
                line,
                id=line_id(line.deal, line.number),
                parent_close_policy=workflow.ParentClosePolicy.ABANDON,
                static_summary=f"{plain(good.sku)} {good.source.value} / {good.payment} / {good.delivery}",
                search_attributes=TypedSearchAttributes([SearchAttributePair(DEAL_NUMBER, line.deal)]),
            )
            child = await _done(asyncio.create_task(starting))
        except WorkflowAlreadyStartedError:
            return Started.RUNS_ALREADY
        child.add_done_callback(lambda ended: ended.cancelled() or ended.exception())  # its reports tell
        return Started.NEW

    async def ask(self, activity: Activity[In, Out], question: In, summary: str = "") -> Out:
        self._traced = self.arrival
        handle = workflow.start_activity(
            activity.name,
            args=[] if question is None else [question],
            result_type=activity.answers,
            task_queue=activity.queue,
            start_to_close_timeout=timedelta(seconds=activity.seconds),
            schedule_to_close_timeout=activity.patience,
            heartbeat_timeout=HEARTBEAT if activity.beats else None,
            retry_policy=RETRY,
            cancellation_type=workflow.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
            summary=plain(summary[:SUMMARY]) or None,
        )
        if activity.beats:
            self._under_way.append(handle)
        try:
            answer: Out = await _done(handle)
            return answer
        except ActivityError as error:
            raise ActivityFailed(str(error.cause or error), getattr(error.cause, "type", "") or "") from None
        finally:
            if activity.beats:
                self._under_way.remove(handle)

    def stop_asking(self) -> None:
        for handle in self._under_way:
            handle.cancel()

    def leave_mark(self) -> None:
        if self._traced != self.arrival:
            self._marks += 1
            workflow.upsert_memo({MARKS: self._marks})

    def show(self, deal: DealState) -> None:
        display.show(deal)


async def _done(task: "asyncio.Task[Any]") -> Any:
    """Its result. Whatever a process waits for, it waits for a condition: these are looked at together, in their order, when nothing
    else can go on. How many steps an answer takes to whoever awaits it is the SDK's affair, and differs by its version.
    """
    await workflow.wait_condition(task.done)
    return task.result()
