"""The verbs that every step has: put on record, ask, ask again in rounds, wait."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence
from datetime import date, datetime
from functools import partial
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from domain.alarms import Check, put_off, set_alarm
from domain.deal import agenda
from domain.deal.authority import Desk
from domain.deal.documents import Document
from domain.deal.open_items import items_of
from domain.deal.refusals import refusal_form
from domain.deal.state import ProcessState
from domain.deal.tasks import Approval, Assignment, Awaiting
from domain.facts import (
    DESK,
    Actor,
    ApprovalOpened,
    ApprovalWithdrawn,
    AssignmentOpened,
    AssignmentRescheduled,
    AssignmentWithdrawn,
    DocumentReady,
    Fact,
    FactData,
)
from domain.goods.quantity import Number
from domain.playbook.forms import Form
from domain.playbook.kinds import REFUSED_DOCUMENT
from domain.playbook.terms import Event
from domain.words import Availability, Role, Text
from workflows.host import Host

if TYPE_CHECKING:
    from workflows.inbox import Inbox

S = TypeVar("S", bound=ProcessState)
Question = TypeVar("Question", Assignment, Approval)


NO_LONGER_OPEN = Text(ru="срок переносить больше не у чего", en="nothing is open whose deadline could move")
CANCELLED = Text(ru="процесс отменил оператор", en="an operator cancelled the process")


class Renewal(Exception):
    """The history has grown long: the process goes on in a next run."""


class Case(Generic[S]):
    """A deal or a line at work. `state` is all its memory: a next run starts from the top and arrives where this one was.

    `availability` decides lead times, where there are goods.
    """

    availability: Availability | None = None
    inbox: "Inbox"

    def __init__(self, state: S, host: Host) -> None:
        self.state = state
        self.host = host
        self._woken = self._long = False
        self._changed = True
        self._goes_on: Callable[[], bool] | None = None

    @property
    def now(self) -> datetime:
        return self.host.now

    @property
    def quantity(self) -> Number:
        """How much an answer is about: as many values a list has."""
        return 1

    @property
    def today(self) -> date:
        return self.state.book.calendar.today(self.now)

    @property
    def desk(self) -> Desk:
        state = self.state
        return Desk(state.book, state.client, state.manager, self.today, state.named)

    # --- the trail ---------------------------------------------------------------------------------------------------

    def record(self, data: FactData, *, by: Actor = DESK) -> None:
        """Appends a fact about this process to its trail."""
        self.state.updated_at = self.now
        self.state.revision += 1
        self.changed()
        self.take_fact(Fact.of(data, self.now, by, self.state.subject))

    def take_fact(self, fact: Fact) -> None:
        raise NotImplementedError

    # --- asking ------------------------------------------------------------------------------------------------------

    def open(
        self,
        kind: str,
        *,
        round: int = 1,
        due_at: datetime | None = None,
        comment: str = "",
        title: Text | None = None,
    ) -> Assignment:
        """The assignment of this kind and round: the one there is, or a new one to the person whose role it is. `title` says more than
        the playbook's."""
        id = self.state.subject.id(kind, round)
        if id in self.state.assignments:
            return self.state.assignments[id]
        template, book = self.state.book.assignment(kind), self.state.book
        due_at = due_at or book.calendar.after(self.now, template.due_for(self.availability))
        assignment = self.state.assignments[id] = Assignment(
            id=id,
            kind=kind,
            title=title or template.title,
            assignee=self.desk.persons(template.role)[0],
            role=template.role,
            alarm=set_alarm(self.now, max(due_at, self.now), book.reminders, book.calendar),
        )
        self.record(AssignmentOpened(**assignment.about(), comment=comment))
        self.wake()
        return assignment

    def put_to_approval(
        self,
        kind: str,
        *,
        by: Actor | None,
        round: int = 1,
        digest: str = "",
        roles: Sequence[Role] | None = None,
        **about: Any,
    ) -> Approval:
        """The approval of this kind and round: the one there is, or a new round put to all its `roles` together; of the playbook's, if
        some are not said.

        Who put it there, `by`, approves it in no role, and is asked only where nobody else can be.
        """
        id = self.state.subject.id(kind)
        before = self.state.approvals.get(id)
        if before and before.version >= round:
            return before
        template, book = self.state.book.approval(kind), self.state.book
        due_at = book.calendar.after(self.now, template.due)
        asked = template.roles if roles is None else roles
        approval = self.state.approvals[id] = Approval(
            id=id,
            kind=kind,
            version=round,
            digest=digest,
            rounds=before.all_rounds() if before else (),
            title=template.title,
            put_by=by,
            asked=tuple(Awaiting(role=role, person=self.desk.asked(role, by)) for role in asked),
            alarm=set_alarm(self.now, due_at, book.reminders, book.calendar),
        )
        self.record(ApprovalOpened(**approval.about(), **about))
        self.wake()
        return approval

    def put_by(self, answered: Assignment | None) -> Actor | None:
        """Who puts to approval what this assignment has made: whoever answered it, or else the manager."""
        if answered and answered.closed_by:
            return answered.closed_by
        manager = self.state.manager
        return self.desk.identify(manager) if manager in self.state.book.holders(Role.MANAGER) else None

    async def answered(self, kind: str, *, due_at: datetime | None = None) -> Assignment:
        """Asks once, and waits for the answer."""
        assignment = self.open(kind, round=self.state.rounds.get(kind, 1), due_at=due_at)
        await self.until(lambda: assignment.closed, f"an answer to {assignment.id}")
        return assignment

    async def in_rounds(
        self,
        kind: str,
        ask: Callable[[int], Question],
        is_last: Callable[[Question], bool],
        again: Callable[[Question, int], Awaitable[None]],
    ) -> Question:
        """Asks, waits, judges, and asks again, until an answer is the last.

        `again` sees to what must happen before the next round. A next run takes it up anew: what it records, it records once.
        """
        while True:
            round = self.state.rounds.get(kind, 1)
            question = ask(round)
            await self.until(lambda: question.closed, f"an answer to {question.id}, round {round}")
            if is_last(question):
                return question
            await again(question, round)
            self.state.rounds[kind] = round + 1

    def once(self, key: str) -> bool:
        """Whether this is the first time that the process gets here, in whatever run."""
        if key in self.state.noted:
            return False
        self.state.noted.append(key)
        return True

    def withdraw(self, assignment: Assignment, why: Text | None) -> None:
        assignment.closed_at, assignment.withdrawn = self.now, True
        self.record(AssignmentWithdrawn(**assignment.about(), reason=why))

    def withdraw_all(self, why: Text | None, *, but: Collection[str] = ()) -> None:
        """Closes what is still open, `but` for these kinds: nobody is asked for anything that no longer matters."""
        for assignment in self.state.open_assignments:
            if assignment.kind not in but:
                self.withdraw(assignment, why)
        for approval in self.state.open_approvals:
            if approval.kind not in but:
                self.withdraw_approval(approval, why)
        self.state.checks.clear()

    def withdraw_approval(self, approval: Approval, why: Text | None, *, by: Actor = DESK) -> None:
        """What was answered so far stays on record."""
        approval.closed_at, approval.outcome = self.now, "withdrawn"
        self.record(ApprovalWithdrawn(**approval.about(), reason=why), by=by)

    def form(self, assignment: Assignment) -> Form:
        form = self.state.book.assignment(assignment.kind).form
        if assignment.kind == REFUSED_DOCUMENT:
            return refusal_form(form, self.state, self.state.book, assignment.id)
        return form

    # --- papers and checks -------------------------------------------------------------------------------------------

    def make_ready(self) -> None:
        """The documents whose event has happened can be signed from now on, and are watched until they are."""
        for document in self.state.documents.values():
            if not document.ready and document.available in self.state.moments and self.may_ask_for(document):
                self.ask_for(document)
        self.wake()

    def may_ask_for(self, document: Document) -> bool:
        return True

    def ask_for(self, document: Document, changes: str = "") -> None:
        """To be signed, or handed over, from now on; a later version says what has changed."""
        book = self.state.book
        due_at = self.due_by(document)
        document.alarm = set_alarm(self.now, due_at, book.reminders, book.calendar)
        version = document.version if document.version > 1 else None
        self.record(DocumentReady(**document.asked(), due=due_at, version=version, changes=changes))
        self.wake()

    def due_by(self, document: Document) -> datetime:
        """The end of the last day to sign, counted from what it came with, a later version from today; not before now, if that is
        known late."""
        book, due = self.state.book, self.state.book.documents[document.kind].due
        if document.version > 1:
            return book.calendar.after(self.now, due)
        return max(book.calendar.pay_day(self.state.moments[document.available], due), self.now)

    def redate(self, event: Event) -> None:
        """Its day is another one than was known: who is to sign is told the new deadline."""
        for document in self.state.documents.values():
            if document.available != event or document.settled or document.alarm is None:
                continue
            if document.alarm.due_at != self.due_by(document):
                self.ask_for(document)
        self.wake()

    def paper_settled(self, document: Document) -> None:
        """It has all its signatures, or will never have them: what counts from it goes on."""
        raise NotImplementedError

    def put_off(self, kind: str, due_at: datetime, reason: str, *, by: Actor, id: str = "") -> None:
        """The open assignment of this kind, or with this `id`, has another deadline if there is one: what it counts from has changed."""
        book, due_at = self.state.book, max(due_at, self.now)
        for asked in self.state.open_assignments:
            if asked.kind == kind and id in ("", asked.id) and asked.alarm.due_at != due_at:
                before = asked.alarm.due_at
                asked.alarm = put_off(asked.alarm, due_at, self.now, book.reminders, book.calendar)
                self.record(AssignmentRescheduled(**asked.about(), before=before, reason=reason), by=by)
        self.wake()

    def drop_postponement(self) -> None:
        """Nobody need decide about the deadline of what is open no more."""
        asked = self.state.postponement
        if asked and asked.item not in {item.id for item in items_of(self.state)}:
            self.state.postponement = None
            approval = self.state.approvals[self.state.subject.id("rescheduling")]
            if not approval.closed:
                self.withdraw_approval(approval, NO_LONGER_OPEN)

    def check_every(self, name: str, due: datetime) -> None:
        """From `due` on, the desk asks again and again; see the playbook's `checks`."""
        self.state.checks.setdefault(name, Check(next_at=due))

    # --- the one place that waits ------------------------------------------------------------------------------------

    async def until(self, condition: Callable[[], bool], waiting_for: str) -> None:
        """Waits until `condition` holds. Meanwhile what falls due happens, on one timer: reminders, escalations, checks.

        Whether the history is long is asked where something wakes the process, never waited for: the SDK looks at conditions
        once more in a workflow task that also turned an update away, and no replay would do so.
        """
        while True:
            if interruption := self.interruption:
                raise interruption
            if (self._long or self.host.history_is_long) and self.may_renew:
                raise Renewal
            self.ring_due()
            self.drop_postponement()
            if condition():
                return
            self.look_ahead()
            self._woken = False
            ring = agenda.next_ring(self.state)
            await self.pause(partial(self._goes_on_now, condition, ring), ring, waiting_for)

    def _goes_on_now(self, condition: Callable[[], bool], ring: datetime | None) -> bool:
        """Whether there is more to do than to go on waiting on the same timer."""
        if condition() or self.interruption is not None:
            return True
        return self._woken and (agenda.next_ring(self.state) != ring or (self._long and self.may_renew))

    async def pause(
        self, goes_on: Callable[[], bool], until: datetime | None = None, waiting_for: str = ""
    ) -> None:
        """Waits as `Host.wait` does. Meanwhile messages are taken, until one lets the process go on."""
        self._goes_on = goes_on
        try:
            await self.host.wait(goes_on, until, waiting_for)
        finally:
            self._goes_on = None

    @property
    def at_rest(self) -> bool:
        """Whether the process has gone as far as it can: the next message may be taken."""
        return self._goes_on is not None and not self._goes_on()

    @property
    def quiet(self) -> bool:
        """At rest, and all that came is taken: what is told to others is told now, of all that has happened at this moment.

        So a replay does the same in the same order, however the SDK brings together what came (temporalio/sdk-rust#1146).
        """
        return self.inbox.idle and self.at_rest

    def changed(self) -> None:
        """Something is not as it was. See `mark_changes`."""
        self._changed = True

    async def mark_changes(self) -> None:
        """Sees to it that a moment in which something came or changed leaves a command in the history.

        A moment without one and an update after it are played together by a worker that replays the history up to there, and apart
        by one that sees more of it: what came would change places (the chunking of temporalio/sdk-rust, see its issue 1606). Answers
        that change nothing may be played so: they come first, see `workflows.temporal.answers_first`.
        """
        while True:
            await self.host.wait(lambda: self._changed and (self.quiet or self._goes_on is None))
            self._changed = False
            await self.host.wait(lambda: True)  # those who tell others of it come first
            self.host.leave_mark()

    def wake(self) -> None:
        """Lets `until` look at the agenda again: something was opened behind its back."""
        self._woken = True
        self._long = self._long or self.host.history_is_long

    def ring_due(self) -> None:
        """Before anything else happens at this moment: a message never overtakes what fell due before it."""
        agenda.ring_due(self, self.now)

    def follow_up(self) -> None:
        """What follows from an act at once."""

    def look_ahead(self) -> None:
        """What follows from how it stands, once it has gone as far as it can."""

    def cancelled(self) -> None:
        """An operator has cancelled the workflow."""
        raise NotImplementedError

    @property
    def interruption(self) -> BaseException | None:
        """What ends a wait from outside, if anything does."""
        return self.host.broken

    @property
    def may_renew(self) -> bool:
        """Whether a run may end now. While it ends no step goes on: it must not wait for what may take long."""
        return True


C = TypeVar("C", bound=Case[Any])


async def though_cancelled(case: C, work: Callable[[C], Awaitable[None]]) -> None:
    """An operator may cancel a workflow at any moment: it ends in order, and nothing is left running."""
    try:
        await work(case)
    except asyncio.CancelledError:
        case.cancelled()
        await work(case)
