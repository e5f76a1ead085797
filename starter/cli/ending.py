"""How a command ends: with data or one sentence, with its exit code, never with a traceback or a crash."""

import os
import sys
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import typer
import typer.core
from typer.exceptions import TyperException

from starter.errors import DealwrightError, Exit

T = TypeVar("T")

# A client process that leaves right after a call crashes in one run of ten: the SDK's threads race the interpreter
# (temporalio/sdk-python#300). This much time, last in the loop, lets them finish.
SETTLE_SECONDS = 0.05


def run_async(work: Coroutine[Any, Any, T]) -> T:
    """Every command that speaks to Temporal goes through here."""
    import asyncio

    async def settled() -> T:
        try:
            return await work
        finally:
            await asyncio.sleep(SETTLE_SECONDS)

    try:
        return asyncio.run(settled())
    except asyncio.CancelledError:
        raise typer.Exit(Exit.INTERRUPTED) from None


class DealGroup(typer.core.TyperGroup):
    def invoke(self, ctx: Any) -> Any:
        with ended():
            return super().invoke(ctx)


@contextmanager
def ended() -> Iterator[None]:
    """Turns what went wrong into one sentence on stderr and an exit code."""
    try:
        yield
    except (typer.Exit, typer.Abort, TyperException):
        raise
    except KeyboardInterrupt:
        raise typer.Exit(Exit.INTERRUPTED) from None
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # nobody reads on: `deal list | head`
        raise typer.Exit(Exit.OK) from None
    except Exception as error:
        if os.environ.get("DEALWRIGHT_DEBUG"):
            raise
        words, code = _told(error)
        typer.echo(words, err=True)
        raise typer.Exit(code) from None


def _told(error: Exception) -> tuple[str, int]:
    if isinstance(error, DealwrightError):
        return error.words, error.exit_code
    if type(error).__name__ in ("BadOrder", "BadFile", "BadPlaybook"):
        return "\n".join(_problems(error)), Exit.USAGE
    if type(error).__name__ == "RecordsUnavailable":
        return str(error), Exit.FAILED
    said = " ".join(str(error).split())[:300]
    return (
        f"Something unexpected went wrong ({type(error).__name__}{': ' + said if said else ''}): "
        "DEALWRIGHT_DEBUG=1 before the command shows where.",
        Exit.FAILED,
    )


def _problems(error: Exception) -> Iterator[str]:
    """One a line, each with its place."""
    problems = getattr(error, "problems", None) or [error]
    return (str(problem) for problem in problems)
