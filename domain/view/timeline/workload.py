"""How much is asked of whom."""

from collections import Counter
from collections.abc import Iterator, Sequence

from domain.deal.authority import CLIENT
from domain.deal.state import DealState
from domain.facts import ApprovalOpened, AssignmentOpened, DocumentReady, FactData, MilestoneDue
from domain.view.timeline.calls import asked
from domain.view.timeline.model import Call, Overdue, Workload
from domain.view.timeline.trail import Trail
from domain.words import Role

_ASKED: dict[type[FactData], str] = {
    AssignmentOpened: "assignments",
    ApprovalOpened: "approvals",
    DocumentReady: "signatures",
    MilestoneDue: "payments",
}
_CALLED = {"reminder": "reminders", "check": "checks"}


def workload(trail: Trail, called: Sequence[Call], late: Sequence[Overdue]) -> Iterator[Workload]:
    """Of those who are asked or told of anything."""
    counts = Counter(_counted(trail, called, late))
    deal = trail.deal
    for person in (*deal.book.people, CLIENT):
        of_person = {what: count for (who, what), count in counts.items() if who == person}
        if of_person:
            roles = (Role.CLIENT,) if person == CLIENT else deal.book.people[person].roles
            yield Workload(person=person, name=name_of(person, deal), roles=roles, **of_person)


def name_of(person: str, deal: DealState) -> str:
    return deal.client.contact if person == CLIENT else deal.book.name(person)


def _counted(trail: Trail, called: Sequence[Call], late: Sequence[Overdue]) -> Iterator[tuple[str, str]]:
    """Each time that somebody is asked, called or late: who, and which count it is."""
    for _, data in trail.entries:
        if what := _ASKED.get(type(data)):
            yield from ((person, what) for person in asked(data, trail.deal))
    for call in called:
        if what := _CALLED.get(call.kind):
            yield from ((person, what) for person in call.who)
        elif call.to:
            yield call.to, "escalations"
    for item in late:
        yield from ((person, "overdue") for person in item.who)
