"""The doctor speaks Russian too: whatever stands in its code as a finding has its Russian words."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from starter.doctor import russian as catalog
from starter.doctor.finding import Finding
from starter.doctor.russian import WORDS, in_russian, russian
from starter.rooms import ROOT

_SAME = {"Temporal", "Bitrix24"}
_KNOWN = re.compile(
    r"`?\b(deal|temporal|python)\b( [-\w.]+)*`?|Temporal|Bitrix24|Dealwright|CRM|Web UI|DEALWRIGHT_\w+|dealwright-upkeep|\bN\b|ID"
)


def findings() -> Iterator[str]:
    """What is given to a `Finding` in so many words."""
    for file in (ROOT / "starter" / "doctor").glob("*.py"):
        if file != Path(catalog.__file__):
            for node in ast.walk(ast.parse(file.read_text())):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Finding":
                    yield from filter(None, map(_said, node.args))


def _said(node: ast.expr) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        parts = (str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
        return "".join(parts)
    return ""


def test_all_that_is_found_has_its_russian_words() -> None:
    said = set(findings()) - _SAME
    assert len(said) > 30
    assert {words for words in said if re.search("[a-z]", words) and words not in WORDS} == set()


@pytest.mark.parametrize("words", WORDS.values())
def test_it_is_russian(words: str) -> None:
    assert not re.search(r"[A-Za-z]{2,}", _KNOWN.sub("", words))


def test_values_are_kept_and_what_is_unknown_stays() -> None:
    finding = Finding("worker on deals", False, "at schema 4, the newest is 5", "Ask again in a moment.")
    assert in_russian(finding)[0::2] == ("обработчик очереди deals", "схема 4, новейшая 5")
    assert russian("12 running, the newest 5 were asked") == "идёт: 12, опрошены новейшие 5"
    assert russian("something else") == "something else"
