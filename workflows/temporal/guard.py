"""No message can hang a deal: whatever a handler lets slip becomes a refusal, never a failed workflow task."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Protocol, runtime_checkable

from temporalio import workflow
from temporalio.exceptions import ApplicationError, CancelledError, FailureError
from temporalio.worker import (
    HandleSignalInput,
    HandleUpdateInput,
    Interceptor,
    WorkflowInboundInterceptor,
    WorkflowInterceptorClassInput,
)


@runtime_checkable
class Guarded(Protocol):
    def refuse_stray(self, name: str, error: Exception) -> None: ...


class RefusalInterceptor(Interceptor):
    """Belongs on every worker of the desk, and on the replayer."""

    def workflow_interceptor_class(
        self, input: WorkflowInterceptorClassInput
    ) -> type[WorkflowInboundInterceptor]:
        return _Guard


class _Guard(WorkflowInboundInterceptor):
    async def handle_signal(self, input: HandleSignalInput) -> None:
        if workflow.get_signal_handler(input.signal):
            input = replace(input, args=_as_one(input.args))
        try:
            await super().handle_signal(input)
        except CancelledError:
            raise
        except Exception as error:
            workflow.logger.warning("signal %s refused: %s", input.signal, type(error).__name__)
            instance = workflow.instance()
            if isinstance(instance, Guarded):
                instance.refuse_stray(input.signal, error)

    def handle_update_validator(self, input: HandleUpdateInput) -> None:
        if workflow.get_update_handler(input.update):
            input = replace(input, args=_as_one(input.args))
        super().handle_update_validator(input)

    async def handle_update_handler(self, input: HandleUpdateInput) -> Any:
        try:
            return await super().handle_update_handler(input)
        except FailureError:
            raise
        except Exception as error:
            workflow.logger.exception("update %s failed", input.update)
            raise ApplicationError(
                f"{input.update} could not be taken: {type(error).__name__}",
                type="Refused",
                non_retryable=True,
            ) from error


def _as_one(args: Sequence[Any]) -> Sequence[Any]:
    """Every handler takes one input. Several are handed on as a list, which is no message: so it is refused in words."""
    return args if len(args) < 2 else [list(args)]
