"""How rows fit a screen: as a table where it is wide enough, else as stacked cards; amounts and moments never split."""

import re
import textwrap
from collections.abc import Iterable, Iterator, Sequence

from rich.console import Console, ConsoleOptions, RenderResult
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

WIDE = 100  # columns in which a table may wrap its words; in fewer a row becomes a card
_NBSP = "\N{NO-BREAK SPACE}"
_HELD = re.compile(r"\d{1,2}[. ](\d\d|[A-Z][a-z]{2})[. ]\d{4}( \d\d:\d\d(:\d\d)?)?")

Cell = Text | str


class Rows:
    """Columns numbered in `held` never wrap. On a card each cell has a line of its own, after its header if there are headers."""

    def __init__(
        self,
        rows: Iterable[Sequence[Cell]],
        headers: Sequence[str] = (),
        *,
        held: Iterable[int] = (),
        numbers: int = 0,
        style: str = "bold",
    ) -> None:
        self.rows, self.headers, self.held = [list(row) for row in rows], list(headers), set(held)
        self.numbers, self.style = numbers, style

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        table = self._table()
        if options.max_width >= WIDE or self._width(table, console, options) <= options.max_width:
            yield table
        else:
            for row in self.rows:
                yield from self._card(row)

    def _width(self, table: Table, console: Console, options: ConsoleOptions) -> int:
        return Measurement.get(console, options.update(width=10_000, max_width=10_000), table).maximum

    def _table(self) -> Table:
        table = Table(box=None, padding=(0, 2, 0, 0), show_header=bool(self.headers), header_style=self.style)
        count = max([len(self.headers), *map(len, self.rows)], default=0)
        for n in range(count):
            table.add_column(
                self.headers[n] if self.headers else "",
                no_wrap=n in self.held,
                justify="right" if n >= count - self.numbers else "left",
            )
        for row in self.rows:
            table.add_row(*row)
        return table

    def _card(self, row: Sequence[Cell]) -> Iterator[Text]:
        first = Text(" ").join(Text(str(cell), style="bold") for cell in row[:2] if str(cell))
        yield first
        for n, cell in enumerate(row[2:], start=2):
            if str(cell):
                label = f"{self.headers[n]}: " if self.headers else ""
                yield Text.assemble("  ", label, cell if isinstance(cell, Text) else Text(cell))


class Flow:
    """Parts one after the other, broken only between them where the line is full."""

    def __init__(self, parts: Iterable[Text], between: Text) -> None:
        self.parts, self.between = list(parts), between

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        line = Text()
        for part in self.parts:
            longer = Text.assemble(line, self.between, part) if line else part.copy()
            if line and longer.cell_len > options.max_width:
                yield line
                longer = part.copy()
            line = longer
        yield line


def wrapped(words: str, width: int) -> str:
    """At spaces only, and at none inside an amount or a moment."""
    held = _HELD.sub(lambda found: found[0].replace(" ", _NBSP), words)
    return textwrap.fill(held, width, break_long_words=False, break_on_hyphens=False)
