"""A fact as a sentence: what the timeline, the CRM's comments and the log say happened."""

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal
from functools import cache, partial
from typing import TYPE_CHECKING, Any, Literal, get_args, get_origin

from domain.facts import DESK, Fact, FactData
from domain.facts.template import fill
from domain.wording import day, moment, money
from domain.words import (
    CHOICE_LABELS,
    ROLE_LABELS,
    STAGE_LABELS,
    STATUS_LABELS,
    Language,
    LineStatus,
    Role,
    Stage,
    Text,
)

if TYPE_CHECKING:
    from domain.playbook.book import StaffedPlaybook

Clock = Callable[[datetime], str]

UNREADABLE = Text(ru="запись не читается ({kind})", en="this fact can't be read ({kind})")


def sentence(
    fact: Fact, language: Language, clock: Clock | None = None, book: "StaffedPlaybook | None" = None
) -> str:
    """What it is about, what happened, and who did it.

    `clock` writes moments, Moscow's if none. `book` names people and the fields of forms; without it their ids stand there.
    """
    reader = Reader(language, clock, book)
    said = _said(fact, reader)
    about = _subject(fact.subject, language)
    said = f"{about}: {said}" if about else said
    who = "" if fact.actor.person == DESK.person else f" — {_who(fact, reader)}"
    return f"{said[:1].upper()}{said[1:]}{who}"


class Reader:
    """One who reads in a language, on a clock, and knows people and forms by the playbook, if it is there."""

    def __init__(
        self, language: Language, clock: Clock | None = None, book: "StaffedPlaybook | None" = None
    ) -> None:
        self.language, self.book = language, book
        self.clock = clock or partial(moment, language=language)

    def answers(self, answers: Mapping[str, str], assignment: str) -> str:
        """`Итог: принят; Серийные номера: A1, A2`."""
        titles = self._titles(assignment)
        return "; ".join(
            f"{titles.get(name, name)}: {self._answer(value)}" for name, value in answers.items()
        )

    def word(self, data: FactData, name: str) -> str:
        value = getattr(data, name)
        match value:
            case {} if name == "answers":
                return self.answers(value, getattr(data, "assignment", ""))
            case tuple():
                return ", ".join(self._one(data, name, item) for item in value)
        return self._one(data, name, value) if value else ""

    def name(self, person: str) -> str:
        if person in set(Role):
            return ROLE_LABELS[Role(person)].to(self.language)
        return self.book.name(person) if self.book else person

    def _one(self, data: FactData, name: str, value: Any) -> str:
        match value:
            case Text():
                return value.to(self.language)
            case Stage():
                return STAGE_LABELS[value].to(self.language)
            case LineStatus():
                return STATUS_LABELS[value].to(self.language)
            case Role():
                return ROLE_LABELS[value].to(self.language)
            case Decimal():
                return money(value, getattr(data, "currency", ""), self.language)
            case datetime():
                return self.clock(value)
            case date():
                return day(value, self.language)
        return _READ[_reading(type(data), name)](self, str(value))

    def _choice(self, value: str) -> str:
        return CHOICE_LABELS[value].to(self.language) if value in CHOICE_LABELS else value

    def _answer(self, value: str) -> str:
        with suppress(ValueError):
            return (
                day(date.fromisoformat(value), self.language)
                if _DAY.fullmatch(value)
                else self._choice(value)
            )
        return value

    def _titles(self, assignment: str) -> dict[str, str]:
        if not self.book:
            return {}
        forms = [kind.form for code, kind in self.book.assignments.items() if code == assignment]
        forms += [term.form for term in self.book.payments.values()] if assignment == "payment-terms" else []
        return {field.name: field.title.to(self.language) for form in forms for field in form}


_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def _said(fact: Fact, reader: Reader) -> str:
    try:
        data = fact.read()
    except ValueError:  # altered, or told by a later version
        return UNREADABLE.to(reader.language).format(kind=fact.kind)
    return fill(data.sentence.to(reader.language), partial(reader.word, data))


_READ: dict[str, Callable[[Reader, str], str]] = {
    "person": Reader.name,
    "choice": Reader._choice,
    "text": lambda _, value: value,
}


@cache
def _reading(declared: type[FactData], name: str) -> str:
    """How people read a string: as the name of a person, as the label of a choice, or as it is."""
    field = declared.model_fields[name]
    if get_origin(field.annotation) is Literal:
        return "choice"
    marks = [field.metadata, *(getattr(arg, "__metadata__", ()) for arg in get_args(field.annotation))]
    return "person" if any("person" in mark for mark in marks) else "text"


def _subject(subject: str, language: Language) -> str:
    line = re.fullmatch(r"line (\d+)", subject)
    return (f"Строка {line[1]}" if language == "ru" else f"Line {line[1]}") if line else ""


def _who(fact: Fact, reader: Reader) -> str:
    behalf = reader.name(fact.actor.behalf) if fact.actor.behalf else ""
    absent = (f" (за {behalf})" if reader.language == "ru" else f" (for {behalf})") if behalf else ""
    return fact.actor.name + absent
