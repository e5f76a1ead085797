"""An open deadline moves, with a reason: within the playbook's limit at once, beyond it when the director says yes."""

from datetime import date, datetime
from typing import Any

from domain import alarms
from domain.deal import answers
from domain.deal.messages import Reschedule
from domain.deal.open_items import OpenItem, items_of
from domain.deal.rescheduling import (
    asked_in_words,
    check_day,
    check_movable,
    is_director,
    may_move,
    who_reschedules,
)
from domain.deal.state import Postponement
from domain.deal.tasks import Approval
from domain.facts import Actor, ApprovalRescheduled, AssignmentRescheduled, DocumentRescheduled
from domain.refusals import Refusal
from domain.wording import worded
from domain.words import Text
from workflows.case import Case
from workflows.inbox import Effect

KIND = "rescheduling"


def reschedule(case: Case[Any], message: Reschedule) -> Effect:
    item, alarm = answers.find_open(case.state, message.item)
    actor = who_reschedules(item, message, case.desk)
    check_movable(item)
    due_at = _end_of(case, message.until)
    check_day(message, alarm, due_at, case.today)

    def move() -> Text:
        put_off(case, item, message.until, message.reason, actor)
        return worded(
            ru="Срок перенесён на {until}: {title}",
            en="The deadline moves to {until}: {title}",
            until=message.until,
            title=item.title,
        )

    def ask_the_director() -> Text:
        case.state.postponement = asked = Postponement(
            item=message.item, title=item.title, until=message.until, reason=message.reason, by=actor
        )
        before = case.state.approvals.get(case.state.subject.id(KIND))
        words = asked_in_words(asked).to(case.state.book.language)
        case.put_to_approval(KIND, by=actor, round=before.version + 1 if before else 1, reason=words)
        return worded(
            ru="Перенос на {until} согласует директор: {title}",
            en="The director is asked to let it move to {until}: {title}",
            until=message.until,
            title=item.title,
        )

    if is_director(actor, case.desk) or may_move(alarm, due_at, case.state.book):
        return move
    _check_not_asked(case)
    return ask_the_director


def put_off_if_approved(case: Case[Any], approval: Approval) -> None:
    """What the director was asked about, if it is still open."""
    asked = case.state.postponement
    if approval.kind != KIND or not approval.closed or asked is None:
        return
    case.state.postponement = None
    item = next((item for item in items_of(case.state) if item.id == asked.item), None)
    if approval.approved and item:
        put_off(case, item, asked.until, asked.reason, asked.by)


def put_off(case: Case[Any], item: OpenItem, until: date, reason: str, by: Actor) -> None:
    state, book = case.state, case.state.book
    kept = {"assignment": state.assignments, "approval": state.approvals, "document": state.documents}
    asked = kept[item.kind][item.id]
    before = asked.alarm
    moved = alarms.put_off(before, _end_of(case, until), case.now, book.reminders, book.calendar)
    moved.first_due_at, moved.moved = before.first_due_at or before.due_at, before.moved + 1
    asked.alarm = moved
    about = {**asked.about(), "before": before.due_at, "reason": reason}
    match item.kind:
        case "assignment":
            case.record(AssignmentRescheduled(**about), by=by)
        case "approval":
            case.record(ApprovalRescheduled(**about), by=by)
        case _:
            case.record(DocumentRescheduled(**about, signers=asked.signers, due=moved.due_at), by=by)


def _end_of(case: Case[Any], until: date) -> datetime:
    """Of the day; today's working day may be over."""
    end: datetime = case.state.book.calendar.end_of(until, case.now)
    return max(end, case.now)


def _check_not_asked(case: Case[Any]) -> None:
    asked = case.state.approvals.get(case.state.subject.id(KIND))
    if asked and not asked.closed:
        raise Refusal(
            "already",
            en="the director is asked about another deadline here already: wait for the answer",
            ru="директора здесь уже спрашивают о другом сроке: дождитесь ответа",
        )
