"""Who answers what, and when: everybody in the playbook's lead times, or in so many times as long. For rehearsals and forecasts."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import NamedTuple

from domain.deal.assignment_form import form_of
from domain.deal.messages import Complete, Decide, Message, Pay, Sign
from domain.deal.open_items import OpenItem, items_of, persons
from domain.deal.rates import NOMINAL_RATE
from domain.deal.state import DealState, LineState, ProcessState
from domain.deal.tasks import Awaiting
from domain.money import ZERO, kopecks
from domain.playbook.form_answers import needed_with
from domain.words import Role

JUST_IN_TIME = timedelta(seconds=1)
"""What is answered at its very deadline would be late."""


class Answer(NamedTuple):
    """What somebody will do about an open item."""

    at: datetime
    item: OpenItem
    person: str


class Cast:
    """The people around a deal. `late` stretches (2) or shortens (0.5) lead times, of a role or of a person, who goes before the role."""

    def __init__(self, late: Mapping[str, float] | None = None) -> None:
        self._late = dict(late or {})

    def answers(self, process: ProcessState, deal: DealState) -> Iterator[Answer]:
        """To all that is open in the deal itself, or in one of its lines."""
        for item in items_of(process, deal):
            seats = item.who if item.kind == "approval" else _of_each_role(item)
            for seat in seats:
                yield Answer(self._moment(item, seat, process, deal), item, seat.person)

    def message(
        self, answer: Answer, process: ProcessState, deal: DealState, id: str, today: date
    ) -> Message:
        """What is sent: yes to all, and of forms the examples, by which a deal goes on."""
        item, by = answer.item, {"id": id, "actor": answer.person}
        of = item.id or ""
        match item.kind:
            case "assignment":
                kind = process.assignments[of].kind
                return Complete(**by, assignment=of, fields=_fields(kind, process, deal, today))
            case "approval":
                return Decide(**by, approval=of, approve=True, version=item.version)
            case "document":
                return Sign(id=id, actor=answer.person, document=of)
        accountant = persons(Role.ACCOUNTANT, deal)[0]
        amount, line = item.amount or ZERO, item.subject.line
        if deal.rate:
            amount = kopecks(amount * deal.rate.applied(NOMINAL_RATE))
        return Pay(id=id, actor=accountant, amount=amount, currency=deal.pays_in, line=line)

    def _moment(self, item: OpenItem, seat: Awaiting, process: ProcessState, deal: DealState) -> datetime:
        """In working time; a deadline on a day off is kept to the second all the same."""
        calendar, begins, factor = deal.book.calendar, _begins(item, process, deal), self._factor(seat)
        lead_time = calendar.worked(begins, item.due_at).total_seconds() * factor
        done = calendar.after_work(begins, timedelta(seconds=round(lead_time)))
        if factor >= 1:
            done = max(done, item.due_at)
        return max(done - JUST_IN_TIME, item.since)

    def _factor(self, seat: Awaiting) -> float:
        return self._late.get(seat.person, self._late.get(seat.role, 1))


def _of_each_role(item: OpenItem) -> tuple[Awaiting, ...]:
    """Any of those who have a role may do it; a document has signers of several."""
    firsts: dict[Role, Awaiting] = {}
    for seat in item.who:
        firsts.setdefault(seat.role, seat)
    return tuple(firsts.values())


def _begins(item: OpenItem, process: ProcessState, deal: DealState) -> datetime:
    """When the lead time begins to run: nobody takes longer for goods that are made, or under way, until a known day."""
    if item.kind != "assignment":
        return item.since
    availability = process.good.availability if isinstance(process, LineState) else None
    span = deal.book.assignment(process.assignments[item.id or ""].kind).due_for(availability)
    return max(item.since, deal.book.calendar.before(item.due_at, span))


def _fields(kind: str, process: ProcessState, deal: DealState, today: date) -> dict[str, str | None]:
    form = form_of(deal, process.subject.line or 0, kind)
    quantity = process.good.quantity if isinstance(process, LineState) else 1
    examples = {field.name: field.example_for(today, quantity) for field in form}
    return {name: examples[name] for name in needed_with(form, examples)}
