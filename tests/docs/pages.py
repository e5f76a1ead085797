"""The pages of the documentation, and the tables in them that are drawn from the code.

    <!-- table: stages -->
    | … |
    <!-- end -->

The code gives a table's first columns; the `told` ones are written by hand and kept when the table is drawn again:
DOCS_REWRITE=1 python -m pytest tests/docs/test_tables.py
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from starter.rooms import ROOT

UNTOLD = "…"
MAKEFILE = ROOT / "Makefile"

Row = tuple[str, ...]


def pages() -> list[Path]:
    return [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]


def text(page: str) -> str:
    return (ROOT / page).read_text()


@dataclass(frozen=True)
class Table:
    """`rows` are what the code knows; each row's first cell is its own."""

    page: str
    name: str
    heads: Row
    rows: Callable[[], Iterable[Row]]
    told: Row = ()

    def __str__(self) -> str:
        return f"{self.page}: {self.name}"

    def drawn(self) -> str:
        told = self._told()
        rows = [(*row, *told.get(row[0], (UNTOLD,) * len(self.told))) for row in self.rows()]
        heads = (*self.heads, *self.told)
        return "\n".join(map(_line, [heads, ("---",) * len(heads), *rows]))

    def on_page(self) -> str:
        found = self._block().search(text(self.page))
        return found[2].strip("\n") if found else f"there is no <!-- table: {self.name} --> in {self.page}"

    def rewrite(self) -> None:
        drawn = self.drawn()
        written = self._block().sub(lambda found: f"{found[1]}\n{drawn}\n{found[3]}", text(self.page))
        (ROOT / self.page).write_text(written)

    def _block(self) -> re.Pattern[str]:
        return re.compile(rf"(<!-- table: {re.escape(self.name)} -->)\n(.*?)\n?(<!-- end -->)", re.DOTALL)

    def _told(self) -> dict[str, Row]:
        rows = [cells(line) for line in self.on_page().splitlines()[2:]] if self.told else []
        width = len(self.heads) + len(self.told)
        return {row[0]: row[len(self.heads) :] for row in rows if len(row) == width}


def cells(line: str) -> Row:
    inner = line.strip().removeprefix("|").removesuffix("|")
    return tuple(cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", inner))


def code(word: object) -> str:
    return f"`{word}`"


def _line(row: Row) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |"
