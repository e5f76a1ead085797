"""A person's name in its parts, as a portal's card of a contact has them."""

import re
from typing import NamedTuple

_PATRONYMIC = re.compile(r".+(ич|вна|ична|оглы|кызы)", re.IGNORECASE)


class PersonName(NamedTuple):
    first: str
    second: str = ""
    last: str = ""

    @property
    def fields(self) -> dict[str, str]:
        parts = {"name": self.first, "secondName": self.second, "lastName": self.last}
        return {name: part for name, part in parts.items() if part}


def parted(name: str) -> PersonName:
    """`Анна Смирнова`, `Анна Петровна Смирнова` and, as papers have it, `Смирнова Анна Петровна`: the patronymic tells which it is."""
    words = name.split()
    if len(words) == 3 and _PATRONYMIC.fullmatch(words[2]):
        return PersonName(words[1], words[2], words[0])
    if len(words) == 3 and _PATRONYMIC.fullmatch(words[1]):
        return PersonName(*words)
    if len(words) == 2 and _PATRONYMIC.fullmatch(words[1]):
        return PersonName(*words)
    return PersonName(words[0] if words else "", last=" ".join(words[1:]))
