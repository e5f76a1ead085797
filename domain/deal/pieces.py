"""The pieces of a line that the warehouse has accepted, by their serial numbers."""

from domain.deal.state import LineState
from domain.deal.tasks import Assignment
from domain.playbook.forms import pieces

ACCEPTANCE, SERIALS = "acceptance", "serial_numbers"


def acceptance_of(line: LineState) -> Assignment | None:
    """The one by which pieces were accepted, if any were."""
    asked = (a for a in line.assignments.values() if a.kind == ACCEPTANCE and a.closed and not a.withdrawn)
    return next((a for a in asked if a.answers.get("result") in ("accepted", "partial")), None)


def serials_of(line: LineState) -> list[str]:
    accepted = acceptance_of(line)
    return pieces(accepted.answers.get(SERIALS, "")) if accepted else []
