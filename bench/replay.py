"""How fast the histories of a deal replay, against bare histories of the same mix of events."""

from time import process_time
from uuid import uuid4

from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer

from bench.bare_worker import RUNNER as BARE_RUNNER
from bench.bare_worker import WORKFLOWS
from bench.deals import ROBOT_PAUSE, Numbers, play, played
from bench.figures import Row
from bench.ground import Ground
from bench.trace import histories, replay_on_bare
from workflows.temporal.converter import DATA_CONVERTER
from workflows.temporal.definitions import Deal, OrderLine
from workflows.temporal.guard import RefusalInterceptor
from workflows.temporal.sandbox import RUNNER

TIMES = 2  # a window


async def measure(at: Ground, rounds: int, numbers: Numbers) -> list[Row]:
    (number,) = numbers.take(1)
    await play(at.desk, number)
    deal = await played(at, number)
    id = f"bare-{uuid4().hex}"
    await (await replay_on_bare(at.client, id, deal.plan, deal.ops, ROBOT_PAUSE)).result()
    ours = deal.histories
    bare = await histories(at.client, id, len(deal.plan.lines))

    product = Replayer(
        workflows=[Deal, OrderLine],
        workflow_runner=RUNNER,
        interceptors=[RefusalInterceptor()],
        data_converter=DATA_CONVERTER,
    )
    floor = Replayer(workflows=WORKFLOWS, workflow_runner=BARE_RUNNER, data_converter=DATA_CONVERTER)
    windows = []
    for _ in range(rounds + 1):  # the first one warms up
        windows.append((await _seconds(product, ours), await _seconds(floor, bare)))
    events, floor_events = (sum(len(history.events) for history in some) for some in (ours, bare))
    return [
        Row(
            metric="replay",
            title="replay of a deal with its lines",
            unit="events/s",
            ours=[events / seconds for seconds, _ in windows[1:]],
            bare=[floor_events / seconds for _, seconds in windows[1:]],
            target=0.7,
            at_least=True,
            note=f"{events} events, bare {floor_events}; CPU time",
        ),
        Row(
            metric="replay",
            title="… time for the whole deal",
            unit="ms",
            ours=[seconds * 1000 for seconds, _ in windows[1:]],
            bare=[seconds * 1000 for _, seconds in windows[1:]],
        ),
    ]


async def _seconds(replayer: Replayer, some: list[WorkflowHistory]) -> float:
    start = process_time()
    for _ in range(TIMES):
        for history in some:
            await replayer.replay_workflow(history)
    return (process_time() - start) / TIMES
