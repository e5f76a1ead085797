"""The director has seen that something is overdue: nobody is told of it again until the day named."""

from typing import Any

from domain import alarms
from domain.deal import answers
from domain.deal.messages import Acknowledge
from domain.facts import EscalationAcknowledged
from domain.wording import day
from domain.words import Text
from workflows.case import Case
from workflows.inbox import Effect


def acknowledge(case: Case[Any], message: Acknowledge) -> Effect:
    item, alarm = answers.find_open(case.state, message.item)
    actor = case.desk.authorize(Acknowledge, case.desk.identify(message.actor))
    answers.check_until(message.until, case.today)

    def effect() -> Text:
        book, title = case.state.book, item.title
        until = book.calendar.moment_of(message.until, case.now)
        alarms.acknowledge(alarm, until, book.reminders, book.calendar)
        fact = EscalationAcknowledged(
            id=message.item, title=title, until=message.until, comment=message.comment
        )
        case.record(fact, by=actor)
        return Text(
            ru=f"Принято к сведению до {day(message.until, 'ru')}: {title.ru}",
            en=f"Acknowledged until {day(message.until, 'en')}: {title.en}",
        )

    return effect
