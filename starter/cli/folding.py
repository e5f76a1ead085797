"""A trail read by people: reminders that repeat become one line, with how many there were."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import groupby
from typing import NamedTuple

from domain.facts import Fact

THINGS = {"reminded": "reminder", "escalated": "escalation", "check": "check"}
"""What repeats, by how its kind ends, and how it is counted."""


class Folded(NamedTuple):
    """The last of so many alike, the first of which was at `since`."""

    fact: Fact
    abandoned: bool
    times: int
    since: datetime

    @property
    def thing(self) -> str:
        return THINGS[_ending(self.fact)]


def folded(placed: Iterable[tuple[Fact, bool]]) -> Iterator[Folded]:
    """Of what repeats with nothing else between, the last of each; everything else as it is."""
    for repeats, run in groupby(placed, key=lambda one: _ending(one[0]) in THINGS):
        facts = list(run)
        yield from _fold(facts) if repeats else (Folded(fact, left, 1, fact.at) for fact, left in facts)


def _fold(run: Sequence[tuple[Fact, bool]]) -> Iterator[Folded]:
    alike: dict[tuple[object, ...], list[tuple[Fact, bool]]] = {}
    for fact, left in run:
        alike.setdefault((fact.subject, fact.kind, fact.data.get("id"), left), []).append((fact, left))
    found = [Folded(*group[-1], len(group), group[0][0].at) for group in alike.values()]
    return iter(sorted(found, key=lambda one: one.fact.seq))


def _ending(fact: Fact) -> str:
    return fact.kind.rpartition(".")[2]
