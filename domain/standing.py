"""What a deal waits for, at a glance: one item for each open question, signature and payment, the most urgent first."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from domain.authority import CLIENT
from domain.facts import Subject
from domain.state import DealState, LineState, ProcessState
from domain.words import Language, LineStatus


class Waiting(NamedTuple):
    """`who`: ids of people, `client`, or a role."""

    due_at: datetime
    subject: Subject
    what: str
    who: tuple[str, ...]


def waiting(deal: DealState) -> list[Waiting]:
    found = [w for process in (deal, *deal.lines.values()) for w in waiting_of(process, deal)]
    return sorted(found, key=lambda w: (w.due_at, w.subject.line or 0, w.what))


def waiting_of(process: ProcessState, deal: DealState) -> Iterator[Waiting]:
    """Of the deal itself, or of one of its lines."""
    language = deal.book.language
    for assignment in process.open_assignments:
        title = assignment.title.to(language)
        yield Waiting(assignment.alarm.due_at, process.subject, title, (assignment.assignee,))
    for approval in process.open_approvals:
        title = f"{approval.title.to(language)} v{approval.version}"
        people = tuple(ask.person for ask in approval.awaiting)
        yield Waiting(approval.alarm.due_at, process.subject, title, people)
    for document in process.unsigned:
        if document.alarm:
            title = document.title.to(language)
            yield Waiting(document.alarm.due_at, process.subject, title, (document.signer.value,))
    if isinstance(process, LineState) and process.status is not LineStatus.CANCELLED:
        yield from _owed(process, deal, language)


def _owed(line: LineState, deal: DealState, language: Language) -> Iterator[Waiting]:
    for milestone in line.milestones.values():
        if milestone.due_at and not milestone.paid:
            words = f"{milestone.title.to(language)}: {milestone.outstanding} {deal.currency}"
            yield Waiting(milestone.due_at, line.subject, words, (CLIENT,))
