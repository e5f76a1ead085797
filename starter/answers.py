"""What Temporal answers, in words: a failed call becomes one of our errors, and none waits for ever."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from temporalio.client import (
    RPCTimeoutOrCancelledError,
    WorkflowQueryFailedError,
    WorkflowUpdateFailedError,
)
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode

from domain.wording import worded
from domain.words import Language, Text
from starter.errors import DealwrightError, RefusedError, UnreachableError

NO_WORKER = Text(
    ru="Ни один обработчик не работает: сообщение ещё может быть принято, когда он заработает, а повторить его с тем же --id "
    "безопасно. Запустите его: `deal up`; посмотрите, что не так: `deal doctor`.",
    en="No worker runs: the message may still be taken when one does, and the same --id repeats it safely. "
    "Start one with `deal up`, and look with `deal doctor`.",
)
BUSY = Text(
    ru="Обработчик занят и не успел ответить: сообщение ещё может быть принято, а повторить его с тем же --id безопасно. "
    "Попробуйте ещё раз чуть позже.",
    en="The worker is busy and has not answered in time: the message may still be taken, and the same --id repeats it safely. "
    "Try again in a moment.",
)
NO_SERVER = Text(
    ru="Temporal не отвечает: запустите его (`deal up`) или укажите в TEMPORAL_ADDRESS, где он работает.",
    en="Temporal does not answer: start it with `deal up`, or set TEMPORAL_ADDRESS to where it runs.",
)


Polls = Callable[[], Awaitable[bool]]


class NoSuchProcess(Exception):
    """No workflow of this id runs: it never did, or it has closed."""


class MessageRefused(RefusedError):
    """A message that changed nothing. `code` is the stable name of the reason."""

    def __init__(self, text: Text, language: Language, code: str) -> None:
        super().__init__(text)
        self.code = code
        self.words = text.to(language)


@asynccontextmanager
async def answered(seconds: float, language: Language, polls: Polls | None = None) -> AsyncIterator[None]:
    """Raises MessageRefused, NoSuchProcess, UnreachableError, or DealwrightError for a process in trouble.

    `polls` says, where nobody answers, whether a worker is there all the same: then it is only busy.
    """
    try:
        async with asyncio.timeout(seconds):
            yield
    except WorkflowUpdateFailedError as error:
        raise _refusal(error.cause, language) from error
    except WorkflowQueryFailedError as error:
        raise DealwrightError(
            worded(
                ru="Процесс сделки не может ответить ({why}): см. `deal doctor`.",
                en="The deal's process can't answer ({why}): see `deal doctor`.",
                why=error.message,
            )
        ) from error
    except (RPCTimeoutOrCancelledError, TimeoutError) as error:
        if (
            task := asyncio.current_task()
        ) and task.cancelling():  # Ctrl-C, which the SDK turns into its own error
            raise asyncio.CancelledError from error
        raise UnreachableError(await _why_silent(polls)) from error
    except RPCError as error:
        if unanswered(error):
            raise UnreachableError(await _why_silent(polls)) from error
        raise _trouble(error) from error


async def _why_silent(polls: Polls | None) -> Text:
    return BUSY if polls and await polls() else NO_WORKER


def caught_between_tasks(error: RPCError) -> bool:
    """An update that came as a workflow task ended in vain, at a continue-as-new for example: it was not taken."""
    return error.status is RPCStatusCode.FAILED_PRECONDITION and "workflow task" in error.message.lower()


def unanswered(error: RPCError) -> bool:
    """Whether no worker took it up in time."""
    if error.status is RPCStatusCode.FAILED_PRECONDITION:
        return "poller" in error.message
    return error.status in (RPCStatusCode.DEADLINE_EXCEEDED, RPCStatusCode.CANCELLED)


def no_worker_looked(error: BaseException) -> bool:
    """Whether the server gave an update back that was handed to a worker, and no workflow saw: a worker that has just started may
    lose one. It is no refusal, and sent again it is taken."""
    cause = error.cause if isinstance(error, WorkflowUpdateFailedError) else error
    return isinstance(cause, ApplicationError) and cause.type == "UnprocessedUpdate"


def _refusal(cause: BaseException, language: Language) -> DealwrightError:
    if no_worker_looked(cause):
        return UnreachableError(BUSY)
    if isinstance(cause, ApplicationError) and cause.type == "Refused":
        said = cause.details[0] if cause.details and isinstance(cause.details[0], dict) else {}
        text = Text(ru=str(said.get("ru", cause.message)), en=str(said.get("en", cause.message)))
        return MessageRefused(text, language, str(said.get("code", "refused")))
    words = str(cause) or type(cause).__name__
    return MessageRefused(Text(ru=words, en=words), language, "failed")


def _trouble(error: RPCError) -> Exception:
    match error.status:
        case RPCStatusCode.NOT_FOUND:
            return NoSuchProcess(error.message)
        case RPCStatusCode.UNAVAILABLE:
            return UnreachableError(NO_SERVER)
    return DealwrightError(
        worded(
            ru="Temporal не смог этого сделать ({status}: {why}): см. `deal doctor`.",
            en="Temporal could not do it ({status}: {why}): see `deal doctor`.",
            status=error.status.name,
            why=error.message,
        )
    )
