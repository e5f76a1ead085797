"""Who asks what they have to do, and for whom they stand in today.

Only somebody's substitute waits until people and playbook are read as what they are: others need two names of the people's file.
"""

from typing import Any, NamedTuple

from activities.files import read_document
from domain.words import Role
from starter.here import Here


class Asker(NamedTuple):
    person: str
    stands_in_for: list[str]
    enters_money: bool = False


def asker(here: Here, reference: str) -> Asker | None:
    """A role that one person holds stands for that person, as in every message. None for nobody's name.

    Raises BadFile.
    """
    people = read_document(here.people)
    try:
        person = _person(people, reference)
        if person not in people["people"] and person not in set(Role):
            return None
        if any(entry["acts"] == person for entry in people.get("substitutes") or ()):
            return _substitute(here, person)
    except (AttributeError, LookupError, TypeError):
        return _substitute(here, reference)  # what is wrong with the file is told there
    return Asker(person, [], Role.ACCOUNTANT in (person, *people["people"].get(person, {}).get("roles", ())))


def _person(people: Any, reference: str) -> str:
    if reference not in set(Role) - {Role.CLIENT}:
        return reference
    holders = [id for id, entry in people["people"].items() if reference in entry["roles"]]
    return str(holders[0]) if len(holders) == 1 else reference


def _substitute(here: Here, person: str) -> Asker:
    from datetime import UTC, datetime

    from activities.playbook import load_playbook

    now = datetime.now(UTC)
    book = load_playbook(here.playbook, today=now.date(), people=here.people)
    absent = book.stands_in_for(person, book.calendar.today(now))
    return Asker(person, absent, bool({person, *absent} & set(book.holders(Role.ACCOUNTANT))))
