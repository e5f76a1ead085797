"""The results as tables: for the terminal, and for docs/explanation/performance.md."""

import re
from collections.abc import Iterable
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.figures import Part, Row, Spread
from bench.obstacles import OBSTACLES
from bench.results import Conditions, Results
from starter.rooms import ROOT

PAGE = ROOT / "docs" / "explanation" / "performance.md"
BEGIN, END = "<!-- written by `make bench`: begin -->", "<!-- written by `make bench`: end -->"
MARKS = {"met": "[green]met[/]", "missed": "[red]missed[/]", "": ""}
HEADINGS = ("", "Dealwright", "bare", "ratio", "target", "")
PART_HEADINGS = ("cause", "count", "events", "actions", "floor: count", "events", "actions")


def draw(results: Results, console: Console) -> None:
    table = Table(*HEADINGS, title="Dealwright against bare Temporal workflows", title_justify="left")
    for row in results.rows:
        table.add_row(*_cells(row), MARKS[row.verdict])
    if results.rows:
        console.print(table)
    if results.parts:
        parts = Table(*PART_HEADINGS, title="Where a deal's events and actions go", title_justify="left")
        for cells in _part_rows(results.parts):
            parts.add_row(*cells)
        console.print(parts)
    for words in _missed(results.rows):
        console.print(words)
    for row in results.rows:
        if row.note:
            console.print(f"[dim]{row.title}: {row.note}[/]")


def write_page(results: Results, page: Path = PAGE) -> None:
    """Between the two marks; what people wrote around them stays."""
    text = page.read_text()
    written = "\n".join([BEGIN, "", *_page(results), "", END])
    page.write_text(
        re.sub(f"{re.escape(BEGIN)}.*?{re.escape(END)}", lambda _: written, text, count=1, flags=re.DOTALL)
    )


def _page(results: Results) -> list[str]:
    rows = [
        [*_cells(row), f"**{row.verdict}**" if row.verdict == "missed" else row.verdict]
        for row in results.rows
    ]
    return [
        _how(results.conditions),
        "",
        *_markdown(HEADINGS, rows),
        "",
        *[f"- {words}" for words in _missed(results.rows)],
        "",
        "Tails: "
        + "; ".join(
            f"{row.title}: {row.note}"
            for row in results.rows
            if row.metric in ("latency", "intake", "portal") and row.note
        )
        + ".",
        "",
        "### Where a deal's events and actions go",
        "",
        *_markdown(PART_HEADINGS, _part_rows(results.parts)),
    ]


def _missed(rows: Iterable[Row]) -> list[str]:
    """Each metric that missed a target, with what stands in the way."""
    metrics = dict.fromkeys(row.metric for row in rows if row.verdict == "missed")
    return [f"What stands in the way ({metric}): {OBSTACLES[metric]}" for metric in metrics]


def _how(taken: Conditions) -> str:
    quiet = "quiet" if taken.busy <= 0.2 else f"busy (load {taken.busy} a core)"
    pinned = "server on one core, workers on another" if taken.pinned else "nothing pinned to a core"
    return (
        f"Taken {taken.taken_at:%Y-%m-%d %H:%M} UTC in {taken.minutes:.0f} minutes, {taken.rounds} rounds, on "
        f"{taken.cores} cores of a {quiet} machine, {pinned}; {taken.system}, Python {taken.python}, "
        f"Temporal Python SDK {taken.sdk}, Temporal CLI {taken.temporal}."
    )


def _cells(row: Row) -> list[str]:
    target = "" if row.target is None else f"{'≥' if row.at_least else '≤'} {row.target:g}"
    return [
        row.title,
        _spread(Spread.of(row.ours), row.unit),
        _spread(Spread.of(row.bare), row.unit),
        f"{row.ratio.median:.2f} ({row.ratio.low:.2f}–{row.ratio.high:.2f})",
        target,
    ]


def _spread(spread: Spread, unit: str) -> str:
    return f"{_number(spread.median)} {unit} ({_number(spread.low)}–{_number(spread.high)})".replace(
        "  ", " "
    )


def _number(value: float) -> str:
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"


def _part_rows(parts: Iterable[Part]) -> list[list[str]]:
    names = [name for name in Part.model_fields if name != "cause"]
    rows = [[part.cause, *(_number(getattr(part, name)) for name in names)] for part in parts]
    totals = [_number(sum(getattr(part, name) for part in parts)) for name in names]
    counts = ("count", "floor_count")
    return [
        *rows,
        ["all", *("" if name in counts else total for name, total in zip(names, totals, strict=True))],
    ]


def _markdown(headings: Iterable[str], rows: Iterable[Iterable[str]]) -> list[str]:
    lines = [list(headings), *map(list, rows)]
    drawn = [f"| {' | '.join(cells)} |" for cells in lines]
    return [drawn[0], f"|{'---|' * len(lines[0])}", *drawn[1:]]
