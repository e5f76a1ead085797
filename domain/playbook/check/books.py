"""The books by themselves and with each other: codes, kinds, documents, and how much of all there is."""

import difflib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain

from pydantic_core import to_jsonable_python

from domain.base import Value
from domain.order.order import MAX_LINES
from domain.order.problems import Problem
from domain.playbook.book import (
    APPROVAL_KINDS,
    ASSIGNMENT_KINDS,
    BUILT_IN,
    DocumentKind,
    Playbook,
    StaffedPlaybook,
    Trigger,
)
from domain.words import Text

_CODE = re.compile(r"[^\W_][\w.-]{0,49}")
_FORMS_ELSEWHERE = {
    "order": "an order is sent as a file, so this form would never be asked: remove it",
    "payment-terms": "each payment type has a form of its own: write these fields under payments",
}
MAX_WEIGHT = (
    8_000  # bytes of a line's documents and milestones: a deal of all its lines stays below Temporal's 2 MB
)
MAX_SIZE = 128 * 1024  # bytes: twenty lines start at once, each with its copy, below Temporal's 4 MB
_OF_DEAL = (Trigger.CONTRACT, Trigger.ACCEPTED)


def book_problems(book: StaffedPlaybook) -> Iterator[Problem]:
    return chain(
        _code_problems(book),
        _currency_problems(book),
        _kind_problems(book),
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
    for kind, words in _FORMS_ELSEWHERE.items():
        if kind in book.assignments and book.assignments[kind].form:
            yield Problem(place=f"assignments.{kind}.form", words=words)


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


def _weight_problems(book: StaffedPlaybook) -> Iterator[Problem]:
    documents = sum(_weight(document.title) for document in book.documents.values() if not document.of_deal)
    milestones = [sum(_weight(part.title) for part in term.milestones) for term in book.payments.values()]
    if documents + max(milestones, default=0) > MAX_WEIGHT:
        words = (
            f"a deal of {MAX_LINES} lines would be too large with so many documents and milestones for each: "
            "have fewer of them, or shorter titles"
        )
        yield Problem(place="documents", words=words)
    if (size := size_of(book.alone())) > MAX_SIZE:
        words = f"{size // 1024} KB are too much for every deal to carry: {MAX_SIZE // 1024} KB are the most"
        yield Problem(place="playbook", words=words)


def _weight(title: Text) -> int:
    """Bytes that a document or a milestone takes in a deal's state."""
    return 300 + size_of(title)


def size_of(value: Value | Text) -> int:
    """Bytes of it, written out."""
    text = json.dumps(to_jsonable_python(value), ensure_ascii=False, separators=(",", ":"))
    return len(text.encode(errors="replace"))
