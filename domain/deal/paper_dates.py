"""Dates of papers that can't be: of what has happened, a day to come; or a day before that of a paper which must come first."""

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import date
from typing import NamedTuple

from domain.deal.documents import Document
from domain.deal.state import LineState, ProcessState
from domain.playbook.book import Playbook
from domain.playbook.form_answers import AnswerProblem
from domain.playbook.forms import Form, FormField
from domain.playbook.questions import ANSWERS
from domain.refusals import Refusal
from domain.wording import worded
from domain.words import Text, Trigger


class Paper(NamedTuple):
    """An answer that tells when something happened, and the questions whose papers must not be later."""

    answer: str
    after: tuple[str, ...] = ()


PAPERS: dict[str, Paper] = {
    "arrival": Paper("arrived_on"),
    "customs-declaration": Paper("declaration"),
    "customs-release": Paper("released_on", after=("customs-declaration",)),
    "acceptance": Paper("accepted_on", after=("arrival", "customs-release")),
    "shipment": Paper("shipped_on", after=("arrival", "customs-release", "acceptance")),
    "delivery": Paper("delivered_on", after=("shipment",)),
    "service-rendered": Paper("rendered_on"),
}
"""By question. Goods may be declared, and even released, before they arrive; and they arrive before anybody accepts them."""

ISSUED_WITH: dict[Trigger, str] = {Trigger.SHIPPED: "shipment", Trigger.ACCEPTED: "delivery"}
"""A document that comes with one of these is not signed before the day of that paper."""

_BY_NUMBER = {"customs-declaration", "customs-release"}
"""Of these each declaration is compared with its own release: see `clearance`."""

_DECLARATION = re.compile(r"(?<![0-9])[0-9]{8}/([0-9]{6})/[0-9]{7}(?![0-9])")


def date_problems(
    process: ProcessState, book: Playbook, kind: str, answers: Mapping[str, str], today: date
) -> list[AnswerProblem]:
    """What of these answers, which their form accepts, can't be by its date; compared with all that has been answered."""
    if kind not in PAPERS:
        return []
    name, form = PAPERS[kind].answer, book.assignment(kind).form
    words = next(_wrong(process, book, kind, answers, today), None)
    return [AnswerProblem(name, words, _field(form, name))] if words else []


def _wrong(
    process: ProcessState, book: Playbook, kind: str, answers: Mapping[str, str], today: date
) -> Iterator[Text]:
    stray = [said for said in _declared_days(kind, answers) if _day_of(said) is None]
    if stray:
        yield worded(en="{day} is no date DDMMYY", ru="{day} — не дата ДДММГГ", day=stray[0])
    days = days_of(kind, answers)
    if not days:
        return
    if max(days) > today:
        yield worded(
            en="{day} is in the future: enter what has happened",
            ru="{day} ещё не наступило: вводите то, что уже произошло",
            day=max(days),
        )
    for other, known in _answered(process):
        if {kind, other} == _BY_NUMBER:
            continue
        if other in PAPERS[kind].after and min(days) < max(known):
            yield _out_of_order(book, other, min(days), max(known), earlier=True)
        if kind in PAPERS[other].after and max(days) > min(known):
            yield _out_of_order(book, other, max(days), min(known), earlier=False)


def _out_of_order(book: Playbook, other: str, day: date, known: date, *, earlier: bool) -> Text:
    field = _field(book.assignment(other).form, PAPERS[other].answer)
    about = {"day": day, "known": known, "title": field.title if field else other}
    if earlier:
        return worded(
            en="{day} can't be before {known}, “{title}”",
            ru="{day} не может быть раньше {known}, «{title}»",
            **about,
        )
    return worded(
        en="{day} can't be after {known}, “{title}”",
        ru="{day} не может быть позже {known}, «{title}»",
        **about,
    )


def _answered(process: ProcessState) -> Iterator[tuple[str, tuple[date, ...]]]:
    """The dates of all papers that have been entered; of several rounds, of the last."""
    for kind in PAPERS:
        rounds = (a for a in reversed(process.assignments.values()) if a.kind == kind and a.closed)
        told = (days_of(kind, asked.answers) for asked in rounds if not asked.withdrawn)
        if days := next(filter(None, told), None):
            yield kind, days


def day_of(process: ProcessState, kind: str) -> date | None:
    """The day of the paper that this question was answered with."""
    return next((max(days) for known, days in _answered(process) if known == kind), None)


def days_of(kind: str, answers: Mapping[str, str]) -> tuple[date, ...]:
    """The day that the answers tell of; of customs declarations, that of each number."""
    said = None
    with suppress(ValueError):
        said = getattr(ANSWERS[kind].read(answers), PAPERS[kind].answer, None)
    if isinstance(said, date):
        return (said,)
    return tuple(day for text in _declared_days(kind, answers) if (day := _day_of(text)))


def _declared_days(kind: str, answers: Mapping[str, str]) -> list[str]:
    return _DECLARATION.findall(answers.get("declaration", "")) if kind == "customs-declaration" else []


def _day_of(ddmmyy: str) -> date | None:
    try:
        return date(2000 + int(ddmmyy[4:]), int(ddmmyy[2:4]), int(ddmmyy[:2]))
    except ValueError:
        return None


def check_signature(process: ProcessState, document: Document, on: date) -> None:
    """Raises the Refusal of a signature that would be older than what the document came with."""
    kind = ISSUED_WITH.get(document.available)
    issued = (
        day_of(process, kind) or day_of(process, "service-rendered")
        if kind and isinstance(process, LineState)
        else None
    )
    if issued and on < issued:
        raise Refusal(
            "before_issue",
            en="“{title}” came with what happened on {issued}: it can't have been signed on {on}",
            ru="«{title}»: документ появился с тем, что произошло {issued}, и не мог быть подписан {on}",
            title=document.title,
            issued=issued,
            on=on,
        )


def _field(form: Form, name: str) -> FormField | None:
    return next((field for field in form if field.name == name), None)
