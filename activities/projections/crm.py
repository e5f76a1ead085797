"""What the CRM shows of a deal: the writes each fact makes, and what differs from what it shows now."""

import hashlib
from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

from activities.projections.crm_fields import crm_fields, line_fields
from activities.projections.grouping import Grouped
from domain.capabilities import ALL, Capability
from domain.crm.line_card import put_line
from domain.deal.assignment_form import form_of
from domain.deal.authority import CLIENT
from domain.deal.batches import FactBatch
from domain.deal.state import DealState
from domain.effects import (
    AddComment,
    Asks,
    AttachFile,
    CloseTask,
    CrmWrite,
    InChat,
    Notify,
    OpenTask,
    PutLine,
    SetFields,
    SetStage,
)
from domain.facts import (
    AboutApproval,
    AboutAssignment,
    ApprovalOpened,
    ApprovalReassigned,
    ApprovalRescheduled,
    AssignmentOpened,
    AssignmentReassigned,
    Crm,
    CrmReturned,
    DocumentAttached,
    EtaMoved,
    Fact,
    FactData,
    OfferChanged,
    ReadyDateMoved,
    StageChanged,
    Subject,
)
from domain.facts.content import content
from domain.money import ZERO
from domain.order.change import removed
from domain.playbook.forms import Form
from domain.view.credit_words import credit_words
from domain.view.sentences import Reader, sentence
from domain.wording import Clock, about
from domain.words import Language, LineStatus, Text

HOW_TO_DECIDE = Text(
    ru="Выберите в карточке ответ, при отказе напишите комментарий, затем завершите эту задачу.",
    en="Choose the answer on the card, with a comment if you reject, then complete this task.",
)
HOW_TO_ANSWER_ELSEWHERE = Text(ru="Ответьте по ссылке из письма.", en="Answer by the link in your mail.")
_TO_DO = Text(ru="{title} ({who}, до {due})", en="{title} ({who}, by {due})")


Can = Collection[Capability]
"""What the CRM can show."""


class CrmPlan(NamedTuple):
    """`shown`: by the key of a write, the digests of what the CRM shows once it is carried out."""

    writes: Grouped[CrmWrite]
    shown: dict[str, dict[str, str]]


def plan_crm(batch: FactBatch, deal: DealState, page: str = "", can: Can = ALL) -> CrmPlan:
    """Of `deal`, the batch's with its playbook. Fields and lines go with the last fact: they show what all of them changed.

    `page` is the address of the deal's own page; nothing where people can't reach the web. `can`: what the CRM can show.
    """
    groups = [list(crm_writes(fact, deal, batch.nth.get(fact.seq, 1), can)) for fact in batch.facts]
    shown: dict[str, dict[str, str]] = {}
    for fact, group in zip(batch.facts, groups, strict=True):
        for name, line in _gone(fact, deal):
            if name in batch.shown:
                group.append(line)
                shown[line.key] = {name: _GONE}
    for write, digests in _changes(deal, batch.shown, page):
        groups[-1].append(write)
        shown[write.key] = digests
    return CrmPlan(Grouped(groups), shown)


def crm_writes(fact: Fact, deal: DealState, nth: int = 1, can: Can = ALL) -> Iterator[CrmWrite]:
    """What the fact's declaration says, in the order it must be carried out. `nth`: which time the deal says just this.

    Keys are `deal-<number>:<seq>:<digest>:<what>`: the same on every attempt, in every run. What only sets something has the
    digest of the fact, and is set anew on another branch of the trail; of what is told, see `identity_of`, it is that of its content.
    """
    key = f"deal-{deal.deal}:{fact.key}"
    content_key = f"deal-{deal.deal}:{fact.seq}:{content(fact)}{f'~{nth}' if nth > 1 else ''}"
    data = fact.read()
    tells = data.told_to_crm()
    if Crm.STAGE in tells:
        stage = data.stage if isinstance(data, StageChanged) else deal.stage
        yield SetStage(key=f"{key}:stage", deal=deal.deal, stage=stage)
    tasks = _tasks(key, fact, data, deal, can)
    yield from tasks if Capability.TASKS in can else _as_comments(content_key, tasks, deal)
    words = sentence(fact, deal.book.language, Clock(deal.book.calendar, deal.book.language), deal.book)
    if Crm.NOTIFY in tells:
        yield from _notice(
            f"{content_key}:notice", getattr(data, "to", deal.manager), words, deal, can, tells
        )
    if Crm.FILE in tells and isinstance(data, DocumentAttached):
        yield from _file(f"{content_key}:file", data, words, deal, can, tells)
    if Crm.COMMENT in tells:
        yield AddComment(key=f"{content_key}:comment", deal=deal.deal, text=words)


def _notice(
    key: str, person: str, words: str, deal: DealState, can: Can, tells: Collection[Crm]
) -> Iterator[CrmWrite]:
    """To the person; where nobody can be told anything, on the card, unless it says so anyway."""
    if Capability.NOTICES in can:
        yield Notify(key=key, deal=deal.deal, person=person, text=words)
    elif Crm.COMMENT not in tells:
        yield AddComment(key=key, deal=deal.deal, text=f"{deal.book.name(person)}: {words}")


def _file(
    key: str, data: DocumentAttached, words: str, deal: DealState, can: Can, tells: Collection[Crm]
) -> Iterator[CrmWrite]:
    """On the card; where it takes none, the card says that there is one."""
    if Capability.FILES in can:
        file = data.model_dump(include={"name", "size", "digest"})
        yield AttachFile(key=key, deal=deal.deal, text=words, **file)
    elif Crm.COMMENT not in tells:
        yield AddComment(key=key, deal=deal.deal, text=words)


def _tasks(key: str, fact: Fact, data: FactData, deal: DealState, can: Can) -> Iterator[CrmWrite]:
    """What the fact opens, closes and puts right."""
    tells = data.told_to_crm()
    if Crm.CLOSE_TASK in tells:
        for closed in _close_tasks(key, data, deal):
            yield _ended_in_chat(closed, fact, deal) if isinstance(data, AboutApproval) else closed
    if Crm.OPEN_TASK in tells:
        for opened in _open_tasks(key, data, fact.subject, deal, can):
            if isinstance(data, AboutApproval) and not isinstance(data, ApprovalRescheduled):
                opened = _asked_in_chat(opened, data, fact, deal)
            yield opened
    if isinstance(data, CrmReturned):
        yield from _put_right(key, data, deal, can)


def _as_comments(content_key: str, writes: Iterable[CrmWrite], deal: DealState) -> Iterator[CrmWrite]:
    """Where people have no tasks, the card says what is to be done, by whom and by when. Nothing need be closed."""
    clock = Clock(deal.book.calendar, deal.book.language)
    for write in writes:
        if isinstance(write, OpenTask):
            title = _TO_DO.to(deal.book.language).format(
                title=write.title, who=deal.book.name(write.person), due=clock(write.due_at)
            )
            text = f"{title}\n{write.description}".strip()
            yield AddComment(key=f"{content_key}:task-{write.task}", deal=write.deal, text=text)
        elif not isinstance(write, CloseTask):
            yield write


def _changes(deal: DealState, shown: dict[str, str], page: str) -> Iterator[tuple[CrmWrite, dict[str, str]]]:
    """One write for all fields that the CRM shows otherwise, or not yet, and one for each such line; with the new digests."""
    key = f"deal-{deal.deal}:{deal.seq}:{deal.head[:8]}-{deal.revision}"
    fields = {
        name: value for name, value in crm_fields(deal, page).items() if shown.get(name) != _digest(value)
    }
    if fields:
        buyer = deal.client.known_by if deal.client.is_foreign else None
        write = SetFields(key=f"{key}:fields", deal=deal.deal, fields=fields, buyer=buyer or "")
        yield write, {name: _digest(value) for name, value in fields.items()}
    for number in deal.lines:
        line = put_line(f"{key}:line-{number}", deal, number, line_fields(deal, deal.lines[number]))
        name, digest = f"line-{number}", _digest(line.model_dump_json(exclude={"key"}))
        if shown.get(name) != digest:
            yield line, {name: digest}


def _gone(fact: Fact, deal: DealState) -> Iterator[tuple[str, PutLine]]:
    """Lines that a new offer has no more: as cancelled, and for nothing. By the names under which they were shown."""
    data = fact.read()
    for number, change in removed(data.changes) if isinstance(data, OfferChanged) else ():
        yield (
            f"line-{number}",
            PutLine(
                key=f"deal-{deal.deal}:{fact.key}:gone-{number}",
                deal=deal.deal,
                line=number,
                sku=next((edit.before for edit in change.edits if edit.field == "sku"), ""),
                name=change.name,
                quantity=1,
                amount=str(ZERO),
                currency=deal.currency,
                status=LineStatus.CANCELLED,
            ),
        )


_GONE = "gone"


def _digest(value: str) -> str:
    return hashlib.sha256(value.encode()).hexdigest()[:8]


def _put_right(key: str, data: CrmReturned, deal: DealState, can: Can) -> Iterator[CrmWrite]:
    """The CRM as the desk has it: its stage, its manager, or the question that somebody took for answered."""
    if data.done in ("stage", "funnel"):
        yield SetStage(key=f"{key}:stage", deal=deal.deal, stage=deal.stage)
    if data.done == "manager":
        yield SetFields(key=f"{key}:manager", deal=deal.deal, fields={"manager": deal.manager})
    if data.done == "line" and (line := deal.lines.get(int(data.id))):
        yield put_line(f"{key}:line-{line.number}", deal, line.number, line_fields(deal, line))
    id = data.id.partition("@")[0]
    for process in (deal, *deal.lines.values()):
        subject = str(process.subject)
        if assignment := process.assignments.get(id):
            if not assignment.closed:
                yield from _open_tasks(key, AssignmentOpened(**assignment.about()), subject, deal, can)
        elif approval := process.approvals.get(id):
            yield from _open_tasks(key, ApprovalOpened(**approval.about()), subject, deal, can)


def _open_tasks(key: str, data: FactData, subject: str, deal: DealState, can: Can) -> Iterator[OpenTask]:
    """One for whoever must do it; of an approval one for each person whose answer is awaited."""
    match data:
        case AboutAssignment():
            yield _task(f"{key}:task", data, data.assignee, subject, deal, can)
        case ApprovalReassigned():
            yield _task(f"{key}:task-{data.successor}", data, data.successor, subject, deal, can)
        case AboutApproval():
            for person in data.awaiting:
                if person in deal.book.people:
                    yield _task(f"{key}:task-{person}", data, person, subject, deal, can)
        case ReadyDateMoved():
            yield from _open_again(key, "dispatch", subject, deal, can)
        case EtaMoved():
            yield from _open_again(key, "arrival", subject, deal, can)


def _open_again(key: str, kind: str, subject: str, deal: DealState, can: Can) -> Iterator[OpenTask]:
    """The line's open assignments of this kind, by their deadlines of now."""
    line = deal.lines.get(Subject.read(subject).line or 0)
    for asked in line.open_assignments if line else ():
        if asked.kind == kind:
            yield from _open_tasks(key, AssignmentOpened(**asked.about()), subject, deal, can)


def _task(
    key: str, data: AboutAssignment | AboutApproval, person: str, subject: str, deal: DealState, can: Can
) -> OpenTask:
    line = Subject.read(subject).line or 0
    language = deal.book.language
    kind = data.assignment if isinstance(data, AboutAssignment) else ""
    form = form_of(deal, line, kind)
    on_card = not line or Capability.LINE_CARDS in can
    if isinstance(data, AboutApproval):  # its task tells which version is answered
        on_card = on_card and Capability.TASKS in can
    credit = tuple(_credit(data, subject, deal, language)) if isinstance(data, AboutApproval) else ()
    here, elsewhere = (
        "\n".join((*_what_to_do(data, form, deal, on_card=there), *credit)) for there in (on_card, False)
    )
    return OpenTask(
        key=key,
        deal=deal.deal,
        task=_task_id(data, person),
        title=data.title.to(language) + (f" ({about(line).to(language).lower()})" if line else ""),
        person=person,
        due_at=data.due,
        line=line,
        description=here,
        elsewhere=elsewhere if elsewhere != here else "",
        asks=data.id if isinstance(data, AboutApproval) else "",
        form=tuple(f"{kind}.{field.name}" for field in form),
    )


def _asked_in_chat(task: OpenTask, data: AboutApproval, fact: Fact, deal: DealState) -> OpenTask:
    """What asks for an answer asks so, too; a task that only stands there again does not."""
    language = _language(task.person, deal)
    client = deal.client.name or deal.client.contact
    head = Text(ru=f"Сделка {deal.deal}: {client}", en=f"Deal {deal.deal}: {client}").to(language)
    asks = Asks(kind="approval", question=data.id, version=data.version)
    told = (head, _told(fact, language, deal), *_credit(data, fact.subject, deal, language))
    said = InChat(asks=asks, text="\n".join(told), language=language)
    return task.model_copy(update={"in_chat": said})


def _credit(data: AboutApproval, subject: str, deal: DealState, language: Language) -> tuple[str, ...]:
    """What the client owes, where credit is asked for."""
    line = deal.lines.get(Subject.read(subject).line or 0)
    return credit_words(line, data.approval, data.version, language)


def _ended_in_chat(task: CloseTask, fact: Fact, deal: DealState) -> CloseTask:
    language = _language(task.task.rpartition(":")[2], deal)
    return task.model_copy(update={"in_chat": _told(fact, language, deal)})


def _told(fact: Fact, language: Language, deal: DealState) -> str:
    return sentence(fact, language, Clock(deal.book.calendar, language), deal.book)


def _language(person: str, deal: DealState) -> Language:
    known = deal.book.people.get(person)
    return known.language if known else deal.book.language


def _what_to_do(data: FactData, form: Form, deal: DealState, *, on_card: bool) -> Iterator[str]:
    """The form's fields by their titles; what was missing in the order, where the task is to compose it. `on_card`: the CRM takes
    the answer on the card that the task is about."""
    language = deal.book.language
    if comment := getattr(data, "comment", ""):
        yield comment
    match data:
        case AboutApproval():
            yield (HOW_TO_DECIDE if on_card else HOW_TO_ANSWER_ELSEWHERE).to(language)
        case AboutAssignment(assignment="order") if deal.origin:
            yield from deal.origin.missing
        case AboutAssignment() if form and not on_card:
            yield HOW_TO_ANSWER_ELSEWHERE.to(language)
    for field in form:
        help = f" ({field.help.to(language)})" if field.help else ""
        yield f"{field.title.to(language)}{help}{'' if field.required else ' *'}"


def _close_tasks(key: str, data: FactData, deal: DealState) -> Iterator[CloseTask]:
    match data:
        case AssignmentReassigned():
            yield CloseTask(key=f"{key}:done", deal=deal.deal, task=_task_id(data, data.before))
        case ApprovalReassigned():
            yield _close(key, deal, _task_id(data, data.before))
        case AboutAssignment():
            answers = getattr(data, "answers", {})
            comment = Reader(deal.book.language, book=deal.book).answers(answers, data.assignment)
            yield _close(key, deal, _task_id(data, data.assignee), comment)
        case AboutApproval():
            for person in (person for person in data.voters if person != CLIENT):
                yield _close(key, deal, _task_id(data, person), getattr(data, "comment", ""))


def _close(key: str, deal: DealState, task: str, comment: str = "") -> CloseTask:
    return CloseTask(key=f"{key}:done-{task}", deal=deal.deal, task=task, comment=comment)


def _task_id(data: AboutAssignment | AboutApproval, person: str) -> str:
    version = data.version if isinstance(data, AboutApproval) else 1
    return f"{data.id}@{version}:{person}"
