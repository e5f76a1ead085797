"""Customs: the declaration, then a status check every so often until the goods are released; a hold is on record."""

from domain.deal.tasks import Assignment
from domain.facts import CustomsHeld, CustomsReleased
from domain.playbook.questions import CustomsDeclaration, CustomsRelease, OnHold, Released
from workflows.line_case import LineCase


def declarations_in(declared: Assignment) -> list[str]:
    """Goods that came in several lots have one for each."""
    return [number.strip() for number in CustomsDeclaration.read(declared.answers).declaration.split(",")]


async def customs(line: LineCase) -> None:
    declared = await line.answered("customs-declaration")
    line.state.declarations = declarations_in(declared)
    book = line.state.book
    line.check_every("customs", book.calendar.after(line.now, book.checks.customs))

    def ask(round: int) -> Assignment:
        return line.open("customs-release", round=round)

    async def hold(release: Assignment, round: int) -> None:
        answer = CustomsRelease.read(release.answers)
        if isinstance(answer, OnHold):
            line.record(CustomsHeld(reason=answer.reason), by=release.by)
            line.state.held = True

    release = await line.in_rounds(
        "customs-release", ask, lambda asked: isinstance(CustomsRelease.read(asked.answers), Released), hold
    )
    line.state.held = False
    line.state.checks.pop("customs", None)
    answer = CustomsRelease.read(release.answers)
    if isinstance(answer, Released):
        line.record(CustomsReleased(on=answer.released_on), by=release.by)
