"""The one client of the desk: whoever starts a deal, tells it something or looks at it goes through here."""

import asyncio
import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from temporalio.client import (
    Client,
    WorkflowExecutionStatus,
    WorkflowHandle,
    WorkflowQueryFailedError,
    WorkflowQueryRejectedError,
    WorkflowUpdateFailedError,
)
from temporalio.common import QueryRejectCondition, WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from activities.endings import describe, is_foreign, own_run, stopped_process
from domain.deal.messages import Message, Receipt
from domain.deal.snapshot import Snapshot
from domain.deal.state import DealStart, DealState, LineState
from domain.deal.stopped import Ending, StoppedProcess
from domain.deferred import Deferred
from domain.view.model import DealView
from domain.view.stopped import view_of
from domain.view.title import title
from domain.view.untold import with_untold
from domain.wording import worded
from domain.words import Language, Text
from records.errors import RecordsUnavailable
from starter.answers import (
    MessageRefused,
    NoSuchProcess,
    answered,
    caught_between_tasks,
    no_worker_looked,
    unanswered,
)
from starter.errors import NotFoundError, RefusedError, UnreachableError, UsageError
from starter.pollers import worker_polls
from starter.revival import ProcessStopped, revive
from workflows.names import ASKED_TOO_EARLY, DEAL_WORKFLOW, TASK_QUEUE, deal_id, line_id

ANSWER_SECONDS = 10.0
LIST_SECONDS = 60.0
AGAIN_SECONDS = 0.05
LINES_AT_ONCE = 20
NUMBERS_TRIED = 1000
PAUSES = (0.1, 0.3, 1.0, 2.0)  # seconds between tries of an update caught between two workflow tasks


_LINE_STOPPED = Text(
    ru="Процесс позиции остановлен: сделка запустит его снова при ближайшей проверке. Тогда и повторите.",
    en="The line's process was stopped: its deal starts it again at its next check. Send it again then.",
)


class DuplicateNumber(UsageError):
    def __init__(self, number: str) -> None:
        super().__init__(
            worded(
                ru="number: сделка {number} уже есть: уберите номер или укажите другой.",
                en="number: deal {number} exists already: leave the number out, or give another.",
                number=number,
            )
        )


class _NoAnswer(Exception):
    """No worker answers, or it can't."""


class Archive(Protocol):
    """The records, as far as the desk needs them."""

    def highest_number(self) -> int: ...
    def snapshot(self, deal: str) -> tuple[DealState, list[LineState]] | None: ...
    def deferred(self, deal: str) -> dict[str, list[Deferred]]: ...


class NoArchive:
    def highest_number(self) -> int:
        return 0

    def snapshot(self, deal: str) -> tuple[DealState, list[LineState]] | None:
        return None

    def deferred(self, deal: str) -> dict[str, list[Deferred]]:
        return {}


class DealDesk:
    def __init__(
        self,
        client: Client,
        *,
        archive: Archive | None = None,
        language: Language = "ru",
        task_queue: str = TASK_QUEUE,
        answer_seconds: float = ANSWER_SECONDS,
    ) -> None:
        self.client = client
        self.language = language
        self._archive = archive or NoArchive()
        self._task_queue = task_queue
        self._seconds = answer_seconds

    async def start(self, order: Mapping[str, Any], *, must_be_new: bool = False) -> str:
        """The deal's number. Starting a number again finds the deal there is, unless it `must_be_new`.

        Raises DuplicateNumber, UnreachableError. The order must have been checked: a bad one fails its deal.
        """
        if number := order.get("number"):
            return await self._start_as(str(number), order, must_be_new)
        first = await asyncio.to_thread(self._archive.highest_number) + 1
        for candidate in range(first, first + NUMBERS_TRIED):
            with suppress(DuplicateNumber):
                return await self._start_as(str(candidate), order, must_be_new=True)
        raise UsageError(
            worded(
                ru="Начиная с {first}, свободного номера не нашлось: укажите номер в файле заказа.",
                en="number: none was free from {first} on: give one in the order file.",
                first=first,
            )
        )

    async def send(self, number: str, message: Message) -> Receipt:
        """The deal's, or the line's, answer. Sending the same message again is safe, and answers the same.

        Raises MessageRefused, NotFoundError, UnreachableError.
        """
        handle = self._handle(_addressee(number, message))
        try:
            async with answered(self._seconds, self.language, self._polls):
                return await _update(handle, message)
        except NoSuchProcess:
            raise await self._why_gone(number, handle.id) from None
        except UnreachableError:
            if stopped := await self._foreign(number):
                raise ProcessStopped(stopped) from None
            raise

    async def signal(self, number: str, message: Message) -> None:
        """Kept by the server until a worker runs; nobody answers. Raises NotFoundError, UnreachableError."""
        try:
            async with answered(self._seconds, self.language, self._polls):
                await self._handle(_addressee(number, message)).signal(message.name, message)
        except NoSuchProcess:
            raise _no_deal(number) from None

    async def running(self) -> list[str]:
        """The numbers of all deals that run. Raises UnreachableError."""
        query = f"WorkflowType = '{DEAL_WORKFLOW}' AND ExecutionStatus = 'Running'"
        async with answered(LIST_SECONDS, self.language):
            return [run.id.removeprefix(deal_id("")) async for run in self.client.list_workflows(query)]

    async def state(self, number: str) -> Snapshot:
        """The deal and its lines as they are; as the records have them, if Temporal no longer holds them.

        Raises NotFoundError, UnreachableError.
        """
        try:
            async with answered(self._seconds, self.language, self._polls):
                deal, stopped = await self._ask_running_or_not(number)
        except NoSuchProcess:
            if archived := await asyncio.to_thread(self._archive.snapshot, number):
                return Snapshot(*archived, _missing(archived[0]))
            raise _no_deal(number) from None
        return Snapshot(deal, await self._own_lines(deal), stopped)

    async def show(self, number: str) -> DealView:
        view = view_of(await self.state(number), datetime.now(UTC), self.language)
        with suppress(RecordsUnavailable):
            deferred = await asyncio.to_thread(self._archive.deferred, number)
            return with_untold(view, deferred.get(number, ()), self.language)
        return view

    async def revive(self, number: str) -> bool:
        """Lets a deal go on whose process was stopped. False if it runs: then there was nothing to do.

        Raises RefusedError for one that has ended, or that no reset can let go on; NotFoundError, UnreachableError.
        """
        async with answered(self._seconds, self.language, self._polls):
            described = await describe(self.client, deal_id(number))
            if (
                described
                and not is_foreign(described)
                and described.status is WorkflowExecutionStatus.RUNNING
            ):
                return False
            stopped = await stopped_process(self.client, number)
            if stopped and described:
                await revive(self.client, stopped)
                return True
        snapshot = await self.state(number)
        if snapshot.stopped is None:
            raise _closed(number, self.language)
        raise RefusedError(ProcessStopped(snapshot.stopped).text)

    async def _start_as(self, number: str, order: Mapping[str, Any], must_be_new: bool) -> str:
        if await asyncio.to_thread(self._archived, number):
            if must_be_new:
                raise DuplicateNumber(number)
            return number
        policy = WorkflowIDConflictPolicy.FAIL if must_be_new else WorkflowIDConflictPolicy.USE_EXISTING
        try:
            async with answered(self._seconds, self.language, self._polls):
                await self.client.start_workflow(
                    DEAL_WORKFLOW,
                    DealStart(number=number, order=dict(order)),
                    id=deal_id(number),
                    task_queue=self._task_queue,
                    id_conflict_policy=policy,
                    id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
                    static_summary=title(number, order, self.language),
                )
        except WorkflowAlreadyStartedError:
            if must_be_new:
                raise DuplicateNumber(number) from None
        return number

    def _archived(self, number: str) -> bool:
        """Records that are down do not keep a deal from starting: Temporal itself refuses a number it holds."""
        try:
            return self._archive.snapshot(number) is not None
        except RecordsUnavailable:
            return False

    async def _ask_running_or_not(self, number: str) -> tuple[DealState, StoppedProcess | None]:
        if stopped := await self._foreign(number):
            own = await own_run(self.client, number)
            known = self._handle(own.id, own.run_id) if own else None
            return await self._last_known(known, stopped), stopped
        handle = self._handle(deal_id(number))
        try:
            return await self._ask(handle, QueryRejectCondition.NOT_COMPLETED_CLEANLY), None
        except WorkflowQueryRejectedError:
            stopped = await stopped_process(self.client, number)
            return await (self._last_known(handle, stopped) if stopped else self._ask(handle)), stopped

    async def _foreign(self, number: str) -> StoppedProcess | None:
        """What has no business under a deal's id, and would answer in its place or let everybody wait."""
        described = await describe(self.client, deal_id(number))
        return await stopped_process(self.client, number) if described and is_foreign(described) else None

    async def _last_known(
        self, handle: WorkflowHandle[Any, Any] | None, stopped: StoppedProcess
    ) -> DealState:
        """By its process, where there is one; by the records where that can't answer: it will never take up what came after its last workflow task.

        Raises ProcessStopped where neither knows.
        """
        with suppress(_NoAnswer):
            if handle:
                return await self._ask_once(handle)
        with suppress(RecordsUnavailable):
            if archived := await asyncio.to_thread(self._archive.snapshot, stopped.deal):
                return archived[0]
        raise ProcessStopped(stopped)

    async def _ask_once(self, handle: WorkflowHandle[Any, Any]) -> DealState:
        half = timedelta(seconds=self._seconds / 2)
        try:
            deal: DealState = await handle.query("show", result_type=DealState, rpc_timeout=half)
            return deal
        except WorkflowQueryFailedError as error:
            raise _NoAnswer from error
        except RPCError as error:
            if not unanswered(error):
                raise
            raise _NoAnswer from error

    async def _ask(
        self, handle: WorkflowHandle[Any, Any], unless: QueryRejectCondition | None = None
    ) -> DealState:
        while True:
            try:
                deal: DealState = await handle.query("show", result_type=DealState, reject_condition=unless)
                return deal
            except WorkflowQueryFailedError as error:
                if not error.message.startswith(ASKED_TOO_EARLY):
                    raise
            await asyncio.sleep(AGAIN_SECONDS)

    async def _own_lines(self, deal: DealState) -> list[LineState]:
        """Of the lines that should run, those that do."""
        at_once = asyncio.Semaphore(LINES_AT_ONCE)

        async def ask(mirror: LineState) -> LineState | None:
            async with at_once:
                return await self._own_line(mirror)

        mirrors = [deal.lines[n] for n in deal.started_lines if not deal.lines[n].status.final]
        told = await asyncio.gather(*map(ask, mirrors))
        return [line for line in told if line is not None]

    async def _own_line(self, mirror: LineState) -> LineState | None:
        handle = self._handle(line_id(mirror.deal, mirror.number))
        try:
            line: LineState = await handle.query(
                "show",
                result_type=LineState,
                reject_condition=QueryRejectCondition.NOT_OPEN,
                rpc_timeout=timedelta(seconds=self._seconds),
            )
            return line
        except WorkflowQueryRejectedError as rejected:
            return mirror if rejected.status is WorkflowExecutionStatus.COMPLETED else None
        except RPCError as error:
            return None if error.status is RPCStatusCode.NOT_FOUND else mirror
        except WorkflowQueryFailedError:
            return mirror

    async def _why_gone(self, number: str, workflow_id: str) -> Exception:
        """A process that can't be told anything has closed, has not begun, or never was."""
        try:
            async with answered(self._seconds, self.language, self._polls):
                described = await self._handle(workflow_id).describe()
                stopped = await stopped_process(self.client, number)
            if stopped:
                return ProcessStopped(stopped)
            if described.status is WorkflowExecutionStatus.COMPLETED:
                return _closed(number, self.language)
            return UnreachableError(_LINE_STOPPED)
        except NoSuchProcess:
            pass
        archived = await asyncio.to_thread(self._archive.snapshot, number)
        if workflow_id == deal_id(number):
            return _closed(number, self.language) if archived else _no_deal(number)
        if archived and archived[0].stage.final:
            return _closed(number, self.language)
        line = workflow_id.rpartition("-")[2]
        return NotFoundError(
            worded(
                ru="В сделке {number} позиция {line} не в работе: см. `deal show {number}`.",
                en="Deal {number} has no line {line} at work: see `deal show {number}`.",
                number=number,
                line=line,
            )
        )

    async def _polls(self) -> bool:
        return await worker_polls(self.client, self._task_queue)

    def _handle(self, workflow_id: str, run_id: str | None = None) -> WorkflowHandle[Any, Any]:
        return self.client.get_workflow_handle(workflow_id, run_id=run_id)


async def _update(handle: WorkflowHandle[Any, Any], message: Message) -> Receipt:
    """By an id made of its content, so that trying again has the effect of once."""
    for pause in (*PAUSES, None):
        try:
            receipt: Receipt = await handle.execute_update(
                message.name,
                message,
                id=f"{message.name}-{message.id}-{message.digest()}",
                result_type=Receipt,
            )
            return receipt
        except (RPCError, WorkflowUpdateFailedError) as error:
            lost = caught_between_tasks(error) if isinstance(error, RPCError) else no_worker_looked(error)
            if pause is None or not lost:
                raise
            await asyncio.sleep(pause)
    raise AssertionError  # the last try has returned or raised


def _addressee(number: str, message: Message) -> str:
    """What a line owns, the line answers for: `line-1:customs-release`."""
    line = re.match(r"line-(\d{1,4}):", message.about) if message.of_lines else None
    return line_id(number, int(line[1])) if line else deal_id(number)


def _missing(deal: DealState) -> StoppedProcess | None:
    """Of a deal that is only in the records, though they do not say that it has ended."""
    if deal.stage.final:
        return None
    return StoppedProcess(deal=deal.deal, ending=Ending.MISSING, at=deal.updated_at)


def _no_deal(number: str) -> NotFoundError:
    return NotFoundError(
        worded(
            ru="Сделки {number} нет: `deal list` показывает, какие есть.",
            en="There is no deal {number}: `deal list` shows those there are.",
            number=number,
        )
    )


def _closed(number: str, language: Language) -> MessageRefused:
    text = Text(
        ru=f"Уже закрыто: изменить нельзя. Смотрите deal show {number}.",
        en=f"It is closed already: nothing can be changed. See deal show {number}.",
    )
    return MessageRefused(text, language, "closed")
