"""Whether a day that a supplier or a carrier names anew can be taken: the goods must wait for it, and it must be to come."""

from datetime import date

from domain.deal.messages import Delay
from domain.deal.state import LineState
from domain.deal.tasks import Assignment
from domain.refusals import Refusal


def asked_of(line: LineState, kind: str) -> Assignment | None:
    """What is asked now, of this kind."""
    return next((asked for asked in line.open_assignments if asked.kind == kind), None)


def check_delay(line: LineState, message: Delay, today: date) -> Assignment:
    """The assignment whose deadline counts from the day. Raises Refusal."""
    if (message.ready_on is None) == (message.eta is None):
        raise Refusal(
            "bad_delay",
            en="say either when the goods are ready, or when they arrive",
            ru="нужно одно из двух: когда товар будет готов или когда он прибудет",
        )
    asked = asked_of(line, "dispatch" if message.ready_on else "arrival")
    if asked is None:
        raise _nothing_waits(line, message)
    day, known = message.ready_on or message.eta or today, line.ready_at if message.ready_on else line.eta
    if day < today:
        raise Refusal(
            "past",
            en="{day} has passed: give the day that is promised now",
            ru="{day} уже прошло: укажите день, который обещают теперь",
            day=day,
        )
    if known and line.book.calendar.today(known) == day:
        raise Refusal("already", en="it is {day} already", ru="этот день и так {day}", day=day)
    return asked


def _nothing_waits(line: LineState, message: Delay) -> Refusal:
    if message.ready_on:
        return Refusal(
            "not_waited_for",
            en="a ready date is waited for between the order with the supplier and the dispatch; the line stands at “{status}”",
            ru="готовности ждут от заказа у поставщика до отправки; позиция в статусе «{status}»",
            status=line.status,
        )
    return Refusal(
        "not_waited_for",
        en="an arrival is waited for from the dispatch on; the line stands at “{status}”",
        ru="прибытия ждут после отправки; позиция в статусе «{status}»",
        status=line.status,
    )
