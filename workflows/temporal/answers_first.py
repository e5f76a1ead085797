"""What answers a workflow's own commands is played before the messages that came with it.

The SDK plays messages first. But a workflow task that had no command and the update after it are played together by a worker that
replays the history up to there, and apart by one that sees more of it (temporalio/sdk-rust, issue 1606). Answers first, both come to
the same: what was answered, then what was said.
"""

import threading
from collections.abc import Callable, Iterable

from temporalio.bridge.proto.workflow_activation import (
    NotifyHasPatch,
    WorkflowActivation,
    WorkflowActivationJob,
)
from temporalio.bridge.proto.workflow_completion import WorkflowActivationCompletion

Activate = Callable[[WorkflowActivation], WorkflowActivationCompletion]

MESSAGES = {"signal_workflow", "do_update"}
ANSWERS = {
    "fire_timer",
    "resolve_activity",
    "resolve_child_workflow_execution",
    "resolve_child_workflow_execution_start",
    "resolve_request_cancel_external_workflow",
    "resolve_signal_external_workflow",
}


class _Coming(threading.local):
    """See `Host.messages_coming`: a workflow plays an activation in one thread."""

    messages = False


COMING = _Coming()


class AnswersFirst:
    def __init__(self, activate: Activate) -> None:
        self._activate = activate

    def __call__(self, act: WorkflowActivation) -> WorkflowActivationCompletion:
        kinds = {_kind(job) for job in act.jobs}
        if kinds.isdisjoint(ANSWERS) or kinds.isdisjoint(MESSAGES):
            return self._activate(act)
        COMING.messages = True
        try:
            done = self._activate(_only(act, (job for job in act.jobs if _kind(job) in ANSWERS)))
        finally:
            COMING.messages = False
        if done.HasField("failed"):
            return done
        # the SDK looks at no condition where updates alone came and were refused: with a job of another kind it does
        look = WorkflowActivationJob(notify_has_patch=NotifyHasPatch(patch_id="messages"))
        rest = self._activate(_only(act, [look, *(job for job in act.jobs if _kind(job) not in ANSWERS)]))
        if rest.HasField("failed"):
            return rest
        done.successful.MergeFrom(rest.successful)
        return done


def _kind(job: WorkflowActivationJob) -> str:
    return job.WhichOneof("variant") or ""


def _only(act: WorkflowActivation, jobs: Iterable[WorkflowActivationJob]) -> WorkflowActivation:
    part = WorkflowActivation()
    part.CopyFrom(act)
    del part.jobs[:]
    part.jobs.extend(jobs)
    return part
