"""How long the commands that people look with take, against an empty typer app: CPU and wall time, each from start to end."""

import asyncio
import os
import resource
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
from starter.stack.embedded import Stack, embedded_stack

DEALS = 20
TIMES = 2  # a window: the quicker of them counts, the others met something else
DEAL = Path(sys.executable).with_name("deal")
EMPTY = Path(__file__).with_name("empty_app.py")
COMMANDS = {
    "deal --help": (["--help"], 2.0),
    f"deal list, {DEALS} deals": (["list"], 1.6),
    "deal inbox": (["inbox", "--as", "director"], 1.6),
    "deal log": (["log", "1"], 1.6),
    "deal show": (["show", "1"], 2.2),
    "deal why": (["why", "1"], 2.2),
}
"""With the ratio that each may have."""

Cost = tuple[float, float]
"""CPU and wall time, in ms."""


async def measure(rounds: int) -> list[Row]:
    with tempfile.TemporaryDirectory(prefix="dealwright-bench-") as folder:
        settings = bench_settings(Path(folder))
        own = {name: value for name, value in os.environ.items() if not name.startswith("TEMPORAL_")}
        async with embedded_stack(settings) as stack:
            await _fill(stack, settings)
            return await asyncio.to_thread(_measure, rounds, own | settings.environment())


def _measure(rounds: int, env: dict[str, str]) -> list[Row]:
    empty = [sys.executable, str(EMPTY)]
    asked = [[str(DEAL), *args] for args, _ in COMMANDS.values()]
    windows = [[_cost(argv, env) for argv in (empty, *asked)] for _ in range(rounds + 1)][1:]
    return [row for n, title in enumerate(COMMANDS, 1) for row in _rows(title, n, windows)]


def _rows(title: str, n: int, windows: list[list[Cost]]) -> list[Row]:
    target = COMMANDS[title][1]
    return [
        Row(
            metric="cold",
            title=f"{title}: {name}",
            unit="ms",
            ours=[window[n][figure] for window in windows],
            bare=[window[0][figure] for window in windows],
            target=target,
        )
        for figure, name in enumerate(("CPU", "wall"))
    ]


def _cost(argv: list[str], env: dict[str, str]) -> Cost:
    costs = [_once(argv, env) for _ in range(TIMES)]
    return min(cpu for cpu, _ in costs), min(wall for _, wall in costs)


def _once(argv: list[str], env: dict[str, str]) -> Cost:
    before, start = _used(), perf_counter()
    subprocess.run(argv, env=env, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return (_used() - before) * 1000, (perf_counter() - start) * 1000


def _used() -> float:
    """CPU seconds of all children that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


async def _fill(stack: Stack, settings: Settings) -> None:
    """Some deals, in the records too."""
    desk = DealDesk(stack.client)
    for n in range(1, DEALS + 1):
        await desk.start(three_lines(str(n)))
    records = RecordQueries(settings.database_url)
    while len(records.deals(limit=DEALS)) < DEALS:  # noqa: ASYNC110 (other processes write them)
        await asyncio.sleep(0.2)
    records.close()
