"""A line is cut in two: its goods, money, papers and answers, to the kopeck and to the piece or the gram."""

from collections.abc import Mapping
from datetime import datetime
from decimal import ROUND_DOWN, Decimal
from typing import Any, TypeVar

from domain.deal.clearance import divide_declarations
from domain.deal.lots import divide_lots
from domain.deal.payments import Milestone, milestones_of
from domain.deal.splits import Split
from domain.deal.state import LineState
from domain.deal.tasks import Assignment
from domain.facts import Subject
from domain.goods.quantity import exact
from domain.money import KOPECK, ZERO
from domain.order.order import OrderLine
from domain.playbook.book import Playbook
from domain.playbook.form_answers import pieces
from domain.playbook.forms import FieldType
from domain.playbook.questions import Acceptance, Partial
from domain.playbook.routes import Step

Kept = TypeVar("Kept", bound=Any)

_EMPTY_AT_FIRST: dict[str, Any] = {
    "playbook": None,
    "people": None,
    "receipts": {},
    "unreported": [],
    "parts": [],
    "cut": [],
    "missing": 0,
    "reported": 0,
    "reported_digest": "",
    "revision": 0,
    "untold": True,
    "expected_on": None,
}


def cut(line: LineState, split: Split, now: datetime) -> LineState:
    """What was split off, as it begins: a copy cut to its part, which stands at the same step. The line keeps the rest.

    What is open is not copied: the step asks it of both. Papers that are not signed yet become ready anew.
    """
    part = _copied(line, split)
    _divide_milestones(line, part)
    _divide_pieces(line, part)
    whole = line.good.quantity
    line.good = _divided(line, split)[0]
    divide_declarations(line, part, whole)
    if not split.rest:
        divide_lots(line, part, whole, line.book.calendar.today(now))
    if split.rest:
        _has_not_come(part, line.book, now)
        line.missing = 0
    line.cut.append(split.number)
    return part


def _copied(line: LineState, split: Split) -> LineState:
    """With everything under its own ids."""
    own: dict[str, Any] = {
        "number": split.number,
        "split_from": line.number,
        "good": _divided(line, split)[1],
    }
    part = line.model_copy(update=_EMPTY_AT_FIRST | own).model_copy(deep=True)
    to = {"line": split.number}
    part.deadlines = {_own(asked.id, part): asked.alarm.due_at for asked in line.open_assignments}
    part.assignments = _renamed({id: a for id, a in part.assignments.items() if a.closed}, part)
    part.approvals = _renamed({id: a for id, a in part.approvals.items() if a.closed}, part)
    part.milestones = _renamed(part.milestones, part, **to)
    part.documents = {
        id: paper if paper.signed else paper.model_copy(update={"alarm": None})
        for id, paper in _renamed(part.documents, part, **to).items()
    }
    return part


def _divided(line: LineState, split: Split) -> tuple[OrderLine, OrderLine]:
    return line.good.divided(exact(line.good.quantity - split.quantity))


def _own(id: str, part: LineState) -> str:
    """The same of the part: `line-1:claim#2` is `line-3:claim#2`."""
    return Subject(part.number).id(id.partition(":")[2])


def _renamed(items: Mapping[str, Kept], part: LineState, **more: Any) -> dict[str, Kept]:
    named = ((_own(id, part), item) for id, item in items.items())
    return {id: item.model_copy(update={"id": id, **more}) for id, item in named}


# --- money -----------------------------------------------------------------------------------------------------------


def _divide_milestones(line: LineState, part: LineState) -> None:
    """Those of what is kept by the payment term; the part has what is left of each, so that no sum is other than before."""
    kept = line.amount - part.amount
    wanted = milestones_of(line.number, kept, line.book.payments[line.good.payment])
    amounts = carve(line.milestones, {id: milestone.amount for id, milestone in wanted.items()})
    for id, milestone in line.milestones.items():
        own = part.milestones[_own(id, part)]
        own.amount, milestone.amount = milestone.amount - amounts[id], amounts[id]
        own.allocated = share(milestone.allocated, milestone.amount, own.amount)
        milestone.allocated -= own.allocated


def carve(whole: Mapping[str, Milestone], wanted: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """As much of each milestone as is wanted. Where it is less, by the rounding of kopecks, the last ones make up for it."""
    amounts = {id: min(wanted[id], milestone.amount) for id, milestone in whole.items()}
    short = sum(wanted.values(), ZERO) - sum(amounts.values(), ZERO)
    for id in reversed(amounts):
        more = min(short, whole[id].amount - amounts[id])
        amounts[id] += more
        short -= more
    return amounts


def share(stood: Decimal, kept: Decimal, part: Decimal) -> Decimal:
    """Of the money on a milestone, what goes to the part: all that it is to have where the whole was paid, else by the sums, kopecks
    rounded down. So what was paid stays paid on both."""
    if stood >= kept + part:
        return part
    return (stood * part / (kept + part)).quantize(KOPECK, rounding=ROUND_DOWN)


# --- answers ---------------------------------------------------------------------------------------------------------


def _divide_pieces(line: LineState, part: LineState) -> None:
    """Of what was answered piece by piece the last ones are the part's. What is measured has no pieces."""
    whole = line.good.quantity
    if not line.good.has_pieces:
        return
    for asked in [asked for asked in line.assignments.values() if asked.closed]:
        for name in _lists(line, asked):
            values = pieces(asked.answers[name])
            if len(values) == whole:
                own = part.assignments[_own(asked.id, part)]
                left = int(whole - part.good.quantity)
                asked.answers = asked.answers | {name: ", ".join(values[:left])}
                own.answers = own.answers | {name: ", ".join(values[left:])}


def _lists(line: LineState, asked: Assignment) -> list[str]:
    of_terms = line.book.payments[line.good.payment].form if asked.kind == "payment-terms" else ()
    fields = (*line.book.assignment(asked.kind).form, *of_terms)
    return [field.name for field in fields if field.type is FieldType.PIECES and field.name in asked.answers]


def serials(part: LineState) -> str:
    """The numbers of its pieces, as far as they are known."""
    answers = (asked.answers for asked in part.assignments.values() if asked.kind == "acceptance")
    return next((said.get("serial_numbers", "") for said in answers if said.get("result") == "accepted"), "")


def _has_not_come(part: LineState, book: Playbook, now: datetime) -> None:
    """It waits for its arrival once more, and is accepted by itself."""
    round = part.rounds.get("acceptance", 1)
    accepted = part.assignments.pop(part.subject.id("acceptance", round))
    part.noted = [key for key in part.noted if key != came_in_part(round)]
    answer = Acceptance.read(accepted.answers)
    if isinstance(answer, Partial):
        part.eta = book.calendar.end_of(answer.eta, now)
    waited = part.rounds.get("arrival", 1)
    known = part.subject.id("arrival", waited) in part.assignments
    part.rounds["arrival"] = waited + 1 if known else waited
    part.checks.pop("eta", None)
    part.route = (*part.route[: part.passed], Step.TRAVEL, *part.route[part.passed :])
    part.status = Step.TRAVEL.status


def came_in_part(round: int) -> str:
    """What is noted once the rest of an acceptance is waited for."""
    return f"in-part#{round}"
