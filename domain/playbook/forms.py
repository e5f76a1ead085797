"""Forms: the fields an assignment asks for. What counts as an answer stands in `form_answers`."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from domain.base import Count, Value
from domain.goods.quantity import Number, exact
from domain.goods.units import UNITS, is_measured
from domain.wording.invalid import Invalid, shape
from domain.words import Text, UnitOfMeasure

_NAME = shape(
    r"^[a-z][a-z0-9_]{0,49}$",
    ru="нужны строчные латинские буквы, цифры и _, первой буква, не больше 50 знаков",
    en="small latin letters, digits and _, a letter first, at most 50",
)


class FieldType(StrEnum):
    TEXT = "text"
    DATE = "date"
    NUMBER = "number"
    CHOICE = "choice"
    EMAIL = "email"
    PIECES = "list"
    """One value per piece of the line's quantity: `A1, A2, A3`, or a range `A1..A3`."""


_ONLY_FOR = {
    "choices": (FieldType.CHOICE,),
    "choice_titles": (FieldType.CHOICE,),
    "number": (FieldType.TEXT,),
    "pattern": (FieldType.TEXT, FieldType.NUMBER, FieldType.EMAIL),
    "example": tuple(kind for kind in FieldType if kind is not FieldType.DATE),
    **dict.fromkeys(("days", "earliest", "latest"), (FieldType.DATE,)),
    "part": (FieldType.NUMBER,),
    "unit": (FieldType.NUMBER,),
    "counted_by": (FieldType.PIECES,),
}
"""What means nothing in a field of another type."""

Days = Annotated[int, Field(ge=-3650, le=3650)]
Condition = dict[str, str | tuple[str, ...]]
"""Answers by field: this one, or one of these."""


def is_met(condition: Condition, answers: Mapping[str, Any]) -> bool:
    """Whether each of these answers was given."""
    return all(answers.get(name, "") in wanted(codes) for name, codes in condition.items())


def wanted(codes: str | tuple[str, ...]) -> tuple[str, ...]:
    return (codes,) if isinstance(codes, str) else codes


class FormField(Value):
    """A field of a form, as the playbook writes it.

    `days` shifts a date's example from today; `earliest` and `latest` bound it, in days from today. `required_when` names the
    answers (`{"outcome": "hold"}`, or one of `["hold", "refused"]`) that make an optional field required. `choice_titles` are what people read for its choices. `date_in` is a pattern group that must be a real
    date, `DDMMYY`. `part`: so much of the line, some of it and not all, in its `unit`, which the desk fills in. A list that is `counted_by` such a field has so many
    values, and is needed, where that one is. `number`: of a state contract, its `ikz` or its number in a `registry`: the INN that stands
    inside must be the client's.
    """

    name: str = Field(pattern=_NAME)
    type: FieldType = FieldType.TEXT
    title: Text
    help: Text | None = None
    required: bool = True
    required_when: Condition = {}
    choices: tuple[str, ...] | None = None
    choice_titles: dict[str, Text] = {}
    pattern: str | None = None
    date_in: Count | None = None
    example: str = ""
    days: Days = 0
    earliest: Days | None = None
    latest: Days | None = None
    part: bool = False
    unit: UnitOfMeasure = UnitOfMeasure.PIECE
    counted_by: str = ""
    number: Literal["ikz", "registry"] | None = None

    @model_validator(mode="after")
    def _consistent(self) -> "FormField":
        if self.type is FieldType.CHOICE and not self.choices:
            raise self._invalid(ru="для выбора нужны choices", en="a choice needs choices")
        if self.required and self.required_when:
            raise self._invalid(
                ru="required_when требует required: false", en="required_when needs required: false"
            )
        if self.type is FieldType.TEXT and not self.example:
            raise self._invalid(ru="тексту нужен example", en="a text needs an example")
        if self.date_in is not None and self.pattern is None:
            raise self._invalid(
                ru="date_in — группа из pattern, а его нет",
                en="date_in is a group of the pattern, and there is none",
            )
        if strange := sorted(self.choice_titles.keys() - {*(self.choices or ())}):
            raise self._invalid(
                ru="в choice_titles есть {strange}, а среди choices нет",
                en="choice_titles has {strange}, which is no choice",
                strange=strange[0],
            )
        for name, types in _ONLY_FOR.items():
            if self.type not in types and getattr(self, name) != type(self).model_fields[name].default:
                raise self._invalid(
                    ru="{what} — для {types}, а его тип — {type}",
                    en="{what} is for {types}, and its type is {type}",
                    what=name,
                    types=Text(ru=" или ".join(types), en=" or ".join(types)),
                    type=self.type.value,
                )
        return self

    def _invalid(self, *, ru: str, en: str, **values: Any) -> Invalid:
        return Invalid(ru="поле {name}: " + ru, en="field {name}: " + en, name=self.name, **values)

    def example_for(self, today: date, quantity: Number) -> str:
        """An answer that is accepted as it stands."""
        match self.type:
            case FieldType.DATE:
                return (today + timedelta(days=self.days)).isoformat()
            case FieldType.CHOICE:
                return self.example or (self.choices or ("",))[0]
            case FieldType.PIECES:
                stem = self.example or "SN-"
                return f"{stem}0001" if quantity == 1 else f"{stem}0001..{stem}{int(quantity):04d}"
            case FieldType.NUMBER if self.part and is_measured(self.unit):
                return str(exact(round(Decimal(quantity) / 2, UNITS[self.unit].decimals)))
            case FieldType.NUMBER:
                return self.example or "1"
            case FieldType.EMAIL:
                return self.example or "anna@clinic.example"
            case _:
                return self.example


Form = tuple[FormField, ...]
