"""A deal of the portal in the desk's words."""

from collections.abc import Iterator, Mapping
from typing import Any

from adapters.crm.bitrix24 import codes, values
from adapters.crm.bitrix24.lookup import DONE
from adapters.crm.bitrix24.naming import id_of, line_of, number_of, task_of
from adapters.crm.bitrix24.ordering import order_of, rows_beside
from adapters.crm.bitrix24.portal_map import PortalField, PortalMap
from adapters.crm.bitrix24.raw import Item, Raw
from adapters.crm.bitrix24.showing import stage_of, status_of
from domain.crm.mirror import SeenDeal, SeenDecision, SeenForm, SeenLine, SeenTask
from domain.playbook.book import Playbook
from domain.playbook.built_in import BUILT_IN


def seen_deal(known: PortalMap, book: Playbook, raw: Raw, names: Mapping[int, str]) -> SeenDeal:
    """`names` of all users in it."""
    item, me = raw.item, known.me
    number = number_of(int(item["id"]), item.get("originatorId"), item.get("originId"))
    stage = str(item["stageId"])
    ours = int(item.get("categoryId") or 0) == known.category
    base = SeenDeal(
        ref=str(item["id"]),
        number=number,
        ours=ours,
        made_by_desk=id_of(number) is None,
        stage=stage_of(known, stage) if ours else None,
        stage_name=next((s["NAME"] for s in raw.stages if s["STATUS_ID"] == stage), stage),
        moved_by=_by(item.get("movedBy"), names, me),
        moved_at=values.moment(item["movedTime"]) if item.get("movedTime") else None,
        changed_by=_by(item.get("updatedBy"), names, me),
        changed_at=values.moment(item["updatedTime"]),
    )
    if not ours:
        return base
    lines = {line: found for found in raw.lines if (line := line_of(found.get("xmlId"), number))}
    order, gaps = order_of(known, book, raw, number, names)
    cards: list[tuple[int, Item]] = [(0, item), *sorted(lines.items())]
    return base.model_copy(
        update={
            "manager": names.get(int(item.get("assignedById") or 0)),
            "reason": _said(known.deal_field("reason"), item),
            "bound": tuple(f"{of}:{id}" for of in ("company", "contact") if (id := item.get(f"{of}Id"))),
            "order": order,
            "lines": tuple(_lines(known, lines, names, me)) if known.lines else None,
            "rows": rows_beside(known, book, raw, number),
            "gaps": gaps,
            "forms": tuple(_forms(known, book, cards, names, me)),
            "decisions": tuple(_decisions(known, book, cards, names, me)),
            "tasks": tuple(_tasks(raw.tasks, number, names, me)),
        }
    )


def _lines(
    known: PortalMap, lines: Mapping[int, Item], names: Mapping[int, str], me: int
) -> Iterator[SeenLine]:
    for line, item in sorted(lines.items()):
        said = {name: _said(known.line_field(name), item) for name in ("sku", "quantity", "unit_price")}
        said["unit_price"] = said["unit_price"].partition(" ")[0]
        yield SeenLine(
            thing=f"line:{item['id']}",
            line=line,
            status=status_of(known, str(item["stageId"])),
            moved_by=_by(item.get("movedBy"), names, me),
            moved_at=values.moment(item["movedTime"]) if item.get("movedTime") else None,
            changed_by=_by(item.get("updatedBy"), names, me),
            changed_at=values.moment(item["updatedTime"]),
            said={"name": str(item.get("title") or "").partition(". ")[2], **said},
        )


def _forms(
    known: PortalMap, book: Playbook, cards: list[tuple[int, Item]], names: Mapping[int, str], me: int
) -> Iterator[SeenForm]:
    for line, card in cards:
        said = {
            f"{kind}.{name}": value
            for kind, name in _form_fields(book)
            if (kind in codes.DEAL_KINDS) == (line == 0)
            and (value := _said(_field(known, line, codes.form_name(kind, name)), card))
        }
        if said:
            by, at = _by(card.get("updatedBy"), names, me), values.moment(card["updatedTime"])
            yield SeenForm(line=line, by=by, at=at, values=said)


def _form_fields(book: Playbook) -> list[tuple[str, str]]:
    """Kind and name of every field, as the blueprint has them."""
    asked = [(kind, f.name) for kind, entry in {**BUILT_IN, **book.assignments}.items() for f in entry.form]
    asked += [("payment-terms", f.name) for term in book.payments.values() for f in term.form]
    return list(dict.fromkeys(asked))


def _decisions(
    known: PortalMap, book: Playbook, cards: list[tuple[int, Item]], names: Mapping[int, str], me: int
) -> Iterator[SeenDecision]:
    for line, card in cards:
        for kind in book.approvals:
            answer = _said(_field(known, line, codes.answer_name(kind)), card)
            if (kind in codes.DEAL_APPROVALS) == (line == 0) and answer in (codes.APPROVE, codes.REJECT):
                yield SeenDecision(
                    approval=f"line-{line}:{kind}" if line else kind,
                    approve=answer == codes.APPROVE,
                    comment=_said(_field(known, line, codes.comment_name(kind)), card),
                    at=values.moment(card["updatedTime"]),  # `updatedBy` may have changed another field
                )


def _tasks(tasks: list[dict[str, Any]], number: str, names: Mapping[int, str], me: int) -> Iterator[SeenTask]:
    for task in tasks:
        if id := task_of(task, number, me):
            closed = str(task["status"]) in DONE
            by, at = ("closedBy", "closedDate") if closed else ("statusChangedBy", "statusChangedDate")
            yield SeenTask(
                task=id,
                thing=f"task:{task['id']}",
                closed=closed,
                by=_by(task.get(by), names, me),
                at=values.moment(task[at]) if task.get(at) else None,
            )


def _field(known: PortalMap, line: int, name: str) -> PortalField | None:
    return known.line_field(name) if line else known.deal_field(name)


def _said(field: PortalField | None, card: Item) -> str:
    return values.from_portal(field, card.get(field.code)) if field else ""


def _by(user: object, names: Mapping[int, str], me: int) -> str | None:
    """None is the desk itself."""
    id = int(str(user or 0))
    return names.get(id) if id and id != me else None
