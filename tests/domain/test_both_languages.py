"""All that the sources say to people stands there in both languages, and each of the two is one language."""

import ast
import re
from collections.abc import Iterator
from typing import NamedTuple

import pytest

from starter.rooms import ROOT
from tests.support.authors import names

ROOMS = ("domain", "workflows", "activities", "adapters", "records", "starter")
COMMANDS = re.compile(
    r"`[^`]*`|\bdeal [a-z-]+( (-o json|[a-z]+))?( --?[a-z-]+( [a-z0-9]+)?)*( N\b)?|\b(temporal|openssl|chmod|python|make|echo|git)( [^ ,:;)]+)+"
    r"|--?[a-z-]+( line-1:\w+)?|\b\w+://\S*|\S+@\S+|docs/\S+|\S+\.(md|yaml|py)\b|\b\d\d:\d\d:\d\dT?|T\d\d\b|\b1d=\w+"
)
"""What is typed as it stands."""
NAMES = re.compile(r"\b[A-Z][A-Z0-9_]{1,}\b|\{[a-z_]*\}|<[^>]+>|&[a-z]+;|\b[a-z]+_[a-z_]+\b|%\d[A-Z]|\bN\b")
"""Settings, abbreviations, blanks, and the fields of files and messages."""
OWN = {
    "Dealwright", "Temporal", "Bitrix24", "PostgreSQL", "SQLAlchemy", "Web", "Ctrl-C", "Unicode", "Message-", "Europe", "Moscow",
    "e-mail", "base64", "git", "webhook", "whsec_", "Troubleshooting", "workflow.patched", "limit.blobSize.error", "dealwright",
    "true", "false", "null", "json", "lines", "contact", "until", "since", "files", "smtp", "api", "all", "playbook", "approve",
    "reject", "bitrix24", "clone", "embedded", "imbot.v2", "originatorId",
}  # fmt: skip
"""Names that are the same everywhere, and what is written so in files and commands."""
QUOTED = re.compile(r"«[^»]*»|“[^”]*”|\b\d+(wd|wh|cd)\b")


class Said(NamedTuple):
    where: str
    ru: str
    en: str


def sayings() -> Iterator[Said]:
    """Every call with `ru=` and `en=` that are written out."""
    for room in ROOMS:
        for file in sorted((ROOT / room).rglob("*.py")):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call):
                    given = {word.arg: _literal(word.value) for word in node.keywords if word.arg}
                    ru, en = given.get("ru"), given.get("en")
                    if ru and en:
                        yield Said(f"{file.relative_to(ROOT)}:{node.lineno}", ru, en)


def _literal(node: ast.expr) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(str(p.value) if isinstance(p, ast.Constant) else "{}" for p in node.values)
    return ""


def prose(words: str) -> str:
    return NAMES.sub("", COMMANDS.sub("", QUOTED.sub("", words)))


def latin(words: str) -> list[str]:
    return [
        word for word in re.findall(r"[A-Za-z][\w.-]+", prose(words)) if word.rstrip(".") not in OWN | names()
    ]


def test_there_is_much_to_read() -> None:
    assert sum(1 for _ in sayings()) > 900


def test_no_russian_stands_in_the_english() -> None:
    found = [said for said in sayings() if re.search("[А-Яа-яЁё]{2,}", QUOTED.sub("", said.en))]
    assert [said for said in found if said.where.partition(":")[0] not in SPEAKS_OF_RUSSIAN] == []


SPEAKS_OF_RUSSIAN = {"domain/order/problems.py", "domain/goods/certificates.py"}
"""What shows a Russian certificate and the name of a Russian company as examples."""


def test_russian_has_no_english_in_it() -> None:
    found = {said.where: latin(said.ru) for said in sayings()}
    left = {where: words for where, words in found.items() if words}
    assert left == {}


ENGLISH_ONLY = {"why", "what", "said", "error", "role"}
"""What a library or a system says in English, and what only one of the two needs to say."""


@pytest.mark.parametrize("room", ROOMS)
def test_the_two_have_the_same_blanks(room: str) -> None:
    """Or one language would be told less."""
    for said in sayings():
        if said.where.startswith(room):
            ru, en = (set(re.findall(r"\{(\w+)\}", words)) for words in (said.ru, said.en))
            assert ru ^ en <= ENGLISH_ONLY, said
