"""The language of the command line itself: its help, and what it says of a command that is written wrongly."""

import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextvars import ContextVar
from functools import partial
from typing import Any, Literal

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
_TYPES = {
    **dict.fromkeys(("<str>", "<list[str]>"), "<текст>"),
    **dict.fromkeys(("<int>", "<int range>", "<float>"), "<число>"),
    "<bool>": None,
}
PLACES = {
    "PERSON": "КТО",
    "WHO": "КТО",
    "WHO=TIMES": "КТО=РАЗ",
    "KEY": "КЛЮЧ",
    "SEQ": "НОМЕР",
    "WORDS": "СЛОВА",
    "QUESTION": "ВОПРОС",
    "DAY": "ДЕНЬ",
    "DATE": "ДАТА",
    "FILE": "ФАЙЛ",
    "NAME=VALUE": "ИМЯ=ЗНАЧЕНИЕ",
}
"""What stands for a value, and shows its place."""


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


def choose_language(args: Sequence[str]) -> Language:
    """For all that is said from here on."""
    language = language_asked(args, os.environ)
    _LANGUAGE.set(language)
    return language


def speak(command: Any, args: Sequence[str]) -> None:
    """From here on the command is in the language that was asked for, with its help and those below it."""
    language = choose_language(args)
    if any(arg in HELP_OPTIONS for arg in args) or _is_group(command, args):
        _speak_typer(language)
        if language == "ru":
            _translate(command)


HELP_OPTIONS = ("-h", "--help")


def _is_group(command: Any, args: Sequence[str]) -> bool:
    """Whether no command is named, and so its help is shown."""
    for arg in args:
        command = getattr(command, "commands", {}).get(arg, command)
    return hasattr(command, "commands")


def _speak_typer(language: Language) -> None:
    import typer.rich_utils as drawing

    for name, words in _TYPER.items():
        english = _ENGLISH.setdefault(name, getattr(drawing, name))
        setattr(drawing, name, words if language == "ru" else english)


_ENGLISH: dict[str, str] = {}


def _translate(command: Any) -> None:
    from starter.cli.russian import HELP, PANELS

    for part in parts(command):
        if hasattr(part, "get_usage"):
            part.get_usage = partial(_usage, part.get_usage)
        if hasattr(part, "display_type_rich"):
            part.display_type_rich = partial(_type, part.display_type_rich)
        if getattr(part, "metavar", None) in PLACES:
            part.metavar = PLACES[part.metavar]
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


def _usage(made: Callable[[Any], str], ctx: Any) -> str:
    return made(ctx).replace("Usage: ", "Использование: ", 1)


def _type(made: Callable[..., str | None], ctx: Any) -> str | None:
    """What a value must be, in words; of a switch nothing, and of a choice its names."""
    name = made(ctx=ctx)
    return _TYPES.get(name, name) if name else name


def _help_option(made: Callable[[Any], Any], help: Mapping[str, str], ctx: Any) -> Any:
    """Typer makes it anew for each command, and in English."""
    option = made(ctx)
    if option is not None:
        option.help = help.get(option.help, option.help)
        option.display_type_rich = partial(_type, option.display_type_rich)
    return option


def parts(command: Any) -> Iterator[Any]:
    """A command, its options, and all commands below it."""
    yield command
    yield from command.params
    for below in getattr(command, "commands", {}).values():
        yield from parts(below)
