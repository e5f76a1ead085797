"""What Temporal answers, in words: a failed call becomes one of our errors, and none waits for ever."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from temporalio.client import (
    RPCTimeoutOrCancelledError,
    WorkflowQueryFailedError,
    WorkflowUpdateFailedError,
)
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode

from domain.words import Language, Text
from starter.errors import DealwrightError, RefusedError, UnreachableError

NO_WORKER = (
    "No worker answers: the message may still be taken when one runs, and the same --id repeats it safely. "
    "Start one with `deal up`, and look with `deal doctor`."
)


class NoSuchProcess(Exception):
    """No workflow of this id runs: it never did, or it has closed."""


class MessageRefused(RefusedError):
    """A message that changed nothing. `code` is the stable name of the reason."""

    def __init__(self, text: Text, language: Language, code: str) -> None:
        super().__init__(text.to(language))
        self.text, self.code = text, code


@asynccontextmanager
async def answered(seconds: float, language: Language) -> AsyncIterator[None]:
    """Raises MessageRefused, NoSuchProcess, UnreachableError, or DealwrightError for a process in trouble."""
    try:
        async with asyncio.timeout(seconds):
            yield
    except WorkflowUpdateFailedError as error:
        raise _refusal(error.cause, language) from error
    except WorkflowQueryFailedError as error:
        raise DealwrightError(
            f"The deal's process can't answer ({error.message}): see `deal doctor`."
        ) from error
    except (RPCTimeoutOrCancelledError, TimeoutError) as error:
        if (
            task := asyncio.current_task()
        ) and task.cancelling():  # Ctrl-C, which the SDK turns into its own error
            raise asyncio.CancelledError from error
        raise UnreachableError(NO_WORKER) from error
    except RPCError as error:
        raise _trouble(error) from error


def caught_between_tasks(error: RPCError) -> bool:
    """An update that came as a workflow task ended in vain, at a continue-as-new for example: it was not taken."""
    return error.status is RPCStatusCode.FAILED_PRECONDITION and "workflow task" in error.message.lower()


def unanswered(error: RPCError) -> bool:
    """Whether no worker took it up in time."""
    if error.status is RPCStatusCode.FAILED_PRECONDITION:
        return "poller" in error.message
    return error.status in (RPCStatusCode.DEADLINE_EXCEEDED, RPCStatusCode.CANCELLED)


def _refusal(cause: BaseException, language: Language) -> DealwrightError:
    if isinstance(cause, ApplicationError) and cause.type == "Refused":
        said = cause.details[0] if cause.details and isinstance(cause.details[0], dict) else {}
        text = Text(ru=str(said.get("ru", cause.message)), en=str(said.get("en", cause.message)))
        return MessageRefused(text, language, str(said.get("code", "refused")))
    words = str(cause) or type(cause).__name__
    return MessageRefused(Text(ru=words, en=words), language, "failed")


def _trouble(error: RPCError) -> Exception:
    if unanswered(error):
        return UnreachableError(NO_WORKER)
    match error.status:
        case RPCStatusCode.NOT_FOUND:
            return NoSuchProcess(error.message)
        case RPCStatusCode.UNAVAILABLE:
            return UnreachableError(
                "Temporal does not answer: start it with `deal up`, or set TEMPORAL_ADDRESS to where it runs."
            )
    return DealwrightError(
        f"Temporal could not do it ({error.status.name}: {error.message}): see `deal doctor`."
    )
