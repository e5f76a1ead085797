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
    """Makes the schedule, or brings it up to date; whether it is paused stays as it is. Safe to run again, and at once by
    several."""
    schedule = _schedule(every)
    try:
        await client.create_schedule(UPKEEP_SCHEDULE, schedule)
        return
    except ScheduleAlreadyRunningError:
        pass

    def renewed(now: ScheduleUpdateInput) -> ScheduleUpdate:
        schedule.state = now.description.schedule.state
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
