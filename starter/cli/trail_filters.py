"""What of a trail is asked for, as the trail itself names it: a typo is said, not answered with silence."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from domain.facts import FACTS, Fact, Subject
from domain.words import Text
from starter.cli.meant import PERSON, meant

if TYPE_CHECKING:
    from domain.playbook.book import StaffedPlaybook

_KIND = Text(ru="такого вида записей", en="kind of facts")
_LINE = Text(ru="такой позиции", en="line")


def kind_meant(given: str) -> str:
    """A kind, or the first part that several have in common. Raises UsageError."""
    kinds = dict.fromkeys([*(kind.partition(".")[0] for kind in FACTS), *FACTS], ())
    return meant(given, kinds, _KIND)


def actor_meant(given: str, facts: Iterable[Fact], book: "StaffedPlaybook | None") -> str:
    """Of those who acted, or work here. Raises UsageError."""
    known: dict[str, tuple[str, ...]] = {fact.actor.person: (fact.actor.name,) for fact in facts}
    known |= {fact.actor.behalf: () for fact in facts if fact.actor.behalf}
    known |= {id: (person.name,) for id, person in book.people.items()} if book else {}
    return meant(given, known, PERSON)


def check_line(line: int, facts: Iterable[Fact]) -> None:
    """Raises UsageError for a line of which nothing was ever told."""
    lines = sorted({found for fact in facts if (found := Subject.read(fact.subject).line)})
    meant(str(line), dict.fromkeys(map(str, lines), ()), _LINE)
