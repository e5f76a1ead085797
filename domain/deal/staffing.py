"""What follows from other people: the facts that a deal records of them, and who takes over from whom."""

from collections.abc import Container, Iterator
from datetime import date

from domain.deal.state import DealState
from domain.facts import (
    AddressChanged,
    FactData,
    PersonJoined,
    PersonLeft,
    RolesChanged,
    SubstituteNamed,
    SubstituteWithdrawn,
)
from domain.playbook.people import People, Substitute
from domain.words import Role

EVERYWHERE = (Role.DIRECTOR, Role.LOGISTICS, Role.ACCOUNTANT)
"""Whoever holds one of these may act in any deal; of the managers a deal has its own."""


def changes(before: People, after: People, concerned: Container[str]) -> Iterator[FactData]:
    """What changed about these persons."""
    known = before.people | after.people
    for person in (id for id in known if id in concerned):
        yield from _of_person(person, before, after)
    yield from _of_substitutes(before, after, concerned)


def concerned(deal: DealState, after: People) -> set[str]:
    """Who has to do with this deal, or may act in it."""
    told = {person for book in (deal.book, after) for role in EVERYWHERE for person in book.holders(role)}
    told.add(deal.manager)
    for process in (deal, *deal.lines.values()):
        told |= {assignment.assignee for assignment in process.open_assignments}
        told |= {ask.person for approval in process.open_approvals for ask in approval.awaiting}
    return told


def successor(people: People, left: str, role: Role, today: date, not_by: Container[str] = ()) -> str | None:
    """Who takes over what was asked of `left` in this role: the one named, who stands in today, or the first who holds the role.

    Whoever is in `not_by` only if nobody else can. Nobody for a deal's manager whom several could follow.
    """
    holders = people.holders(role)
    able = [person for person in holders if person not in not_by] or holders
    named = [people.successors.get(left), *sorted(people.stand_ins(left, today))]
    for person in named:
        if person in able:
            return person
    return able[0] if able and (role is not Role.MANAGER or len(able) == 1) else None


def _of_person(person: str, before: People, after: People) -> Iterator[FactData]:
    was, now = before.people.get(person), after.people.get(person)
    if was is None and now:
        yield PersonJoined(person=person, roles=now.roles)
    elif was and now is None:
        yield PersonLeft(person=person)
    elif was and now:
        if set(was.roles) != set(now.roles):
            yield RolesChanged(person=person, roles=now.roles, before=was.roles)
        if was.email != now.email:
            yield AddressChanged(person=person, email=now.email)


def _of_substitutes(before: People, after: People, concerned: Container[str]) -> Iterator[FactData]:
    def other(these: People, those: People) -> Iterator[Substitute]:
        return (s for s in these.substitutes if s not in those.substitutes and s.absent in concerned)

    for entry in other(before, after):
        yield SubstituteWithdrawn(**entry.model_dump())
    for entry in other(after, before):
        yield SubstituteNamed(**entry.model_dump())
