"""What the Temporal Web UI shows of a deal: search attributes, and in words where it stands and who must act."""

from datetime import datetime

from temporalio import workflow
from temporalio.common import SearchAttributeUpdate

with workflow.unsafe.imports_passed_through():
    from domain.agenda import deadlines
    from domain.state import DealState, ProcessState
    from domain.view import deal_view
    from workflows import names


def show(state: DealState) -> None:
    """Costs one event where an attribute changed, and none where only the words did."""
    now = workflow.now()
    updates = _changes(state, now)
    if updates:
        workflow.upsert_search_attributes(updates)
    workflow.set_current_details(details(state, now))


def _changes(state: DealState, now: datetime) -> list[SearchAttributeUpdate]:
    deadline = min((d for process in _processes(state) for d in deadlines(process)), default=None)
    statuses = sorted({line.status.value for line in state.lines.values()})
    wanted = [
        (names.DEAL_NUMBER, state.deal),
        (names.DEAL_STAGE, state.stage.value),
        (names.DEAL_MANAGER, state.manager),
        (names.DEAL_LINE_STATUSES, statuses),
        (names.DEAL_AWAITING, awaiting(state)),
        (names.DEAL_DUE_AT, deadline),
        (names.DEAL_OVERDUE, deadline is not None and deadline < now),
        (names.DEAL_AMOUNT, float(state.amount)),
    ]
    shown = workflow.info().typed_search_attributes
    return [_update(key, value) for key, value in wanted if shown.get(key) != value]


def _update(key: "names.SearchAttributeKey[object]", value: object) -> SearchAttributeUpdate:
    return key.value_unset() if value is None else key.value_set(value)


def awaiting(state: DealState) -> list[str]:
    """Ids of people, `client`, and roles: never names."""
    found: set[str] = set()
    for process in _processes(state):
        for assignment in process.open_assignments:
            found |= {assignment.assignee, assignment.role.value}
        for approval in process.open_approvals:
            found |= {name for ask in approval.awaiting for name in (ask.person, ask.role.value)}
        found |= {document.signer.value for document in process.unsigned}
    return sorted(found)


def _processes(state: DealState) -> list[ProcessState]:
    return [state, *state.lines.values()]


def details(state: DealState, now: datetime) -> str:
    """Markdown: the lines, what blocks, who must act and by when."""
    view = deal_view(state, None, now, state.book.language)
    rows = [f"| {n.number} | {n.status} | {n.amount} | {n.paid} |" for n in view.lines]
    blocks = [f"- **{b.subject}**: {b.what} — {', '.join(b.who)}, {b.due_at:%Y-%m-%d %H:%M}" if b.due_at else f"- **{b.subject}**: {b.what}" for b in view.blockers]
    return "\n".join([f"## {state.deal}: {state.stage.value}", "", "| # | status | amount | paid |", "|---|---|---|---|", *rows, "", *blocks])[:18000]
