"""Whether a form of the playbook can be answered: its examples at least, whatever else it asks."""

from collections import Counter
from collections.abc import Iterator
from datetime import date

from domain.order.problems import Problem
from domain.playbook.check.patterns import pattern_problems
from domain.playbook.forms import MAX_PIECES, FieldType, Form, FormField, check_form, needed_with
from domain.refusals import Refusal

MAX_FIELDS = 40
MAX_CHOICES = 100
MAX_CHOICE = 100
_ANY_DAY = date(2026, 11, 23)  # bounds and examples both count from it


def form_problems(form: Form, place: str) -> Iterator[Problem]:
    """What is wrong with it, found when a playbook is loaded and never in a workflow."""
    if len(form) > MAX_FIELDS:
        yield Problem(place=place, words=f"more than {MAX_FIELDS} fields: nobody fills in so many")
        return
    twice = [name for name, times in Counter(field.name for field in form).items() if times > 1]
    for name in twice:
        yield Problem(place=f"{place}.{name}", words="two fields have the same name: rename or remove one")
    found = [
        Problem(place=f"{place}.{at}", words=words) for field in form for at, words in _wrong(field, form)
    ]
    yield from found
    if not found and not twice:  # or the examples would only say the same again
        yield from _refused_examples(form, place)


def _wrong(field: FormField, form: Form) -> Iterator[tuple[str, str]]:
    fields = {other.name: other for other in form}
    yield from ((f"{field.name}.choices", words) for words in _choice_problems(field.choices or ()))
    if field.pattern is not None:
        yield from (
            (f"{field.name}.pattern", words) for words in pattern_problems(field.pattern, field.date_in)
        )
    for name, value in field.required_when.items():
        if name == field.name:
            yield f"{field.name}.required_when", "a field can't be needed by its own answer"
        elif name not in fields:
            yield f"{field.name}.required_when", f"no field {name!r}: one of {', '.join(fields)}"
        elif (choices := fields[name].choices) and value not in choices:
            yield f"{field.name}.required_when", f"{name} is never {value!r}: one of {', '.join(choices)}"
    if field.earliest is not None and field.latest is not None and field.earliest > field.latest:
        yield (
            f"{field.name}.earliest",
            f"{field.earliest} days from today is after latest, {field.latest} days",
        )


def _choice_problems(choices: tuple[str, ...]) -> Iterator[str]:
    if len(choices) > MAX_CHOICES:
        yield f"more than {MAX_CHOICES} choices"
    yield from (f"{choice!r} stands twice" for choice, times in Counter(choices).items() if times > 1)
    for choice in choices:
        if not choice.strip():
            yield "an empty choice can't be chosen"
        elif choice != choice.strip():
            yield f"{choice!r} has spaces around it, and answers have none"
        elif len(choice) > MAX_CHOICE:
            yield f"{choice[:20]!r}… is longer than {MAX_CHOICE} characters"


def _refused_examples(form: Form, place: str) -> Iterator[Problem]:
    lists = any(field.type is FieldType.PIECES for field in form)
    for quantity in (1, 12, MAX_PIECES) if lists else (1,):
        examples = {field.name: field.example_for(_ANY_DAY, quantity) for field in form}
        needed = needed_with(form, examples)
        for answers in (examples, {name: examples[name] for name in needed}):
            try:
                check_form(form, answers, _ANY_DAY, quantity)
            except Refusal as refusal:
                yield Problem(place=place, words=f"the examples are not accepted: {refusal}"[:500])
                return
