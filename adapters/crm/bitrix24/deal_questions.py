"""What is asked of the portal to read deals, many in one request: what every deal has for itself, and lists that answer for all."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from adapters.crm.bitrix24.answers import Answer, Outcomes, rows
from adapters.crm.bitrix24.client import MOST_IN_BATCH, Command
from adapters.crm.bitrix24.codes import COMPANY, CONTACT, DEAL
from adapters.crm.bitrix24.firms import link_of, requisites_where
from adapters.crm.bitrix24.lookup import TASK_KEYS, product_rows, tasks_of
from adapters.crm.bitrix24.portal_map import Lines, PortalMap
from adapters.crm.bitrix24.query import ref, within

_NAMES = {"useOriginalUfNames": "Y"}
_PARENT = f"parentId{DEAL}"
REQUISITES = ("bound", "requisites", "of_contact")
"""Shared lists whose pages can't be followed: what they are chosen by the portal knows only within the batch."""


_MOVES = ["STATUS", "STATUS_CHANGED_BY", "STATUS_CHANGED_DATE", "CLOSED_BY", "CLOSED_DATE"]


def of_one(id: int) -> dict[str, Command]:
    """What it is bound to is asked for by what the deal's own answer says."""
    method, tasks = tasks_of(id)
    return {
        "deal": ("crm.item.get", {"entityTypeId": DEAL, "id": id, **_NAMES}),
        "rows": product_rows(id),
        "tasks": (method, {**tasks, "select": [*TASK_KEYS, *_MOVES]}),
        "contact": ("crm.item.get", {"entityTypeId": CONTACT, "id": ref("deal", "item", "contactId")}),
        "company": ("crm.item.get", {"entityTypeId": COMPANY, "id": ref("deal", "item", "companyId")}),
        "link": link_of(id),
    }


def of_all(known: PortalMap, refs: Sequence[str]) -> dict[str, Command]:
    asked = {
        "stages": (
            "crm.status.list",
            {"filter": {"ENTITY_ID": f"DEAL_STAGE_{known.category}"}, "order": {"SORT": "ASC"}},
        ),
        "bound": _requisites("@ID", refs, "link", "REQUISITE_ID"),
        "requisites": _requisites("@ENTITY_ID", refs, "deal", "item", "companyId", ENTITY_TYPE_ID=COMPANY),
        "of_contact": _requisites("@ENTITY_ID", refs, "deal", "item", "contactId", ENTITY_TYPE_ID=CONTACT),
    }
    if known.lines:
        lines = {
            "entityTypeId": known.lines.entity_type,
            "filter": {f"@{_PARENT}": list(refs)},
            "select": ["*", _PARENT, *known.lines.fields],
            "order": {"id": "ASC"},
            **_NAMES,
        }
        asked["lines"] = ("crm.item.list", lines)
    return asked


def together(known: PortalMap, refs: Sequence[str]) -> dict[str, Command]:
    """The lists stand last: they are chosen by what the deals' own answers say."""
    own = {
        _named(ref, name): (method, within(params, _named(ref, "")))
        for ref in refs
        for name, (method, params) in of_one(int(ref)).items()
    }
    return {**own, **of_all(known, refs)}


def most_deals() -> int:
    """In one request."""
    shared = of_all(PortalMap(0, 0, {}, Lines(0, 0, 0, {})), [])
    return (MOST_IN_BATCH - len(shared)) // len(of_one(0))


def part_of(answers: Outcomes, ref: str) -> Outcomes:
    """What of all that was answered is this deal's."""
    found = answers.named({name: _named(ref, name) for name in of_one(int(ref))})
    item = found.answers["deal"].result["item"] if "deal" in found.answers else {}
    mine: dict[str, Callable[[Mapping[str, Any]], bool]] = {
        "lines": lambda row: str(row.get(_PARENT)) == ref,
        "requisites": lambda row: str(row.get("ENTITY_ID")) == str(item.get("companyId")),
        "of_contact": lambda row: str(row.get("ENTITY_ID")) == str(item.get("contactId")),
    }
    for name in ("stages", "bound", *mine):
        if name in answers.errors:
            found.errors[name] = answers.errors[name]
        elif name in answers.answers:
            listed = rows(answers.answers[name].result, "items")
            found.answers[name] = Answer([row for row in listed if name not in mine or mine[name](row)])
    return found


def _requisites(field: str, refs: Sequence[str], of: str, *path: str, **filter: int) -> Command:
    """0 is nobody's: the list to choose by must not be empty, and a portal writes a missing result as nothing."""
    chosen = [0, *(ref(_named(deal, of), *path) for deal in refs)]
    method, params = requisites_where({**filter, field: chosen})
    return method, {**params, "select": [*params["select"], "ENTITY_ID"]}


def _named(ref: str, name: str) -> str:
    """What it is called in a batch about many deals."""
    return f"d{ref}_{name}"
