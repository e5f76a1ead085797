"""What planning says of a portal: steps to take, notes on what is otherwise than planned and may stay so, and troubles."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, NamedTuple

from domain.words import Text


class Part(StrEnum):
    FUNNEL = "funnel"
    STAGES = "stages"
    DEAL_FIELDS = "deal fields"
    LINES = "lines"
    STATUSES = "statuses"
    LINE_FIELDS = "line fields"
    BOOKS = "books"
    PEOPLE = "people"
    TASKS = "tasks"
    BOT = "bot"
    RIGHTS = "rights"


PART_LABELS = {
    Part.FUNNEL: Text(ru="Воронка", en="Funnel"),
    Part.STAGES: Text(ru="Стадии сделок", en="Stages of deals"),
    Part.DEAL_FIELDS: Text(ru="Поля сделок", en="Fields of deals"),
    Part.LINES: Text(ru="Смарт-процесс позиций", en="Smart process of lines"),
    Part.STATUSES: Text(ru="Стадии позиций", en="Stages of lines"),
    Part.LINE_FIELDS: Text(ru="Поля позиций", en="Fields of lines"),
    Part.BOOKS: Text(ru="Справочники", en="Reference books"),
    Part.PEOPLE: Text(ru="Сотрудники", en="People"),
    Part.TASKS: Text(ru="Задачи", en="Tasks"),
    Part.BOT: Text(ru="Бот", en="Bot"),
    Part.RIGHTS: Text(ru="Права", en="Permissions"),
}


class Step(NamedTuple):
    """`params` None: it can be taken only once an earlier one has been. Without a `vital` one the desk works all the same."""

    part: Part
    words: Text
    method: str
    params: Mapping[str, Any] | None
    vital: bool = True

    @property
    def key(self) -> tuple[Part, str]:
        """The same in every plan that has it."""
        return self.part, self.words.en


class Note(NamedTuple):
    part: Part
    words: Text


class Trouble(NamedTuple):
    """What no step can mend."""

    part: Part
    words: Text
    advice: Text
    vital: bool = True


Item = Step | Note | Trouble


class Plan(NamedTuple):
    steps: tuple[Step, ...]
    notes: tuple[Note, ...]
    troubles: tuple[Trouble, ...]

    @classmethod
    def of(cls, items: "list[Item]") -> "Plan":
        return cls(
            tuple(i for i in items if isinstance(i, Step)),
            tuple(i for i in items if isinstance(i, Note)),
            tuple(i for i in items if isinstance(i, Trouble)),
        )
