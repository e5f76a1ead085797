"""A fact as a sentence: what the timeline, the CRM's comments and the log say happened."""

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from enum import Enum
from functools import cache, partial
from typing import TYPE_CHECKING, Any, Literal, get_args, get_origin

from domain.facts import DESK, OPERATOR, Fact, FactData, Subject
from domain.facts.template import fill
from domain.playbook.built_in import BUILT_IN
from domain.playbook.form_answers import answer_in_words
from domain.playbook.forms import FormField
from domain.view.change_words import changes_in_words
from domain.wording import about, choice, file_size, moment, money, word
from domain.words import ROLE_LABELS, Language, LineStatus, Role, Stage, Text, stage_label, status_label

if TYPE_CHECKING:
    from domain.playbook.book import StaffedPlaybook

Clock = Callable[[datetime], str]

OPERATED = Text(ru="оператор", en="an operator")
UNREADABLE = Text(ru="запись не читается", en="this fact can't be read")


def sentence(
    fact: Fact, language: Language, clock: Clock | None = None, book: "StaffedPlaybook | None" = None
) -> str:
    """What it is about, what happened, and who did it.

    `clock` writes moments, Moscow's if none. `book` names people and the fields of forms; without it people go by their ids, and answers without titles.
    """
    reader = Reader(language, clock, book)
    said = _said(fact, reader)
    about = _subject(fact.subject, language)
    said = f"{about}: {said}" if about else said
    who = "" if fact.actor.person == DESK.person else f" — {_who(fact, reader)}"
    return f"{said[:1].upper()}{said[1:]}{who}"


_ANSWERS = ("answers", "before", "after")
"""Where facts hold answers to an assignment's form."""


class Reader:
    """One who reads in a language, on a clock, and knows people and forms by the playbook, if it is there."""

    def __init__(
        self, language: Language, clock: Clock | None = None, book: "StaffedPlaybook | None" = None
    ) -> None:
        self.language, self.book = language, book
        self.clock = clock or partial(moment, language=language)

    def answers(self, answers: Mapping[str, str], assignment: str) -> str:
        """`Итог: принят; Серийные номера: A1, A2`. What no form at hand has a title for is told without one."""
        fields = self._fields(assignment)
        return "; ".join(self._answered(fields.get(name), value) for name, value in answers.items())

    def word(self, data: FactData, name: str) -> str:
        value = getattr(data, name)
        match value:
            case {} if name in _ANSWERS:
                return self.answers(value, getattr(data, "assignment", ""))
            case tuple() if name == "changes":
                currency = getattr(data, "currency", "")
                return "; ".join(changes_in_words(value, currency, self.language, self.book))
            case tuple():
                return ", ".join(self._one(data, name, item) for item in value)
        return self._one(data, name, value) if value else ""

    def name(self, person: str) -> str:
        if person in set(Role):
            return ROLE_LABELS[Role(person)].to(self.language)
        return self.book.name(person) if self.book else person

    def _one(self, data: FactData, name: str, value: Any) -> str:
        match value:
            case Decimal() if hasattr(data, "currency"):
                return money(value, data.currency, self.language)
            case int() if _reading(type(data), name) == "bytes":
                return file_size(value, self.language)
            case LineStatus():
                return status_label(value, getattr(data, "source", None)).to(self.language)
            case Stage():
                return stage_label(value, (getattr(data, "source", None),)).to(self.language)
            case str() if not isinstance(value, Enum):
                return _READ[_reading(type(data), name)](self, value)
        return word(value, self.language, self.clock)

    def _act(self, name: str) -> str:
        from domain.deal.messages import MESSAGES  # slow to import, and most trails name no act

        return MESSAGES[name].title.to(self.language) if name in MESSAGES else name

    def _choice(self, value: str) -> str:
        return choice(value).to(self.language)

    def _answered(self, field: FormField | None, value: str) -> str:
        said = answer_in_words(value, field, self.language)
        return f"{field.title.to(self.language)}: {said}" if field else said

    def _fields(self, assignment: str) -> dict[str, FormField]:
        if self.book:
            forms = [self.book.assignments[assignment].form] if assignment in self.book.assignments else []
            forms += (
                [term.form for term in self.book.payments.values()] if assignment == "payment-terms" else []
            )
        else:
            forms = []
        forms += [BUILT_IN[assignment].form] if assignment in BUILT_IN and not forms else []
        return {field.name: field for form in forms for field in form}


def _said(fact: Fact, reader: Reader) -> str:
    try:
        data = fact.read()
    except ValueError:  # altered, or told by a later version
        return UNREADABLE.to(reader.language)
    return fill(data.sentence.to(reader.language), partial(reader.word, data))


_READ: dict[str, Callable[[Reader, str], str]] = {
    "person": Reader.name,
    "choice": Reader._choice,
    "act": Reader._act,
    "text": lambda _, value: value,
}


@cache
def _reading(declared: type[FactData], name: str) -> str:
    """How people read it: as the name of a person, as what a message does, as the size of a file, as the label of a choice, or as it is."""
    field = declared.model_fields[name]
    if get_origin(field.annotation) is Literal:
        return "choice"
    marks = [field.metadata, *(getattr(arg, "__metadata__", ()) for arg in get_args(field.annotation))]
    return next((kind for kind in ("person", "act", "bytes") if any(kind in mark for mark in marks)), "text")


def _subject(subject: str, language: Language) -> str:
    line = Subject.read(subject).line
    return about(line).to(language) if line else ""


def _who(fact: Fact, reader: Reader) -> str:
    behalf = reader.name(fact.actor.behalf) if fact.actor.behalf else ""
    absent = (f" (за {behalf})" if reader.language == "ru" else f" (for {behalf})") if behalf else ""
    name = OPERATED.to(reader.language) if fact.actor == OPERATOR else fact.actor.name
    return name + absent
