"""What the CRM shows of a deal: the writes each fact makes."""

from collections.abc import Iterator

from domain.effects import AddComment, CloseTask, CrmWrite, Notify, OpenTask, PutLine, SetFields, SetStage
from domain.facts import Fact, FactKind
from domain.state import DealState
from domain.telling import tell
from domain.words import STATUS_LABELS

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
    line = _line(fact)
    if line in deal.lines and fact.kind is FactKind.LINE_STATUS:
        yield _put_line(f"{key}:line", deal, line)
    if fact.kind in (FactKind.DEAL_OPENED, FactKind.ORDER_COMPOSED):
        yield SetStage(key=f"{key}:stage", deal=deal.deal, stage=deal.stage)
        for number in deal.lines:
            yield _put_line(f"{key}:line-{number}", deal, number)
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


def crm_fields(deal: DealState) -> dict[str, str]:
    """The deal's custom fields as they should stand now."""
    language = deal.book.language
    awaiting = [a.assignee for a in deal.open_assignments] + [
        w.person for a in deal.open_approvals for w in a.awaiting
    ]
    for line in deal.lines.values():
        awaiting += [a.assignee for a in line.open_assignments]
        awaiting += [w.person for a in line.open_approvals for w in a.awaiting]
    return {
        "client": deal.client.name or deal.client.contact,
        "manager": deal.manager,
        "amount": f"{deal.amount} {deal.currency}",
        "paid": f"{deal.received} {deal.currency}",
        "outstanding": f"{sum(m.outstanding for m in deal.milestones)} {deal.currency}",
        "awaiting": ", ".join(dict.fromkeys(awaiting)),
        "payment": ", ".join(dict.fromkeys(line.good.payment for line in deal.lines.values())),
        "lines": "; ".join(
            f"{n}: {STATUS_LABELS[line.status].to(language)}" for n, line in deal.lines.items()
        ),
    }


def crm_fields_write(deal: DealState) -> SetFields | None:
    """One write for all fields that changed since the last one; none if nothing did."""
    now = crm_fields(deal)
    changed = {name: value for name, value in now.items() if deal.crm_fields.get(name) != value}
    if not changed:
        return None
    deal.crm_fields = now
    return SetFields(key=f"deal-{deal.deal}:{deal.seq}:fields", deal=deal.deal, fields=changed)


def _line(fact: Fact) -> int:
    number = fact.subject.removeprefix("line ")
    return int(number) if number.isdigit() else 0


def _put_line(key: str, deal: DealState, number: int) -> PutLine:
    line = deal.lines[number]
    return PutLine(
        key=key,
        deal=deal.deal,
        line=number,
        sku=line.good.sku,
        name=line.good.name,
        quantity=line.good.quantity,
        amount=str(line.amount),
        status=line.status,
    )


def _task(key: str, deal: DealState, fact: Fact, person: str) -> OpenTask:
    title = fact.data["title_ru" if deal.book.language == "ru" else "title_en"]
    about = "" if fact.subject == "deal" else f" ({fact.subject})"
    due = fact.data["due"]
    return OpenTask.model_validate(
        {
            "key": key,
            "deal": deal.deal,
            "task": _task_id(fact.data, person),
            "title": title + about,
            "person": person,
            "due_at": due,
        }
    )


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
