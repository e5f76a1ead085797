"""One question as its reader sees it: what is asked, of what order, on what terms, until when. A client sees nothing that is
said inside the company."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import NamedTuple

from domain.deal.authority import CLIENT
from domain.deal.rescheduling import asked_in_words
from domain.deal.snapshot import Snapshot
from domain.deal.state import LineState, ProcessState
from domain.deal.tasks import Approval, Inquiry
from domain.enclosures import OrderWords
from domain.playbook.form_answers import answer_in_words
from domain.view.credit_words import credit_words
from domain.view.order_words import asked_offer, order_words
from domain.view.viewer import Viewer
from domain.wording import Clock
from domain.words import ROLE_LABELS, Language, Role


class Other(NamedTuple):
    """Somebody else who is asked; `approved` is none while he has not answered. `comment` stays inside the company."""

    who: str
    approved: bool | None
    comment: str


class Asked(NamedTuple):
    """A question before the decision; `answer` is empty while the manager has not answered."""

    who: str
    mine: bool
    question: str
    answer: str


class Question(NamedTuple):
    """`may_ask`: nothing that this reader asked is unanswered; `nth` of their questions the next one is."""

    number: str
    title: str
    kind: str
    version: int
    to_client: bool
    buyer: str
    order: OrderWords
    answers: tuple[tuple[str, str], ...]
    changes: str
    reason: str
    due: str
    overdue: bool
    others: tuple[Other, ...]
    inquiries: tuple[Asked, ...]
    may_ask: bool
    nth: int
    manager: str
    manager_email: str


def question(
    snapshot: Snapshot, process: ProcessState, approval: Approval, person: str, language: Language
) -> Question:
    return _Drawing(snapshot, process, approval, person, language).question()


class _Drawing:
    def __init__(
        self,
        snapshot: Snapshot,
        process: ProcessState,
        approval: Approval,
        person: str,
        language: Language,
    ) -> None:
        self.deal = snapshot.deal
        self.book = snapshot.deal.book
        self.viewer = Viewer(snapshot, datetime.now(UTC), language)
        self.process, self.approval, self.person, self.language = process, approval, person, language
        self.to_client = person == CLIENT
        own = isinstance(process, LineState)
        self.lines = [line for line in snapshot.active if not own or line.subject == process.subject]

        self.offer = asked_offer(self.deal, approval.kind, approval.version)

    def question(self) -> Question:
        deal, approval = self.deal, self.approval
        manager = self.book.people[deal.manager]
        return Question(
            number=deal.deal,
            title=approval.title.to(self.language),
            kind=approval.kind,
            version=approval.version,
            to_client=self.to_client,
            buyer=deal.client.name or deal.client.contact,
            order=order_words(
                deal, self.lines, self.language, self.offer, inside=not self.to_client
            ).model_copy(update={"credit": self._credit()}),
            answers=tuple(self._answers()),
            changes=self.offer.comment if self.offer else "",
            reason=self._reason(),
            due=Clock(self.book.calendar, self.language, zoned=True)(approval.alarm.due_at),
            overdue=approval.alarm.overdue(self.viewer.now),
            others=tuple(self._others()),
            inquiries=tuple(self._inquiries()),
            may_ask=all(one.answer for one in self._mine()),
            nth=len(self._mine()) + 1,
            manager=manager.name,
            manager_email=manager.email,
        )

    def _reason(self) -> str:
        """Why it is asked, in the words of who asks."""
        if self.approval.kind == "cancellation":
            return self.deal.cancel_reason or ""
        asked = self.process.postponement
        if self.approval.kind != "rescheduling" or asked is None:
            return ""
        return asked_in_words(asked).to(self.language)

    def _credit(self) -> tuple[str, ...]:
        """What the client owes over all deals."""
        line = self.process if isinstance(self.process, LineState) and not self.to_client else None
        return credit_words(line, self.approval.kind, self.approval.version, self.language)

    def _answers(self) -> Iterator[tuple[str, str]]:
        """What the manager entered for the question at hand: the director decides on the credit by it."""
        if self.approval.kind != "credit" or not isinstance(self.process, LineState):
            return
        entered = self._round("payment-terms", self.approval.version)
        for field in self.book.payments[self.process.good.payment].form:
            if answer := entered.get(field.name):
                yield field.title.to(self.language), answer_in_words(answer, field, self.language)

    def _round(self, kind: str, number: int) -> dict[str, str]:
        done = self.process.assignments.get(self.process.subject.id(kind, number))
        return done.answers if done else {}

    def _others(self) -> Iterator[Other]:
        votes = {vote.role: vote for vote in self.approval.votes}
        for ask in self.approval.asked:
            if ask.person != self.person:
                vote = votes.get(ask.role)
                inside = vote.comment if vote and not self.to_client else ""
                approved = vote.approve if vote else None
                yield Other(self._named(ask.role, ask.person), approved, inside)

    def _mine(self) -> list[Inquiry]:
        return [one for one in self.approval.inquiries if one.actor.person == self.person]

    def _inquiries(self) -> Iterator[Asked]:
        """A client sees their own; inside the company all are seen."""
        for one in self._mine() if self.to_client else self.approval.inquiries:
            mine = one.actor.person == self.person
            yield Asked(self.viewer.name(one.actor.person), mine, one.question, one.answer)

    def _named(self, role: Role, person: str) -> str:
        label = ROLE_LABELS[role].to(self.language)
        if self.to_client:
            return f"{label} {self.book.company}"
        return f"{self.viewer.name(person)} ({label})"
