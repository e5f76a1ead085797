"""The command line speaks the reader's language: help, and what is wrong with a command."""

import re

import pytest
import typer

from starter.cli.app import commands_app
from starter.cli.russian import HELP, PANELS
from starter.cli.speaking import language_asked, parts
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
    assert not re.search(r"Options|Arguments|default|required|Show this", russian.out)


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
