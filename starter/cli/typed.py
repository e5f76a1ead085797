"""What people type on the command line, as the desk's messages have it: dates and amounts as they are printed, too."""

from collections.abc import Iterator
from typing import Any

from domain.placeholders import is_placeholder
from domain.spelling import amount, day_as_iso
from domain.wording import worded
from starter.errors import UsageError

_READ = {"amount": amount, "date": day_as_iso, "signed_on": day_as_iso, "until": day_as_iso}


def read(content: dict[str, Any]) -> dict[str, Any]:
    """Raises UsageError where a placeholder of a suggested command was left."""
    for value in _texts(content):
        refuse_placeholder(value)
    return {name: _READ[name](value) if name in _READ and value else value for name, value in content.items()}


def refuse_placeholder(value: str) -> None:
    if is_placeholder(value):
        raise UsageError(
            worded(
                ru="{value} лишь показывает место: впишите само значение.",
                en="{value} only shows where the value goes: write the value itself.",
                value=value,
            )
        )


def _texts(content: dict[str, Any]) -> Iterator[str]:
    for value in content.values():
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            yield from _texts(value)
