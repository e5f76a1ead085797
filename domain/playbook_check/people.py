"""The people and their roles: somebody for each question, and nobody who could not answer it."""

import re
from collections.abc import Iterator
from itertools import chain, combinations

from domain.order import Problem
from domain.playbook import Playbook
from domain.words import Role

_NOT_PEOPLE = {*Role, "desk", "operator"}
_DECIDES = {
    "contract": (Role.CLIENT, Role.DIRECTOR),
    "credit": (Role.DIRECTOR,),
    "cancellation": (Role.DIRECTOR,),
}
"""Who must say yes, whoever else is asked."""


def people_problems(book: Playbook) -> Iterator[Problem]:
    return chain(_staff_problems(book), _assignment_problems(book), _approval_problems(book))


def _staff_problems(book: Playbook) -> Iterator[Problem]:
    for person, entry in book.people.items():
        if not re.fullmatch(r"[^\W_][\w-]{0,49}", person) or person in _NOT_PEOPLE:
            words = "an id is letters, digits, - and _, at most 50, and none of the role names"
            yield Problem(place=f"people.{person}", words=words)
        if Role.CLIENT in entry.roles:
            words = "nobody of the company is the client: the order names the client's contact"
            yield Problem(place=f"people.{person}.roles", words=words)
    for role in Role:
        if role is not Role.CLIENT and not book.holders(role):
            yield Problem(place="people", words=f"nobody is {role.value}")
    for n, substitute in enumerate(book.substitutes):
        for who in (substitute.absent, substitute.acts):
            if who not in book.people:
                yield Problem(place=f"substitutes[{n}]", words=f"no person {who!r}")
        if substitute.absent == substitute.acts:
            yield Problem(place=f"substitutes[{n}]", words="nobody is a substitute of their own")


def _assignment_problems(book: Playbook) -> Iterator[Problem]:
    for kind, assignment in book.assignments.items():
        if assignment.role is Role.CLIENT:
            words = "a client can't be given an assignment: name a role of the company"
            yield Problem(place=f"assignments.{kind}.role", words=words)


def _approval_problems(book: Playbook) -> Iterator[Problem]:
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


def _asked(book: Playbook, role: Role) -> set[str]:
    """Who may be the one that is asked: the deal's manager is any of them, of another role it is the first."""
    return set(book.holders(role) if role is Role.MANAGER else book.holders(role)[:1])
