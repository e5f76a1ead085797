"""A deal read back as people see it in the portal."""

import re
from collections.abc import Collection, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from activities.crm.card import AttachedFile, Comment, DealCard, LineRow, Task
from activities.errors import Refused
from adapters.crm.bitrix24 import codes, values
from adapters.crm.bitrix24.answers import rows
from adapters.crm.bitrix24.client import Portal
from adapters.crm.bitrix24.lookup import DONE, comments_of, product_rows, tasks_of
from adapters.crm.bitrix24.naming import line_of, task_of
from adapters.crm.bitrix24.people import People
from adapters.crm.bitrix24.portal_map import Fields, PortalMap
from adapters.crm.bitrix24.text import as_written, mark_in, without_mark
from domain.goods.quantity import Number, read_quantity
from domain.goods.units import find_unit
from domain.money import kopecks
from domain.words import LineStatus, Stage, UnitOfMeasure

_NOT_SHOWN = ("F_", "A_", "N_")
_ENTERED = {
    *("payment_type", "source", "availability", "delivery", "certificate", "reason"),
    *("deliver_by", "deliver_within", "deliver_from"),
}
"""What a manager enters on the deal."""
_OWN = {"sku", "quantity", "unit", "certificate"}
"""Of a line, what is no further field."""


async def card_of(portal: Portal, known: PortalMap, people: People, id: int, number: str) -> DealCard | None:
    """None if it is deleted. Notices are missing: a portal shows them to their person only."""
    asked = {"entityTypeId": codes.DEAL, "id": id, "useOriginalUfNames": "Y"}
    try:
        item = (await portal.call("crm.item.get", asked)).result["item"]
    except Refused:
        return None
    method, params = comments_of(id)
    comments = (await portal.pages(method, {**params, "select": [*params["select"], "FILES"]}))[::-1]
    return DealCard(
        deal=number,
        stage=stage_of(known, item["stageId"]),
        fields=_shown(item, known.fields, codes.DEAL_FIELDS, but=_ENTERED),
        lines=await _lines(portal, known, id, number),
        comments=tuple(
            Comment(text=without_mark(row.get("COMMENT") or ""), at=values.moment(row["CREATED"]))
            for row in comments
        ),
        files=tuple(
            AttachedFile(name=file["name"], size=file["size"])
            for row in comments
            if mark_in(row.get("COMMENT") or "")
            for file in dict(row.get("FILES") or {}).values()
        ),
        tasks=await _tasks(portal, people, known.me, id, number),
        notices=(),
        updated_at=values.moment(item["updatedTime"]),
    )


def stage_of(known: PortalMap, stage_id: str) -> Stage | None:
    """By its code, which nobody can rename."""
    return next((stage for stage in Stage if codes.stage_id(known.category, stage) == stage_id), None)


def status_of(known: PortalMap, status_id: str) -> LineStatus | None:
    lines = known.lines
    return lines and next(
        (s for s in LineStatus if codes.status_id(lines.entity_type, lines.category, s) == status_id), None
    )


def _shown(item: dict[str, Any], fields: Fields, prefix: str, *, but: Collection[str] = ()) -> dict[str, str]:
    found = {}
    for code, field in fields.items():
        name = code.removeprefix(prefix)
        if not name.startswith(_NOT_SHOWN) and name.lower() not in but:
            found[name.lower()] = values.as_shown(field, item.get(code))
    return {name: value for name, value in found.items() if value}


async def _lines(portal: Portal, known: PortalMap, id: int, number: str) -> tuple[LineRow, ...]:
    if known.lines is None:
        return _rows(rows((await portal.call(*product_rows(id))).result, "productRows"))
    lines = known.lines
    statuses = {codes.status_id(lines.entity_type, lines.category, status): status for status in LineStatus}
    asked = {
        "entityTypeId": lines.entity_type,
        "filter": {f"parentId{codes.DEAL}": id},
        "select": ["*", *lines.fields],
        "useOriginalUfNames": "Y",
    }
    found = []
    for item in await portal.every("crm.item.list", asked, "items"):
        if (line := line_of(item.get("xmlId"), number)) and (status := statuses.get(item["stageId"])):
            said = _shown(item, lines.fields, f"UF_CRM_{lines.type_id}_DW_")
            quantity = read_quantity(said.get("quantity") or 0)
            found.append(
                LineRow(
                    line=line,
                    sku=said.get("sku", ""),
                    name=item["title"].partition(". ")[2],
                    quantity=quantity,
                    unit=find_unit(said.get("unit")) or UnitOfMeasure.PIECE,
                    amount=_amount(said.get("unit_price", ""), quantity),
                    status=status,
                    shown={name: value for name, value in said.items() if name not in _OWN},
                )
            )
    return tuple(sorted(found, key=lambda row: row.line))


def _rows(found: list[dict[str, Any]]) -> tuple[LineRow, ...]:
    """Product rows have no status of their own: the comments tell it."""
    return tuple(
        LineRow(
            line=n,
            sku=str(row.get("productId") or ""),
            name=row["productName"],
            quantity=read_quantity(row["quantity"]),
            unit=find_unit(row.get("measureCode")) or UnitOfMeasure.PIECE,
            amount=_amount(str(row["price"]), read_quantity(row["quantity"])),
            status=LineStatus.AWAITING_RELEASE,
        )
        for n, row in enumerate(sorted(found, key=lambda r: (int(r["sort"]), int(r["id"]))), 1)
    )


def _amount(unit_price: str, quantity: Number) -> str:
    try:
        return str(kopecks(Decimal(unit_price.partition(" ")[0]) * quantity))
    except InvalidOperation:
        return ""


async def _tasks(portal: Portal, people: People, me: int, id: int, number: str) -> tuple[Task, ...]:
    method, params = tasks_of(id)
    select = [*params["select"], "CLOSED_DATE", "CLOSED_BY"]
    listed = await portal.pages(method, {**params, "select": select}, "tasks")
    ours = [(task, row) for row in listed if (task := task_of(row, number, me))]
    users = [int(row.get(of) or 0) for _, row in ours for of in ("responsibleId", "closedBy")]
    names = await people.named(users)
    return tuple(_task(task, row, names, me) for task, row in reversed(ours))


def _task(task: str, row: dict[str, Any], names: Mapping[int, str], me: int) -> Task:
    closed = str(row["status"]) in DONE
    closer = int(row.get("closedBy") or 0) if closed else 0
    text, _, tail = (row.get("description") or "").rpartition("\n· ")
    about = re.match(r"line-(\d+):", task)
    return Task(
        task=task,
        title=row["title"],
        person=names[int(row["responsibleId"])],
        line=int(about[1]) if about else 0,
        description=as_written(text),
        due_at=values.moment(row["deadline"]),
        opened_at=values.moment(row["createdDate"]),
        closed_at=values.moment(row["closedDate"]) if closed and row.get("closedDate") else None,
        closed_by=names.get(closer) if closer != me else None,
        comment=as_written(tail.partition("\n— ")[2]),
    )
