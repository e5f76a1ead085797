"""Customs: declarations for all of it, then a status check every so often until each is released. Instead of one that was refused or
withdrawn a new one is asked for; a conditional release leaves an obligation behind, and lets the line go on."""

from domain.deal.clearance import declarations_of
from domain.deal.declarations import (
    DECLARATION,
    RELEASE,
    cleared,
    listed,
    undeclared,
    unreleased,
)
from domain.deal.tasks import Assignment
from domain.facts import (
    CustomsHeld,
    CustomsRefused,
    CustomsReleased,
    CustomsReleasedConditionally,
    DeclarationWithdrawn,
    FactData,
)
from domain.goods.quantity import Number
from domain.playbook.questions import (
    Conditional,
    CustomsRelease,
    OnHold,
    Released,
    ReleaseRefused,
    WithdrawnDeclaration,
)
from domain.wording import Measured, worded
from domain.words import Text
from workflows.line_case import LineCase
from workflows.obligations import watch_obligations

NOT_NEEDED = Text(ru="больше не требуется", en="it is needed no more")


async def customs(line: LineCase) -> None:
    state = line.state
    take_answers(line)
    while not _cleared(line):
        asked, known = _ask(line), list(state.declarations)
        pieces = line.quantity
        await line.until(
            lambda: (
                any(one.closed for one in asked) or state.declarations != known or line.quantity != pieces
            ),
            "declarations and their release",
        )
        take_answers(line)
    _drop(line, DECLARATION, RELEASE)
    state.checks.pop("customs", None)


def _cleared(line: LineCase) -> bool:
    return cleared(line.state.declarations, line.quantity)


def _ask(line: LineCase) -> list[Assignment]:
    """For the declarations that are missing, and for the answer of the customs about those they have."""
    state, book, asked = line.state, line.state.book, []
    if missing := undeclared(state.declarations, line.quantity):
        asked.append(_ask_to_declare(line, missing))
    else:
        _drop(line, DECLARATION)
    if any(each.awaited for each in state.declarations):
        line.check_every("customs", book.calendar.after(line.now, book.checks.customs))
        asked.append(line.open(RELEASE, round=state.rounds.get(RELEASE, 1)))
    else:
        _drop(line, RELEASE)
        state.checks.pop("customs", None)
    return asked


def _ask_to_declare(line: LineCase, missing: Number) -> Assignment:
    template = line.state.book.assignment(DECLARATION).title
    known = line.state.declarations
    title = (
        worded(
            ru="{title}: {n}", en="{title}: {n}", title=template, n=Measured(missing, line.state.good.unit)
        )
        if known
        else template
    )
    failed = ", ".join(each.number for each in known if each.failed)
    instead = worded(ru="вместо {failed}", en="instead of {failed}", failed=failed)
    asked = line.open(
        DECLARATION,
        round=line.state.rounds.get(DECLARATION, 1),
        comment=instead.to(line.state.book.language) if failed else "",
        title=title,
    )
    asked.title = title  # a part may have been split off since
    return asked


def _drop(line: LineCase, *kinds: str) -> None:
    for asked in line.state.open_assignments:
        if asked.kind in kinds:
            line.state.rounds[asked.kind] = line.state.rounds.get(asked.kind, 1) + 1
            line.withdraw(asked, NOT_NEEDED)


def take_answers(line: LineCase) -> None:
    """Each answer is put on record once; what follows from it is read from all of them."""
    read_declarations(line)
    for kind in (DECLARATION, RELEASE):
        round = line.state.rounds.get(kind, 1)
        answered = line.state.assignments.get(line.state.subject.id(kind, round))
        if answered and answered.closed:
            line.state.rounds[kind] = round + 1
            if kind == RELEASE and not answered.withdrawn:
                line.record(_fact(line, answered), by=answered.by)
    watch_obligations(line)


def read_declarations(line: LineCase) -> None:
    state = line.state
    state.declarations = declarations_of(state)
    state.held = any(each.outcome == "hold" for each in state.declarations)


def _fact(line: LineCase, answered: Assignment) -> FactData:
    answer, known = CustomsRelease.read(answered.answers), line.state.declarations
    numbers = ", ".join(listed(answer.declarations)) if len(known) > 1 else ""
    left, unit = unreleased(known, line.quantity) or None, line.state.good.unit
    match answer:
        case Released(released_on=on):
            return CustomsReleased(on=on, declarations=numbers, left=left, unit=unit)
        case Conditional(obligation=obligation, obligation_until=until, released_on=on):
            return CustomsReleasedConditionally(
                on=on or line.today,
                obligation=obligation,
                until=until,
                declarations=numbers,
                left=left,
                unit=unit,
            )
        case OnHold(reason=reason):
            return CustomsHeld(reason=reason, declarations=numbers)
        case ReleaseRefused(reason=reason):
            return CustomsRefused(reason=reason, declarations=numbers)
        case WithdrawnDeclaration(reason=reason):
            return DeclarationWithdrawn(reason=reason, declarations=numbers)
    raise LookupError(f"{answered.id}: no such outcome: {answer.outcome}")
