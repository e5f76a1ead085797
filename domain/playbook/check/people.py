"""The people and their roles: somebody for each question, and nobody who could not answer it."""

import re
from collections.abc import Iterator
from itertools import chain, combinations

from domain.order.problems import Problem
from domain.playbook.book import Playbook, StaffedPlaybook
from domain.playbook.check.books import size_of
from domain.playbook.people import People
from domain.words import Role

_NOT_PEOPLE = {*Role, "desk", "operator"}
_DECIDES = {
    "contract": (Role.CLIENT, Role.DIRECTOR),
    "credit": (Role.DIRECTOR,),
    "cancellation": (Role.DIRECTOR,),
}
"""Who must say yes, whoever else is asked."""


MAX_SIZE = 48 * 1024  # bytes: twenty lines start at once, each with its copy, below Temporal's 4 MB


def role_problems(book: StaffedPlaybook) -> Iterator[Problem]:
    """What these people could not do by this playbook."""
    return chain(_assignment_problems(book), _approval_problems(book))


def staff_problems(staff: People) -> Iterator[Problem]:
    return chain(
        _person_problems(staff),
        _holder_problems(staff),
        _substitute_problems(staff),
        _successor_problems(staff),
    )


def _person_problems(staff: People) -> Iterator[Problem]:
    for person, entry in staff.people.items():
        if not re.fullmatch(r"[^\W_][\w-]{0,49}", person) or person in _NOT_PEOPLE:
            words = "an id is letters, digits, - and _, at most 50, and none of the role names"
            yield Problem(place=f"people.{person}", words=words)
        if Role.CLIENT in entry.roles:
            words = "nobody of the company is the client: the order names the client's contact"
            yield Problem(place=f"people.{person}.roles", words=words)
    own = People(people=staff.people, substitutes=staff.substitutes, successors=staff.successors)
    if (size := size_of(own)) > MAX_SIZE:
        words = f"{size // 1024} KB are too much for every deal to carry: {MAX_SIZE // 1024} KB are the most"
        yield Problem(place="people", words=words)


def _holder_problems(staff: People) -> Iterator[Problem]:
    for role in Role:
        if role is not Role.CLIENT and not staff.holders(role):
            yield Problem(place="people", words=f"nobody is {role.value}")


def _substitute_problems(staff: People) -> Iterator[Problem]:
    for n, substitute in enumerate(staff.substitutes):
        for who in (substitute.absent, substitute.acts):
            if who not in staff.people:
                yield Problem(place=f"substitutes[{n}]", words=f"no person {who!r}")
        if substitute.absent == substitute.acts:
            yield Problem(place=f"substitutes[{n}]", words="nobody is a substitute of their own")


def _successor_problems(staff: People) -> Iterator[Problem]:
    for left, successor in staff.successors.items():
        if left in staff.people:
            words = "still works here: remove them from people, or from successors"
            yield Problem(place=f"successors.{left}", words=words)
        if successor not in staff.people:
            yield Problem(place=f"successors.{left}", words=f"no person {successor!r}")


def _assignment_problems(book: Playbook) -> Iterator[Problem]:
    for kind, assignment in book.assignments.items():
        if assignment.role is Role.CLIENT:
            words = "a client can't be given an assignment: name a role of the company"
            yield Problem(place=f"assignments.{kind}.role", words=words)


def _approval_problems(book: StaffedPlaybook) -> Iterator[Problem]:
    for kind, approval in book.approvals.items():
        place, roles = f"approvals.{kind}.roles", approval.roles
        for role in dict.fromkeys(role for role in roles if roles.count(role) > 1):
            yield Problem(place=place, words=f"{role.value} stands twice: a role answers once")
        for role in _DECIDES.get(kind, ()):
            if role not in roles:
                yield Problem(
                    place=place, words=f"{role.value} is missing: others may be asked too, never instead"
                )
        for one, other in combinations(dict.fromkeys(roles), 2):
            if both := _asked(book, one) & _asked(book, other):
                words = (
                    f"{one.value} and {other.value} are both {min(both)}, who answers once: ask one of them"
                )
                yield Problem(place=place, words=words)


def _asked(book: People, role: Role) -> set[str]:
    """Who may be the one that is asked: the deal's manager is any of them, of another role it is the first."""
    return set(book.holders(role) if role is Role.MANAGER else book.holders(role)[:1])
