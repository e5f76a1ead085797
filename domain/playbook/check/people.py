"""The people and their roles: somebody for each question, and nobody who could not answer it."""

import re
from collections.abc import Iterator
from itertools import chain, combinations

from domain.order.problems import Problem, problem
from domain.playbook.book import Playbook, StaffedPlaybook
from domain.playbook.check.books import size_of, too_heavy
from domain.playbook.people import People
from domain.wording import typed
from domain.words import Role

_NOT_PEOPLE = {*Role, "desk", "operator", "payer"}
_DECIDES = {
    "contract": (Role.CLIENT, Role.DIRECTOR),
    "credit": (Role.DIRECTOR,),
    "rescheduling": (Role.DIRECTOR,),
    "cancellation": (Role.DIRECTOR,),
    "amendment": (Role.CLIENT, Role.DIRECTOR),
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
            yield problem(
                f"people.{person}",
                ru="id — буквы, цифры, - и _, не больше 50 знаков, и не имя роли",
                en="an id is letters, digits, - and _, at most 50, and none of the role names",
            )
        if Role.CLIENT in entry.roles:
            yield problem(
                f"people.{person}.roles",
                ru="клиент — не сотрудник компании: контакт клиента называет заказ",
                en="nobody of the company is the client: the order names the client's contact",
            )
    own = People(people=staff.people, substitutes=staff.substitutes, successors=staff.successors)
    if (size := size_of(own)) > MAX_SIZE:
        yield too_heavy("people", size, MAX_SIZE)


def _holder_problems(staff: People) -> Iterator[Problem]:
    for role in Role:
        if role is not Role.CLIENT and not staff.holders(role):
            yield problem(
                "people",
                ru="ни у кого нет роли {code} ({role})",
                en="nobody is {code}",
                code=role.value,
                role=role,
            )


def _substitute_problems(staff: People) -> Iterator[Problem]:
    for n, substitute in enumerate(staff.substitutes):
        for who in (substitute.absent, substitute.acts):
            if who not in staff.people:
                yield _nobody(f"substitutes[{n}]", who)
        if substitute.absent == substitute.acts:
            yield problem(
                f"substitutes[{n}]",
                ru="никто не замещает сам себя",
                en="nobody is a substitute of their own",
            )


def _successor_problems(staff: People) -> Iterator[Problem]:
    for left, successor in staff.successors.items():
        if left in staff.people:
            yield problem(
                f"successors.{left}",
                ru="ещё работает: уберите из people или из successors",
                en="still works here: remove them from people, or from successors",
            )
        if successor not in staff.people:
            yield _nobody(f"successors.{left}", successor)


def _nobody(place: str, id: str) -> Problem:
    return problem(place, ru="нет сотрудника {id}", en="no person {id}", id=typed(id))


def _assignment_problems(book: Playbook) -> Iterator[Problem]:
    for kind, assignment in book.assignments.items():
        if assignment.role is Role.CLIENT:
            yield problem(
                f"assignments.{kind}.role",
                ru="клиенту нельзя дать задание: назовите роль в компании",
                en="a client can't be given an assignment: name a role of the company",
            )


def _approval_problems(book: StaffedPlaybook) -> Iterator[Problem]:
    for kind, approval in book.approvals.items():
        place, roles = f"approvals.{kind}.roles", approval.roles
        for role in dict.fromkeys(role for role in roles if roles.count(role) > 1):
            yield problem(
                place,
                ru="{role} стоит дважды: роль отвечает один раз",
                en="{role} stands twice: a role answers once",
                role=role.value,
            )
        for role in _DECIDES.get(kind, ()):
            if role not in roles:
                yield problem(
                    place,
                    ru="нет {role}: спросить можно и других, но не вместо",
                    en="{role} is missing: others may be asked too, never instead",
                    role=role.value,
                )
        for one, other in combinations(dict.fromkeys(roles), 2):
            if both := _asked(book, one) & _asked(book, other):
                yield problem(
                    place,
                    ru="{one} и {other} — один человек, {who}, а отвечает он один раз: спросите одну из ролей",
                    en="{one} and {other} are both {who}, who answers once: ask one of them",
                    one=one.value,
                    other=other.value,
                    who=min(both),
                )


def _asked(book: People, role: Role) -> set[str]:
    """Who may be the one that is asked: the deal's manager is any of them, of another role it is the first."""
    return set(book.holders(role) if role is Role.MANAGER else book.holders(role)[:1])
