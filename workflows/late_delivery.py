"""A delivery that will be late: the manager is asked what to do, and the client is told, each once per change that matters."""

from typing import Any

from domain.deal.delivery import DeliveryForecast, forecast_delivery, postponed
from domain.deal.tasks import Approval, Assignment
from domain.facts import Actor, DeliveryInTime, DeliveryLate, DeliveryMoved
from domain.playbook.kinds import DATE_AMENDMENT, LATE_DELIVERY, NEW_DATE
from domain.playbook.questions import Amend, DateAmendment, LateDelivery, NewDate
from domain.view.delivery_words import because, lateness
from domain.wording import day
from domain.words import Source, Text, Trigger
from workflows.case import Case

IN_TIME = Text(ru="снова в срок", en="in time again")
LATE_SERVICE = Text(
    ru="Услуга опаздывает: решить, что делать", en="The service will be late: decide what to do"
)
MOVED_ON = Text(ru="прогноз изменился", en="the forecast has changed")
DELIVERED = Text(ru="клиент уже получил заказанное", en="the client has what was ordered")


def watch_promise(line: Case[Any]) -> None:
    """Looks at the forecast of a line on its way. With a pace there are no days to be late by."""
    state, book = line.state, line.state.book
    runs = Trigger.CONTRACT in state.moments and not state.status.final
    if not runs or book.calendar.pace or not state.good.is_promised:
        return
    if Trigger.ACCEPTED in state.moments:
        _close(line, DELIVERED)
        return
    forecast = forecast_delivery(state, book, line.now, state.moments[Trigger.CONTRACT], state.papers.follows)
    if not forecast.late_days:
        _in_time(line, forecast)
    elif state.expected_on is None or postponed(
        state.expected_on, forecast.delivered_on, book.promise.ask_again, book.calendar
    ):
        _late(line, forecast)


def _late(line: Case[Any], forecast: DeliveryForecast) -> None:
    state = line.state
    if forecast.promised_on is None:
        return
    why = because(state, forecast, state.book, line.now)
    state.expected_on = forecast.delivered_on
    line.record(DeliveryLate(expected=forecast.delivered_on, promised=forecast.promised_on, reason=why))
    _close(line, MOVED_ON)
    said = lateness(forecast, why, state.book.language)
    title = LATE_SERVICE if state.good.source is Source.SERVICE else None
    line.open(LATE_DELIVERY, round=_rounds(line, LATE_DELIVERY) + 1, comment=said, title=title)


def _in_time(line: Case[Any], forecast: DeliveryForecast) -> None:
    if line.state.expected_on is None or forecast.promised_on is None:
        return
    line.state.expected_on = None
    line.record(DeliveryInTime(expected=forecast.delivered_on, promised=forecast.promised_on))
    _close(line, IN_TIME)


def _close(line: Case[Any], why: Text) -> None:
    """Nobody is asked about a delay that is another one by now, or none."""
    for asked in line.state.open_assignments:
        if asked.kind in (LATE_DELIVERY, DATE_AMENDMENT):
            line.withdraw(asked, why)
    for approval in line.state.open_approvals:
        if approval.kind == NEW_DATE:
            line.withdraw_approval(approval, why)


def _rounds(line: Case[Any], kind: str) -> int:
    return sum(asked.kind == kind for asked in line.state.assignments.values())


def take_decision(case: Case[Any], answered: Assignment) -> None:
    """What follows from what is decided about a late delivery."""
    if answered.kind == DATE_AMENDMENT:
        reason = DateAmendment.read(answered.answers).reason
        case.open(LATE_DELIVERY, round=_rounds(case, LATE_DELIVERY) + 1, comment=reason)
    elif answered.kind == LATE_DELIVERY:
        match LateDelivery.read(answered.answers):
            case NewDate() as answer:
                _take_new_date(case, answer, answered)
            case Amend():
                case.open(DATE_AMENDMENT, round=_rounds(case, DATE_AMENDMENT) + 1)


def _take_new_date(case: Case[Any], answer: NewDate, answered: Assignment) -> None:
    """The client is told; with the director's yes, where the playbook wants it."""
    if not case.state.book.promise.with_director:
        _tell_client(case, answer, answered.by)
        return
    rounds = case.state.approvals.get(case.state.subject.id(NEW_DATE))
    round = rounds.version + 1 if rounds else 1
    said = f"{day(answer.new_date, case.state.book.language)}, {answer.explanation}"
    case.put_to_approval(NEW_DATE, by=answered.by, round=round, reason=said)


def hear_director(case: Case[Any], approval: Approval) -> None:
    """With a no the manager decides anew."""
    if approval.kind != NEW_DATE or not approval.closed:
        return
    asked = [one for one in case.state.assignments.values() if one.kind == LATE_DELIVERY]
    answer = LateDelivery.read(asked[-1].answers)
    if approval.approved and isinstance(answer, NewDate):
        _tell_client(case, answer, approval.votes[-1].actor)
    elif approval.rejected:
        case.open(LATE_DELIVERY, round=_rounds(case, LATE_DELIVERY) + 1, comment=approval.votes[-1].comment)


def _tell_client(case: Case[Any], answer: NewDate, by: Actor) -> None:
    known = case.state.expected_on or answer.new_date
    case.state.expected_on = max(known, answer.new_date)
    case.record(DeliveryMoved(expected=answer.new_date, explanation=answer.explanation), by=by)
