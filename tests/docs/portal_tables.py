"""What `deal crm setup` builds, as the rows of the tables in docs/reference/bitrix24.md."""

import json
from collections.abc import Iterator
from datetime import date
from functools import cache

from activities.playbook import load_playbook
from adapters.crm.bitrix24.blueprint import Blueprint, StagePlan, blueprint
from adapters.crm.bitrix24.building.by_hand import EVENTS
from adapters.crm.bitrix24.building.rights import SCOPES
from adapters.crm.bitrix24.calls import CALLS, Repeat
from adapters.crm.bitrix24.fields import Field, Purpose
from starter.rooms import ROOT
from tests.docs.pages import Row, Table, code

BITRIX24 = "docs/reference/bitrix24.md"

_WHOSE = {
    Purpose.SHOWN: "the desk writes it",
    Purpose.ENTRY: "people, before the order is composed",
    Purpose.FORM: "people, for the assignment",
    Purpose.ANSWER: "people answer; the desk asks anew",
    Purpose.COMMENT: "people, with their answer",
}


@cache
def _plan() -> Blueprint:
    return blueprint(load_playbook(ROOT / "playbooks" / "default.yaml", today=date(2026, 11, 23)))


def deal_fields() -> Iterator[Row]:
    for field in _plan().deal_fields:
        yield code(field.code()), *_about(field)


def line_fields() -> Iterator[Row]:
    for field in _plan().line_fields:
        yield code(f"UF_CRM_N_DW_{field.name.upper().replace('-', '_')}"), *_about(field)


def _about(field: Field) -> Row:
    options = f": {', '.join(code(o.code) for o in field.options)}" if field.options else ""
    return f"{field.kind}{options}", field.label.ru, field.label.en, _WHOSE[field.purpose]


def stages() -> Iterator[Row]:
    for stage in _plan().stages:
        yield code(f"C…:{stage.code}"), *_told(stage)


def statuses() -> Iterator[Row]:
    for stage in _plan().statuses:
        yield code(f"DT…:{stage.code}"), *_told(stage)


def _told(stage: StagePlan) -> Row:
    semantics = {"": "under way", "S": "success", "F": "failure"}[stage.semantics]
    return stage.label.ru, stage.label.en, semantics


def books() -> Iterator[Row]:
    for book in _plan().books:
        yield code(book.code), book.title.ru, book.title.en, ", ".join(code(e.code) for e in book.elements)


def scopes() -> Iterator[Row]:
    for scope in SCOPES:
        wider = f" (or {', '.join(map(code, scope.wider))})" if scope.wider else ""
        yield code(scope.name) + wider, scope.why.en, "yes" if scope.vital else "–"


def events() -> Iterator[Row]:
    for event in EVENTS:
        yield (code(event),)


_AGAIN = {
    Repeat.READ: "changes nothing",
    Repeat.WRITE: "the same stands there after",
    Repeat.CREATE: "looked up by its key first",
}


def calls() -> Iterator[Row]:
    pages = json.loads((ROOT / "tests" / "doubles" / "documented.json").read_text())
    for method, repeat in CALLS.items():
        yield code(method), code(pages[method]["page"]), _AGAIN[repeat]


PORTAL_TABLES = [
    Table(BITRIX24, "portal-calls", ("call", "page", "if its answer is lost"), calls),
    Table(BITRIX24, "portal-scopes", ("permission", "for", "the desk can't work without it"), scopes),
    Table(BITRIX24, "portal-events", ("event",), events, ("when",)),
    Table(BITRIX24, "portal-stages", ("STATUS_ID", "по-русски", "in English", "group"), stages),
    Table(BITRIX24, "portal-statuses", ("STATUS_ID", "по-русски", "in English", "group"), statuses),
    Table(
        BITRIX24,
        "portal-deal-fields",
        ("field", "type", "по-русски", "in English", "who writes"),
        deal_fields,
    ),
    Table(
        BITRIX24,
        "portal-line-fields",
        ("field", "type", "по-русски", "in English", "who writes"),
        line_fields,
    ),
    Table(BITRIX24, "portal-books", ("list", "по-русски", "in English", "codes"), books),
]
