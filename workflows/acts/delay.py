"""A supplier or a carrier has named another day: what depends on it moves, and nobody is told on for what is not yet due."""

from datetime import date, datetime

from domain.alarms import put_off
from domain.deal.messages import Delay
from domain.deal.supplier_dates import check_delay
from domain.deal.tasks import Assignment
from domain.facts import Actor, ReadyDateMoved
from domain.wording import worded
from domain.words import Text
from workflows.inbox import Effect
from workflows.line_case import LineCase
from workflows.steps.order import dispatch_due


def delay(line: LineCase, message: Delay) -> Effect:
    actor = line.desk.authorize(Delay, line.desk.identify(message.actor))
    asked = check_delay(line.state, message, line.today)

    def effect() -> Text:
        if message.ready_on:
            _move_ready(line, asked, message.ready_on, message.reason, actor)
        elif message.eta:
            _move_arrival(line, asked, message.eta, message.reason, actor)
        line.look_ahead()
        return worded(
            ru="Перенесено на {day}: «{title}», срок {due}",
            en="Moved to {day}: “{title}”, due {due}",
            day=message.ready_on or message.eta,
            title=asked.title,
            due=line.state.book.calendar.today(asked.alarm.due_at),
        )

    return effect


def _move_ready(line: LineCase, asked: Assignment, on: date, reason: str, by: Actor) -> None:
    state, calendar = line.state, line.state.book.calendar
    before = calendar.today(state.ready_at) if state.ready_at else None
    state.ready_at = line.end_of(on)
    _ask_by(line, asked, dispatch_due(line))
    line.record(ReadyDateMoved(ready=on, before=before, due=asked.alarm.due_at, reason=reason), by=by)


def _move_arrival(line: LineCase, asked: Assignment, on: date, reason: str, by: Actor) -> None:
    due_at = line.move_eta(on, by, reason)
    line.check_every("eta", due_at)
    _ask_by(line, asked, due_at)


def _ask_by(line: LineCase, asked: Assignment, due_at: datetime) -> None:
    book, due_at = line.state.book, max(due_at, line.now)
    asked.alarm = put_off(asked.alarm, due_at, line.now, book.reminders, book.calendar)
