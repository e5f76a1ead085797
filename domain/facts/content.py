"""What a fact says, whenever and on whichever branch of the trail it is said: what must not be told the world twice goes by that.

After a reset that applies everything anew the same things happen once more, at another moment: the facts are new, what they say is not.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable
from datetime import date

from domain.facts.envelope import Fact
from domain.facts.written import json_bytes, written

LENGTH = 10  # hex digits


def content(fact: Fact) -> str:
    """A digest of who did what to what, without the moments in it. Facts that say the same are told apart by `repeats`."""
    data = fact.read()
    said = {name: getattr(data, name) for name in type(data).model_fields}
    timeless = {name: written(value) for name, value in said.items() if not isinstance(value, date)}
    whole = {"actor": fact.actor.person, "kind": fact.kind, "subject": fact.subject, "data": timeless}
    return hashlib.sha256(json_bytes(whole)).hexdigest()[:LENGTH]


def repeats(facts: Iterable[Fact]) -> dict[int, int]:
    """Of one branch from its first fact: which time each says what it says, by its place."""
    said: Counter[str] = Counter()
    nth: dict[int, int] = {}
    for fact in facts:
        said[now := content(fact)] += 1
        nth[fact.seq] = said[now]
    return nth
