"""The command line speaks the reader's language: help, and what is wrong with a command."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import typer
from typer.exceptions import TyperException

from starter.cli.app import commands_app
from starter.cli.russian import HELP, PANELS
from starter.cli.speaking import language_asked, parts
from starter.cli.usage import usage_words
from tests.starter.conftest import run_deal

_KNOWN = re.compile(
    r"line-\d:\w+|--?[a-z-]+|[`A-Z_]{2,}|`[^`]*`|\b(deal|Dealwright|Temporal|Web UI|Ctrl-C|bitrix24|Bitrix24|bounced|client|operator|contract|"
    r"approval|milestone\.paid|line|lines|NAME|VALUE|YAML|JSON|git|manager=\S+|Temporal)\b|line-\d:\w+"
)


@pytest.fixture(scope="module")
def tree() -> object:
    return typer.main.get_command(commands_app())


def test_all_help_has_its_russian_words(tree: object) -> None:
    said = [getattr(part, name, None) for part in parts(tree) for name in ("help", "epilog")]
    assert [words for words in said if words and words not in HELP] == []
    panels = {str(getattr(part, "rich_help_panel", "")) for part in parts(tree)}
    assert panels >= PANELS.keys()


def test_russian_help_has_no_english_in_it() -> None:
    for words in HELP.values():
        assert not re.search(r"[A-Za-z]{2,}", _KNOWN.sub("", words)), words


@pytest.mark.parametrize(
    ("args", "environ", "language"),
    [
        ([], {}, "ru"), ([], {"DEALWRIGHT_LANG": "en"}, "en"), (["--lang", "en"], {}, "en"),
        (["list", "--lang=EN", "--help"], {}, "en"), (["--lang", "ru"], {"DEALWRIGHT_LANG": "en"}, "ru"), (["--lang"], {}, "ru"),
    ],
)  # fmt: skip
def test_the_language_is_known_before_the_options_are_read(
    args: list[str], environ: dict[str, str], language: str
) -> None:
    assert language_asked(args, environ) == language


@pytest.mark.parametrize("args", [("show", "--help"), ("--help",), ("doctor", "--help"), ("up", "--help")])
def test_help_comes_in_both_languages(args: tuple[str, ...]) -> None:
    russian, english = run_deal("--lang", "ru", *args), run_deal("--lang", "en", *args)
    assert russian.code == english.code == 0
    assert re.search("[а-я]", russian.out)
    assert not re.search("[а-яА-Я]", english.out)
    assert not re.search(r"Usage|Options|Arguments|default|required|Show this|<(str|int|bool)", russian.out)


def test_a_group_without_its_command_shows_its_help_in_the_readers_language() -> None:
    russian, english = (run_deal("money", DEALWRIGHT_LANG=language) for language in ("ru", "en"))
    assert "Использование: deal money" in russian.out + russian.err
    assert "Usage: deal money" in english.out + english.err


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("lst",), "Нет команды «lst»"),
        (("show",), "Не указано: N"),
        (("list", "--limit", "many"), "нужно целое число"),
        (("list", "--ovrdue"), "Нет параметра --ovrdue"),
        (("cancel", "7"), "Не указано: --reason"),
    ],
)
def test_what_is_wrong_with_a_command_is_said_in_russian(args: tuple[str, ...], words: str) -> None:
    outcome = run_deal(*args, DEALWRIGHT_LANG="ru")
    assert outcome.code == 2
    assert words in outcome.err


def misused(command: Any) -> Iterator[list[str]]:
    """Every way to write it wrongly: nothing, too much, options that are not there, without and with a value that is none."""
    yield from ([], ["--nonsense"], ["--lag", "en"], ["x"] * 9)
    for param in command.params:
        for option in param.opts:
            if option.startswith("--"):
                yield from (
                    [option],
                    [option, "\x00?"],
                    [f"{option}=x y"],
                    [option, "99999999"],
                    [option, "-1"],
                )


def leaves(command: Any, *path: str) -> Iterator[tuple[str, Any]]:
    below = getattr(command, "commands", {})
    if not below:
        yield " ".join(path), command
    for name, one in below.items():
        yield from leaves(one, *path, name)


def test_whatever_is_wrong_with_any_command_is_said_in_russian(tree: object) -> None:
    kinds = set()
    for path, command in leaves(tree):
        for args in misused(command):
            try:
                command.make_context(path, list(args))
            except TyperException as error:
                words = usage_words(error, "ru")
                kinds.add(type(error).__name__)
                told = re.sub(r"x y|\\x00|--?[a-z-]+|[A-Z]{1,4}\b|: [a-z0-9_|, ]+\.$", "", words)
                assert re.search("[а-я]", words), (path, args, words)
                assert not re.search(r"[A-Za-z]{2,}|Value error", told), (path, args, words)
            except (typer.Exit, typer.Abort):
                continue
    assert kinds >= {"MissingParameter", "NoSuchOption", "BadParameter", "BadOptionUsage", "UsageError"}
