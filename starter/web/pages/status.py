"""What a link may still do: answer its question, show the answer that was given, or neither, and why."""

from datetime import UTC, datetime
from typing import NamedTuple

from activities.mail.links import Link
from domain.deal.answers import who_votes
from domain.deal.authority import Desk
from domain.deal.messages import Decide
from domain.deal.snapshot import Snapshot
from domain.deal.state import ProcessState
from domain.deal.tasks import Approval, Vote
from domain.refusals import Refusal


class Standing(NamedTuple):
    """`vote`: what was answered by this link's person. `refused`: why nothing can be; see `refusals.WHY`."""

    snapshot: Snapshot
    process: ProcessState
    approval: Approval
    vote: Vote | None = None
    refused: str = ""

    @property
    def open(self) -> bool:
        return not (self.vote or self.refused)


def standing(snapshot: Snapshot, link: Link) -> Standing | None:
    """None: the deal has no such question."""
    process = _process(snapshot, link.approval)
    approval = process.approvals[link.approval] if process else None
    if process is None or approval is None or snapshot.deal.playbook is None:
        return None
    found = Standing(snapshot, process, approval)
    if approval.version != link.version:
        return found._replace(refused="stale_version")
    if vote := next((vote for vote in approval.votes if vote.actor.person == link.person), None):
        return found._replace(vote=vote)
    if approval.outcome:
        return found._replace(refused=approval.outcome)
    return found._replace(refused=_refusal(snapshot, approval, link))


def message(link: Link, *, approve: bool, comment: str) -> Decide:
    """Raises ValidationError for a comment that no deal takes."""
    return Decide(
        id=link.message_id,
        actor=link.person,
        approval=link.approval,
        approve=approve,
        version=link.version,
        comment=comment,
    )


def _process(snapshot: Snapshot, approval: str) -> ProcessState | None:
    """The deal, or the line that owns the question: `line-1:credit`."""
    processes = (snapshot.deal, *snapshot.lines.values())
    return next((process for process in processes if approval in process.approvals), None)


def _refusal(snapshot: Snapshot, approval: Approval, link: Link) -> str:
    """The deal's own rule, asked beforehand: may this person answer? Empty if so."""
    deal = snapshot.deal
    today = deal.book.calendar.today(datetime.now(UTC))
    try:
        who_votes(
            approval,
            message(link, approve=True, comment=""),
            Desk(deal.book, deal.client, deal.manager, today),
        )
    except Refusal as refusal:
        return "not_allowed" if refusal.code == "unknown_person" else refusal.code
    return ""
