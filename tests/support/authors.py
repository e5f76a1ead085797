"""What authors of a playbook, of the people's file or of a message may meet: the names that they write themselves, and prose."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from domain.words import Language, Text

PLAYBOOKS = Path(__file__).resolve().parents[2] / "playbooks"
_NAME = re.compile(r"[A-Za-z][\w.-]*")
_QUOTED = re.compile(r"«[^»]*»|“[^”]*”")
_EXAMPLE = re.compile(r"https?://\S+|\S+@\S+|\d{4}-\d\d-\d\dT\S+|\b\d+d=\w+|\{[^}]*\}|\b\d+(wd|wh|cd)\b|P30D")
_KNOWN = {
    "YAML", "JSON", "UTF-8", "ASCII", "Unicode", "UUID", "QR", "KB", "MB", "RU", "RUB", "Europe/Moscow", "people.yaml",
    "e-mail", "null", "true", "false", "id", "list", "type", "РЗН", "ООО", "Клиника",
}  # fmt: skip
"""Names of formats, words of a file, and examples."""
_OTHER = {"ru": re.compile(r"[A-Za-z]{2,}"), "en": re.compile(r"[А-Яа-яЁё]{2,}")}


def foreign(text: Text, *written: str) -> list[str]:
    """The words of another language in each of its two; `written` are names that stand in the file or in the message."""
    return [
        f"{language}: {word} in {said}"
        for language, said in _both(text)
        for word in _strange(said, language, written)
    ]


def _both(text: Text) -> Iterator[tuple[Language, str]]:
    yield "ru", text.ru
    yield "en", text.en


def _strange(said: str, language: Language, written: tuple[str, ...]) -> list[str]:
    plain = _EXAMPLE.sub("", _QUOTED.sub("", said))
    if not re.search("[А-Яа-я]" if language == "ru" else "[A-Za-z]", plain) and not _QUOTED.search(said):
        return ["nothing"]
    known = _KNOWN | names() | {part for one in written for part in re.findall(r"[\w./-]+", one)}
    left = [word for word in re.findall(r"[\w./-]+", plain) if word.strip(".") not in known]
    return [word for word in left if _OTHER[language].search(word)]


@cache
def names() -> set[str]:
    """The keys, codes and examples of the playbook and the people that come along: what their authors know."""
    found: set[str] = set()
    for file in ("default.yaml", "people.yaml"):
        found |= set(_names(yaml.safe_load((PLAYBOOKS / file).read_text(encoding="utf-8"))))
    return found


def _names(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield str(key)
            yield from str(item).split() if key == "example" else _names(item)
    elif isinstance(value, list):
        for item in value:
            yield from _names(item)
    elif isinstance(value, str) and _NAME.fullmatch(value):
        yield value
