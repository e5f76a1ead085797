"""What a deal and a line share: assignments and approvals as data, one place that waits, and messages that can't hang it."""

import asyncio
import json
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Generic, TypeVar

from temporalio import workflow
from temporalio.common import RawValue
from temporalio.exceptions import ApplicationError

with workflow.unsafe.imports_passed_through():
    from domain import agenda
    from domain.alarms import Check, set_alarm
    from domain.authority import Action, Desk
    from domain.facts import DESK, Actor, Fact, FactKind, titled
    from domain.forms import Form, check_form
    from domain.messages import Complete, Decide, Kept, Message, Receipt, Sign
    from domain.refusals import Refusal
    from domain.state import ProcessState
    from domain.tasks import Approval, Assignment, Awaiting, Vote, cast_vote
    from domain.words import Availability, Role, Text
    from workflows import messages

MAX_RECEIPTS = 500
MAX_TRIED = 300  # characters of a refused message that the trail keeps

S = TypeVar("S", bound=ProcessState)
Effect = Callable[[], Text]


class Renewal(Exception):
    """The history has grown long: the process goes on in a next run."""


class Process(Generic[S]):
    """A process of the desk. `state` is all its memory; a next run starts from the top and arrives where this one was."""

    state: S

    # --- what happens, and where it is written -------------------------------------------------------------------

    def record(self, kind: FactKind, actor: Actor = DESK, **data: Any) -> None:
        """Appends a fact about this process to its trail."""
        now = workflow.now()
        self.state.updated_at = now
        self.state.revision += 1
        words = {name: str(value) for name, value in data.items() if value not in (None, "")}
        self.take_fact(Fact(at=now, actor=actor, kind=kind, subject=str(self.state.subject), data=words))

    def take_fact(self, fact: Fact) -> None:
        raise NotImplementedError

    # --- the two primitives ----------------------------------------------------------------------------------------

    def open(self, kind: str, *, round: int | None = None, due_at: datetime | None = None, **about: str) -> Assignment:
        """The assignment of this kind and round: the one there is, or a new one to the person whose role it is."""
        id = self.state.subject.id(kind if round in (None, 1) else f"{kind}-{round}")
        if id in self.state.assignments:
            return self.state.assignments[id]
        template = self.state.book.assignments[kind]
        now = workflow.now()
        due_at = due_at or self.state.book.calendar.after(now, template.due_for(self.availability))
        assignee = self.desk.persons(template.role)[0]
        alarm = set_alarm(now, max(due_at, now), self.state.book.reminders, self.state.book.calendar)
        assignment = Assignment(
            id=id, kind=kind, title=template.title, assignee=assignee, role=template.role, alarm=alarm
        )
        self.state.assignments[id] = assignment
        self.record(FactKind.ASSIGNMENT_OPENED, **_about(assignment), **about)
        return assignment

    def ask(self, kind: str, *, version: int = 1, **about: str) -> Approval:
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
        self.record(FactKind.APPROVAL_OPENED, **_asked(approval), **about)
        return approval

    def withdraw_all(self, why: str) -> None:
        """Closes what is still open: nobody is asked for anything that no longer matters."""
        now = workflow.now()
        for assignment in self.state.open_assignments:
            assignment.closed_at, assignment.withdrawn = now, True
            self.record(FactKind.ASSIGNMENT_WITHDRAWN, **_about(assignment), reason=why)
        for approval in self.state.open_approvals:
            approval.closed_at, approval.outcome = now, "withdrawn"
            self.record(FactKind.APPROVAL_WITHDRAWN, **_asked(approval), reason=why)
        self.state.checks.clear()

    def check_every(self, name: str, due: datetime) -> None:
        """From `due` on, the desk asks again and again; see the playbook's `checks`."""
        self.state.checks.setdefault(name, Check(next_at=due))

    # --- the one place that waits ----------------------------------------------------------------------------------

    async def until(self, condition: Callable[[], bool], waiting_for: str) -> None:
        """Waits until `condition` holds. Meanwhile what falls due happens, on one timer: reminders, escalations, checks."""
        while True:
            if interruption := self.interruption:
                raise interruption
            agenda.ring_due(self, workflow.now())
            if condition():
                return
            self._nudged = False
            next_at = agenda.next_ring(self.state)
            timeout = max(next_at - workflow.now(), timedelta(milliseconds=1)) if next_at else None
            try:
                await workflow.wait_condition(
                    lambda: condition() or self._nudged or self.interruption is not None,
                    timeout=timeout,
                    timeout_summary=waiting_for,
                )
            except asyncio.TimeoutError:
                pass

    _nudged = False

    def nudge(self) -> None:
        """Lets `until` look at the agenda again: something was opened behind its back."""
        self._nudged = True

    @property
    def interruption(self) -> Exception | None:
        """What ends a wait from outside, if anything does."""
        return Renewal() if workflow.info().is_continue_as_new_suggested() else None

    # --- messages --------------------------------------------------------------------------------------------------

    @property
    def desk(self) -> Desk:
        return Desk(self.state.book, self.state.client, self.state.manager, self.today)

    @property
    def today(self) -> date:
        return self.state.book.calendar.today(workflow.now())

    @property
    def availability(self) -> Availability | None:
        return None

    def plan(self, name: str, message: Message) -> Callable[[], Receipt]:
        """Checks a message and changes nothing; the plan it returns carries it out, once for each id."""
        key = f"{name}:{message.id}"
        kept = self.state.receipts.get(key)
        if kept:
            return _repetition(kept, message)
        if self.state.playbook is None:
            raise Refusal("too_early", en="the deal is only just opening: try again in a moment", ru="сделка ещё открывается")
        effect: Effect = getattr(self, f"plan_{name}")(message)

        def carry_out() -> Receipt:
            words = effect()
            receipt = Receipt(id=message.id, words_ru=words.ru, words_en=words.en, at=workflow.now())
            self._keep(key, Kept(digest=message.digest(), receipt=receipt))
            return receipt

        return carry_out

    def refuse(self, name: str, raw: Any, refusal: Refusal) -> None:
        """A signal that is not allowed changes nothing but the trail."""
        self.record(
            FactKind.MESSAGE_REFUSED,
            message=name,
            tried=_tried(raw),
            code=refusal.code,
            reason_ru=refusal.text.ru[:1000],
            reason_en=refusal.text.en[:1000],
        )

    def refuse_stray(self, name: str, error: Exception) -> None:
        """What a handler let slip (see `workflows.guard`)."""
        why = f"{name} could not be taken: {type(error).__name__}"
        self.refuse(name[:100], None, Refusal("stray", en=why, ru=f"сообщение {name[:100]} не принято: {type(error).__name__}"))

    @workflow.signal(dynamic=True)
    def misspelt(self, name: str, args: Sequence[RawValue]) -> None:
        """A signal that no handler knows: on record, instead of waiting unseen for ever."""
        known = ", ".join(messages.EXAMPLES)
        en, ru = f"no message {name[:100]!r}: there are {known}", f"нет сообщения {name[:100]!r}: есть {known}"
        self.refuse(name[:100], args[0] if args else None, Refusal("unknown_message", en=en, ru=ru))

    def plan_complete(self, message: Complete) -> Effect:
        assignment = _find(self.state.assignments, message.assignment, "assignment", "задание", str(self.state.subject))
        actor = self.desk.authorize(Action.COMPLETE, self.desk.identify(message.actor), self._doers(assignment))
        if assignment.closed:
            raise _closed(assignment.title, assignment.id)
        answers = check_form(self.form(assignment), dict(message.fields), self.today, self.quantity)
        self.check_answers(assignment, answers)

        def complete() -> Text:
            assignment.closed_at, assignment.closed_by, assignment.answers = workflow.now(), actor, answers
            told = "; ".join(f"{name}: {value}" for name, value in answers.items())
            self.record(FactKind.ASSIGNMENT_COMPLETED, actor, **_about(assignment), answers=told)
            return Text(ru=f"Выполнено: {assignment.title.ru}", en=f"Done: {assignment.title.en}")

        return complete

    def plan_decide(self, message: Decide) -> Effect:
        approval = _find(self.state.approvals, message.approval, "approval", "согласование", str(self.state.subject))
        actor = self.desk.identify(message.actor)
        if approval.closed:
            raise _closed(approval.title, approval.id)
        if message.version is not None and message.version != approval.version:
            raise Refusal(
                "stale_version",
                en=f"version {message.version} is no longer asked about: version {approval.version} is",
                ru=f"версия {message.version} уже не на согласовании: теперь версия {approval.version}",
            )
        actor = self.desk.authorize(Action.DECIDE, actor, (ask.person for ask in approval.asked))
        seat = next(ask for ask in approval.asked if ask.person == (actor.behalf or actor.person))
        if seat not in approval.awaiting:
            raise Refusal(
                "already_answered",
                en=f"{seat.role.value} has answered version {approval.version} already",
                ru=f"{seat.role.value}: ответ по версии {approval.version} уже дан",
            )
        if not message.approve and not message.comment:
            raise Refusal("no_comment", en="a rejection needs a comment: say what must change", ru="отказ без комментария: напишите, что изменить")

        def decide() -> Text:
            now = workflow.now()
            vote = Vote(role=seat.role, actor=actor, approve=message.approve, comment=message.comment, at=now)
            cast_vote(approval, vote)
            said = {**_asked(approval), "role": seat.role.value, "comment": message.comment}
            self.record(FactKind.APPROVAL_VOTED, actor, **said, answer="approve" if message.approve else "reject")
            if approval.closed:
                outcome = FactKind.APPROVAL_APPROVED if approval.approved else FactKind.APPROVAL_REJECTED
                self.record(outcome, actor, **said)
            answer = Text(ru="Согласовано", en="Approved") if message.approve else Text(ru="Отклонено", en="Rejected")
            return Text(ru=f"{answer.ru}: {approval.title.ru}", en=f"{answer.en}: {approval.title.en}")

        return decide

    def plan_sign(self, message: Sign) -> Effect:
        document = _find(self.state.documents, message.document, "document", "документ", str(self.state.subject))
        signers = self.desk.persons(document.signer)
        actor = self.desk.authorize(Action.SIGN, self.desk.identify(message.actor), signers)
        if document.signed:
            raise _closed(document.title, document.id)
        if not document.ready:
            raise Refusal(
                "not_ready",
                en=f"{document.title.en} can't be signed yet: it is made when {document.available.value.replace('_', ' ')}",
                ru=f"{document.title.ru}: подписывать рано, документ появится позже ({document.available.value})",
            )

        def sign() -> Text:
            document.signed_at, document.signed_by = workflow.now(), actor
            self.record(FactKind.DOCUMENT_SIGNED, actor, id=document.id, **titled(document.title))
            return Text(ru=f"Подписано: {document.title.ru}", en=f"Signed: {document.title.en}")

        return sign

    def hand_over(self, actor: Actor, to: str) -> None:
        """All open assignments of the manager go to `to`, the deal's new manager."""
        before, self.state.manager = self.state.manager, to
        for assignment in self.state.open_assignments:
            if assignment.assignee == before:
                assignment.assignee = to
                self.record(FactKind.ASSIGNMENT_REASSIGNED, actor, **_about(assignment), **{"from": before})

    def form(self, assignment: Assignment) -> Form:
        return self.state.book.assignments[assignment.kind].form

    @property
    def quantity(self) -> int:
        return 1

    def check_answers(self, assignment: Assignment, answers: dict[str, str]) -> None:
        """Rules of this process that a form can't hold."""

    def make_ready(self) -> None:
        """The documents whose event has happened can be signed from now on, and are watched until they are."""
        now = workflow.now()
        for document in self.state.documents.values():
            if not document.ready and document.available in self.state.moments:
                kind = self.state.book.documents[document.id.split(":")[-1]]
                due_at = self.state.book.calendar.after(now, kind.due)
                document.alarm = set_alarm(now, due_at, self.state.book.reminders, self.state.book.calendar)
                self.record(FactKind.DOCUMENT_READY, id=document.id, **titled(document.title), signer=document.signer, due=due_at.isoformat())

    def _doers(self, assignment: Assignment) -> list[str]:
        colleagues = [] if assignment.role is Role.MANAGER else self.desk.persons(assignment.role)
        return [assignment.assignee, *colleagues]

    def _keep(self, key: str, kept: Kept) -> None:
        self.state.receipts[key] = kept
        disposable = [k for k in self.state.receipts if not k.startswith("pay:")]
        for old in disposable[: max(len(disposable) - MAX_RECEIPTS, 0)]:
            del self.state.receipts[old]


def fail_with_words(problem: str) -> ApplicationError:
    """Ends a workflow that could never have started well, with words instead of an endless retry."""
    return ApplicationError(problem, type="BadStart", non_retryable=True)


def _repetition(kept: Kept, message: Message) -> Callable[[], Receipt]:
    if kept.digest != message.digest():
        raise Refusal(
            "same_id_other_content",
            en=f"id {message.id!r} was used already with other content: a new message needs a new id",
            ru=f"номер {message.id!r} уже использован с другим содержанием: новому сообщению нужен новый номер",
        )
    return lambda: kept.receipt.model_copy(update={"repeated": True})


def _about(assignment: Assignment) -> dict[str, str]:
    return {
        "id": assignment.id,
        "assignment": assignment.kind,
        **titled(assignment.title),
        "assignee": assignment.assignee,
        "due": assignment.alarm.due_at.isoformat(),
    }


def _asked(approval: Approval) -> dict[str, str]:
    return {
        "id": approval.id,
        "approval": approval.kind,
        **titled(approval.title),
        "version": str(approval.version),
        "awaiting": ", ".join(ask.person for ask in approval.awaiting),
        "due": approval.alarm.due_at.isoformat(),
    }


def _find(among: dict[str, Any], id: str, what_en: str, what_ru: str, subject: str) -> Any:
    if id in among:
        return among[id]
    open_ones = ", ".join(name for name, item in among.items() if not getattr(item, "closed", False)) or "—"
    raise Refusal(
        "not_found",
        en=f"{subject} has no {what_en} {id[:100]!r} (there are: {open_ones})",
        ru=f"{subject}: нет такого — {what_ru} {id[:100]!r} (есть: {open_ones})",
    )


def _closed(title: Text, id: str) -> Refusal:
    return Refusal("closed", en=f"{title.en} ({id}) is closed already", ru=f"{title.ru} ({id}): уже закрыто")


def _tried(raw: Any) -> str:
    if isinstance(raw, RawValue):
        return raw.payload.data[:MAX_TRIED].decode("utf-8", errors="replace")
    return "" if raw is None else json.dumps(raw, ensure_ascii=False, default=str)[:MAX_TRIED]
