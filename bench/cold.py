"""How long the `deal` command takes to answer, against an empty typer app."""

import asyncio
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter

from bench.deals import three_lines
from bench.figures import Row
from bench.ground import bench_settings
from records.queries import RecordQueries
from starter.desk import DealDesk
from starter.settings import Settings
from starter.stack.embedded import embedded_stack

DEALS = 20
TIMES = 2  # a window: the quicker of them counts, the others met something else
DEAL = Path(sys.executable).with_name("deal")
EMPTY = Path(__file__).with_name("empty_app.py")


async def measure(rounds: int) -> list[Row]:
    with tempfile.TemporaryDirectory(prefix="dealwright-bench-") as folder:
        settings = bench_settings(Path(folder))
        await _fill(settings)
        return await asyncio.to_thread(_measure, rounds, {**os.environ, **settings.environment()})


def _measure(rounds: int, env: dict[str, str]) -> list[Row]:
    empty, help, listing = ([sys.executable, str(EMPTY)], [str(DEAL), "--help"], [str(DEAL), "list"])
    windows = [[_ms(argv, env) for argv in (empty, help, listing)] for _ in range(rounds + 1)][1:]
    bare = [window[0] for window in windows]
    return [
        Row(metric="cold", title=title, unit="ms", ours=[w[n] for w in windows], bare=bare, target=target)
        for n, title, target in ((1, "deal --help", 2.0), (2, f"deal list, {DEALS} deals", 4.0))
    ]


def _ms(argv: list[str], env: dict[str, str]) -> float:
    return min(_once(argv, env) for _ in range(TIMES))


def _once(argv: list[str], env: dict[str, str]) -> float:
    start = perf_counter()
    subprocess.run(argv, env=env, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return (perf_counter() - start) * 1000


async def _fill(settings: Settings) -> None:
    """Some deals in the records; then nothing runs any more."""
    async with embedded_stack(settings) as stack:
        desk = DealDesk(stack.client)
        for n in range(1, DEALS + 1):
            await desk.start(three_lines(str(n)))
        records = RecordQueries(settings.database_url)
        while len(records.deals(limit=DEALS)) < DEALS:  # noqa: ASYNC110 (other processes write them)
            await asyncio.sleep(0.2)
        records.close()
