"""All that shows, searches or rings what keeps a deal waiting, read back and compared: each must say the same."""

import atexit
import re
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Engine

import records
from activities.projections.crm_fields import MOST_ROWS, crm_fields, line_fields
from domain.alarms import Alarm
from domain.deal import agenda
from domain.deal.batches import RecordBatch
from domain.deal.open_items import OpenItem, open_items
from domain.deal.snapshot import Snapshot
from domain.deal.state import DealState, LineState, ProcessState
from domain.view.deal_view import deal_view
from domain.view.model import DealView
from domain.wording import Clock, about, moment
from domain.words import ROLE_LABELS, Role
from records.engine import open_engine
from records.listing import ListedDeal
from records.queries import MAX_ROWS, RecordQueries
from records.store import RecordStore
from records.tables import Record
from workflows.temporal import display
from workflows.temporal import search_attributes as names

DETAIL = re.compile(r"- ([^·]+) · ([^·]+) · \*\*.+\*\* → (.+)")


class Waits(NamedTuple):
    """One open item, as far as every view that lists items tells of it."""

    subject: str
    kind: str
    id: str
    who: frozenset[str]
    due_at: datetime


def assert_views_agree(deal: DealState, lines: Iterable[LineState] | None, now: datetime) -> None:
    """Of `deal`, with its lines' own states if they are at hand, at `now`.

    `deal show` asks the lines, all else knows them by their reports: it is compared as it is once the lines have reported.
    """
    snapshot = Snapshot(deal, lines)
    now = snapshot.as_of(now)
    items = open_items(deal, lines)
    assert bool(items) is not deal.stage.final, "an open deal waits for something, a closed one for nothing"
    assert [item.due_at for item in items] == sorted(item.due_at for item in items)
    _compare_view(deal_view(snapshot, now, "en"), items, now)

    told = deal.model_copy(update={"lines": snapshot.lines})
    items = open_items(told)
    _compare_records(told, items, now)
    _compare_search(told, items, now)
    for process in (told, *told.lines.values()):
        _compare_agenda(process, told, items)
    if told.playbook:
        _compare_details(told, items)
        _compare_crm(told, items)


def waits(items: Iterable[OpenItem]) -> set[Waits]:
    return {
        Waits(str(item.subject), item.kind, item.id or "", frozenset(item.persons), item.due_at)
        for item in items
    }


def _first(items: list[OpenItem]) -> datetime | None:
    return items[0].due_at if items else None


# --- deal show ---------------------------------------------------------------------------------------------------------


def _compare_view(view: DealView, items: list[OpenItem], now: datetime) -> None:
    shown = {Waits(b.subject, b.kind, b.id or "", frozenset(b.who), b.due_at) for b in view.blockers}
    chased = {one._replace(who=one.who | ({i.chaser} - {None})) for i in items for one in waits([i])}
    assert shown == chased, "blockers"
    assert len(view.blockers) == len(items)
    assert all(b.what and b.otherwise and b.overdue is (now > b.due_at) for b in view.blockers)
    assert (view.next_due and view.next_due.due_at) == _first(items), "next_due"
    for line in view.lines:
        mine = [item for item in items if item.subject.line == line.number]
        assert line.due_at == _first(mine), f"due_at of line {line.number}"
    in_lists = waits(item for item in items if item.alarm)
    assert set(_listed(view, {one.id: one.who for one in in_lists if one.kind == "document"})) == in_lists


def _listed(view: DealView, signers: dict[str, frozenset[str]]) -> Iterator[Waits]:
    for a in view.assignments:
        yield Waits(a.subject, "assignment", a.id, frozenset({a.assignee}), a.due_at)
    for p in view.approvals:
        yield Waits(p.subject, "approval", p.id, frozenset(ask.person for ask in p.awaiting), p.due_at)
    for m in view.milestones:
        if m.due_at:
            yield Waits(f"line {m.line}", "payment", m.id, frozenset({"client"}), m.due_at)
    for d in view.documents:
        if d.can_sign:
            assert d.signer in signers[d.id]
            assert d.due_at
            yield Waits(f"line {d.line}" if d.line else "deal", "document", d.id, signers[d.id], d.due_at)


# --- the records -------------------------------------------------------------------------------------------------------


@cache
def _records() -> tuple[RecordStore, RecordQueries, Engine]:
    """One database for all deals: a new one would compile its statements anew for each."""
    folder = tempfile.TemporaryDirectory(prefix="dealwright-views-")
    atexit.register(folder.cleanup)
    url = f"sqlite:///{folder.name}/records.db"
    records.migrate(url)
    return RecordStore(url), RecordQueries(url), open_engine(url, writes=True)


@contextmanager
def recorded(deal: DealState) -> Iterator[RecordQueries]:
    """The records of a desk that has this one deal."""
    store, queries, engine = _records()
    lines = tuple(line.mirror() for line in deal.lines.values())
    store.apply(RecordBatch(deal=deal.model_copy(update={"lines": {}}), lines=lines))
    try:
        yield queries
    finally:
        with engine.begin() as connection:
            for table in reversed(Record.metadata.sorted_tables):
                connection.execute(table.delete())


def _compare_records(deal: DealState, items: list[OpenItem], now: datetime) -> None:
    with recorded(deal) as queries:
        inbox: dict[tuple[Any, ...], set[str]] = {}
        for row in queries.inbox(limit=MAX_ROWS, now=now):
            subject = f"line {row.line}" if row.line else "deal"
            inbox.setdefault((subject, row.kind, row.id, row.due_at), set()).add(row.person)
            assert row.overdue is (now > row.due_at)
        found = {Waits(*key[:3], frozenset(people), key[3]) for key, people in inbox.items()}
        assert found == waits([item for item in items if item.kind != "line"]), "the inbox"
        [listed] = queries.deals(now=now)
        _compare_listed(listed, items, now)
        late = any(item.overdue(now) for item in items)
        assert bool(queries.deals(overdue=True, now=now)) is late, "list --overdue"
        asked = {name for item in items for ask in item.who for name in (ask.person, ask.role.value)}
        known = set(deal.people.people if deal.people else ()) | set(map(str, Role)) | asked
        assert {who for who in known if queries.deals(awaiting=who, now=now)} == asked, "list --awaiting"


def _compare_listed(listed: ListedDeal, items: list[OpenItem], now: datetime) -> None:
    assert set(listed.awaiting) == {person for item in items for person in item.persons}, "awaiting"
    assert listed.next_due_at == _first(items), "next_due_at"
    assert listed.overdue is any(item.overdue(now) for item in items), "overdue"


# --- the Temporal Web UI -----------------------------------------------------------------------------------------------


def _compare_search(deal: DealState, items: list[OpenItem], now: datetime) -> None:
    shown = dict(display.attributes(deal, items, now))
    asked = {name for item in items for ask in item.who for name in (ask.person, ask.role.value)}
    assert set(shown[names.DEAL_AWAITING]) == asked, "DealAwaiting"
    assert shown[names.DEAL_DUE_AT] == _first(items), "DealDueAt"
    assert shown[names.DEAL_OVERDUE] is any(item.overdue(now) for item in items), "DealOverdue"


def _compare_details(deal: DealState, items: list[OpenItem]) -> None:
    said = display.details(deal, items).splitlines()
    found = [re.sub(r"\\(.)", r"\1", line) for line in said if line.startswith("- ")]
    shown = sorted(match.groups() for line in found if (match := DETAIL.fullmatch(line)))
    language = deal.book.language
    clock = Clock(deal.book.calendar, language, zoned=True)
    expected = sorted(
        (clock(i.due_at), about(i.subject.line).to(language), ", ".join(dict.fromkeys(_named(deal, i))))
        for i in items
    )
    if len("\n".join(said).encode()) < display.LONGEST - 4:  # not cut off
        assert shown == expected, "current details"


# --- the CRM -----------------------------------------------------------------------------------------------------------


def _compare_crm(deal: DealState, items: list[OpenItem]) -> None:
    _compare_fields(deal, crm_fields(deal), items)
    for number, line in deal.lines.items():
        mine = [item for item in items if item.subject.line == number]
        _compare_fields(deal, line_fields(deal, line), mine)


def _compare_fields(deal: DealState, fields: dict[str, str], items: list[OpenItem]) -> None:
    assert fields["due"] == (items[0].due_at.isoformat() if items else ""), "the CRM's due"
    named = [_named(deal, item) for item in items]
    awaiting = fields["awaiting"].split(", ") if fields["awaiting"] else []
    assert set(awaiting) == {name for people in named for name in people}, "the CRM's awaiting"
    rows = [row for row in fields["blockers"].splitlines() if row != "…"]
    ends = [
        f"{', '.join(people)}, {moment(item.due_at, deal.book.language, deal.book.calendar.zone)}"
        for people, item in zip(named, items, strict=True)
    ]
    assert [row.rpartition(" — ")[2] for row in rows] == ends[:MOST_ROWS], "the CRM's blockers"
    about = [item.subject.line for item in items[:MOST_ROWS]]
    assert [int(match[1]) if (match := re.match(r"\w+ (\d+): ", row)) else None for row in rows] == about


def _named(deal: DealState, item: OpenItem) -> list[str]:
    return [
        ROLE_LABELS[Role.CLIENT].to(deal.book.language)
        if ask.role is Role.CLIENT
        else deal.book.name(ask.person)
        for ask in item.who
    ]


# --- the agenda --------------------------------------------------------------------------------------------------------


class _Trail:
    def __init__(self, state: ProcessState) -> None:
        self.state = state

    def record(self, *said: Any) -> None:
        """What the rings say is not compared here."""


def _compare_agenda(process: ProcessState, deal: DealState, items: list[OpenItem]) -> None:
    """What rings is open, and what is open rings."""
    without = {"lines": {}} if isinstance(process, DealState) else {}
    state = process.model_copy(update={"playbook": None, **without}).model_copy(deep=True)
    state.playbook, state.people, state.checks = deal.playbook, deal.people, {}
    mine = {
        (item.kind, item.id): item.alarm for item in items if item.subject == process.subject and item.alarm
    }
    moments = [alarm.next_at for alarm in mine.values()]
    assert agenda.next_ring(state) == min(moments, default=None), "the next ring"
    before = {key: alarm.rung for key, alarm in _alarms(state).items()}
    agenda.ring_due(_Trail(state), max(moments, default=deal.updated_at))
    rung = {key for key, alarm in _alarms(state).items() if alarm.rung > before[key]}
    assert rung == (set(mine) if deal.playbook else set()), "what rings"


def _alarms(state: ProcessState) -> dict[tuple[str, str | None], Alarm]:
    kept: dict[str, dict[str, Any]] = {
        "assignment": state.assignments,
        "approval": state.approvals,
        "document": state.documents,
        "payment": state.milestones if isinstance(state, LineState) else {},
    }
    return {(kind, id): one.alarm for kind, found in kept.items() for id, one in found.items() if one.alarm}
