"""A trail as people read it: what only rings again, about the same thing, is one entry."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from domain.facts import CustomsCheck, EtaCheck, Fact
from domain.facts.declare import FACTS, Ringing
from domain.wording import Clock, counted
from domain.words import Language

_THINGS = {"reminded": "reminder", "escalated": "escalation", "check": "check"}
"""What repeats, by how its kind ends, and how it is counted."""
_REPEATED = {kind for kind, data in FACTS.items() if issubclass(data, Ringing | CustomsCheck | EtaCheck)}


class Entry(NamedTuple):
    """`fact` is the latest of `times` facts that say the same; `since` is the first of them."""

    fact: Fact
    since: Fact
    times: int


def folded(facts: Iterable[Fact]) -> Iterator[Entry]:
    """In order. Between two things that happened, reminders of one thing are folded into the latest, and so are its escalations."""
    rung: dict[tuple[str, str, str], Entry] = {}
    for fact in facts:
        if fact.kind not in _REPEATED:
            yield from _in_order(rung)
            rung.clear()
            yield Entry(fact, fact, 1)
            continue
        about = (fact.kind, fact.subject, str(fact.data.get("id", "")))
        before = rung.get(about)
        rung[about] = Entry(fact, before.since, before.times + 1) if before else Entry(fact, fact, 1)
    yield from _in_order(rung)


def since(entry: Entry, language: Language, clock: Clock) -> str:
    """`12 напоминаний с 24.11.2026 09:00`; nothing of what is told once."""
    if entry.times == 1:
        return ""
    thing = _THINGS.get(entry.fact.kind.rpartition(".")[2], "reminder")
    times, first = counted(entry.times, thing, language), clock(entry.since.at)
    return f"{times} с {first}" if language == "ru" else f"{times} since {first}"


def _in_order(rung: dict[tuple[str, str, str], Entry]) -> list[Entry]:
    return sorted(rung.values(), key=lambda entry: entry.fact.seq)
