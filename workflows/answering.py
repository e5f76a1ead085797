"""How messages are taken: checked without a trace, carried out once, refused in words; whatever comes, nothing hangs."""

import json
from collections.abc import Callable, Sequence
from typing import Any

from temporalio import workflow
from temporalio.common import RawValue
from temporalio.exceptions import ApplicationError

with workflow.unsafe.imports_passed_through():
    from domain import answers
    from domain.facts import (
        ApprovalApproved,
        ApprovalRejected,
        ApprovalVoted,
        AssignmentCompleted,
        DocumentSigned,
        MessageRefused,
    )
    from domain.forms import Form, check_form
    from domain.messages import Complete, Decide, Kept, Message, Receipt, Sign
    from domain.refusals import Refusal
    from domain.tasks import Assignment, Vote, cast_vote
    from domain.words import Text
    from workflows import messages
    from workflows.process import Process, S

MAX_RECEIPTS = 500
MAX_TRIED = 300  # bytes of a refused message that the trail keeps

Effect = Callable[[], Text]
"""Carries a checked message out; answers in words."""

ASSIGNMENT = Text(ru="задание", en="assignment")
APPROVAL = Text(ru="согласование", en="approval")
DOCUMENT = Text(ru="документ", en="document")


class Answering(Process[S]):
    def plan(self, name: str, message: Message) -> Callable[[], Receipt]:
        """Checks a message and changes nothing; the plan it returns carries it out, once for each id."""
        key = f"{name}:{message.id}"
        kept = self.state.receipts.get(key)
        if kept:
            answers.check_repetition(kept, message)
            receipt = kept.receipt.model_copy(update={"repeated": True})
            return lambda: receipt
        if self.state.playbook is None:
            raise Refusal(
                "too_early",
                en="the deal is only just opening: try again in a moment",
                ru="сделка ещё открывается",
            )
        effect: Effect = getattr(self, f"plan_{name}")(message)

        def carry_out() -> Receipt:
            words = effect()
            receipt = Receipt(id=message.id, words_ru=words.ru, words_en=words.en, at=workflow.now())
            self._keep(key, Kept(digest=message.digest(), receipt=receipt))
            return receipt

        return carry_out

    def _keep(self, key: str, kept: Kept) -> None:
        """Payments are remembered for ever; of the rest, enough to answer whoever asks again."""
        self.state.receipts[key] = kept
        disposable = [k for k in self.state.receipts if not k.startswith("pay:")]
        for old in disposable[: max(len(disposable) - MAX_RECEIPTS, 0)]:
            del self.state.receipts[old]

    # --- answers -----------------------------------------------------------------------------------------------------

    def plan_complete(self, message: Complete) -> Effect:
        assignment = answers.find(
            self.state.assignments, message.assignment, ASSIGNMENT, str(self.state.subject)
        )
        actor = answers.who_completes(assignment, message, self.desk)
        fields = self.check_fields(assignment, dict(message.fields))

        def complete() -> Text:
            assignment.closed_at, assignment.closed_by, assignment.answers = workflow.now(), actor, fields
            self.record(AssignmentCompleted(**assignment.told(), answers=fields), by=actor)
            return Text(ru=f"Выполнено: {assignment.title.ru}", en=f"Done: {assignment.title.en}")

        return complete

    def plan_decide(self, message: Decide) -> Effect:
        approval = answers.find(self.state.approvals, message.approval, APPROVAL, str(self.state.subject))
        seat, actor = answers.who_votes(approval, message, self.desk)

        def decide() -> Text:
            vote = Vote(
                role=seat.role,
                actor=actor,
                approve=message.approve,
                comment=message.comment,
                at=workflow.now(),
            )
            cast_vote(approval, vote)
            said = {**approval.told(), "role": seat.role, "comment": message.comment}
            self.record(ApprovalVoted(**said, answer="approve" if message.approve else "reject"), by=actor)
            if approval.closed:
                outcome = ApprovalApproved if approval.approved else ApprovalRejected
                self.record(outcome(**said), by=actor)
            word = (
                Text(ru="Согласовано", en="Approved")
                if message.approve
                else Text(ru="Отклонено", en="Rejected")
            )
            return Text(ru=f"{word.ru}: {approval.title.ru}", en=f"{word.en}: {approval.title.en}")

        return decide

    def plan_sign(self, message: Sign) -> Effect:
        document = answers.find(self.state.documents, message.document, DOCUMENT, str(self.state.subject))
        actor = answers.who_signs(document, message, self.desk)

        def sign() -> Text:
            document.signed_at, document.signed_by = workflow.now(), actor
            self.record(DocumentSigned(**document.told()), by=actor)
            return Text(ru=f"Подписано: {document.title.ru}", en=f"Signed: {document.title.en}")

        return sign

    def check_fields(self, assignment: Assignment, fields: dict[str, Any]) -> dict[str, str]:
        """The answers to the assignment's form, trimmed; a `Refusal` says all that is wrong with them."""
        return check_form(self.form(assignment), fields, self.today, self.quantity)

    def form(self, assignment: Assignment) -> Form:
        return self.state.book.assignment(assignment.kind).form

    @property
    def quantity(self) -> int:
        """How many pieces a list in a form has."""
        return 1

    # --- refusals ----------------------------------------------------------------------------------------------------

    def refuse(self, name: str, raw: Any, refusal: Refusal) -> None:
        """A signal that is not allowed changes nothing but the trail: who tried what, and why it was refused."""
        reason = Text(ru=refusal.text.ru[:1000], en=refusal.text.en[:1000])
        self.record(MessageRefused(message=name[:100], tried=_tried(raw), code=refusal.code, reason=reason))

    def refuse_stray(self, name: str, error: Exception) -> None:
        """What a handler let slip (see `workflows.guard`)."""
        en = f"{name[:100]} could not be taken: {type(error).__name__}"
        ru = f"сообщение {name[:100]} не принято: {type(error).__name__}"
        self.refuse(name, None, Refusal("stray", en=en, ru=ru))

    @workflow.signal(dynamic=True)
    def misspelt(self, name: str, args: Sequence[RawValue]) -> None:
        """A signal that no handler knows: on record, instead of waiting unseen for ever."""
        known = ", ".join(messages.EXAMPLES)
        en = f"no message {name[:100]!r}: there are {known}"
        ru = f"нет сообщения {name[:100]!r}: есть {known}"
        self.refuse(name, args[0] if args else None, Refusal("unknown_message", en=en, ru=ru))


def only_within(who: Text) -> Refusal:
    """For the signals that a deal and its lines send each other."""
    return Refusal("malformed", en=f"only {who.en} may send this", ru=f"так пишут только {who.ru}")


def fail_with_words(problem: str) -> ApplicationError:
    """Ends a workflow that could never have started well, with words instead of an endless retry."""
    return ApplicationError(problem, type="BadStart", non_retryable=True)


def _tried(raw: Any) -> str:
    if isinstance(raw, RawValue):
        return raw.payload.data[:MAX_TRIED].decode("utf-8", errors="replace")
    return "" if raw is None else json.dumps(raw, ensure_ascii=False, default=str)[:MAX_TRIED]
