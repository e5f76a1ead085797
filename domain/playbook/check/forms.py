"""Whether a form of the playbook can be answered: its examples at least, whatever else it asks."""

from collections import Counter
from collections.abc import Iterator
from datetime import date

from domain.order.problems import Problem, problem
from domain.playbook.check.patterns import pattern_problems
from domain.playbook.form_answers import MAX_PIECES, check_form, needed_with
from domain.playbook.forms import FieldType, Form, FormField, wanted
from domain.refusals import Refusal
from domain.wording import counted, typed, worded
from domain.words import Text

MAX_FIELDS = 40
MAX_CHOICES = 100
MAX_CHOICE = 100
_ANY_DAY = date(2026, 11, 23)  # bounds and examples both count from it

_BY_ITSELF = Text(
    ru="поле не может требоваться из-за своего же ответа", en="a field can't be needed by its own answer"
)


def form_problems(form: Form, place: str) -> Iterator[Problem]:
    """What is wrong with it, found when a playbook is loaded and never in a workflow."""
    if len(form) > MAX_FIELDS:
        yield problem(
            place,
            ru="больше {most} полей: столько никто не заполнит",
            en="more than {most} fields: nobody fills in so many",
            most=MAX_FIELDS,
        )
        return
    twice = [name for name, times in Counter(field.name for field in form).items() if times > 1]
    for name in twice:
        yield problem(
            f"{place}.{name}",
            ru="у двух полей одно имя: переименуйте или уберите одно",
            en="two fields have the same name: rename or remove one",
        )
    found = [Problem(place=f"{place}.{at}", text=text) for field in form for at, text in _wrong(field, form)]
    yield from found
    if not found and not twice:  # or the examples would only say the same again
        yield from _refused_examples(form, place)


def _wrong(field: FormField, form: Form) -> Iterator[tuple[str, Text]]:
    fields = {other.name: other for other in form}
    yield from ((f"{field.name}.choices", text) for text in _choice_problems(field.choices or ()))
    if field.pattern is not None:
        yield from (
            (f"{field.name}.pattern", text) for text in pattern_problems(field.pattern, field.date_in)
        )
    for name, value in field.required_when.items():
        if name == field.name:
            yield f"{field.name}.required_when", _BY_ITSELF
        elif name not in fields:
            yield (
                f"{field.name}.required_when",
                worded(
                    ru="нет поля {name}: нужно одно из {fields}",
                    en="no field {name}: one of {fields}",
                    name=typed(name),
                    fields=list(fields),
                ),
            )
        elif (choices := fields[name].choices) and (never := [v for v in wanted(value) if v not in choices]):
            yield (
                f"{field.name}.required_when",
                worded(
                    ru="в {name} не бывает {value}: нужно одно из {choices}",
                    en="{name} is never {value}: one of {choices}",
                    name=name,
                    value=typed(never[0]),
                    choices=choices,
                ),
            )
    if field.earliest is not None and field.latest is not None and field.earliest > field.latest:
        yield (
            f"{field.name}.earliest",
            worded(
                ru="через {earliest} — позже, чем latest, через {latest}",
                en="{earliest} from today is after latest, {latest} from today",
                earliest=_days(field.earliest),
                latest=_days(field.latest),
            ),
        )


def _days(n: int) -> Text:
    return Text(ru=counted(n, "day", "ru"), en=counted(n, "day", "en"))


def _choice_problems(choices: tuple[str, ...]) -> Iterator[Text]:
    if len(choices) > MAX_CHOICES:
        yield worded(ru="больше {most} вариантов", en="more than {most} choices", most=MAX_CHOICES)
    for choice, times in Counter(choices).items():
        if times > 1:
            yield worded(ru="{choice} стоит дважды", en="{choice} stands twice", choice=typed(choice))
    for choice in choices:
        if not choice.strip():
            yield Text(ru="пустой вариант нельзя выбрать", en="an empty choice can't be chosen")
        elif choice != choice.strip():
            yield worded(
                ru="вокруг {choice} стоят пробелы, а в ответах их нет",
                en="{choice} has spaces around it, and answers have none",
                choice=typed(choice),
            )
        elif len(choice) > MAX_CHOICE:
            yield worded(
                ru="{choice} длиннее {most} знаков",
                en="{choice} is longer than {most} characters",
                choice=typed(f"{choice[:20]}…"),
                most=MAX_CHOICE,
            )


def _refused_examples(form: Form, place: str) -> Iterator[Problem]:
    lists = any(field.type is FieldType.PIECES for field in form)
    for quantity in (1, 12, MAX_PIECES) if lists else (1,):
        examples = {field.name: field.example_for(_ANY_DAY, quantity) for field in form}
        needed = needed_with(form, examples)
        for answers in (examples, {name: examples[name] for name in needed}):
            try:
                check_form(form, answers, _ANY_DAY, quantity)
            except Refusal as refusal:
                yield problem(
                    place,
                    ru="примеры не принимаются: {refusal}",
                    en="the examples are not accepted: {refusal}",
                    refusal=refusal.text,
                )
                return
