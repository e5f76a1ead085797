"""Customs declarations and releases that can't be, beside all that a line has declared; and how they are divided when it is split."""

from collections import Counter
from collections.abc import Container, Iterator, Mapping
from datetime import date, timedelta

from domain.deal.declarations import (
    DECLARATION,
    FAILED,
    RELEASE,
    Declaration,
    day_in,
    declarations_in,
    declared,
    listed,
    quantities_in,
    undeclared,
)
from domain.deal.state import LineState, ProcessState
from domain.deal.tasks import Assignment
from domain.playbook.forms import AnswerProblem, Form
from domain.playbook.questions import Conditional, CustomsDeclaration, CustomsRelease, Released
from domain.wording import typed, worded
from domain.words import Text

OLDEST = timedelta(days=5 * 365)
"""A declaration that is older is typed wrong."""


def declarations_of(line: LineState, before: str = "") -> list[Declaration]:
    return declarations_in(line.assignments.values(), line.good.quantity, before)


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
    days = [day for each in declared(answers, 0) if (day := each.declared_on)]
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
    yield from _too_many(answer.quantities, numbers, undeclared(known, line.good.quantity))


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


def _too_many(answer: str, numbers: list[str], left: int) -> Iterator[tuple[str, Text]]:
    pieces = quantities_in(answer)
    if pieces and len(pieces) != len(numbers):
        yield (
            "quantities",
            worded(
                en="{said} quantities for {numbers} declarations: one for each",
                ru="чисел {said}, а деклараций {numbers}: нужно по одному на каждую",
                said=len(pieces),
                numbers=len(numbers),
            ),
        )
    elif pieces and not all(pieces):
        yield (
            "quantities",
            Text(en="a declaration is for one piece at least", ru="в декларации хотя бы одна штука"),
        )
    elif sum(pieces) > left:
        yield (
            "quantities",
            worded(
                en="{said} pieces in all, and {left} are to be declared",
                ru="вместе {said} шт., а задекларировать нужно {left}",
                said=sum(pieces),
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
                en="it is not said how many pieces each declaration is for: correct that answer first, "
                "deal correct {deal} {id} -f quantities=…",
                ru="не сказано, сколько штук в каждой декларации: сначала исправьте тот ответ, "
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

History = list[tuple[str, str]]
"""Of one piece: the questions that declared it, without their line, and under which number each."""


def divide_declarations(line: LineState, part: LineState, whole: int) -> None:
    """What the customs have let go stays with the line first, so that it can go on; the part has the rest."""
    histories, kept = _histories(line, whole), whole - part.good.quantity
    told = {of for piece in histories for of, _ in piece}
    for own, pieces in ((line, histories[:kept]), (part, histories[kept:])):
        _keep(own, pieces, told)
        own.declarations = declarations_of(own)


def _keep(own: LineState, pieces: list[History], told: Container[str]) -> None:
    """Of each answer what tells of these pieces; one that tells of none counts no more."""
    for asked in own.assignments.values():
        question = asked.id.partition(":")[2]
        if question not in told:
            continue
        counts = Counter(number for piece in pieces for of, number in piece if of == question)
        asked.withdrawn = not counts
        if counts and asked.answers.get("quantities"):
            numbers, quantities = ", ".join(counts), ", ".join(map(str, counts.values()))
            asked.answers = asked.answers | {"declaration": numbers, "quantities": quantities}


def _histories(line: LineState, whole: int) -> list[History]:
    """Those let go first, those not declared last."""
    pieces: list[History] = [[] for _ in range(whole)]
    stands = {each.number: each for each in declarations_in(line.assignments.values(), whole)}
    asked = [a for a in line.assignments.values() if a.kind == DECLARATION and a.closed and not a.withdrawn]
    for each in sorted(asked, key=lambda a: a.closed_at.timestamp() if a.closed_at else 0):
        known = {d.number: d for d in declarations_in(line.assignments.values(), whole, each.id)}
        bare = (p for p in pieces if not p or (p[-1][1] in known and known[p[-1][1]].failed))
        for one in declared(each.answers, undeclared(known.values(), whole)):
            for piece in [p for _, p in zip(range(one.quantity), bare, strict=False)]:
                piece.append((each.id.partition(":")[2], one.number))
    return sorted(pieces, key=lambda p: _place(stands[p[-1][1]]) if p and p[-1][1] in stands else 2)


def _place(declaration: Declaration) -> int:
    return 0 if declaration.free else 1 if declaration.awaited else 2
