"""What stands in a suggested command where a value is not known: nobody may send it as it stands."""

import re
from collections.abc import Iterable

_PLACEHOLDER = re.compile(r"<[^<>]+>")


def placeholder(title: str) -> str:
    """`<номер счёта>`, of the title “Номер счёта”."""
    words = re.sub(r"[<>]", "", title).strip().replace("'", "’")  # an apostrophe would end the shell's quotes
    starts_a_word = len(words) > 1 and words[1].islower()
    return f"<{words[0].lower() + words[1:] if starts_a_word else words}>"


def one_of(choices: Iterable[str]) -> str:
    """`qualified|disqualified`: no answer is among them, until one is picked."""
    return "|".join(choices)


def is_placeholder(value: str) -> bool:
    return _PLACEHOLDER.fullmatch(value.strip()) is not None
