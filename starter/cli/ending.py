"""How a command ends: with data or one sentence, with its exit code, never with a traceback or a crash."""

import json
import os
import re
import sys
from collections.abc import Coroutine, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

import typer
import typer.core
from typer.exceptions import TyperException

from starter.cli.output import note
from starter.cli.speaking import Language, language_here, speak
from starter.cli.usage import usage_words
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
    def main(self, args: Sequence[str] | None = None, *rest: Any, **more: Any) -> Any:
        given = list(sys.argv[1:] if args is None else args)
        speak(self, given)
        return super().main(given, *rest, **more)

    def invoke(self, ctx: Any) -> Any:
        as_json = asks_for_json([*ctx._protected_args, *ctx.args], os.environ)
        with ended(as_json=as_json):
            try:
                return super().invoke(ctx)
            except TyperException as error:
                if not error.format_message() or not (as_json or language_here() == "ru"):
                    raise
                words = usage_words(error, language_here())
                if as_json:
                    _put_error({"code": "usage", "words": words}, error.exit_code)
                else:
                    at = getattr(error, "ctx", None) or ctx
                    note(f"{words} {at.command_path} --help")
                raise typer.Exit(error.exit_code) from None


def asks_for_json(args: Sequence[str], environ: Mapping[str, str]) -> bool:
    """Whether a program reads what comes: told before the options are parsed, as they may be what is wrong."""
    asked = environ.get("DEALWRIGHT_OUTPUT", "")
    for option, value in zip(args, [*args[1:], ""], strict=True):
        if option in ("-o", "--output"):
            asked = value
        elif found := re.fullmatch(r"(?:-o|--output=)(\w+)", option):
            asked = found[1]
    return asked.casefold() == "json"


@contextmanager
def ended(*, as_json: bool = False) -> Iterator[None]:
    """Turns what went wrong into one sentence on stderr, or one JSON object there, and an exit code."""
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
        if as_json:
            _put_error({"code": _code(error, code), "words": words, **_places(error)}, code)
        else:
            note(words)
        raise typer.Exit(code) from None


def _put_error(error: dict[str, Any], exit_code: int) -> None:
    typer.echo(
        json.dumps({"error": error | {"exit": int(exit_code)}}, ensure_ascii=False, indent=2), err=True
    )


def _code(error: Exception, exit_code: int) -> str:
    """A refusal's own name of its reason; else what the exit code means."""
    own = getattr(error, "code", "") if isinstance(error, DealwrightError) else ""
    return str(own or Exit(exit_code).name.lower())


def _places(error: Exception) -> dict[str, Any]:
    problems = getattr(error, "problems", None)
    return (
        {"problems": [{"place": p.place, "words": p.text.to(language_here())} for p in problems]}
        if problems
        else {}
    )


def _told(error: Exception) -> tuple[str, int]:
    language = language_here()
    if isinstance(error, DealwrightError):
        return error.to(language), error.exit_code
    if type(error).__name__ in ("BadOrder", "BadFile", "BadPlaybook"):
        return "\n".join(_problems(error, language)), Exit.USAGE
    if "RecordsUnavailable" in (kind.__name__ for kind in type(error).__mro__):
        return error.to(language), Exit.FAILED  # type: ignore[attr-defined]
    said = " ".join(str(error).split())[:300]
    what = f"{type(error).__name__}{': ' + said if said else ''}"
    words = {
        "ru": f"Случилось непредвиденное ({what}): DEALWRIGHT_DEBUG=1 перед командой покажет где.",
        "en": f"Something unexpected went wrong ({what}): DEALWRIGHT_DEBUG=1 before the command shows where.",
    }
    return words[language], Exit.FAILED


def _problems(error: Exception, language: Language) -> Iterator[str]:
    """One a line, each with its place."""
    return (problem.to(language) for problem in getattr(error, "problems", ()))
