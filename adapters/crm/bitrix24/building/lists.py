"""The reference books: the playbook's file is their source, so its titles come back over others."""

from collections.abc import Iterator, Mapping, Sequence

from adapters.crm.bitrix24.books import LIST_TYPE, Book
from adapters.crm.bitrix24.building.seen import SeenBook
from adapters.crm.bitrix24.building.steps import Item, Note, Part, Step
from domain.words import Language, Text

_HERE = {"IBLOCK_TYPE_ID": LIST_TYPE}
_DESCRIBED = Text(
    ru="Из регламента Dealwright: правится в его файле, сюда переносит deal crm setup.",
    en="From the playbook of Dealwright: changed in its file, brought here by deal crm setup.",
)


def plan_books(books: Sequence[Book], seen: Mapping[str, SeenBook], language: Language) -> Iterator[Item]:
    for book in books:
        if book.code not in seen:
            fields = {"NAME": book.title.to(language), "DESCRIPTION": _DESCRIBED.to(language)}
            params = {**_HERE, "IBLOCK_CODE": book.code, "FIELDS": fields}
            words = Text(ru=f"создать список «{book.title.ru}»", en=f"make the list “{book.title.en}”")
            yield Step(Part.BOOKS, words, "lists.add", params, vital=False)
        yield from _elements(book, seen.get(book.code), language)


def _elements(book: Book, seen: SeenBook | None, language: Language) -> Iterator[Item]:
    elements = seen.elements if seen else {}
    at = {**_HERE, "IBLOCK_ID": seen.id} if seen else None
    for code, title in book.elements:
        name = title.to(language)
        found = elements.get(code)
        if found is None:
            words = Text(
                ru=f"внести в список «{book.title.ru}»: {name}",
                en=f"enter into the list “{book.title.en}”: {name}",
            )
            params = {**at, "ELEMENT_CODE": code, "FIELDS": {"NAME": name}} if at else None
            yield Step(Part.BOOKS, words, "lists.element.add", params, vital=False)
        elif found.name != name and at:
            words = Text(
                ru=f"переименовать в списке «{book.title.ru}»: {found.name} → {name}",
                en=f"rename in the list “{book.title.en}”: {found.name} → {name}",
            )
            params = {**at, "ELEMENT_ID": found.id, "FIELDS": {"NAME": name}}
            yield Step(Part.BOOKS, words, "lists.element.update", params, vital=False)
    known = {element.code for element in book.elements}
    for code, element in elements.items():
        if code not in known:
            words = Text(
                ru=f"в списке «{book.title.ru}» есть «{element.name}», чего нет в регламенте",
                en=f"the list “{book.title.en}” has “{element.name}”, which the playbook has not",
            )
            yield Note(Part.BOOKS, words)
