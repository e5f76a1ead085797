"""What the CRM shows of a deal: the writes each fact makes."""

from collections.abc import Iterator

from domain.assignment_form import form_of
from domain.authority import CLIENT
from domain.crm_fields import crm_fields, line_fields
from domain.effects import AddComment, CloseTask, CrmWrite, Notify, OpenTask, PutLine, SetFields, SetStage
from domain.facts import (
    AboutApproval,
    AboutAssignment,
    ApprovalOpened,
    ApprovalReassigned,
    AssignmentOpened,
    AssignmentReassigned,
    Crm,
    CrmReturned,
    Fact,
    FactData,
)
from domain.forms import Form
from domain.sentences import Reader, sentence
from domain.state import DealState
from domain.wording import Clock
from domain.words import Text

HOW_TO_DECIDE = Text(
    ru="Выберите в карточке ответ, при отказе напишите комментарий, затем завершите эту задачу.",
    en="Choose the answer on the card, with a comment if you reject, then complete this task.",
)


def crm_writes(fact: Fact, deal: DealState) -> Iterator[CrmWrite]:
    """What the fact's declaration says, in the order it must be carried out.

    Keys are `deal-<number>:<seq>:<digest>:<what>`: the same on every attempt, in every run, and of no other branch of the trail.
    """
    key = f"deal-{deal.deal}:{fact.key}"
    data = fact.read()
    tells = data.crm
    if Crm.STAGE in tells:
        yield SetStage(key=f"{key}:stage", deal=deal.deal, stage=deal.stage)
    if Crm.CLOSE_TASK in tells:
        yield from _close_tasks(key, data, deal)
    if Crm.OPEN_TASK in tells:
        yield from _open_tasks(key, data, fact.subject, deal)
    if isinstance(data, CrmReturned):
        yield from _put_right(key, data, deal)
    words = sentence(fact, deal.book.language, Clock(deal.book.calendar, deal.book.language), deal.book)
    if Crm.NOTIFY in tells:
        to = getattr(data, "to", deal.manager)
        yield Notify(key=f"{key}:notice", deal=deal.deal, person=to, text=words)
    if Crm.COMMENT in tells:
        yield AddComment(key=f"{key}:comment", deal=deal.deal, text=words)


def crm_fields_write(deal: DealState) -> SetFields | None:
    """One write for all fields that changed since the last one; none if nothing did."""
    now = crm_fields(deal)
    changed = {name: value for name, value in now.items() if deal.crm_fields.get(name) != value}
    if not changed:
        return None
    deal.crm_fields = now
    return SetFields(key=f"{_now(deal)}:fields", deal=deal.deal, fields=changed)


def crm_lines_writes(deal: DealState) -> Iterator[PutLine]:
    """Each line of which the CRM would show something else than it was last told."""
    for number, line in deal.lines.items():
        shown = line_fields(deal, line)
        if deal.crm_lines.get(number) != (now := {"status": line.status.value, **shown}):
            deal.crm_lines[number] = now
            yield _put_line(f"{_now(deal)}:line-{number}", deal, number, shown)


def _now(deal: DealState) -> str:
    """The key of what follows from the deal as a whole, as it stands after its latest fact."""
    return f"deal-{deal.deal}:{deal.seq}:{deal.head[:8]}"


def _put_line(key: str, deal: DealState, number: int, shown: dict[str, str]) -> PutLine:
    line = deal.lines[number]
    return PutLine(
        key=key,
        deal=deal.deal,
        line=number,
        sku=line.good.sku,
        name=line.good.name,
        quantity=line.good.quantity,
        amount=str(line.amount),
        currency=deal.currency,
        status=line.status,
        shown=shown,
    )


def _put_right(key: str, data: CrmReturned, deal: DealState) -> Iterator[CrmWrite]:
    """The CRM as the desk has it: its stage, its manager, or the question that somebody took for answered."""
    if data.done == "stage":
        yield SetStage(key=f"{key}:stage", deal=deal.deal, stage=deal.stage)
    if data.done == "manager":
        yield SetFields(key=f"{key}:manager", deal=deal.deal, fields={"manager": deal.manager})
    id = data.id.partition("@")[0]
    for process in (deal, *deal.lines.values()):
        subject = str(process.subject)
        if assignment := process.assignments.get(id):
            if not assignment.closed:
                yield from _open_tasks(key, AssignmentOpened(**assignment.about()), subject, deal)
        elif approval := process.approvals.get(id):
            yield from _open_tasks(key, ApprovalOpened(**approval.about()), subject, deal)


def _open_tasks(key: str, data: FactData, subject: str, deal: DealState) -> Iterator[OpenTask]:
    """One for whoever must do it; of an approval one for each person whose answer is awaited."""
    match data:
        case AboutAssignment():
            yield _task(f"{key}:task", data, data.assignee, subject, deal)
        case ApprovalReassigned():
            yield _task(f"{key}:task-{data.successor}", data, data.successor, subject, deal)
        case AboutApproval():
            for person in data.awaiting:
                if person in deal.book.people:
                    yield _task(f"{key}:task-{person}", data, person, subject, deal)


def _task(
    key: str, data: AboutAssignment | AboutApproval, person: str, subject: str, deal: DealState
) -> OpenTask:
    number = subject.removeprefix("line ")
    line = int(number) if number.isdigit() else 0
    kind = data.assignment if isinstance(data, AboutAssignment) else ""
    form = form_of(deal, line, kind)
    return OpenTask(
        key=key,
        deal=deal.deal,
        task=_task_id(data, person),
        title=data.title.to(deal.book.language) + (f" ({subject})" if line else ""),
        person=person,
        due_at=data.due,
        line=line,
        description="\n".join(_what_to_do(data, form, deal)),
        asks=data.id if isinstance(data, AboutApproval) else "",
        form=tuple(f"{kind}.{field.name}" for field in form),
    )


def _what_to_do(data: FactData, form: Form, deal: DealState) -> Iterator[str]:
    """The form's fields by their titles; what was missing in the order, where the task is to compose it."""
    language = deal.book.language
    if comment := getattr(data, "comment", ""):
        yield comment
    match data:
        case AboutApproval():
            yield HOW_TO_DECIDE.to(language)
        case AboutAssignment(assignment="order") if deal.origin:
            yield from deal.origin.missing
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
