"""An open deadline on another day: whose may move, how far without asking the director, and who may say so."""

from datetime import date, datetime, timedelta

from domain.alarms import Alarm
from domain.deal.authority import CLIENT, Desk
from domain.deal.messages import Reschedule
from domain.deal.open_items import OpenItem
from domain.deal.state import Postponement
from domain.facts import Actor
from domain.playbook.book import Playbook
from domain.refusals import Refusal
from domain.wording import worded
from domain.words import Role, Text

FURTHEST = 366
"""Days ahead, even with the director's yes."""


def who_reschedules(item: OpenItem, message: Reschedule, desk: Desk) -> Actor:
    """Whoever it waits for, the deal's manager or the director; of an approval not those who are to decide, nor ever the client."""
    asked = item.persons if item.kind in ("assignment", "document") else ()
    own = [person for person in asked if person != CLIENT]
    return desk.authorize(Reschedule, desk.identify(message.actor), own)


def is_director(actor: Actor, desk: Desk) -> bool:
    return (actor.behalf or actor.person) in desk.persons(Role.DIRECTOR)


def check_movable(item: OpenItem) -> None:
    """A day to pay is agreed with the client; who asks the director must wait for the answer."""
    if item.kind == "payment":
        raise Refusal(
            "agreed_term",
            en="“{title}” is due by the terms agreed with the client: its day moves only with them",
            ru="«{title}»: срок оплаты следует из согласованных с клиентом условий и меняется только с ними",
            title=item.title,
        )
    if (item.id or "").endswith("rescheduling"):
        raise Refusal(
            "not_movable",
            en="“{title}” asks about a deadline: its own does not move",
            ru="«{title}»: это вопрос о сроке, его собственный срок не переносят",
            title=item.title,
        )


def check_day(message: Reschedule, alarm: Alarm, due_at: datetime, today: date) -> None:
    until = message.until
    if not today <= until <= today + timedelta(days=FURTHEST):
        raise Refusal(
            "bad_until",
            en="{until} will not do: today or a later day, {latest} at the latest",
            ru="{until} не подходит: нужен сегодняшний день или позже, не позже {latest}",
            until=until,
            latest=today + timedelta(days=FURTHEST),
        )
    if due_at == alarm.due_at:
        raise Refusal("already", en="it is due on {until} already", ru="срок и так {until}", until=until)


def may_move(alarm: Alarm, due_at: datetime, book: Playbook) -> bool:
    """Whether the playbook lets it move so far, and once more, without asking."""
    limit = book.rescheduling
    furthest = book.calendar.pay_day(alarm.first_due_at or alarm.due_at, limit.within)
    return alarm.moved < limit.times and due_at <= furthest


def asked_in_words(asked: Postponement) -> Text:
    """`«Отправить от поставщика» до 10 дек 2026: завод ждёт деталь`."""
    return worded(
        ru="«{title}» до {until}: {reason}",
        en="“{title}” until {until}: {reason}",
        title=asked.title,
        until=asked.until,
        reason=asked.reason,
    )
