"""What goods were released on the condition of: asked until it is met, while the line goes on. It does not settle before."""

from domain.deal.declarations import RELEASE
from domain.deal.tasks import Assignment
from domain.facts import Actor
from domain.playbook.kinds import OBLIGATION
from domain.playbook.questions import Conditional, CustomsRelease
from domain.wording import worded
from domain.words import Text
from workflows.line_case import LineCase

NO_LONGER = Text(ru="выпуск больше не условный", en="the release is conditional no more")


def watch_obligations(line: LineCase) -> None:
    """Asks for those that came with a conditional release of this line's declarations, each under the round of its release."""
    for released in [a for a in line.state.assignments.values() if a.kind == RELEASE and a.closed]:
        if answer := _condition(line, released):
            line.open(
                OBLIGATION,
                round=_round(released),
                due_at=line.end_of(answer.obligation_until),
                title=_title(line, answer),
            )
        elif (known := _obligation(line, released)) and not known.closed:
            line.withdraw(known, NO_LONGER)


def follow_obligation(line: LineCase, released: Assignment, by: Actor, reason: str) -> None:
    """The release was corrected: so are what is asked, and until when."""
    answer, known = _condition(line, released), _obligation(line, released)
    if answer and known and not known.closed:
        known.title = _title(line, answer)
        line.put_off(OBLIGATION, line.end_of(answer.obligation_until), reason, by=by, id=known.id)


def obligations_met(line: LineCase) -> bool:
    return not any(asked.kind == OBLIGATION for asked in line.state.open_assignments)


def _condition(line: LineCase, released: Assignment) -> Conditional | None:
    """None if there is none, or none of its declarations is this line's any more."""
    answer = CustomsRelease.read(released.answers) if not released.withdrawn else None
    if not isinstance(answer, Conditional):
        return None
    here = {each.number for each in line.state.declarations if each.outcome == answer.outcome}
    named = {part.strip() for part in answer.declarations.split(",") if part.strip()}
    return answer if (here & named if named else here) else None


def _title(line: LineCase, answer: Conditional) -> Text:
    template = line.state.book.assignment(OBLIGATION).title
    return worded(ru="{title}: {what}", en="{title}: {what}", title=template, what=answer.obligation)


def _obligation(line: LineCase, released: Assignment) -> Assignment | None:
    return line.state.assignments.get(line.state.subject.id(OBLIGATION, _round(released)))


def _round(released: Assignment) -> int:
    return int(released.id.partition("#")[2] or 1)
