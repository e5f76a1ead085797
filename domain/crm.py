"""What the CRM shows of a deal: the writes each fact makes."""

from collections.abc import Iterator

from domain.assignment_form import form_of
from domain.crm_fields import crm_fields, line_fields
from domain.crm_first import first_fields, first_lines, put_line
from domain.effects import AddComment, CloseTask, CrmWrite, Notify, OpenTask, PutLine, SetFields, SetStage
from domain.facts import Fact, FactKind
from domain.forms import Form
from domain.state import DealState
from domain.telling import tell
from domain.words import Text

HOW_TO_DECIDE = Text(
    ru="Выберите в карточке ответ, при отказе напишите комментарий, затем завершите эту задачу.",
    en="Choose the answer on the card, with a comment if you reject, then complete this task.",
)

_SILENT = {
    FactKind.MESSAGE_REFUSED,
    FactKind.DELIVERY_REFUSED,
    FactKind.DOCUMENT_READY,
    FactKind.MILESTONE_DUE,
}
"""Facts that would only be noise on the deal's card: the records have them."""


def crm_writes(fact: Fact, deal: DealState) -> Iterator[CrmWrite]:
    """In the order they must be carried out. Keys are `deal-<number>:<seq>:<what>`: the same on every attempt, in every run."""
    key = f"deal-{deal.deal}:{fact.seq}"
    data = fact.data
    if fact.kind is FactKind.STAGE_CHANGED:
        yield SetStage(key=f"{key}:stage", deal=deal.deal, stage=deal.stage)
    if fact.kind in (FactKind.DEAL_OPENED, FactKind.ORDER_COMPOSED):
        yield SetStage(key=f"{key}:stage", deal=deal.deal, stage=deal.stage)
    if deal.edition < 2:
        yield from first_lines(key, fact, deal)
    if fact.kind is FactKind.ASSIGNMENT_OPENED:
        yield _task(f"{key}:task", deal, fact, data["assignee"])
    if fact.kind is FactKind.APPROVAL_OPENED:
        for person in data["awaiting"].split(", "):
            if person in deal.book.people:
                yield _task(f"{key}:task-{person}", deal, fact, person)
    if fact.kind in _CLOSING:
        for task in _tasks(fact, deal):
            yield CloseTask(
                key=f"{key}:done-{task}",
                deal=deal.deal,
                task=task,
                comment=data.get("answers", data.get("comment", "")),
            )
    if fact.kind is FactKind.ASSIGNMENT_REASSIGNED:
        yield CloseTask(key=f"{key}:done", deal=deal.deal, task=_task_id(data, data["from"]))
        yield _task(f"{key}:task", deal, fact, data["assignee"])
    if fact.kind is FactKind.CRM_RETURNED:
        yield from _put_right(key, fact, deal)
    if fact.kind.value.endswith((".escalated", "customs.held", "line.silent")):
        to = data.get("to", deal.manager)
        yield Notify(key=f"{key}:notice", deal=deal.deal, person=to, text=tell(fact, deal.book.language))
    if fact.kind not in _SILENT:
        yield AddComment(key=f"{key}:comment", deal=deal.deal, text=tell(fact, deal.book.language))


_CLOSING = {
    FactKind.ASSIGNMENT_COMPLETED,
    FactKind.ASSIGNMENT_WITHDRAWN,
    FactKind.APPROVAL_APPROVED,
    FactKind.APPROVAL_REJECTED,
    FactKind.APPROVAL_WITHDRAWN,
}


def crm_fields_write(deal: DealState) -> SetFields | None:
    """One write for all fields that changed since the last one; none if nothing did."""
    now = crm_fields(deal) if deal.edition >= 2 else first_fields(deal)
    changed = {name: value for name, value in now.items() if deal.crm_fields.get(name) != value}
    if not changed:
        return None
    deal.crm_fields = now
    return SetFields(key=f"deal-{deal.deal}:{deal.seq}:fields", deal=deal.deal, fields=changed)


def crm_lines_writes(deal: DealState) -> Iterator[PutLine]:
    """Each line of which the CRM would show something else than it was last told."""
    for number, line in deal.lines.items():
        shown = line_fields(deal, line)
        if deal.crm_lines.get(number) != (now := {"status": line.status.value, **shown}):
            deal.crm_lines[number] = now
            yield put_line(f"deal-{deal.deal}:{deal.seq}:line-{number}", deal, number, shown)


def _line(fact: Fact) -> int:
    number = fact.subject.removeprefix("line ")
    return int(number) if number.isdigit() else 0


def _put_right(key: str, fact: Fact, deal: DealState) -> Iterator[CrmWrite]:
    """The CRM as the desk has it: its stage, its manager, or the question that somebody took for answered."""
    if fact.data["done"] == "stage":
        yield SetStage(key=f"{key}:stage", deal=deal.deal, stage=deal.stage)
    if fact.data["done"] == "manager":
        yield SetFields(key=f"{key}:manager", deal=deal.deal, fields={"manager": deal.manager})
    id = fact.data["id"].partition("@")[0]
    for process in (deal, *deal.lines.values()):
        if assignment := process.assignments.get(id):
            told = Fact(at=fact.at, kind=fact.kind, subject=str(process.subject), data=assignment.told())
            if not assignment.closed:
                yield _task(f"{key}:task", deal, told, assignment.assignee)
        elif approval := process.approvals.get(id):
            told = Fact(at=fact.at, kind=fact.kind, subject=str(process.subject), data=approval.told())
            for ask in approval.awaiting:
                if ask.person in deal.book.people:
                    yield _task(f"{key}:task-{ask.person}", deal, told, ask.person)


def _task(key: str, deal: DealState, fact: Fact, person: str) -> OpenTask:
    title = fact.data["title_ru" if deal.book.language == "ru" else "title_en"]
    about = "" if fact.subject == "deal" else f" ({fact.subject})"
    line, kind = _line(fact), fact.data.get("assignment", "")
    form = form_of(deal, line, kind)
    return OpenTask.model_validate(
        {
            "key": key,
            "deal": deal.deal,
            "task": _task_id(fact.data, person),
            "title": title + about,
            "person": person,
            "due_at": fact.data["due"],
            "line": line,
            "description": _what_to_do(deal, fact, form),
            "asks": fact.data["id"] if "approval" in fact.data else "",
            "form": tuple(f"{kind}.{field.name}" for field in form),
        }
    )


def _what_to_do(deal: DealState, fact: Fact, form: Form) -> str:
    """The form's fields by their titles; what was missing in the order, where the task is to compose it."""
    language = deal.book.language
    said = [fact.data["comment"]] if fact.data.get("comment") else []
    if "approval" in fact.data:
        said.append(HOW_TO_DECIDE.to(language))
    if fact.data.get("assignment") == "order" and deal.origin:
        said += deal.origin.missing
    for field in form:
        help = f" ({field.help.to(language)})" if field.help else ""
        said.append(f"{field.title.to(language)}{help}{'' if field.required else ' *'}")
    return "\n".join(said)


def _task_id(data: dict[str, str], person: str) -> str:
    return f"{data['id']}@{data.get('version', '1')}:{person}"


def _tasks(fact: Fact, deal: DealState) -> list[str]:
    if fact.kind.value.startswith("assignment."):
        return [_task_id(fact.data, fact.data["assignee"])]
    asked = deal.book.approvals[fact.data["approval"]].roles
    people = [
        person for role in asked for person in (deal.book.holders(role)[:1] if role.value != "client" else [])
    ]
    return [_task_id(fact.data, person) for person in people]
