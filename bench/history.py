"""Where the events and the billable actions of a deal go, against the least that could do the same.

The deal is played as people play it, apart: what one message brings about has ended before the next one comes. The floor
has one workflow for the deal and one for each line; nothing in it can share a workflow task with anything else.

    actions = 1 + 2c + d + t + E + r + s          events = 5 + 11c + 5d + 2t + 6(E + r) + 9s

c lines · d accepted messages · t moments at which a deadline is set: each begins a wait · E effect groups: pairs of a
moment (an accepted message, with all it brings about) and a target (CRM, mail, records) that must hear of it · r what must
be read first (the playbook) · s signals: a line tells its deal of each step it has made, and the deal tells a line of money.

An event is counted with the workflow task it makes: started, first task, completed 5 · a child 5 of its own and 6 of its
parent (initiated, started, completed, one task) · an update 5 (accepted, completed, task) · a timer 2 (started, cancelled)
· an activity 6 (scheduled, started, completed, task) · a signal 9 (initiated, delivered, task; received, task).
Queries are billed too, but how often somebody looks is not the deal's doing: both sides are without them.
"""

import asyncio
from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from temporalio.api.enums.v1 import EventType
from temporalio.client import WorkflowHistory

from bench.deals import Numbers, Played, play, played
from bench.figures import Part, Row
from bench.ground import Ground
from domain.deal.batches import FactBatch, RecordBatch
from domain.facts import (
    DESK,
    ApprovalOpened,
    AssignmentOpened,
    DocumentReady,
    Fact,
    MilestoneDue,
    PaymentReceived,
    Subject,
)
from workflows.temporal.converter import DATA_CONVERTER

DEADLINES = {
    AssignmentOpened.kind,
    ApprovalOpened.kind,
    DocumentReady.kind,
    MilestoneDue.kind,
}
DEALS = 3
APART_SECONDS = 0.5  # between two messages: longer than the effects of one take
BATCHES = {"crm.deliver": FactBatch, "mail.deliver": FactBatch, "records.deliver": RecordBatch}


class Needs(NamedTuple):
    """What a deal's floor is made of; see above."""

    lines: int
    decisions: int
    waits: int
    effects: dict[str, int]
    signals: int

    @property
    def reads(self) -> int:
        return 1


async def measure(at: Ground, rounds: int, numbers: Numbers) -> tuple[list[Row], list[Part]]:
    deals = numbers.take(min(rounds, DEALS))
    await asyncio.gather(*(play(at.desk, number, apart=APART_SECONDS) for number in deals))
    splits = [await split(await played(at, number)) for number in deals]
    rows = [
        Row(
            metric="history",
            title=f"{what}, over all four workflows",
            unit="",
            ours=[sum(getattr(part, what) for part in parts) for parts in splits],
            bare=[sum(getattr(part, f"floor_{what}") for part in parts) for parts in splits],
            target=1.5,
            note="against the floor formula",
        )
        for what in ("events", "actions")
    ]
    return rows, average(splits)


async def split(deal: Played) -> list[Part]:
    """By cause. Tasks stand by themselves: several causes often share one."""
    kinds = Counter(EventType.Name(e.event_type)[11:] for history in deal.histories for e in history.events)
    activities = Counter(
        e.activity_task_scheduled_event_attributes.activity_type.name
        for history in deal.histories
        for e in history.events
        if e.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED
    )
    updates = kinds["WORKFLOW_EXECUTION_UPDATE_ACCEPTED"]
    needs = await needs_of(deal, updates)
    n, groups = needs.lines, sum(needs.effects.values())
    signals = kinds["SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED"]
    tasks = sum(count for kind, count in kinds.items() if kind.startswith("WORKFLOW_TASK_"))
    looks = activities["credit.look_up"]
    floor_tasks = 1 + 2 * n + needs.decisions + groups + needs.reads + looks + 2 * needs.signals
    parts = [
        _part("workflows: the deal started and completed", (1, 2, 1), (1, 2, 1)),
        _part("children: the lines started and completed", (n, 5 * n, 2 * n), (n, 5 * n, 2 * n)),
        _part("messages taken as updates", (updates, 2 * updates, updates), _times(needs.decisions, 2, 1)),
        _part("waits: timers", _timers(kinds), _times(needs.waits, 2, 1)),
        _part("reading the playbook", _times(activities["playbook.load"], 3, 1), _times(needs.reads, 3, 1)),
        _part("what the client owes over all deals", _times(looks, 3, 1), _times(looks, 3, 1)),
    ]
    for activity in ("records.deliver", "crm.deliver", "mail.deliver"):
        target = activity.partition(".")[0]
        parts.append(
            _part(
                f"effects: {target}",
                _times(activities[activity], 3, 1),
                _times(needs.effects[activity], 3, 1),
            )
        )
    upserts, marks = kinds["UPSERT_WORKFLOW_SEARCH_ATTRIBUTES"], kinds["WORKFLOW_PROPERTIES_MODIFIED"]
    parts += [
        _part("signals between the deal and its lines", _times(signals, 3, 1), _times(needs.signals, 3, 1)),
        _part("search attributes changed", _times(upserts, 1, 1), _times(0, 1, 1)),
        _part("marks of what came (ADR 8)", _times(marks, 1, 1), _times(0, 1, 1)),
        _part("workflow tasks", (kinds["WORKFLOW_TASK_SCHEDULED"], tasks, 0), _times(floor_tasks, 3, 0)),
    ]
    _check(parts, sum(kinds.values()), kinds)
    return parts


async def needs_of(deal: Played, decisions: int) -> Needs:
    facts, heard = await _told(deal.histories[0])
    moment = _moments(facts)
    steps = {_step(fact) for fact in facts if fact.subject != str(Subject())}
    paid = {
        (fact.at, line) for fact in facts if fact.kind == PaymentReceived.kind for line in _paid_lines(fact)
    }
    return Needs(
        lines=len(deal.histories) - 1,
        decisions=decisions,
        waits=len({_step(fact) for fact in facts if fact.kind in DEADLINES}),
        effects={activity: len({moment[seq] for seq in seqs}) for activity, seqs in heard.items()},
        signals=len(steps) + len(paid),
    )


def _moments(facts: list[Fact]) -> dict[int, int]:
    """The moment of each fact: a new one begins with what a person did, and what the desk did then belongs to it."""
    moment, last, found = 0, None, {}
    for fact in facts:
        if fact.actor != DESK and _step(fact) != last:
            moment, last = moment + 1, _step(fact)
        found[fact.seq] = moment
    return found


def _step(fact: Fact) -> tuple[str, datetime]:
    """Facts of one step of one workflow have the same time."""
    return fact.subject, fact.at


async def _told(history: WorkflowHistory) -> tuple[list[Fact], dict[str, set[int]]]:
    """All facts, and of which facts each target was told, by their numbers."""
    facts: dict[int, Fact] = {}
    heard: dict[str, set[int]] = {activity: set() for activity in BATCHES}
    for event in history.events:
        scheduled = event.activity_task_scheduled_event_attributes
        name = scheduled.activity_type.name
        if event.event_type != EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED or name not in BATCHES:
            continue
        (batch,) = await DATA_CONVERTER.decode(scheduled.input.payloads, [BATCHES[name]])
        match batch:
            case RecordBatch():
                facts |= {fact.seq: fact for fact in batch.facts}
                heard[name] |= {fact.seq for fact in batch.facts}
            case FactBatch():
                heard[name] |= {fact.seq for fact in batch.facts}
    return [facts[seq] for seq in sorted(facts)], heard


def _paid_lines(fact: Fact) -> set[str]:
    return {milestone.split(":")[0] for milestone in fact.data.get("put", ())}


def _times(count: int, events: int, actions: int) -> tuple[int, int, int]:
    return count, count * events, count * actions


def _timers(kinds: Counter[str]) -> tuple[int, int, int]:
    ended = kinds["TIMER_CANCELED"] + kinds["TIMER_FIRED"]
    return kinds["TIMER_STARTED"], kinds["TIMER_STARTED"] + ended, kinds["TIMER_STARTED"]


def _part(cause: str, ours: tuple[int, int, int], floor: tuple[int, int, int]) -> Part:
    return Part(
        cause=cause,
        count=ours[0],
        events=ours[1],
        actions=ours[2],
        floor_count=floor[0],
        floor_events=floor[1],
        floor_actions=floor[2],
    )


def _check(parts: Iterable[Part], events: int, kinds: Counter[str]) -> None:
    """Every event has a cause, or the table would tell less than all; and no workflow task failed."""
    if kinds["WORKFLOW_TASK_FAILED"]:
        raise RuntimeError(f"a workflow task failed: {dict(kinds)}")
    counted = sum(part.events for part in parts)
    if counted != events:
        raise RuntimeError(f"{counted} of {events} events have a cause: {dict(kinds)}")


def average(splits: list[list[Part]]) -> list[Part]:
    def mean(parts: tuple[Part, ...]) -> Part:
        numbers = {
            name: sum(getattr(part, name) for part in parts) / len(parts)
            for name in Part.model_fields
            if name != "cause"
        }
        return Part(cause=parts[0].cause, **numbers)

    return [mean(parts) for parts in zip(*splits, strict=True)]
