"""The playbook's reference books as lists of the portal, for people to look things up in. The playbook's file stays the source."""

from collections.abc import Iterator
from typing import NamedTuple

from domain.playbook.book import StaffedPlaybook
from domain.words import ROLE_LABELS, SOURCE_LABELS, Text, join

LIST_TYPE = "lists"
"""IBLOCK_TYPE_ID of the company's common lists."""

PREFIX = "dealwright_"
"""All our lists' codes begin so."""


class Element(NamedTuple):
    """`code` is its ELEMENT_CODE."""

    code: str
    title: Text


class Book(NamedTuple):
    """`code` is its IBLOCK_CODE."""

    code: str
    title: Text
    elements: tuple[Element, ...]


def reference_books(playbook: StaffedPlaybook) -> tuple[Book, ...]:
    """Names only of people: a portal knows its users itself."""
    return (
        _book(
            "payments",
            Text(ru="Типы оплаты", en="Payment types"),
            {code: term.title for code, term in playbook.payments.items()},
        ),
        _book(
            "deliveries",
            Text(ru="Способы доставки", en="Delivery methods"),
            {code: method.title for code, method in playbook.deliveries.items()},
        ),
        _book(
            "vat",
            Text(ru="Ставки НДС", en="VAT rates"),
            {code: rate.title for code, rate in playbook.vat.items()},
        ),
        _book(
            "documents",
            Text(ru="Закрывающие документы", en="Closing documents"),
            {code: document.title for code, document in playbook.documents.items()},
        ),
        _book("people", Text(ru="Люди и роли", en="People and roles"), dict(_people(playbook))),
        _book(
            "sources",
            Text(ru="Источники товара", en="Sources of goods"),
            {source.value: label for source, label in SOURCE_LABELS.items()},
        ),
    )


def _book(code: str, title: Text, entries: dict[str, Text]) -> Book:
    return Book(f"{PREFIX}{code}", title, tuple(Element(name, words) for name, words in entries.items()))


def _people(playbook: StaffedPlaybook) -> Iterator[tuple[str, Text]]:
    for id, person in playbook.people.items():
        roles = join((ROLE_LABELS[role] for role in person.roles), ", ")
        yield id, Text(ru=f"{person.name} — {roles.ru}", en=f"{person.name} — {roles.en}")
