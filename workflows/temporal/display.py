"""What the Temporal Web UI shows of a deal: search attributes, and in words where it stands and who must act."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from temporalio import workflow
from temporalio.common import SearchAttributeKey, SearchAttributeUpdate

with workflow.unsafe.imports_passed_through():
    from domain.agenda import deadlines
    from domain.standing import waiting
    from domain.state import DealState, ProcessState
    from domain.words import STAGE_LABELS, STATUS_LABELS, Text
    from workflows.temporal import search_attributes as names

HEAD = Text(ru="| № | товар | статус | сумма | оплачено |", en="| # | good | status | amount | paid |")
LONGEST = 18_000  # bytes of details that the server keeps: 20,000


def show(state: DealState) -> None:
    """Costs one event where an attribute changed, and none where only the words did."""
    updates = _changes(state, workflow.now())
    if updates:
        workflow.upsert_search_attributes(updates)
    workflow.set_current_details(details(state))


def _changes(state: DealState, now: datetime) -> list[SearchAttributeUpdate[Any]]:
    deadline = min((d for process in _processes(state) for d in deadlines(process)), default=None)
    wanted: list[tuple[SearchAttributeKey[Any], Any]] = [
        (names.DEAL_NUMBER, state.deal),
        (names.DEAL_STAGE, state.stage.value),
        (names.DEAL_MANAGER, state.manager),
        (names.DEAL_LINE_STATUSES, sorted({line.status.value for line in state.lines.values()})),
        (names.DEAL_AWAITING, awaiting(state)),
        (names.DEAL_DUE_AT, deadline),
        (names.DEAL_OVERDUE, deadline is not None and deadline < now),
        (names.DEAL_AMOUNT, float(state.amount)),
    ]
    shown = workflow.info().typed_search_attributes
    changed = [(key, value) for key, value in wanted if (shown.get(key) or None) != (value or None)]
    return [key.value_unset() if value is None else key.value_set(value) for key, value in changed]


def awaiting(state: DealState) -> list[str]:
    """Who must act: ids of people, `client`, and roles; never names."""
    found: set[str] = set()
    for process in _processes(state):
        found |= {name for a in process.open_assignments for name in (a.assignee, a.role.value)}
        found |= {
            name
            for a in process.open_approvals
            for ask in a.awaiting
            for name in (ask.person, ask.role.value)
        }
        found |= {document.signer.value for document in process.unsigned}
    return sorted(found)


def _processes(state: DealState) -> list[ProcessState]:
    return [state, *state.lines.values()]


def details(state: DealState) -> str:
    """Markdown, in the playbook's language: the lines, what is open, who must act and by when."""
    language = state.book.language
    title = f"## {state.deal}: {STAGE_LABELS[state.stage].to(language)}"
    rows = [
        f"| {n} | {_cell(line.good.name)} | {STATUS_LABELS[line.status].to(language)} | {line.amount} | {line.paid} |"
        for n, line in state.lines.items()
    ]
    table = ["", HEAD.to(language), "|---|---|---|---|---|", *rows] if rows else []
    return "\n".join([title, *table, "", *_open(state)]).encode()[:LONGEST].decode(errors="ignore")


def _open(state: DealState) -> Iterator[str]:
    for due_at, subject, what, who in waiting(state):
        yield f"- {due_at:%Y-%m-%d %H:%M} UTC · {subject} · **{_cell(what)}** → {', '.join(who)}"


def _cell(words: str) -> str:
    return words.replace("|", "/").replace("*", "·").replace("<", "‹")
