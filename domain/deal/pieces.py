"""The pieces of a line that the warehouse has accepted, by their serial numbers; and what other lines of the deal have."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from domain.base import LineNumber
from domain.deal.state import DealState, LineState, ProcessState
from domain.deal.tasks import Assignment
from domain.playbook.form_answers import AnswerProblem, kept, pieces
from domain.playbook.forms import Form
from domain.serials import folded, good_key
from domain.wording import typed, worded
from domain.words import LineStatus

ACCEPTANCE, SERIALS = "acceptance", "serial_numbers"
MOST_LINES, MOST_SERIALS = 20, 1000
"""Of one good in a deal. Where there are more, lines are not told of each other's: a number that repeats is found by the records."""


def acceptance_of(line: LineState) -> Assignment | None:
    """The one by which pieces were accepted, if any were."""
    asked = (a for a in line.assignments.values() if a.kind == ACCEPTANCE and a.closed and not a.withdrawn)
    return next((a for a in asked if a.answers.get("result") in ("accepted", "partial")), None)


def serials_of(line: LineState) -> list[str]:
    accepted = acceptance_of(line)
    return pieces(accepted.answers.get(SERIALS, "")) if accepted else []


def serials_said(process: ProcessState, kind: str, form: Form, answers: Mapping[str, Any]) -> list[str]:
    """The serial numbers in answers that are about to be sent, as people write them; none in those of other questions."""
    if kind != ACCEPTANCE or not isinstance(process, LineState):
        return []
    return pieces(kept(form, answers).get(SERIALS, ""))


def serials_beside(deal: DealState) -> dict[LineNumber, dict[str, LineNumber]]:
    """Of each line the serial numbers that other lines with its good have, with their lines."""
    goods = defaultdict[str, list[LineState]](list)
    for line in deal.lines.values():
        if line.status is not LineStatus.CANCELLED:
            goods[good_key(line.good.sku)].append(line)
    found: dict[LineNumber, dict[str, LineNumber]] = {}
    for same in goods.values():
        if not 1 < len(same) <= MOST_LINES:
            continue
        known = {serial: line.number for line in same for serial in serials_of(line)}
        for line in same if len(known) <= MOST_SERIALS else ():
            found[line.number] = {serial: n for serial, n in known.items() if n != line.number}
    return found


def serial_problems(
    process: ProcessState, form: Form, kind: str, answers: Mapping[str, str]
) -> list[AnswerProblem]:
    """What another line of the deal has, whose good is the same. That of other deals the records find."""
    if kind != ACCEPTANCE or not isinstance(process, LineState):
        return []
    there = {folded(serial): (serial, line) for serial, line in process.papers.serials.items()}
    said = pieces(answers.get(SERIALS, "")) if there else []
    taken = next(((serial, *there[key]) for serial in said if (key := folded(serial)) in there), None)
    if taken is None:
        return []
    field = next((field for field in form if field.name == SERIALS), None)
    words = worded(
        en="line {line} of this deal has {serial} already: each piece has a number of its own",
        ru="{serial} уже у позиции {line} этой сделки: у каждой штуки свой номер",
        serial=typed(taken[0]),
        line=taken[2],
    )
    return [AnswerProblem(SERIALS, words, field)]
