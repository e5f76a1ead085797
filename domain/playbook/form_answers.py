"""What counts as an answer to a form: of each field, of fields that hang together, and what is kept of it."""

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Literal, NamedTuple

from domain.calendar import FIRST_YEAR, LAST_YEAR, in_range
from domain.goods.quantity import Number, decimals_of, read_quantity
from domain.goods.units import UNITS, is_measured
from domain.order.numbers import inn_in_ikz, inn_in_registry_number, is_inn
from domain.placeholders import is_placeholder
from domain.playbook.forms import FieldType, Form, FormField, is_met
from domain.refusals import Refusal
from domain.serials import twice
from domain.spelling import day_as_iso, ungrouped
from domain.wording import Measured, choice, grouped, typed, word, worded
from domain.words import Language, Text, UnitOfMeasure, join

MAX_ANSWER = 4000
MAX_PATTERNED = 200  # of what is compared with a pattern: see `patterns`
MAX_PIECES = 10_000
MAX_PIECE = 100
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")  # fromisoformat alone also takes 20261201 and 2026-W49-2
_NUMBER = re.compile(r"[0-9]{1,12}([.,][0-9]{1,4})?")
_WHOLE = re.compile(r"[0-9]{1,5}")
_RUN = re.compile(r"(.*?)([0-9]{1,18})\s*\.\.\s*(.*?)([0-9]{1,18})")
_EMAIL = re.compile(r"[^\s@,;<>\"]{1,64}@[^\s@,;<>\"]+\.[^\s@,;<>\"]+")
MAX_EMAIL = 254
UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")  # not for PostgreSQL or UTF-8


_MISSING = Text(en="this must be filled in", ru="это нужно заполнить")


def answer_in_words(answer: str, field: FormField | None, language: Language) -> str:
    """A kept answer as people read it: dates, numbers and choices are written as they write them."""
    if field is None or field.type is FieldType.DATE:
        if _DATE.fullmatch(answer):
            with suppress(ValueError):
                return word(date.fromisoformat(answer), language)
        return choice(answer).to(language) if field is None else answer
    if field.type is FieldType.CHOICE:
        return choice(answer, field.choice_titles).to(language)
    if field.type is FieldType.NUMBER and _NUMBER.fullmatch(answer):
        return grouped(Decimal(answer.replace(",", ".")), language)
    return answer


class AnswerProblem(NamedTuple):
    """What is wrong with the answer to one field, without its name; `field` is none where the form has no field of this name.
    `quantity`: of how many pieces it tells."""

    name: str
    words: Text
    field: FormField | None = None
    quantity: Number = 1
    missing: bool = False


Besides = Callable[[Mapping[str, str]], list[AnswerProblem]]
"""What may be wrong with answers that a form accepts, by what is known otherwise."""


def _nothing(_: Mapping[str, str]) -> list[AnswerProblem]:
    return []


def answer_problems(
    form: Form, answers: Mapping[str, Any], today: date, quantity: Number = 1, besides: Besides = _nothing
) -> list[AnswerProblem]:
    """All that is wrong with the answers, as people write them; nothing if they are accepted."""
    given, names = kept(form, answers), {field.name for field in form}
    problems = [AnswerProblem(name, _unknown(name, form)) for name in given if name not in names]
    needed = needed_with(form, given)
    for field in form:
        answer, count = given.get(field.name, ""), count_of(field, form, given, quantity)
        if not answer and field.name in needed:
            problems.append(AnswerProblem(field.name, _MISSING, field, count, missing=True))
        elif answer and (words := problem_beside(field, form, given, today, quantity)):
            problems.append(AnswerProblem(field.name, words, field, count))
    return problems or besides({name: answer for name, answer in given.items() if answer})


def problem_beside(
    field: FormField, form: Form, given: Mapping[str, str], today: date, quantity: Number
) -> Text | None:
    """What is wrong with this answer beside the others."""
    answer = given[field.name]
    if words := problem_of(field, answer, today, count_of(field, form, given, quantity)):
        return words
    return (
        _part_problem(answer, Measured(quantity, field.unit))
        if field.part and field.name in needed_with(form, given)
        else None
    )


def examples(
    form: Form, today: date, quantity: Number, chosen: Mapping[str, str] | None = None
) -> dict[str, str]:
    """To every field one that is accepted as it stands, beside those that were chosen."""
    given = {field.name: field.example_for(today, quantity) for field in form} | dict(chosen or {})
    for field in form:
        if field.counted_by and field.name not in (chosen or {}):
            given[field.name] = field.example_for(today, count_of(field, form, given, quantity))
    return given


def count_of(field: FormField, form: Form, given: Mapping[str, str], quantity: Number) -> Number:
    """How many pieces an answer tells of: all of the line, or as many as another answer says."""
    count = given.get(field.counted_by, "")
    counted = field.counted_by in needed_with(form, given) and _WHOLE.fullmatch(count)
    return min(int(count), quantity) if counted else quantity


def _part_problem(answer: str, whole: Measured) -> Text | None:
    """What is wrong with so much of so much."""
    unit, came = UNITS[whole.unit], read_quantity(answer)
    if decimals_of(came) > unit.decimals or not came > 0:
        if not unit.decimals:
            return worded(
                en="a whole number of the unit “{unit}” is needed",
                ru="нужно целое число единиц «{unit}»",
                unit=unit.name,
            )
        return worded(
            en="a quantity in the unit “{unit}” is needed, with at most {most} decimals",
            ru="нужно количество в единицах «{unit}», не больше {most} знаков после запятой",
            unit=unit.name,
            most=unit.decimals,
        )
    if came >= whole.quantity:
        return worded(
            en="less than all is needed, and the line has {all}",
            ru="нужно меньше, чем всего, а в позиции {all}",
            all=whole,
        )
    return None


LISTED = ("quantities", "lot_quantities")
"""Fields that hold quantities with commas between them: pieces, as a playbook's pattern has them, or what another unit allows."""


def of_unit(form: Form, unit: UnitOfMeasure) -> Form:
    """The form for goods in this unit: how much of it is said in it, and no piece of what is measured has a number."""
    if unit is UnitOfMeasure.PIECE:
        return form
    measured = is_measured(unit)
    pieceless = (field for field in form if not (measured and field.type is FieldType.PIECES))
    return tuple(_in(unit, field) for field in pieceless)


def _in(unit: UnitOfMeasure, field: FormField) -> FormField:
    if not field.part and field.name not in LISTED:
        return field
    title = worded(ru="{title}, {unit}", en="{title}, {unit}", title=field.title, unit=unit)
    own = {"unit": unit} if field.part else {"pattern": None} if is_measured(unit) else {}
    return field.model_copy(update={"title": title, **own})


def check_form(
    form: Form, answers: Mapping[str, Any], today: date, quantity: Number = 1, besides: Besides = _nothing
) -> dict[str, str]:
    """The answers, trimmed and checked; all that is wrong is said in one `Refusal`. A field goes by its name or its title."""
    found = answer_problems(form, answers, today, quantity, besides)
    if problems := [_said(problem, today) for problem in found]:
        words = join(problems, "; ")
        raise Refusal("bad_form", en=words.en, ru=words.ru)
    return {name: answer for name, answer in kept(form, answers).items() if answer}


def kept(form: Form, answers: Mapping[str, Any]) -> dict[str, str]:
    """The answers as they are kept; what the form does not ask for stays as it is."""
    asked = {field.name: field for field in form}
    names = {title.casefold(): f.name for f in form for title in (f.title.ru, f.title.en)}
    given = {
        name if name in asked else names.get(name.casefold(), name): str(value).strip()
        for name, value in answers.items()
        if value is not None
    }
    return {name: in_plain(asked[name], said) if name in asked else said for name, said in given.items()}


def _said(problem: AnswerProblem, today: date) -> Text:
    if (field := problem.field) is None:
        return problem.words
    about = {"title": field.title, "example": _example(field, today, problem.quantity)}
    if problem.missing:
        return worded(
            en="“{title}” is missing, for example {example}",
            ru="не заполнено поле «{title}», например {example}",
            **about,
        )
    return worded(
        en="“{title}”: {problem}, for example {example}",
        ru="«{title}»: {problem}, например {example}",
        problem=problem.words,
        **about,
    )


def needed_with(form: Form, answers: Mapping[str, str]) -> list[str]:
    """The fields that must be filled where these answers are given."""
    needed = [field.name for field in form if field.required or is_required_with(field, answers)]
    return [field.name for field in form if field.name in needed or (field.counted_by in needed)]


def pieces(answer: str) -> list[str]:
    """The values of a list: commas or new lines between them, `A1..A3` for a run of numbers."""
    values: list[str] = []
    for part in re.split(r"[,;\n]+", answer):
        values += _run(part.strip())
        if len(values) > MAX_PIECES:  # however many more there are: no line has that many
            break
    return values


def _run(part: str) -> list[str]:
    """`A1..A3` as its values, anything else as the one value it is."""
    run = _RUN.fullmatch(part) if len(part) <= 2 * MAX_PIECE + 10 else None
    if run is None or run[1] != run[3]:
        return [part] if part else []
    first, last = int(run[2]), int(run[4])
    if not 0 <= last - first < MAX_PIECES:
        return [part]
    return [f"{run[1]}{n:0{len(run[2])}d}" for n in range(first, last + 1)]


def is_required_with(field: FormField, given: Mapping[str, str]) -> bool:
    """Whether these answers make it required."""
    return bool(field.required_when) and is_met(field.required_when, given)


def _unknown(name: str, form: Form) -> Text:
    return worded(
        en="this form has no field {name} (it has: {fields})",
        ru="в этой форме нет поля {name} (есть: {fields})",
        name=typed(name),
        fields=[field.title for field in form] or "—",
    )


def _example(field: FormField, today: date, quantity: Number) -> Text:
    """As people write it."""
    example = field.example_for(today, quantity)
    return Text(ru=answer_in_words(example, field, "ru"), en=answer_in_words(example, field, "en"))


def in_plain(field: FormField, answer: str) -> str:
    """An answer as it is kept: dates, numbers and choices may be written as people read them."""
    match field.type:
        case FieldType.DATE:
            return day_as_iso(answer)
        case FieldType.NUMBER:
            return ungrouped(answer)
        case FieldType.CHOICE:
            return _choice(field, answer)
    return answer


def _choice(field: FormField, answer: str) -> str:
    for code in field.choices or ():
        title = choice(code, field.choice_titles)
        if answer.casefold() in {name.casefold() for name in (code, title.ru, title.en)}:
            return code
    return answer


def problem_of(field: FormField, answer: str, today: date, quantity: Number) -> Text | None:
    """What is wrong with this answer, which stands as `in_plain` has it."""
    if is_placeholder(answer) and field.type is not FieldType.EMAIL:  # mail programs write addresses so
        return Text(
            en=f"{answer} only shows where the value goes: write the value itself",
            ru=f"{answer} лишь показывает место: впишите само значение",
        )
    longest = MAX_PATTERNED if field.pattern else MAX_ANSWER
    if field.type is FieldType.PIECES:
        longest += int(quantity) * MAX_PIECE
    if len(answer) > longest:
        return Text(en=f"longer than {longest} characters", ru=f"длиннее {longest} знаков")
    if UNPRINTABLE.search(answer):
        return Text(en="control characters are not allowed", ru="управляющие знаки недопустимы")
    match field.type:
        case FieldType.DATE:
            return _date_problem(field, answer, today)
        case FieldType.CHOICE if field.choices and answer not in field.choices:
            return worded(
                en="one of {choices}",
                ru="одно из: {choices}",
                choices=[choice(code, field.choice_titles) for code in field.choices],
            )
        case FieldType.NUMBER if not _NUMBER.fullmatch(answer):
            return Text(en="a number is needed", ru="нужно число")
        case FieldType.EMAIL if not _EMAIL.fullmatch(answer) or len(answer) > MAX_EMAIL:
            return Text(en="an e-mail address is needed", ru="нужен адрес почты")
        case FieldType.PIECES:
            return _pieces_problem(answer, quantity)
    pattern = _pattern_problem(field, field.pattern, answer) if field.pattern else None
    return pattern or (_number_problem(field.number, answer) if field.number else None)


def _number_problem(number: Literal["ikz", "registry"], answer: str) -> Text | None:
    """Zeros have the right control digits, and are nobody's."""
    inn = inn_in_ikz(answer) if number == "ikz" else inn_in_registry_number(answer)
    if inn is None:
        digits = 36 if number == "ikz" else 19
        return Text(en=f"{digits} digits are needed", ru=f"нужно цифр: {digits}")
    if not is_inn(inn):
        return worded(
            en="the customer's INN must stand inside it, and {inn} is none",
            ru="внутри него должен быть ИНН заказчика, а {inn} — не ИНН",
            inn=inn,
        )
    return None


def _pattern_problem(field: FormField, pattern: str, answer: str) -> Text | None:
    found = re.fullmatch(pattern, answer)
    if not found:
        return Text(en="not in the right form", ru="неверный вид")
    day = found[field.date_in] or "" if field.date_in else None
    if day is not None and not _is_real_date(day):
        return Text(en=f"{day} is no date DDMMYY", ru=f"{day} — не дата ДДММГГ")
    return None


def _date_problem(field: FormField, answer: str, today: date) -> Text | None:
    try:
        day = date.fromisoformat(answer if _DATE.fullmatch(answer) else "")
    except ValueError:
        return Text(en="a date is needed", ru="нужна дата")
    if not in_range(day):
        return worded(
            en="{day} is no date of the years {first} to {last}",
            ru="{day} — дата не {first}–{last} годов",
            day=day,
            first=FIRST_YEAR,
            last=LAST_YEAR,
        )
    if field.earliest is not None and day < (bound := today + timedelta(days=field.earliest)):
        return worded(en="{day} is before {bound}", ru="{day} раньше {bound}", day=day, bound=bound)
    if field.latest is not None and day > (bound := today + timedelta(days=field.latest)):
        return worded(en="{day} is after {bound}", ru="{day} позже {bound}", day=day, bound=bound)
    return None


def _pieces_problem(answer: str, quantity: Number) -> Text | None:
    values = pieces(answer)
    if len(values) != quantity:
        return Text(
            en=f"{len(values)} values for {quantity} pieces: one per piece",
            ru=f"{len(values)} значений на {quantity} шт.: по одному на штуку",
        )
    if again := twice(values):
        return worded(
            en="the same value stands twice: {value}",
            ru="одно значение стоит дважды: {value}",
            value=typed(again[0]),
        )
    if any(len(value) > MAX_PIECE for value in values):
        return Text(
            en=f"a value is longer than {MAX_PIECE} characters", ru=f"значение длиннее {MAX_PIECE} знаков"
        )
    return None


def _is_real_date(ddmmyy: str) -> bool:
    if not re.fullmatch(r"[0-9]{6}", ddmmyy):
        return False
    try:
        date(2000 + int(ddmmyy[4:6]), int(ddmmyy[2:4]), int(ddmmyy[:2]))
    except ValueError:
        return False
    return True
