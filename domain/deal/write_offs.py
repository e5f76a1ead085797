"""A small rest that the client has not paid, and need not: downwards, on a line's last milestone, within the playbook's tolerance."""

from datetime import date, datetime

from domain.deal.ledger import FORGIVEN, WRITTEN_OFF, Entry, EntryKind
from domain.deal.messages import WriteOff
from domain.deal.money_checks import check_new, check_open
from domain.deal.payments import Milestone
from domain.deal.state import DealState
from domain.deal.treasury import post
from domain.facts import Actor
from domain.refusals import Refusal
from domain.wording import Cash
from domain.words import LineStatus


def check_write_off(deal: DealState, message: WriteOff) -> Milestone:
    """The milestone whose rest is forgiven; refuses one that is not the last, or more than the playbook lets."""
    check_open(deal)
    check_new(deal, EntryKind.WRITTEN_OFF, message.id)
    line = deal.lines.get(message.line)
    if line is None or line.status is LineStatus.CANCELLED:
        lines = [str(active.number) for active in deal.active_lines]
        raise Refusal(
            "no_line",
            en="there is no line {line} (there are: {lines})",
            ru="нет позиции {line} (есть: {lines})",
            line=message.line,
            lines=lines or "—",
        )
    unpaid = [milestone for milestone in line.milestones.values() if not milestone.paid]
    if not unpaid:
        raise Refusal(
            "already",
            en="line {line} is paid in full",
            ru="позиция {line} оплачена полностью",
            line=message.line,
        )
    last = list(line.milestones.values())[-1]
    if unpaid != [last]:
        raise Refusal(
            "not_last",
            en="“{title}” is to be paid yet: only the rest of the last payment is written off, “{last}”",
            ru="«{title}» ещё не оплачено: списывают только остаток последнего платежа, «{last}»",
            title=unpaid[0].title,
            last=last.title,
        )
    tolerance = deal.book.money.write_off
    if last.outstanding > tolerance:
        raise Refusal(
            "too_much",
            en="{rest} is missing, and the playbook lets {tolerance} be written off",
            ru="не хватает {rest}, а списать можно не больше {tolerance}",
            rest=Cash(last.outstanding, deal.currency),
            tolerance=Cash(tolerance, deal.currency),
        )
    return last


def forgive(
    deal: DealState, milestone: Milestone, message: WriteOff, actor: Actor, now: datetime, today: date
) -> Entry:
    rest = milestone.outstanding
    entry = Entry(
        kind=EntryKind.WRITTEN_OFF,
        id=message.id,
        payment=FORGIVEN,
        amount=rest,
        currency=deal.currency,
        day=today,
        put={milestone.id: rest},
        taken={WRITTEN_OFF: rest},
        line=message.line,
        note=message.reason,
        actor=actor,
        at=now,
    )
    post(deal, entry)
    return entry
