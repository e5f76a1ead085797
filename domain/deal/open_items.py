"""What keeps a deal waiting. It is computed here and nowhere else: whatever shows it, rings it or searches it formats this list."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Literal, NamedTuple

from domain.alarms import Alarm
from domain.calendar import Span
from domain.deal.authority import CLIENT
from domain.deal.documents import Document
from domain.deal.payments import Milestone
from domain.deal.shipments import awaited_lines
from domain.deal.snapshot import Snapshot
from domain.deal.state import DealState, LineState, ProcessState
from domain.deal.tasks import Approval, Assignment, Awaiting
from domain.facts import Subject
from domain.playbook.kinds import MAIL_ADDRESS, OBLIGATION, QUESTION, SERVICE_PLAN, SERVICE_RENDERED
from domain.playbook.terms import Gate
from domain.wording import worded
from domain.words import LineStatus, Role, Text, stage_label

Kind = Literal["assignment", "approval", "document", "payment", "line", "silence", "step"]

NO_ANSWER = Text(
    ru="процесс позиции не отвечает: его остановили или он пропал",
    en="the line's own process does not answer: it was stopped or is lost",
)
BETWEEN_STEPS = Text(
    ru="стадия «{stage}»: открытых вопросов нет, готовится следующий шаг",
    en="stage “{stage}”: nothing is open, the next step is being prepared",
)


_ORDERED_BY = ("supplier-order", "reservation")
_SHIPPED = (LineStatus.SHIPPED, LineStatus.SETTLED)


class OpenItem(NamedTuple):
    """`who` must act; of an approval, all who have not answered yet. Where the client must, `chaser` is the manager who sees to it.

    `alarm` rings until it is done, and escalates to the `director`; only `line` (it waits for another line), `silence` and `step` have none,
    and no `id`. Of a payment, `amount` is missing, and until it has come `gate` stays shut.
    """

    subject: Subject
    kind: Kind
    id: str | None
    title: Text
    who: tuple[Awaiting, ...]
    since: datetime
    due_at: datetime
    alarm: Alarm | None = None
    chaser: str | None = None
    director: str = ""
    version: int = 1
    amount: Decimal | None = None
    gate: Gate | None = None

    @property
    def persons(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(ask.person for ask in self.who))

    @property
    def escalated_at(self) -> datetime | None:
        return self.alarm.escalated_at if self.alarm else None

    @property
    def seen_until(self) -> datetime | None:
        return self.alarm.seen_until if self.alarm else None

    @property
    def unseen(self) -> bool:
        """It was escalated, and nobody has said since that they know."""
        return self.escalated_at is not None and self.seen_until is None

    def overdue(self, now: datetime) -> bool:
        return now > self.due_at


def open_items(deal: DealState, lines: Iterable[LineState] | None = None) -> list[OpenItem]:
    """The most urgent first. An open deal has at least one, so that it never waits silently; a closed one has none.

    `lines` are the lines' own states; without them the deal's mirrors tell.
    """
    return items_in(Snapshot(deal, lines))


def items_in(snapshot: Snapshot) -> list[OpenItem]:
    deal = snapshot.deal
    if deal.stage.final:
        return []
    found = [item for process in snapshot.processes for item in items_of(process, deal)]
    found += [_silence(line, deal) for line in snapshot.silent]
    found += [item for service in snapshot.active if (item := _for_line(service, found, snapshot))]
    return by_urgency(found or [_between_steps(deal)])


def items_of(process: ProcessState, deal: DealState | None = None) -> Iterator[OpenItem]:
    """Of the deal itself, or of one of its lines; a line's own workflow has no deal at hand. A cancelled line has none."""
    owner = deal or process
    if is_over(process) or is_over(owner):
        return
    manager, director = persons(Role.MANAGER, owner)[0], persons(Role.DIRECTOR, owner)[0]
    for kind, asked in _asked(process):
        if alarm := asked.alarm:  # without one, what it waits for has not happened yet
            who = _awaited(asked, owner)
            yield OpenItem(
                subject=process.subject,
                kind=kind,
                id=asked.id,
                title=asked.title,
                who=who,
                since=alarm.opened_at,
                due_at=alarm.due_at,
                alarm=alarm,
                director=director,
                chaser=manager if any(ask.role is Role.CLIENT for ask in who) else None,
                version=asked.version if isinstance(asked, Approval) else 1,
                amount=asked.outstanding if isinstance(asked, Milestone) else None,
                gate=_shut(asked, process) if isinstance(asked, Milestone) else _closed_by(asked, process),
            )


def alarms_of(process: ProcessState) -> Iterator[Alarm]:
    """Of the items of it: no item need be made to see when one rings."""
    if not is_over(process):
        for _, asked in _asked(process):
            if asked.alarm is not None:
                yield asked.alarm


def by_urgency(items: Iterable[OpenItem]) -> list[OpenItem]:
    return sorted(items, key=lambda item: (item.due_at, item.subject.line or 0, item.kind, item.id or ""))


def awaited(items: Iterable[OpenItem]) -> list[str]:
    """Who must act: ids of people, `client`, and their roles; never names."""
    return sorted({name for item in items for ask in item.who for name in (ask.person, ask.role.value)})


def persons(role: Role, deal: ProcessState) -> list[str]:
    """Who is asked where `role` must act. Before the playbook is there, only the manager can be."""
    if role is Role.CLIENT:
        return [CLIENT]
    if role is Role.MANAGER or deal.playbook is None:
        return [deal.manager or Role.MANAGER.value]
    return deal.book.holders(role)


def is_over(process: ProcessState) -> bool:
    """Nothing of it is waited for any more."""
    if isinstance(process, LineState):
        return process.status is LineStatus.CANCELLED
    return isinstance(process, DealState) and process.stage.final


Asked = Assignment | Approval | Document | Milestone


def _asked(process: ProcessState) -> Iterator[tuple[Kind, Asked]]:
    for assignment in process.open_assignments:
        yield "assignment", assignment
    for approval in process.open_approvals:
        yield "approval", approval
    for document in process.unsigned:
        yield "document", document
    for milestone in process.milestones.values() if isinstance(process, LineState) else ():
        if not milestone.paid:
            yield "payment", milestone


def _awaited(asked: Asked, owner: ProcessState) -> tuple[Awaiting, ...]:
    match asked:
        case Assignment():
            return (_awaiting(asked.role, asked.assignee),)
        case Approval():
            return asked.awaiting
        case Document():
            return tuple(ask for role in asked.signers for ask in _all_of(role, owner))
        case Milestone():
            return _all_of(Role.CLIENT, owner)


def _shut(milestone: Milestone, process: ProcessState) -> Gate | None:
    """The gate that stays shut until it is paid. What was ordered, and then lost its money, may not ship."""
    if milestone.gate is None or not isinstance(process, LineState) or process.status in _SHIPPED:
        return None
    ordered = any(
        a.kind in _ORDERED_BY and a.closed and not a.withdrawn for a in process.assignments.values()
    )
    return Gate.SHIPPING if ordered else milestone.gate


def _closed_by(asked: Asked, process: ProcessState) -> Gate | None:
    """The gate that its lines do not pass before this document is signed."""
    if not isinstance(asked, Document) or not isinstance(process, DealState) or asked.id in process.waived:
        return None
    kind = process.playbook.documents.get(asked.kind) if process.playbook else None
    waiting = any(line.status not in _SHIPPED for line in process.active_lines)
    return kind.gate if kind and waiting else None


def _all_of(role: Role, owner: ProcessState) -> tuple[Awaiting, ...]:
    """Any of them may do it."""
    return tuple(_awaiting(role, person) for person in persons(role, owner))


@lru_cache(maxsize=1000)
def _awaiting(role: Role, person: str) -> Awaiting:
    return Awaiting(role=role, person=person)


def _for_line(service: LineState, found: list[OpenItem], snapshot: Snapshot) -> OpenItem | None:
    """Of a planned service that follows another line: who must act there, and by when. None where it waits for nothing but its own."""
    asked = {asked.kind for asked in service.open_assignments}
    lines = [line.number for line in awaited_lines(service, snapshot.lines)]
    if not lines or service.status is not LineStatus.PROCESSING or asked & {SERVICE_PLAN, SERVICE_RENDERED}:
        return None
    there = [item for item in found if item.subject.line in lines and _holds_up(item)]
    first, *_ = by_urgency(there or [item for item in found if item.gate]) or [_between_steps(snapshot.deal)]
    line = first.subject.line if first.subject.line in lines else lines[0]
    planned = service.assignments.get(service.subject.id(SERVICE_PLAN))
    return first._replace(
        subject=service.subject,
        kind="line",
        id=None,
        title=worded(
            ru="ожидает доставки позиции {line}: {what}",
            en="waits for the delivery of line {line}: {what}",
            line=line,
            what=first.title,
        ),
        since=planned.closed_at if planned and planned.closed_at else service.updated_at,
        alarm=None,
        version=1,
        amount=None,
        gate=None,
    )


def _holds_up(item: OpenItem) -> bool:
    """Whether its line goes no further before it is done."""
    if item.kind in ("document", "payment"):
        return item.gate is not None
    kind = (item.id or "").partition(":")[2].partition("#")[0]
    return kind not in (QUESTION, MAIL_ADDRESS, OBLIGATION)


def _silence(line: LineState, deal: DealState) -> OpenItem:
    """The check of silent lines will notice it by then."""
    asked = (Role.MANAGER, Role.DIRECTOR)
    return OpenItem(
        subject=line.subject,
        kind="silence",
        id=None,
        title=NO_ANSWER,
        who=tuple(Awaiting(role=role, person=persons(role, deal)[0]) for role in asked),
        since=line.updated_at,
        due_at=_after(line.updated_at, deal, deal.playbook.checks.silent_line if deal.playbook else None),
    )


def _between_steps(deal: DealState) -> OpenItem:
    """Nothing is open: the desk is about to take its next step. If it does not, the manager should look into it."""
    stage = stage_label(deal.stage, deal.sources)
    return OpenItem(
        subject=deal.subject,
        kind="step",
        id=None,
        title=Text(ru=BETWEEN_STEPS.ru.format(stage=stage.ru), en=BETWEEN_STEPS.en.format(stage=stage.en)),
        who=_all_of(Role.MANAGER, deal),
        since=deal.updated_at,
        due_at=_after(deal.updated_at, deal, deal.playbook.reminders.repeat[0] if deal.playbook else None),
    )


def _after(moment: datetime, deal: DealState, span: Span | None) -> datetime:
    if deal.playbook is None or span is None:
        return moment + timedelta(days=1)
    return deal.playbook.calendar.after(moment, span)
