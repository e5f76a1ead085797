"""Customs declarations and releases that can't be, beside all that a line has declared; and how they are divided when it is split."""

from collections.abc import Container, Iterator, Mapping
from datetime import date, timedelta
from typing import NamedTuple

from domain.deal.declarations import (
    DECLARATION,
    FAILED,
    RELEASE,
    Declaration,
    day_in,
    declarations_in,
    declared,
    how_listed,
    listed,
    quantities_in,
    undeclared,
)
from domain.deal.state import LineState, ProcessState
from domain.deal.tasks import Assignment
from domain.goods.quantity import Number, cut, exact, total
from domain.goods.units import UNITS
from domain.playbook.form_answers import AnswerProblem
from domain.playbook.forms import Form
from domain.playbook.questions import Conditional, CustomsDeclaration, CustomsRelease, Released
from domain.wording import Measured, typed, worded
from domain.words import Text

OLDEST = timedelta(days=5 * 365)
"""A declaration that is older is typed wrong."""


def declarations_of(line: LineState, before: str = "") -> list[Declaration]:
    return declarations_in(line.assignments.values(), line.good.measured, before)


def clearance_problems(
    process: ProcessState, form: Form, kind: str, id: str, answers: Mapping[str, str], today: date
) -> list[AnswerProblem]:
    """What of these answers, which their form accepts, the line's other declarations do not let be. `id` is the question's."""
    if not isinstance(process, LineState):
        return []
    fields = {field.name: field for field in form}
    found = {DECLARATION: _declared, RELEASE: _released}.get(kind)
    told = found(process, id, answers, today) if found else ()
    return [AnswerProblem(name, words, fields.get(name)) for name, words in told]


def _declared(
    line: LineState, id: str, answers: Mapping[str, str], today: date
) -> Iterator[tuple[str, Text]]:
    answer = CustomsDeclaration.read(answers)
    numbers, known = listed(answer.declaration), declarations_of(line, id)
    others = {
        other
        for a in line.assignments.values()
        if a.kind == DECLARATION and a.closed and a.id != id
        for other in ([] if a.withdrawn else listed(a.answers.get("declaration", "")))
    }
    for number in numbers:
        if numbers.count(number) > 1 or number in others:
            yield (
                "declaration",
                worded(
                    en="{number} is declared already: each declaration has a number of its own",
                    ru="{number} уже указана: у каждой декларации свой номер",
                    number=typed(number),
                ),
            )
            return
        if _is_nothing(number):
            yield (
                "declaration",
                worded(
                    en="{number} is no number: its customs post or serial is all zeros",
                    ru="{number} — не номер: код таможни или порядковый номер из одних нулей",
                    number=typed(number),
                ),
            )
            return
    days = [day for each in declared(answers, line.good.measured) if (day := each.declared_on)]
    if days and min(days) < today - OLDEST:
        yield (
            "declaration",
            worded(
                en="{day} is too long ago for a declaration",
                ru="{day} — слишком давно для декларации",
                day=min(days),
            ),
        )
    yield from _released_before(line, id, numbers)
    left = undeclared(known, line.good.quantity)
    yield from _too_many(answer.quantities, numbers, Measured(left, line.good.unit))


def _is_nothing(number: str) -> bool:
    post, *_, serial = number.split("/")
    return day_in(number) is not None and not (post.strip("0") and serial.strip("0"))


def _released_before(line: LineState, id: str, numbers: list[str]) -> Iterator[tuple[str, Text]]:
    """A number that is corrected stays of a day before its release."""
    asked, stands = line.assignments.get(id), {each.number: each for each in declarations_of(line)}
    entered = listed(asked.answers.get("declaration", "")) if asked and asked.closed else []
    for old, new in zip(entered, numbers, strict=False):
        released, day = stands[old].on if old in stands else None, day_in(new)
        if released and day and day > released:
            yield "declaration", _out_of_order(new, day, released)


def _out_of_order(number: str, day: date, released: date) -> Text:
    return worded(
        en="{released} can't be before {day}, the day of declaration {number}",
        ru="{released} не может быть раньше {day}, дня декларации {number}",
        number=number,
        day=day,
        released=released,
    )


def _too_many(answer: str, numbers: list[str], left: Measured) -> Iterator[tuple[str, Text]]:
    said = quantities_in(answer, left.unit)
    if said and len(said) != len(numbers):
        yield (
            "quantities",
            worded(
                en="{said} quantities for {numbers} declarations: one for each{how}",
                ru="чисел {said}, а деклараций {numbers}: нужно по одному на каждую{how}",
                said=len(said),
                numbers=len(numbers),
                how=how_listed(left.unit),
            ),
        )
    elif said and not all(said):
        yield (
            "quantities",
            worded(
                en="each declaration is for a quantity of its own, in the unit “{unit}”{how}",
                ru="у каждой декларации своё количество, в единицах «{unit}»{how}",
                unit=UNITS[left.unit].name,
                how=how_listed(left.unit),
            ),
        )
    elif total(said) > left.quantity:
        yield (
            "quantities",
            worded(
                en="{said} in all, and {left} are to be declared",
                ru="вместе {said}, а задекларировать нужно {left}",
                said=Measured(total(said), left.unit),
                left=left,
            ),
        )


def _released(
    line: LineState, id: str, answers: Mapping[str, str], today: date
) -> Iterator[tuple[str, Text]]:
    answer = CustomsRelease.read(answers)
    known, named = declarations_of(line, id), listed(answer.declarations)
    awaited = {each.number: each for each in known if each.awaited}
    if strange := [number for number in named if number not in awaited]:
        yield (
            "declarations",
            worded(
                en="{number} is not waited for (these are: {awaited})",
                ru="по {number} ответа не ждут (ждут по: {awaited})",
                number=typed(strange[0]),
                awaited=list(awaited) or "—",
            ),
        )
        return
    told = [awaited[number] for number in named] or list(awaited.values())
    if answer.outcome in FAILED and len(told) < len(awaited) and not all(each.quantity for each in told):
        yield (
            "declarations",
            worded(
                en="it is not said how much each declaration is for: correct that answer first, "
                "deal correct {deal} {id} -f quantities=…",
                ru="не сказано, сколько товара в каждой декларации: сначала исправьте тот ответ, "
                "deal correct {deal} {id} -f quantities=…",
                deal=line.deal,
                id=_declared_by(line, told[0].number),
            ),
        )
    on = answer.released_on if isinstance(answer, Released | Conditional) else None
    for each in told:
        if on and each.declared_on and on < each.declared_on:
            yield "released_on", _out_of_order(each.number, each.declared_on, on)
            return


def _declared_by(line: LineState, number: str) -> str:
    asked = (a for a in line.assignments.values() if a.kind == DECLARATION and a.closed)
    return next((a.id for a in asked if number in listed(a.answers.get("declaration", ""))), "")


def naming(process: ProcessState, form: Form, kind: str, id: str, answers: dict[str, str]) -> dict[str, str]:
    """The answer about a release says which declarations it is about, where there are several or may soon be."""
    if kind != RELEASE or not isinstance(process, LineState) or answers.get("declarations"):
        return answers
    known = declarations_of(process, id)
    more = len(known) > 1 or any(a.kind == DECLARATION for a in process.open_assignments)
    if not more or all(field.name != "declarations" for field in form):
        return answers
    return answers | {"declarations": ", ".join(each.number for each in known if each.awaited)}


def rename_declarations(line: LineState, asked: Assignment, right: Mapping[str, str]) -> None:
    """Where a number is corrected, the answers about its release tell of the right one."""
    if asked.kind != DECLARATION:
        return
    before, after = (listed(answers.get("declaration", "")) for answers in (asked.answers, right))
    names = dict(zip(before, after, strict=True)) if len(before) == len(after) else {}
    for released in line.assignments.values():
        if released.kind == RELEASE and (named := listed(released.answers.get("declarations", ""))):
            said = ", ".join(names.get(number, number) for number in named)
            released.answers = released.answers | {"declarations": said}


# --- a line that is split --------------------------------------------------------------------------------------------


class Piece(NamedTuple):
    """So much of the good with one history: the questions that declared it, without their line, and under which number each."""

    quantity: Number
    history: tuple[tuple[str, str], ...] = ()


def divide_declarations(line: LineState, part: LineState, whole: Number) -> None:
    """What the customs have let go stays with the line first, so that it can go on; the part has the rest."""
    pieces = _pieces(line, whole)
    told = {of for piece in pieces for of, _ in piece.history}
    for own, its in zip((line, part), cut(pieces, line.good.quantity), strict=True):
        _keep(own, its, told)
        own.declarations = declarations_of(own)


def _keep(own: LineState, pieces: list[Piece], told: Container[str]) -> None:
    """Of each answer what tells of these pieces; one that tells of none counts no more."""
    for asked in own.assignments.values():
        question = asked.id.partition(":")[2]
        if question not in told:
            continue
        counts: dict[str, Number] = {}
        for piece in pieces:
            for of, number in piece.history:
                if of == question:
                    counts[number] = exact(counts.get(number, 0) + piece.quantity)
        asked.withdrawn = not counts
        if counts and asked.answers.get("quantities"):
            numbers, quantities = ", ".join(counts), ", ".join(map(str, counts.values()))
            asked.answers = asked.answers | {"declaration": numbers, "quantities": quantities}


def _pieces(line: LineState, whole: Number) -> list[Piece]:
    """Those let go first, those not declared last."""
    answers, measured = line.assignments.values(), Measured(whole, line.good.unit)
    pieces = [Piece(whole)]
    stands = {each.number: each for each in declarations_in(answers, measured)}
    asked = [a for a in answers if a.kind == DECLARATION and a.closed and not a.withdrawn]
    for each in sorted(asked, key=lambda a: a.closed_at.timestamp() if a.closed_at else 0):
        known = {d.number: d for d in declarations_in(answers, measured, each.id)}
        failed = {number for number, one in known.items() if one.failed}
        left = Measured(undeclared(known.values(), whole), line.good.unit)
        for one in declared(each.answers, left):
            pieces = _declare(pieces, one, each.id.partition(":")[2], failed)
    return sorted(pieces, key=lambda p: _place(stands.get(p.history[-1][1])) if p.history else 2)


def _declare(pieces: list[Piece], one: Declaration, question: str, failed: Container[str]) -> list[Piece]:
    """It is for the first that were not declared before, or in vain."""
    after, left = list[Piece](), one.quantity
    for piece in pieces:
        bare = not piece.history or piece.history[-1][1] in failed
        its, rest = cut([piece], left if bare else 0)
        left = exact(left - total(each.quantity for each in its))
        after += [each._replace(history=(*each.history, (question, one.number))) for each in its]
        after += rest
    return after


def _place(declaration: Declaration | None) -> int:
    if declaration is None:
        return 2
    return 0 if declaration.free else 1 if declaration.awaited else 2
