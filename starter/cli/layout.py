"""How rows fit a screen: as a table where it is wide enough, else as stacked cards."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, JustifyMethod, RenderableType, RenderResult
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from starter.cli.wrapping import breaks, words

WIDE = 100  # columns in which a table may wrap its words; in fewer a row becomes a card
NOTHING = "–"  # in a table, where an empty cell would leave doubts; dense cards leave it out
_BETWEEN = 2
_LONGEST = 40  # a longer word is somebody's junk, for which no table becomes cards

Cell = Text | str


class Prose:
    """A text whose amounts and moments stay whole, and so do phrases of `whole`."""

    def __init__(self, text: Cell, whole: Iterable[str] = ()) -> None:
        self.text, self.whole = _text(text), list(whole)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield from _lines(self.text, options.max_width, self.whole)


class Rows:
    """Columns numbered in `held` never wrap, and neither do phrases of `whole`. On a card each cell after the first ones, which are
    its `head`, has a line of its own, after its header if there are headers; `dense` cards put several on a line."""

    def __init__(
        self,
        rows: Iterable[Sequence[Cell]],
        headers: Sequence[str] = (),
        *,
        held: Iterable[int] = (),
        whole: Iterable[str] = (),
        numbers: int = 0,
        head: int = 2,
        style: str = "bold",
        dense: bool = False,
    ) -> None:
        self.rows = [[_text(cell) for cell in row] for row in rows]
        self.headers, self.held, self.whole = [Text(name) for name in headers], set(held), list(whole)
        self.numbers, self.head, self.style, self.dense = numbers, head, style, dense

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        widths = self._widths(options.max_width)
        if widths is not None:
            yield self._table(widths)
        else:
            for row in self.rows:
                yield from self._card(row)

    def _widths(self, room: int) -> list[int] | None:
        """Of each column; none where the rows don't fit a table."""
        columns = [*zip_longest(*([self.headers] if self.headers else []), *self.rows, fillvalue=Text())]
        widths = [max(map(_width, column)) for column in columns]
        least = [self._least(n, column) for n, column in enumerate(columns)]
        needed = room - _BETWEEN * len(columns)
        if sum(widths) > needed and (room < WIDE or sum(least) > needed):
            return None
        while sum(widths) > needed:
            widest = max((n for n in range(len(widths)) if widths[n] > least[n]), key=widths.__getitem__)
            widths[widest] -= 1
        return widths

    def _least(self, number: int, column: Sequence[Text]) -> int:
        """Columns that the longest word of a column needs, or the longest cell of one that is held."""
        headers = 1 if self.headers else 0
        measure = _width if number in self.held else self._longest
        return max([*map(self._longest, column[:headers]), *map(measure, column[headers:])])

    def _longest(self, cell: Text) -> int:
        lines = cell.plain.split("\n")
        lengths = (cell_len(word[0]) for line in lines for word in words(line, self.whole))
        return min(max(lengths, default=0), _LONGEST)

    def _table(self, widths: list[int]) -> Table:
        table = Table(
            box=None, padding=(0, _BETWEEN, 0, 0), show_header=bool(self.headers), header_style=self.style
        )
        for n, width in enumerate(widths):
            header = self._fitted(self.headers[n], width) if self.headers else ""
            justify: JustifyMethod = "right" if n >= len(widths) - self.numbers else "left"
            table.add_column(header, width=width, justify=justify, overflow="fold")
        for row in self.rows:
            table.add_row(*(self._fitted(cell, width) for cell, width in zip(row, widths, strict=False)))
        return table

    def _fitted(self, cell: Text, width: int) -> Text:
        return Text("\n").join(_lines(cell, width, self.whole))

    def _card(self, row: Sequence[Text]) -> Iterator[RenderableType]:
        if head := [Text(cell.plain, style="bold") for cell in row[: self.head] if cell]:
            yield Prose(Text(" ").join(head), self.whole)
        cells = [
            Text.assemble(self.headers[n], ": ", cell) if self.headers else cell
            for n, cell in enumerate(row)
            if n >= self.head and cell and not (self.dense and cell.plain == NOTHING)
        ]
        parts = (
            [Flow(cells, Text(" · "), self.whole)] if self.dense else [Prose(c, self.whole) for c in cells]
        )
        yield from (Padding(part, (0, 0, 0, 2)) for part in parts)


class Flow:
    """Parts one after the other, broken only between them where the line is full; a part that is longer than a line, as prose."""

    def __init__(self, parts: Iterable[Text], between: Text, whole: Iterable[str] = ()) -> None:
        self.parts, self.between, self.whole = list(parts), between, list(whole)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        line = Text()
        for part in self.parts:
            longer = Text.assemble(line, self.between, part) if line else part.copy()
            if line and longer.cell_len > options.max_width:
                yield Prose(line, self.whole)
                longer = part.copy()
            line = longer
        yield Prose(line, self.whole)


def _lines(text: Text, width: int, whole: Iterable[str]) -> Iterator[Text]:
    for paragraph in text.split("\n", allow_blank=True):
        for line in paragraph.divide(breaks(paragraph.plain, width, whole)):
            line.rstrip()
            yield line


def _text(cell: Cell) -> Text:
    return Text(cell) if isinstance(cell, str) else cell


def _width(cell: Text) -> int:
    return max((line.cell_len for line in cell.split("\n", allow_blank=True)), default=0)
