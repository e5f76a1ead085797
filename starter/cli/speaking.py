"""The language of the command line itself: its help, and what it says of a command that is written wrongly."""

import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextvars import ContextVar
from functools import partial
from typing import Any, Literal

from typer import BadParameter
from typer.exceptions import TyperException

Language = Literal["ru", "en"]
ENVVAR = "DEALWRIGHT_LANG"
DEFAULT: Language = "ru"

_TYPER = {
    "DEFAULT_STRING": "[по умолчанию: {}]",
    "ENVVAR_STRING": "[переменная: {}]",
    "REQUIRED_LONG_STRING": "[обязательно]",
    "ARGUMENTS_PANEL_TITLE": "Аргументы",
    "OPTIONS_PANEL_TITLE": "Параметры",
    "COMMANDS_PANEL_TITLE": "Команды",
    "ERRORS_PANEL_TITLE": "Ошибка",
    "ABORTED_TEXT": "Прервано.",
    "RICH_HELP": "Справка: [blue]'{command_path} {help_option}'[/].",
}
"""Words of typer's own, by the names it keeps them under."""
_HINTS = (
    (r"No such command ['\"](.*)['\"]\.(?: Did you mean (.*)\?)?", "Нет команды «{0}».", " Может быть, {1}?"),
    (r"Missing command\.", "Нужна команда.", ""),
    (r"Got unexpected extra arguments? \((.*)\)", "Лишнее в команде: {0}", ""),
    (r"Option ['\"](.*)['\"] requires (?:an argument|\d+ arguments)\.", "Параметру {0} нужно значение.", ""),
    (r"(.*) is not one of (.*)\.", "{0}: нужно одно из: {1}.", ""),
    (r"Input should be a valid integer.*", "нужно целое число.", ""),
    (r"Input should be greater than or equal to (.*)", "нужно не меньше {0}.", ""),
    (r"Input should be less than or equal to (.*)", "нужно не больше {0}.", ""),
    (r"(.*) is not in the range (.*)\.", "{0}: вне границ {1}.", ""),
    (r"File (.*) does not exist\.", "Файла {0} нет.", ""),
)


def language_asked(args: Sequence[str], environ: Mapping[str, str]) -> Language:
    """Told before the options are parsed: help and errors come from parsing. Russian, if nothing says otherwise."""
    asked = environ.get(ENVVAR, DEFAULT)
    for option, value in zip(args, [*args[1:], ""], strict=False):
        if option == "--lang":
            asked = value
        elif found := re.fullmatch(r"--lang=(\w+)", option):
            asked = found[1]
    return "en" if asked.casefold() == "en" else DEFAULT


_LANGUAGE: ContextVar[Language] = ContextVar("language", default=DEFAULT)


def language_here() -> Language:
    """Of whoever typed the command that runs."""
    return _LANGUAGE.get()


def speak(command: Any, args: Sequence[str]) -> None:
    """From here on the command is in the language that was asked for, with its help and those below it."""
    language = language_asked(args, os.environ)
    _LANGUAGE.set(language)
    if any(arg in HELP_OPTIONS for arg in args) or not args:
        _speak_typer(language)
        if language == "ru":
            _translate(command)


HELP_OPTIONS = ("-h", "--help")


def _speak_typer(language: Language) -> None:
    import typer.rich_utils as drawing

    for name, words in _TYPER.items():
        english = _ENGLISH.setdefault(name, getattr(drawing, name))
        setattr(drawing, name, words if language == "ru" else english)


_ENGLISH: dict[str, str] = {}


def _translate(command: Any) -> None:
    from starter.cli.russian import HELP, PANELS

    for part in parts(command):
        for attribute in ("help", "epilog", "short_help"):
            if said := getattr(part, attribute, None):
                setattr(part, attribute, HELP.get(said, said))
        panel = getattr(part, "rich_help_panel", None)
        if panel in PANELS:
            part.rich_help_panel = PANELS[panel]
        if hasattr(part, "get_help_option"):
            part.get_help_option = partial(_help_option, part.get_help_option, HELP)
        if getattr(part, "options_metavar", None):
            part.options_metavar = "[ПАРАМЕТРЫ]"
        if getattr(part, "subcommand_metavar", None):
            part.subcommand_metavar = "КОМАНДА [АРГУМЕНТЫ]…"


def _help_option(made: Callable[[Any], Any], help: Mapping[str, str], ctx: Any) -> Any:
    """Typer makes it anew for each command, and in English."""
    option = made(ctx)
    if option is not None:
        option.help = help.get(option.help, option.help)
    return option


def parts(command: Any) -> Iterator[Any]:
    """A command, its options, and all commands below it."""
    yield command
    yield from command.params
    for below in getattr(command, "commands", {}).values():
        yield from parts(below)


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
        return f"{_named(error)}: {_russian(error.message)}"
    return _russian(error.format_message())


def _named(error: TyperException) -> str:
    param = getattr(error, "param", None)
    if param is None:
        return str(getattr(error, "param_hint", None) or "значение")
    option = next((name for name in param.opts if name.startswith("--")), "")
    return option or str(param.metavar or param.name)


def _russian(words: str) -> str:
    for pattern, russian, more in _HINTS:
        if found := re.fullmatch(pattern, words.strip()):
            known = [group or "" for group in found.groups()]
            return russian.format(*known) + (more.format(*known) if more and known[-1] else "")
    return words
