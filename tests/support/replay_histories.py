"""Replays tests/histories/ on today's code; exits 1 if one does not fit: python -m tests.support.replay_histories"""

import asyncio
import sys

from temporalio.worker import Replayer

from tests.support.record_histories import FOLDER, read
from workflows.temporal.converter import DATA_CONVERTER
from workflows.temporal.definitions import Deal, OrderLine
from workflows.temporal.guard import RefusalInterceptor
from workflows.temporal.sandbox import RUNNER


async def replay() -> bool:
    replayer = Replayer(
        workflows=[Deal, OrderLine],
        data_converter=DATA_CONVERTER,
        interceptors=[RefusalInterceptor()],
        workflow_runner=RUNNER,
    )
    fits = True
    for path in sorted(FOLDER.rglob("*.json.gz")):
        result = await replayer.replay_workflow(read(path), raise_on_replay_failure=False)
        fits = fits and not result.replay_failure
        print(f"{path.relative_to(FOLDER)}: {result.replay_failure or 'replays'}")
    return fits


if __name__ == "__main__":
    sys.exit(0 if asyncio.run(replay()) else 1)
