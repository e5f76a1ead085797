"""What `deal crm setup` builds, what the portal is asked and refuses, and what the probe finds, as the rows of the tables in docs/reference/bitrix24.md."""

import asyncio
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import NamedTuple

from activities.playbook import load_playbook
from adapters.crm.bitrix24.blueprint import Blueprint, StagePlan, blueprint
from adapters.crm.bitrix24.building.by_hand import EVENTS
from adapters.crm.bitrix24.building.rights import SCOPES
from adapters.crm.bitrix24.calls import CALLS, Repeat
from adapters.crm.bitrix24.fields import Field, Purpose
from adapters.crm.bitrix24.probing.probe import Probe
from adapters.crm.bitrix24.probing.refusals import REFUSALS, Refusal
from adapters.crm.bitrix24.probing.report import Report
from adapters.crm.bitrix24.probing.watched import Watched
from adapters.crm.bitrix24.probing.words import documentation, page_of, rows
from starter.rooms import ROOT
from tests.activities.bitrix24.building import NoLimit
from tests.docs.pages import Row, Table, code
from tests.doubles.bitrix24 import double
from tests.doubles.bitrix24.methods.registry import METHODS
from tests.doubles.overheard import Overheard
from tests.factories import a_playbook

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
        calls = [method for method in CALLS if scope_of(method) in (scope.name, *scope.wider)]
        families = dict.fromkeys(f"{method.rpartition('.')[0]}.*" for method in calls)
        needed = "yes" if scope.vital else "–"
        yield code(scope.name) + wider, scope.why.en, ", ".join(map(code, families)), needed


def events() -> Iterator[Row]:
    for event in EVENTS:
        yield (code(event),)


_AGAIN = {
    Repeat.READ: "changes nothing",
    Repeat.WRITE: "the same stands there after",
    Repeat.CREATE: "looked up by its key first",
}


ONLY_LIVE = {
    "batch": "how fast it is",
    "crm.item.update": "whether it empties a field that is written as empty",
    "crm.deal.update": "whether it empties what `crm.item.update` does not, where that is so",
    "crm.duplicate.findbycomm": "how it reads what people spelt otherwise",
    "crm.timeline.comment.add": "what becomes of a file while its drive is off or full",
    "crm.type.add": "whether its plan allows one",
    "tasks.task.add": "whether it keeps `XML_ID`; `deal crm check` tries that too",
    "imbot.v2.Bot.get": "whether its version has bots of this kind",
    "imbot.v2.Event.get": "whether a press tells the bot's own message, in `message` of `ONIMBOTV2COMMANDADD`; if not, the answer counts all the same, and is confirmed in a message of its own",
}
"""What no page of the documentation says of a call."""


def calls() -> Iterator[Row]:
    pages = json.loads((ROOT / "tests" / "doubles" / "documented.json").read_text())
    tried = _probed().calls
    for method, repeat in CALLS.items():
        yield (
            code(method),
            _page(pages[method]["page"]),
            _AGAIN[repeat],
            "yes" if method in tried else "–",
            ONLY_LIVE.get(method, "–"),
        )


def scope_of(method: str) -> str:
    """As the portal's double asks for it."""
    return "" if method == "batch" else METHODS[method.lower()].scope


def _page(page: str) -> str:
    return f"[{Path(page).stem}]({documentation(page)})"


def refusals() -> Iterator[Row]:
    return (_refusal(one) for one in REFUSALS.values() if not one.trap)


def traps() -> Iterator[Row]:
    return (_refusal(one) for one in REFUSALS.values() if one.trap)


def _refusal(one: Refusal) -> Row:
    where = one.page if "#" in one.page else Path(one.page).stem
    return code(one.name), one.words.en, one.desk.en, f"[{where}]({page_of(one)})"


def probed() -> Iterator[Row]:
    for mark, what, call, expected, got in rows(_probed().report, "en"):
        yield mark, what, code(call) if call else "", code(expected), code(got)


class _Probed(NamedTuple):
    report: Report
    calls: frozenset[str]


@cache
def _probed() -> _Probed:
    """In a thread, as the tests have an event loop of their own."""
    with ThreadPoolExecutor(1) as threads:
        return threads.submit(asyncio.run, _probe()).result()


async def _probe() -> _Probed:
    overheard = Overheard()
    async with double() as there:
        there.keeps_xml_id = True
        portal = Watched(there.url, NoLimit(), transport=overheard)
        report = await Probe(portal, a_playbook(), datetime(2026, 11, 27, 9, tzinfo=UTC)).run()
        await portal.close()
    return _Probed(report, frozenset(method for method, _ in overheard.calls))


_CALL_HEADS = ("call", "page", "if its answer is lost", "tried by the probe")
PORTAL_TABLES = [
    Table(BITRIX24, "portal-calls", (*_CALL_HEADS, "only a live portal shows"), calls),
    Table(BITRIX24, "portal-refusals", ("refusal", "what it is", "what the desk does", "page"), refusals),
    Table(BITRIX24, "portal-traps", ("refusal", "what it is", "what the desk does", "page"), traps),
    Table(BITRIX24, "portal-probe", ("", "what", "call", "expected", "the portal"), probed),
    Table(
        BITRIX24,
        "portal-scopes",
        ("permission", "for", "its calls", "the desk can't work without it"),
        scopes,
    ),
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
