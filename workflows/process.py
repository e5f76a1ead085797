"""What a deal and a line share: a trail of facts, assignments and approvals as data, and one place that waits."""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any, Generic, TypeVar

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain import agenda
    from domain.alarms import Check, set_alarm
    from domain.authority import Desk
    from domain.facts import (
        DESK,
        Actor,
        ApprovalOpened,
        ApprovalWithdrawn,
        AssignmentOpened,
        AssignmentReassigned,
        AssignmentWithdrawn,
        DocumentReady,
        Fact,
        FactData,
    )
    from domain.state import ProcessState
    from domain.tasks import Approval, Assignment, Awaiting
    from domain.words import Availability

S = TypeVar("S", bound=ProcessState)


class Renewal(Exception):
    """The history has grown long: the process goes on in a next run."""


class Process(Generic[S]):
    """A process of the desk. `state` is all its memory; a next run starts from the top and arrives where this one was."""

    state: S

    @property
    def desk(self) -> Desk:
        return Desk(self.state.book, self.state.client, self.state.manager, self.today)

    @property
    def today(self) -> date:
        return self.state.book.calendar.today(workflow.now())

    @property
    def availability(self) -> Availability | None:
        """What decides lead times, where there are goods."""
        return None

    # --- the trail ---------------------------------------------------------------------------------------------------

    def record(self, data: FactData, *, by: Actor = DESK) -> None:
        """Appends a fact about this process to its trail."""
        now = workflow.now()
        self.state.updated_at = now
        self.state.revision += 1
        self.take_fact(Fact.of(data, now, by, self.state.subject))

    def take_fact(self, fact: Fact) -> None:
        raise NotImplementedError

    # --- the two primitives --------------------------------------------------------------------------------------------

    def open(
        self, kind: str, *, round: int = 1, due_at: datetime | None = None, comment: str = ""
    ) -> Assignment:
        """The assignment of this kind and round: the one there is, or a new one to the person whose role it is."""
        id = self.state.subject.id(kind if round == 1 else f"{kind}-{round}")
        if id in self.state.assignments:
            return self.state.assignments[id]
        template = self.state.book.assignment(kind)
        now = workflow.now()
        due_at = due_at or self.state.book.calendar.after(now, template.due_for(self.availability))
        assignment = Assignment(
            id=id,
            kind=kind,
            title=template.title,
            assignee=self.desk.persons(template.role)[0],
            role=template.role,
            alarm=set_alarm(now, max(due_at, now), self.state.book.reminders, self.state.book.calendar),
        )
        self.state.assignments[id] = assignment
        self.record(AssignmentOpened(**assignment.told(), comment=comment))
        return assignment

    def ask(self, kind: str, *, version: int = 1, **about: Any) -> Approval:
        """The approval of this kind and version: the one there is, or a new round put to all its roles together."""
        id = self.state.subject.id(kind)
        asked_before = self.state.approvals.get(id)
        if asked_before and asked_before.version >= version:
            return asked_before
        template = self.state.book.approvals[kind]
        now = workflow.now()
        due_at = self.state.book.calendar.after(now, template.due)
        approval = Approval(
            id=id,
            kind=kind,
            version=version,
            title=template.title,
            asked=tuple(Awaiting(role=role, person=self.desk.persons(role)[0]) for role in template.roles),
            alarm=set_alarm(now, due_at, self.state.book.reminders, self.state.book.calendar),
        )
        self.state.approvals[id] = approval
        self.record(ApprovalOpened(**approval.told(), **about))
        return approval

    def withdraw_all(self, why: str) -> None:
        """Closes what is still open: nobody is asked for anything that no longer matters."""
        now = workflow.now()
        for assignment in self.state.open_assignments:
            assignment.closed_at, assignment.withdrawn = now, True
            self.record(AssignmentWithdrawn(**assignment.told(), reason=why))
        for approval in self.state.open_approvals:
            approval.closed_at, approval.outcome = now, "withdrawn"
            self.record(ApprovalWithdrawn(**approval.told(), reason=why))
        self.state.checks.clear()

    def hand_over(self, to: str, by: Actor) -> None:
        """All open assignments of the manager go to `to`, the deal's new manager."""
        before, self.state.manager = self.state.manager, to
        for assignment in self.state.open_assignments:
            if assignment.assignee == before:
                assignment.assignee = to
                self.record(AssignmentReassigned(**assignment.told(), before=before), by=by)

    def make_ready(self) -> None:
        """The documents whose event has happened can be signed from now on, and are watched until they are."""
        now = workflow.now()
        for document in self.state.documents.values():
            if document.ready or document.available not in self.state.moments:
                continue
            due_at = self.state.book.calendar.after(now, self.state.book.documents[document.kind].due)
            document.alarm = set_alarm(now, due_at, self.state.book.reminders, self.state.book.calendar)
            self.record(DocumentReady(**document.told(), signer=document.signer, due=due_at))

    def check_every(self, name: str, due: datetime) -> None:
        """From `due` on, the desk asks again and again; see the playbook's `checks`."""
        self.state.checks.setdefault(name, Check(next_at=due))

    # --- beside the process ------------------------------------------------------------------------------------------

    def beside(self, work: Coroutine[Any, Any, None]) -> "asyncio.Task[None]":
        """Runs `work` beside the process. A bug in it fails the workflow task, as one in the process itself does:
        seen by the doctor, and gone with the next worker that has the cure."""
        task = asyncio.create_task(work)
        self._beside.add(task)  # the event loop itself keeps no task alive
        task.add_done_callback(self._look_at)
        return task

    def _look_at(self, task: "asyncio.Task[None]") -> None:
        self._beside.discard(task)
        if not task.cancelled():
            self._broken = self._broken or task.exception()

    _broken: BaseException | None = None

    @cached_property
    def _beside(self) -> "set[asyncio.Task[None]]":
        return set()

    # --- the one place that waits --------------------------------------------------------------------------------------

    async def until(self, condition: Callable[[], bool], waiting_for: str) -> None:
        """Waits until `condition` holds. Meanwhile what falls due happens, on one timer: reminders, escalations, checks."""
        while True:
            if interruption := self._broken or self.interruption:
                raise interruption
            agenda.ring_due(self, workflow.now())
            if condition():
                return
            self._nudged = False
            next_at = agenda.next_ring(self.state)
            timeout = max(next_at - workflow.now(), timedelta(milliseconds=1)) if next_at else None
            with suppress(TimeoutError):
                await workflow.wait_condition(
                    lambda: condition() or self._nudged or bool(self._broken or self.interruption),
                    timeout=timeout,
                    timeout_summary=waiting_for,
                )

    _nudged = False

    def nudge(self) -> None:
        """Lets `until` look at the agenda again: something was opened behind its back."""
        self._nudged = True

    @property
    def interruption(self) -> Exception | None:
        """What ends a wait from outside, if anything does."""
        return Renewal() if workflow.info().is_continue_as_new_suggested() else None
