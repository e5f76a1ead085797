"""python -m bench [--only NAME] [--rounds N]: measures, prints a table; a whole run writes JSON and docs/explanation/performance.md."""

import argparse
import asyncio
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from time import monotonic

from rich.console import Console

from bench import (
    cold,
    history,
    intake,
    latency,
    memory,
    portal_events,
    replay,
    statements,
    statements_told,
    throughput,
)
from bench.deals import Numbers
from bench.drawing import PAGE, draw, write_page
from bench.figures import Part, Row
from bench.ground import bench_settings, ground
from bench.results import LATEST, Results, conditions
from starter.errors import DealwrightError, said
from starter.rooms import ROOT
from starter.stack.temporal_cli import find_temporal

Measure = Callable[[Results, int], Awaitable[None]]
console = Console()


async def _desk(results: Results, rounds: int, names: set[str]) -> None:
    """What one ground serves: it is quick to warm, and each metric leaves it as it was."""
    numbers = Numbers()
    async with ground() as at:
        if "history" in names:
            rows, parts = await history.measure(at, rounds, numbers)
            _took(results, rows, parts)
        if "replay" in names:
            _took(results, await replay.measure(at, rounds, numbers))
        if "throughput" in names:
            _took(results, await throughput.measure(at, rounds, numbers))
        if "latency" in names:
            _took(results, await latency.measure(at, rounds, numbers))
    if "latency" in names:
        async with ground(quick=False) as at:
            _took(results, await latency.measure(at, max(rounds // 3, 1), Numbers(), quick=False))


async def _memory(results: Results, rounds: int, names: set[str]) -> None:
    async with ground() as at:
        _took(results, await memory.measure(at, rounds, Numbers()))


async def _cold(results: Results, rounds: int, names: set[str]) -> None:
    _took(results, await cold.measure(rounds))


async def _intake(results: Results, rounds: int, names: set[str]) -> None:
    async with ground(web=True) as at:
        _took(results, await intake.measure(at, rounds))


async def _portal(results: Results, rounds: int, names: set[str]) -> None:
    _took(results, await portal_events.measure(rounds))


async def _statement(results: Results, rounds: int, names: set[str]) -> None:
    _took(results, await statements.measure(rounds))
    async with ground() as at:
        _took(results, await statements_told.measure(at, rounds, Numbers()))


PARTS: dict[frozenset[str], Callable[[Results, int, set[str]], Awaitable[None]]] = {
    frozenset({"history", "replay", "throughput", "latency"}): _desk,
    frozenset({"intake"}): _intake,
    frozenset({"portal"}): _portal,
    frozenset({"statement"}): _statement,
    frozenset({"memory"}): _memory,
    frozenset({"cold"}): _cold,
}
NAMES = sorted(name for part in PARTS for name in part)


def _took(results: Results, rows: list[Row], parts: list[Part] | None = None) -> None:
    results.rows += rows
    results.parts += parts or []
    console.print(f"[dim]{datetime.now(UTC):%H:%M:%S} {rows[0].metric}: {len(rows)} figures[/]")


async def run(names: set[str], rounds: int) -> Results:
    results = Results(conditions=conditions(rounds, find_temporal(bench_settings(ROOT)).version))
    started = monotonic()
    for part, measure in PARTS.items():
        if part & names:
            await measure(results, rounds, names)
    results.conditions.minutes = (monotonic() - started) / 60
    return results


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument(
        "--only", action="append", choices=NAMES, help="a part of it; nothing is written then"
    )
    parser.add_argument("--rounds", type=int, default=7, help="windows of each side")
    given = parser.parse_args()
    try:
        results = asyncio.run(run(set(given.only or NAMES), given.rounds))
    except DealwrightError as error:
        sys.exit(said(error))
    draw(results, console)
    if not given.only:
        results.write()
        write_page(results)
        console.print(f"Written: {LATEST.relative_to(ROOT)}, {PAGE.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
