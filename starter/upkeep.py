"""The Temporal Schedule by which the desk sees to what no deal does."""

from datetime import timedelta

from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleAlreadyRunningError,
    ScheduleIntervalSpec,
    ScheduleOverlapPolicy,
    SchedulePolicy,
    ScheduleSpec,
    ScheduleUpdate,
    ScheduleUpdateInput,
)

from workflows.names import TASK_QUEUE, UPKEEP_SCHEDULE, UPKEEP_WORKFLOW

CATCH_UP = timedelta(seconds=10)
"""The shortest that Temporal allows: one round sees to all that was missed."""
LONGEST_ROUND = timedelta(minutes=10)


async def ensure_upkeep(client: Client, every: timedelta) -> None:
    """Makes the schedule, or brings it up to date; whether it is paused stays as it is. Safe to run again, and at once by several.

    One that is as it should be is left alone: what the server takes up of an update, a moment later, would undo a pause of meanwhile.
    """
    schedule = _schedule(every)
    try:
        await client.create_schedule(UPKEEP_SCHEDULE, schedule)
        return
    except ScheduleAlreadyRunningError:
        pass

    def renewed(now: ScheduleUpdateInput) -> ScheduleUpdate | None:
        there = now.description.schedule
        if _terms(there) == _terms(schedule):
            return None
        schedule.state = there.state
        return ScheduleUpdate(schedule)

    await client.get_schedule_handle(UPKEEP_SCHEDULE).update(renewed)


def _schedule(every: timedelta) -> Schedule:
    return Schedule(
        action=ScheduleActionStartWorkflow(
            UPKEEP_WORKFLOW,
            id=UPKEEP_SCHEDULE,
            task_queue=TASK_QUEUE,
            execution_timeout=LONGEST_ROUND,
        ),
        spec=ScheduleSpec(intervals=[ScheduleIntervalSpec(every=every)]),
        policy=SchedulePolicy(overlap=ScheduleOverlapPolicy.SKIP, catchup_window=CATCH_UP),
    )


def _terms(schedule: Schedule) -> tuple[object, ...]:
    """All of it that is ours to say."""
    started: tuple[object, ...] = ()
    if isinstance(action := schedule.action, ScheduleActionStartWorkflow):
        started = (action.workflow, action.id, action.task_queue, action.execution_timeout)
    return started, list(schedule.spec.intervals), schedule.policy
