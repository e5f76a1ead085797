"""The two primitives of every micro-process, as data: something one person must do, and a question that roles must answer."""

from typing import Any, Literal

from pydantic import AwareDatetime

from domain.alarms import Alarm
from domain.base import Count, State, Value
from domain.facts import DESK, Actor
from domain.words import Role, Text


class Assignment(State):
    """Something one person must do by a deadline; the answers to its form are the evidence that it is done."""

    id: str
    kind: str
    title: Text
    assignee: str
    role: Role
    alarm: Alarm
    closed_at: AwareDatetime | None = None
    closed_by: Actor | None = None
    withdrawn: bool = False
    answers: dict[str, str] = {}

    @property
    def closed(self) -> bool:
        return self.closed_at is not None

    @property
    def by(self) -> Actor:
        """Who answered it."""
        return self.closed_by or DESK

    def about(self) -> dict[str, Any]:
        """What every fact about it says."""
        return {
            "id": self.id,
            "assignment": self.kind,
            "title": self.title,
            "assignee": self.assignee,
            "due": self.alarm.due_at,
        }


class Awaiting(Value):
    role: Role
    person: str


class Vote(Value):
    role: Role
    actor: Actor
    approve: bool
    comment: str = ""
    at: AwareDatetime


class Inquiry(State):
    """A question that somebody had before they decided. The manager answers it by `assignment`."""

    assignment: str
    actor: Actor
    question: str
    at: AwareDatetime
    answer: str = ""


class Round(Value):
    """An earlier round of an approval, as it ended. `digest` is that of the offer it was about, if it was about one."""

    version: Count
    digest: str = ""
    votes: tuple[Vote, ...] = ()
    closed_at: AwareDatetime | None = None
    outcome: Literal["approved", "rejected", "withdrawn"] | None = None


class Approval(State):
    """A question that named roles must all answer with yes, on one version. One no closes the round; all rounds are kept.

    `put_by` put it to approval, and can't approve it.
    """

    id: str
    kind: str
    version: Count = 1
    digest: str = ""
    rounds: tuple[Round, ...] = ()
    title: Text
    put_by: Actor | None = None
    asked: tuple[Awaiting, ...]
    alarm: Alarm
    votes: list[Vote] = []
    inquiries: list[Inquiry] = []
    closed_at: AwareDatetime | None = None
    outcome: Literal["approved", "rejected", "withdrawn"] | None = None

    @property
    def closed(self) -> bool:
        return self.closed_at is not None

    @property
    def approved(self) -> bool:
        return self.outcome == "approved"

    @property
    def rejected(self) -> bool:
        return self.outcome == "rejected"

    @property
    def put_by_persons(self) -> tuple[str, ...]:
        """Who put it to approval, and for whom: none of them approves it."""
        return tuple(p for p in (self.put_by.person, self.put_by.behalf) if p) if self.put_by else ()

    def all_rounds(self) -> tuple[Round, ...]:
        """The earlier ones, and this one."""
        return (
            *self.rounds,
            Round(
                version=self.version,
                digest=self.digest,
                votes=tuple(self.votes),
                closed_at=self.closed_at,
                outcome=self.outcome,
            ),
        )

    @property
    def awaiting(self) -> tuple[Awaiting, ...]:
        answered = {vote.role for vote in self.votes}
        return () if self.closed else tuple(ask for ask in self.asked if ask.role not in answered)

    def about(self) -> dict[str, Any]:
        """What every fact about it says."""
        return {
            "id": self.id,
            "approval": self.kind,
            "title": self.title,
            "version": self.version,
            "voters": tuple(ask.person for ask in self.asked),
            "awaiting": tuple(ask.person for ask in self.awaiting),
            "due": self.alarm.due_at,
        }


def cast_vote(approval: Approval, vote: Vote) -> None:
    """Counts a vote: one rejection closes the round, and so does the last of all approvals."""
    approval.votes.append(vote)
    if not vote.approve:
        approval.closed_at, approval.outcome = vote.at, "rejected"
    elif {v.role for v in approval.votes} >= {ask.role for ask in approval.asked}:
        approval.closed_at, approval.outcome = vote.at, "approved"
