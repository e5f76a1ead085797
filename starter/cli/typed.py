"""What people type on the command line, as the desk's messages have it: dates and amounts as they are printed, too."""

from collections.abc import Iterator
from typing import Any

from domain.placeholders import is_placeholder
from domain.spelling import amount
from domain.wording import worded
from domain.words import Text, same
from starter.errors import UsageError

OPTIONS = {
    **{
        name: same(option)
        for name, option in {
            "account": "--account",
            "actor": "--as",
            "amount": "--amount",
            "comment": "--comment",
            "currency": "--currency",
            "date": "--date",
            "document_date": "--document-date",
            "debited": "--debited",
            "id": "--id",
            "line": "--line",
            "payer": "--payer",
            "payer_inn": "--payer-inn",
            "purpose": "--purpose",
            "reason": "--reason",
            "remove": "--remove",
            "side": "--side",
            "signed_on": "--on",
            "to": "--to",
            "to_deal": "--to-deal",
            "until": "--until",
            "version": "--version",
        }.items()
    },
    "approval": Text(ru="согласование", en="the approval"),
    "assignment": Text(ru="задание", en="the assignment"),
    "document": Text(ru="документ", en="the document"),
    "entry": Text(ru="внесённое", en="the entry"),
    "fields": Text(ru="ответы", en="the answers"),
    "file": Text(ru="файл", en="the file"),
    "item": Text(ru="открытый вопрос", en="the open item"),
    "payment": Text(ru="платёж", en="the payment"),
    "quantity": Text(ru="количество", en="the quantity"),
    "question": Text(ru="вопрос", en="the question"),
}
"""What whoever types a command calls the fields of its message."""


def read(content: dict[str, Any]) -> dict[str, Any]:
    """Raises UsageError where a placeholder of a suggested command was left."""
    for value in _texts(content):
        refuse_placeholder(value)
    return {name: amount(value) if name == "amount" and value else value for name, value in content.items()}


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
