"""Assignments and approvals: asked, answered, reminded, escalated."""

from datetime import date
from decimal import Decimal
from typing import Literal

from pydantic import AwareDatetime

from domain.facts.declare import Crm, FactData, Mail, Person, Ringing, To
from domain.words import NoticeKind, Role, Text

CALLS_THE_MANAGER = frozenset(
    {
        *("qualification", "order", "contract-revision", "mail-address", "deal-manager", "question"),
        *("delivery-late", "delivery-amendment", "supplement", "customs-obligation"),
    }
)
"""The manager drives the deal and sees its next step there: of their own assignments a mail tells these only."""


class AboutAssignment(FactData):
    line_reports = True

    id: str
    assignment: str
    title: Text
    assignee: Person
    due: AwareDatetime


class AssignmentOpened(AboutAssignment):
    kind = "assignment.opened"
    sentence = Text(
        ru="задание «{title}» — {assignee}, срок {due}[: {comment}]",
        en="assignment “{title}” for {assignee}, due {due}[: {comment}]",
    )
    mail = Mail(NoticeKind.ASSIGNMENT_OPENED, (To.ASSIGNEE,))
    crm = (Crm.OPEN_TASK, Crm.COMMENT)

    comment: str = ""

    def mailed(self, manager: str) -> Mail | None:
        return self.mail if self.assignee != manager or self.assignment in CALLS_THE_MANAGER else None


class AssignmentCompleted(AboutAssignment):
    kind = "assignment.completed"
    sentence = Text(ru="выполнено «{title}»[: {answers}]", en="“{title}” is done[: {answers}]")
    crm = (Crm.CLOSE_TASK, Crm.COMMENT)

    answers: dict[str, str] = {}


class AssignmentWithdrawn(AboutAssignment):
    kind = "assignment.withdrawn"
    sentence = Text(ru="задание «{title}» снято[: {reason}]", en="“{title}” is withdrawn[: {reason}]")
    crm = (Crm.CLOSE_TASK, Crm.COMMENT)

    reason: Text | None = None


class AssignmentReassigned(AboutAssignment):
    kind = "assignment.reassigned"
    sentence = Text(
        ru="задание «{title}» передано: {assignee} (раньше {before})",
        en="“{title}” is handed over to {assignee} (before: {before})",
    )
    mail = Mail(NoticeKind.ASSIGNMENT_OPENED, (To.ASSIGNEE,))
    crm = (Crm.CLOSE_TASK, Crm.OPEN_TASK, Crm.COMMENT)

    before: Person


class AssignmentReminded(AboutAssignment, Ringing):
    kind = "assignment.reminded"
    sentence = Text(
        ru="напоминание: {assignee} — «{title}», срок {due}[, уже {times}-й раз]",
        en="{assignee} is reminded of “{title}”, due {due}[, {times} times by now]",
    )
    mail = Mail(NoticeKind.ASSIGNMENT_REMINDED, (To.ASSIGNEE,))


class AssignmentEscalated(AboutAssignment, Ringing):
    kind = "assignment.escalated"
    sentence = Text(
        ru="просрочено «{title}» ({assignee}), срок был {due} — сообщено: {to}[, уже {times}-й раз]",
        en="“{title}” ({assignee}) is overdue since {due}: told to {to}[, {times} times by now]",
    )
    mail = Mail(NoticeKind.ASSIGNMENT_ESCALATED, (To.DIRECTOR, To.ASSIGNEE))
    crm = (Crm.NOTIFY, Crm.COMMENT)

    overdue: bool = True
    to: Person


class EscalationAcknowledged(FactData):
    """The director knows that something is overdue, and wants to hear of it again on the day `until`, if it is still open."""

    kind = "escalation.acknowledged"
    sentence = Text(
        ru="просрочка «{title}» принята к сведению до {until}[: {comment}]",
        en="“{title}” being overdue is acknowledged until {until}[: {comment}]",
    )
    line_reports = True

    id: str
    title: Text
    until: date
    comment: str = ""


class AssignmentRescheduled(AboutAssignment):
    kind = "assignment.rescheduled"
    sentence = Text(
        ru="срок задания «{title}» ({assignee}) перенесён: {due} вместо {before}[ — {reason}]",
        en="the deadline of “{title}” ({assignee}) moves: {due} instead of {before}[ — {reason}]",
    )
    mail = Mail(NoticeKind.DEADLINE_MOVED, (To.ASSIGNEE,))
    crm = (Crm.OPEN_TASK, Crm.COMMENT)

    before: AwareDatetime
    reason: str = ""


class AnswerCorrected(FactData):
    """What was answered was wrong: of the answers that are others now, what they were and what they are."""

    kind = "answer.corrected"
    sentence = Text(
        ru="исправлено «{title}»[: {after}][ вместо: {before}] — {reason}",
        en="“{title}” is corrected[: {after}][ instead of: {before}] — {reason}",
    )
    mail = Mail(NoticeKind.ANSWER_CORRECTED, (To.MANAGER,))
    crm = (Crm.NOTIFY, Crm.COMMENT)
    line_reports = True

    id: str
    assignment: str
    title: Text
    before: dict[str, str] = {}
    after: dict[str, str] = {}
    reason: str


class AboutApproval(FactData):
    """`awaiting` are those of the `voters` who have not answered yet."""

    line_reports = True

    id: str
    approval: str
    title: Text
    version: int = 1
    voters: tuple[Person, ...] = ()
    awaiting: tuple[Person, ...] = ()
    due: AwareDatetime


class ApprovalOpened(AboutApproval):
    kind = "approval.opened"
    sentence = Text(
        ru="на согласовании «{title}»[, версия {version}][ на {amount}][ — {awaiting}], срок {due}[: {reason}]",
        en="“{title}”[, version {version},] is put to approval[, {amount}][: {awaiting}], due {due}[: {reason}]",
    )
    mail = Mail(NoticeKind.APPROVAL_ASKED, (To.AWAITED,))
    crm = (Crm.OPEN_TASK, Crm.COMMENT)

    amount: Decimal | None = None
    currency: str = ""
    good: str = ""
    reason: str = ""


class ApprovalVoted(AboutApproval):
    kind = "approval.voted"
    sentence = Text(
        ru="{role}: {answer} «{title}»[, версия {version}][ — «{comment}»]",
        en="{role}: {answer} “{title}”[, version {version}][ — “{comment}”]",
    )

    role: Role
    answer: Literal["approve", "reject"]
    comment: str = ""


class ApprovalApproved(AboutApproval):
    kind = "approval.approved"
    sentence = Text(
        ru="«{title}» согласовано[, версия {version}]", en="“{title}” is approved[, version {version}]"
    )
    crm = (Crm.CLOSE_TASK, Crm.COMMENT)

    role: Role | None = None
    comment: str = ""


class ApprovalRejected(AboutApproval):
    kind = "approval.rejected"
    sentence = Text(
        ru="«{title}» отклонено[, версия {version}][: {comment}]",
        en="“{title}” is rejected[, version {version}][: {comment}]",
    )
    mail = Mail(NoticeKind.APPROVAL_REJECTED, (To.MANAGER,))
    crm = (Crm.CLOSE_TASK, Crm.COMMENT)

    role: Role | None = None
    comment: str = ""


class ApprovalWithdrawn(AboutApproval):
    kind = "approval.withdrawn"
    sentence = Text(
        ru="согласование «{title}» снято[: {reason}]", en="“{title}” is no longer asked about[: {reason}]"
    )
    crm = (Crm.CLOSE_TASK, Crm.COMMENT)

    reason: Text | None = None


class ApprovalReassigned(AboutApproval):
    """Somebody else is asked for a role's answer: `successor` instead of `before`."""

    kind = "approval.reassigned"
    sentence = Text(
        ru="согласование «{title}»[, версия {version},] теперь спрашивают у другого: {successor} (раньше {before}), срок {due}",
        en="“{title}”[, version {version},] is now asked of {successor} (before: {before}), due {due}",
    )
    mail = Mail(NoticeKind.APPROVAL_ASKED, (To.SUCCESSOR,))
    crm = (Crm.CLOSE_TASK, Crm.OPEN_TASK, Crm.COMMENT)

    before: Person
    successor: Person


class ApprovalReminded(AboutApproval, Ringing):
    kind = "approval.reminded"
    sentence = Text(
        ru="напоминание о согласовании «{title}»[ — ждём: {awaiting}], срок {due}[, уже {times}-й раз]",
        en="reminder: “{title}” awaits approval[ by {awaiting}], due {due}[, {times} times by now]",
    )
    mail = Mail(NoticeKind.APPROVAL_REMINDED, (To.AWAITED,))


class ApprovalEscalated(AboutApproval, Ringing):
    kind = "approval.escalated"
    sentence = Text(
        ru="согласование «{title}» просрочено[ — ждём: {awaiting}], срок был {due} — сообщено: {to}[, уже {times}-й раз]",
        en="“{title}” is not approved in time[ by {awaiting}], due {due}: told to {to}[, {times} times by now]",
    )
    mail = Mail(NoticeKind.APPROVAL_ESCALATED, (To.DIRECTOR, To.MANAGER))
    crm = (Crm.NOTIFY, Crm.COMMENT)

    overdue: bool = True
    to: Person


class ApprovalRescheduled(AboutApproval):
    kind = "approval.rescheduled"
    sentence = Text(
        ru="срок согласования «{title}»[, версия {version},] перенесён: {due} вместо {before}[ — {reason}]",
        en="the deadline of “{title}”[, version {version},] moves: {due} instead of {before}[ — {reason}]",
    )
    mail = Mail(NoticeKind.DEADLINE_MOVED, (To.AWAITED,))
    crm = (Crm.OPEN_TASK, Crm.COMMENT)

    before: AwareDatetime
    reason: str = ""


class QuestionAsked(AboutApproval):
    """Somebody who is to decide wants to know something first; `asker` is told the answer."""

    kind = "question.asked"
    sentence = Text(ru="вопрос о «{title}»: {question}", en="a question about “{title}”: {question}")

    asker: Person
    question: str


class QuestionAnswered(AboutApproval):
    kind = "question.answered"
    sentence = Text(
        ru="ответ на вопрос о «{title}» ({asker}): {answer}",
        en="the question about “{title}” ({asker}) is answered: {answer}",
    )
    mail = Mail(NoticeKind.QUESTION_ANSWERED, (To.ASKER,))

    asker: Person
    question: str
    answer: str
