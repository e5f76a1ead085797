"""The books by themselves and with each other: codes, kinds, documents, and how much of all there is."""

import json
import re
from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import chain

from pydantic_core import to_jsonable_python

from domain.base import Value
from domain.order.order import MAX_LINES
from domain.order.problems import Problem, problem
from domain.playbook.book import Playbook, StaffedPlaybook
from domain.playbook.built_in import BUILT_IN, BUILT_IN_APPROVALS
from domain.playbook.check.papers import paper_problems
from domain.playbook.kinds import APPROVAL_KINDS, ASSIGNMENT_KINDS
from domain.wording import typed
from domain.wording.invalid import perhaps
from domain.words import Text

_CODE = re.compile(r"[^\W_][\w.-]{0,49}")
_FORMS_ELSEWHERE = {
    "order": Text(
        ru="заказ присылают файлом, и эту форму никто бы не увидел: уберите её",
        en="an order is sent as a file, so this form would never be asked: remove it",
    ),
    "payment-terms": Text(
        ru="у каждого вида оплаты своя форма: напишите эти поля в payments",
        en="each payment type has a form of its own: write these fields under payments",
    ),
}
MAX_WEIGHT = (
    8_000  # bytes of a line's documents and milestones: a deal of all its lines stays below Temporal's 2 MB
)
MAX_SIZE = 128 * 1024  # bytes: twenty lines start at once, each with its copy, below Temporal's 4 MB


def book_problems(book: StaffedPlaybook) -> Iterator[Problem]:
    return chain(
        _code_problems(book),
        _currency_problems(book),
        _rates_that_follow(book),
        _kind_problems(book),
        paper_problems(book),
        _weight_problems(book),
    )


def _code_problems(book: Playbook) -> Iterator[Problem]:
    for name in ("vat", "payments", "deliveries", "documents"):
        codes = getattr(book, name)
        if not codes and name != "documents":
            yield problem(
                name,
                ru="пусто: без этого нельзя написать ни одного заказа",
                en="is empty: without one no order can be written",
            )
        for code in codes:
            if not _CODE.fullmatch(code):
                yield problem(
                    f"{name}.{code}",
                    ru="код — буквы, цифры, - . и _, первой буква или цифра, не больше 50 знаков",
                    en="a code is letters, digits, - . and _, begins with a letter or digit, at most 50",
                )


def _currency_problems(book: Playbook) -> Iterator[Problem]:
    if not book.currencies:
        yield problem(
            "currencies",
            ru="пусто: нужна хотя бы одна валюта, например RUB",
            en="is empty: write at least one, like RUB",
        )
    for n, currency in enumerate(book.currencies):
        if not re.fullmatch("[A-Z]{3}", currency):
            yield problem(
                f"currencies[{n}]",
                ru="{currency} — не код валюты: напишите, например, RUB",
                en="{currency} is no code of a currency: write one like RUB",
                currency=typed(currency),
            )


def _rates_that_follow(book: Playbook) -> Iterator[Problem]:
    for code, rate in book.vat.items():
        following = book.vat.get(rate.followed_by or "")
        holds = following and rate.valid_until and following.holds_on(rate.valid_until + timedelta(days=1))
        if rate.followed_by and not holds:
            yield problem(
                f"vat.{code}.followed_by",
                ru="{following}: нужна ставка, которая действует на следующий день после valid_until",
                en="{following}: a rate is needed that holds on the day after valid_until",
                following=typed(rate.followed_by),
            )


def _kind_problems(book: Playbook) -> Iterator[Problem]:
    yield from _compared("assignments", book.assignments, ASSIGNMENT_KINDS, (*ASSIGNMENT_KINDS, *BUILT_IN))
    yield from _compared("approvals", book.approvals, APPROVAL_KINDS, (*APPROVAL_KINDS, *BUILT_IN_APPROVALS))
    for kind, text in _FORMS_ELSEWHERE.items():
        if kind in book.assignments and book.assignments[kind].form:
            yield Problem(place=f"assignments.{kind}.form", text=text)


def _compared(
    name: str, there: Iterable[str], needed: Iterable[str], known: tuple[str, ...]
) -> Iterator[Problem]:
    there = list(there)
    for kind in needed:
        if kind not in there:
            yield problem(
                f"{name}.{kind}",
                ru="не заполнено: процесс об этом спрашивает",
                en="is missing: the process asks it",
            )
    for kind in there:
        if kind not in known:
            yield problem(
                f"{name}.{kind}",
                ru="процесс об этом не спрашивает: {hint}",
                en="the process never asks it: {hint}",
                hint=perhaps(kind, known),
            )


def _weight_problems(book: StaffedPlaybook) -> Iterator[Problem]:
    documents = sum(_weight(document.title) for document in book.documents.values() if not document.of_deal)
    milestones = [sum(_weight(part.title) for part in term.milestones) for term in book.payments.values()]
    if documents + max(milestones, default=0) > MAX_WEIGHT:
        yield problem(
            "documents",
            ru="сделка из {lines} позиций была бы слишком большой: столько у каждой документов и частей оплаты. "
            "Нужно меньше их или короче названия",
            en="a deal of {lines} lines would be too large with so many documents and milestones for each: "
            "have fewer of them, or shorter titles",
            lines=MAX_LINES,
        )
    if (size := size_of(book.alone())) > MAX_SIZE:
        yield too_heavy("playbook", size, MAX_SIZE)


def too_heavy(place: str, size: int, most: int) -> Problem:
    return problem(
        place,
        ru="{size} КБ — слишком много, чтобы каждая сделка несла их с собой: не больше {most} КБ",
        en="{size} KB are too much for every deal to carry: {most} KB are the most",
        size=size // 1024,
        most=most // 1024,
    )


def _weight(title: Text) -> int:
    """Bytes that a document or a milestone takes in a deal's state."""
    return 300 + size_of(title)


def size_of(value: Value | Text) -> int:
    """Bytes of it, written out."""
    text = json.dumps(to_jsonable_python(value), ensure_ascii=False, separators=(",", ":"))
    return len(text.encode(errors="replace"))
