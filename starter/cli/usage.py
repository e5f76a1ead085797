"""What is wrong with a command that was written wrongly, in the language it was written in."""

import re

from typer import BadParameter
from typer.exceptions import TyperException

from starter.cli.speaking import PLACES, Language

_HINTS = (
    (r"No such command ['\"](.*)['\"]\.(?: Did you mean (.*)\?)?", "Нет команды «{0}».", " Может быть, {1}?"),
    (r"Missing command\.", "Нужна команда.", ""),
    (r"Got unexpected extra argument\(s\) \((.*)\)", "Лишнее в команде: {0}", ""),
    (r"Option ['\"](.*)['\"] requires (?:an argument|\d+ arguments)\.", "Параметру {0} нужно значение.", ""),
    (r"Option ['\"](.*)['\"] does not take a value\.", "Параметр {0} не принимает значения.", ""),
    (r"Argument ['\"](.*)['\"] takes (\d+) values\.", "{0}: значений нужно {1}.", ""),
    (r"(?:Value error, )?(.*) is not one of (.*)\.", "{0}: нужно одно из: {1}.", ""),
)


def usage_words(error: TyperException, language: Language) -> str:
    """What is wrong with a command."""
    if language == "en":
        return error.format_message()
    match type(error).__name__:  # typer shows only one of them to the world
        case "NoSuchOption":
            near = ", ".join(sorted(getattr(error, "possibilities", None) or ()))
            return f"Нет параметра {getattr(error, 'option_name', '')}." + (
                f" Может быть, {near}?" if near else ""
            )
        case "MissingParameter":
            return f"Не указано: {_named(error)}."
    if isinstance(error, BadParameter):
        return f"{_named(error)}: {_why(error)}"
    return _russian(error.format_message())


def _why(error: BadParameter) -> str:
    """Typer asks pydantic whether a value fits."""
    from pydantic import ValidationError

    cause = error.__cause__
    if isinstance(cause, ValidationError):
        found = cause.errors(include_url=False)[0]
        if found["type"] != "value_error":
            from domain.wording.invalid import why

            return f"{why(found).ru}."
    return _russian(error.message)


def _named(error: TyperException) -> str:
    param = getattr(error, "param", None)
    if param is None:
        return str(getattr(error, "param_hint", None) or "значение")
    option = next((name for name in param.opts if name.startswith("--")), "")
    return option or str(PLACES.get(param.metavar, param.metavar) or param.name)


def _russian(words: str) -> str:
    for pattern, russian, more in _HINTS:
        if found := re.fullmatch(pattern, words.strip()):
            known = [group or "" for group in found.groups()]
            said = russian.format(*known) + (more.format(*known) if more and known[-1] else "")
            return said.replace("'", "")
    return words
