"""Data on stdout, everything else on stderr."""

import json
import os
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import typer

from starter.cli.speaking import language_here

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from domain.words import Text

PIPE_WIDTH = 160  # columns of a table that no terminal limits


def console() -> "Console":
    """Names come from clients and the public form: `[/b]` and `:x:` are what somebody typed, and nothing else."""
    from rich.console import Console

    return Console(
        highlight=False,
        markup=False,
        emoji=False,
        width=None if sys.stdout.isatty() or os.environ.get("COLUMNS") else PIPE_WIDTH,
    )


def screen_width() -> int | None:
    """Columns that sentences wrap in; none where nobody's screen limits them."""
    limited = sys.stdout.isatty() or os.environ.get("COLUMNS")
    return shutil.get_terminal_size().columns if limited else None


@contextmanager
def in_place() -> "Iterator[Callable[[RenderableType], None]]":
    """Puts one drawing over the last on a terminal; elsewhere below it."""
    screen = console()
    if not screen.is_terminal:
        yield screen.print
        return
    from rich.live import Live

    with Live(console=screen, auto_refresh=False) as live:
        yield lambda drawing: live.update(drawing, refresh=True)


def put_words(words: str, *, whole: Iterable[str] = (), indent: int = 0) -> None:
    """A sentence, in lines that fit the screen. `whole`: phrases that stay on one; `indent`: of all lines but the first."""
    width = screen_width()
    if width is None:
        typer.echo(words)
        return
    from starter.cli.wrapping import wrapped

    typer.echo(wrapped(words, width, whole=whole, indent=indent))


def put_json(data: Any) -> None:
    typer.echo(json.dumps(data, ensure_ascii=False, indent=2, default=str))


@contextmanager
def problems_as_json(asked: bool) -> Iterator[None]:
    """Where JSON is `asked` for, what is wrong with a file goes to stdout as data; else it is raised."""
    from activities.files import BadFile
    from starter.errors import Exit

    try:
        yield
    except BadFile as bad:
        if not asked:
            raise
        language = language_here()
        found = [{"place": one.place, "words": one.text.to(language)} for one in bad.problems]
        put_json({"ok": False, "problems": found})
        raise typer.Exit(Exit.USAGE) from None


def note(words: str) -> None:
    """Something for the person, that no program should read as data: in lines that fit the screen. A command stays on one line, so
    that it can be copied; one that is longer than a line is left to the terminal."""
    limited = sys.stderr.isatty() or os.environ.get("COLUMNS")
    if limited and words.strip():
        from starter.cli.wrapping import said_whole

        words = said_whole(words, shutil.get_terminal_size().columns)
    typer.echo(words, err=True)


@contextmanager
def busy(words: "Text") -> Iterator[None]:
    """Shows on a terminal that work goes on, where it may last."""
    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console

    with Console(stderr=True, markup=False, emoji=False).status(words.to(language_here())):
        yield
