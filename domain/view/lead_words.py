"""A lead in words: what is wanted, by whom, and how to reach them."""

from collections.abc import Iterator
from typing import Protocol

from domain.words import Language, Text

WISH = Text(ru="Что нужно", en="Wanted")
LABELS = {
    "name": Text(ru="Компания", en="Company"),
    "inn": Text(ru="ИНН", en="INN"),
    "contact": Text(ru="Контакт", en="Contact"),
    "phone": Text(ru="Телефон", en="Phone"),
    "email": Text(ru="Почта", en="E-mail"),
}


class Asking(Protocol):
    """Who asks for something: a deal, or what is shown of one."""

    @property
    def wish(self) -> str: ...

    @property
    def client(self) -> object: ...


def lead_words(asking: Asking, language: Language) -> Iterator[tuple[str, str]]:
    """Each thing that is known, with its label."""
    if asking.wish:
        yield WISH.to(language), asking.wish
    for name, label in LABELS.items():
        if known := getattr(asking.client, name):
            yield label.to(language), str(known)
