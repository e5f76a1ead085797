"""The books by themselves and with each other: codes, people, roles, documents, and how much of all there is."""

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, combinations

from domain.order import MAX_LINES, Problem
from domain.playbook import (
    APPROVAL_KINDS,
    ASSIGNMENT_KINDS,
    BUILT_IN,
    DocumentKind,
    Playbook,
    Trigger,
)
from domain.words import Role, Text

_CODE = re.compile(r"[^\W_][\w.-]{0,49}")
_NOT_PEOPLE = {*Role, "desk", "operator"}
_DECIDES = {
    "contract": (Role.CLIENT, Role.DIRECTOR),
    "credit": (Role.DIRECTOR,),
    "cancellation": (Role.DIRECTOR,),
}
"""Who must say yes, whoever else is asked."""
_FORMS_ELSEWHERE = {
    "order": "an order is sent as a file, so this form would never be asked: remove it",
    "payment-terms": "each payment type has a form of its own: write these fields under payments",
}
MAX_WEIGHT = 8_000  # bytes of a line's documents and milestones: Temporal takes 2 MB at once, of a deal with all its lines
MAX_SIZE = (
    128 * 1024
)  # bytes: twenty lines start at once, each with its copy, and Temporal takes 4 MB of that
_OF_DEAL = (Trigger.CONTRACT, Trigger.ACCEPTED)


def book_problems(book: Playbook) -> Iterator[Problem]:
    return chain(
        _code_problems(book),
        _people_problems(book),
        _currency_problems(book),
        _kind_problems(book),
        _assignment_problems(book),
        _approval_problems(book),
        _document_problems(book),
        _weight_problems(book),
    )


def _code_problems(book: Playbook) -> Iterator[Problem]:
    for name in ("vat", "payments", "deliveries", "documents"):
        codes = getattr(book, name)
        if not codes and name != "documents":
            yield Problem(place=name, words="is empty: without one no order can be written")
        for code in codes:
            if not _CODE.fullmatch(code):
                words = "a code is letters, digits, - . and _, begins with a letter or digit, at most 50"
                yield Problem(place=f"{name}.{code}", words=words)


def _people_problems(book: Playbook) -> Iterator[Problem]:
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


def _currency_problems(book: Playbook) -> Iterator[Problem]:
    if not book.currencies:
        yield Problem(place="currencies", words="is empty: write at least one, like RUB")
    for n, currency in enumerate(book.currencies):
        if not re.fullmatch("[A-Z]{3}", currency):
            yield Problem(
                place=f"currencies[{n}]", words=f"{currency!r} is no code of a currency: write one like RUB"
            )


def _kind_problems(book: Playbook) -> Iterator[Problem]:
    yield from _compared("assignments", book.assignments, ASSIGNMENT_KINDS, (*ASSIGNMENT_KINDS, *BUILT_IN))
    yield from _compared("approvals", book.approvals, APPROVAL_KINDS, APPROVAL_KINDS)


def _compared(
    name: str, there: Iterable[str], needed: Iterable[str], known: tuple[str, ...]
) -> Iterator[Problem]:
    there = list(there)
    for kind in needed:
        if kind not in there:
            yield Problem(place=f"{name}.{kind}", words="is missing: the process asks it")
    for kind in there:
        if kind not in known:
            near = difflib.get_close_matches(kind, known, n=1)
            hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(known)}"
            yield Problem(place=f"{name}.{kind}", words=f"the process never asks it: {hint}")


def _assignment_problems(book: Playbook) -> Iterator[Problem]:
    for kind, assignment in book.assignments.items():
        if assignment.role is Role.CLIENT:
            words = "a client can't be given an assignment: name a role of the company"
            yield Problem(place=f"assignments.{kind}.role", words=words)
        if assignment.form and kind in _FORMS_ELSEWHERE:
            yield Problem(place=f"assignments.{kind}.form", words=_FORMS_ELSEWHERE[kind])


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


def _document_problems(book: Playbook) -> Iterator[Problem]:
    for code, document in book.documents.items():
        place = f"documents.{code}"
        lists = {"delivery": document.delivery, "payment": document.payment, "vat": document.vat}
        known: dict[str, Mapping[str, object]] = {
            "delivery": book.deliveries,
            "payment": book.payments,
            "vat": book.vat,
        }
        for what, names in lists.items():
            for name in names:
                if name not in known[what]:
                    yield Problem(place=f"{place}.{what}", words=f"no {what} {name!r}")
        if document.of_deal:
            yield from _of_deal_problems(place, document)


def _of_deal_problems(place: str, document: DocumentKind) -> Iterator[Problem]:
    if document.available not in _OF_DEAL:
        words = (
            f"a deal's own document comes with contract or accepted: {document.available.value} is of lines"
        )
        yield Problem(place=f"{place}.available", words=words)
    for what in ("delivery", "payment", "vat", "source"):
        if getattr(document, what):
            words = "a deal's own document is needed whatever its lines are: remove this list, or of_deal"
            yield Problem(place=f"{place}.{what}", words=words)


def _weight_problems(book: Playbook) -> Iterator[Problem]:
    documents = sum(_weight(document.title) for document in book.documents.values() if not document.of_deal)
    milestones = [sum(_weight(part.title) for part in term.milestones) for term in book.payments.values()]
    if documents + max(milestones, default=0) > MAX_WEIGHT:
        words = (
            f"a deal of {MAX_LINES} lines would be too large with so many documents and milestones for each: "
            "have fewer of them, or shorter titles"
        )
        yield Problem(place="documents", words=words)
    if (size := len(book.model_dump_json().encode())) > MAX_SIZE:
        words = f"{size // 1024} KB are too much for every deal to carry: {MAX_SIZE // 1024} KB are the most"
        yield Problem(place="playbook", words=words)


def _weight(title: Text) -> int:
    """Bytes that a document or a milestone takes in a deal's state."""
    return 300 + len(title.model_dump_json().encode())
