"""A letter of credit that would end before the goods are forecast to leave: the manager is asked to have it prolonged while it can be."""

from datetime import date
from typing import Any

from domain.deal.delivery import forecast_delivery
from domain.deal.tasks import Assignment
from domain.playbook.kinds import LETTER_OF_CREDIT
from domain.playbook.questions import LetterOfCredit
from domain.wording import day
from domain.words import Text, Trigger
from workflows.case import Case

LONG_ENOUGH = Text(
    ru="аккредитив покрывает ожидаемую отгрузку", en="the letter of credit covers the shipment as forecast"
)


def watch_letter_of_credit(line: Case[Any]) -> None:
    """Looks at the forecast of a line that is paid so. With a pace there are no days to end on."""
    state, book = line.state, line.state.book
    if book.calendar.pace or state.status.final or Trigger.CONTRACT not in state.moments:
        return
    asked, until = _asked(line), expires_on(line)
    if until is None or Trigger.SHIPPED in state.moments:
        _close(line, asked)
        return
    forecast = forecast_delivery(state, book, line.now, state.moments[Trigger.CONTRACT], state.papers.follows)
    expected = forecast.shipped_on
    if expected <= until:
        _close(line, asked)
    elif not any(not one.closed for one in asked):
        _ask(line, len(asked) + 1, until, expected)


def expires_on(line: Case[Any]) -> date | None:
    """The last day, as it was entered or prolonged last; none where the payment type has none, or it is not known yet."""
    state = line.state
    field = state.book.payments[state.good.payment].expires
    prolonged = [one for one in _asked(line) if one.closed and not one.withdrawn]
    if field and prolonged:
        return LetterOfCredit.read(prolonged[-1].answers).expires_on
    entered = [one for one in state.assignments.values() if one.kind == "payment-terms" and one.answers]
    answer = entered[-1].answers.get(field) if field and entered else None
    return date.fromisoformat(answer) if answer else None


def _ask(line: Case[Any], round: int, until: date, expected: date) -> None:
    """While it can be prolonged: by its last day, at the latest."""
    book = line.state.book
    due = book.assignment(LETTER_OF_CREDIT).due_for(line.availability)
    due_at = min(book.calendar.after(line.now, due), book.calendar.end_of(until, line.now))
    language = book.language
    said = Text(
        ru=f"Действует до {day(until, language)}, а отгрузка ожидается {day(expected, language)}",
        en=f"Valid until {day(until, language)}, and the shipment is expected on {day(expected, language)}",
    )
    line.open(LETTER_OF_CREDIT, round=round, due_at=due_at, comment=said.to(language))


def _asked(line: Case[Any]) -> list[Assignment]:
    return [one for one in line.state.assignments.values() if one.kind == LETTER_OF_CREDIT]


def _close(line: Case[Any], asked: list[Assignment]) -> None:
    for one in asked:
        if not one.closed:
            line.withdraw(one, LONG_ENOUGH)
