"""What the Temporal Web UI shows of a deal: search attributes, and in words where it stands and who must act."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from temporalio import workflow
from temporalio.common import SearchAttributeKey

with workflow.unsafe.imports_passed_through():
    from domain.deal.delivery import deliveries
    from domain.deal.open_items import OpenItem, awaited, open_items
    from domain.deal.state import DealState
    from domain.markdown import plain
    from domain.view.delivery_words import delivery_words
    from domain.view.item_words import what, who
    from domain.wording import Clock, about, money
    from domain.words import Text, stage_label, status_label
    from workflows.temporal import search_attributes as names

HEAD = Text(ru="| № | позиция | статус | сумма | оплачено |", en="| # | item | status | amount | paid |")
LONGEST = 18_000  # bytes of details that the server keeps: 20,000


def show(state: DealState) -> None:
    """Costs one event where an attribute changed, and none where only the words did."""
    items = open_items(state)
    shown = workflow.info().typed_search_attributes
    changed = [
        (key, value)
        for key, value in attributes(state, items, workflow.now())
        if (shown.get(key) or None) != (value or None)
    ]
    if changed:
        workflow.upsert_search_attributes(
            [key.value_unset() if value is None else key.value_set(value) for key, value in changed]
        )
    workflow.set_current_details(details(state, items))


def attributes(
    state: DealState, items: Sequence[OpenItem], now: datetime
) -> list[tuple[SearchAttributeKey[Any], Any]]:
    return [
        (names.DEAL_NUMBER, state.deal),
        (names.DEAL_STAGE, state.stage.value),
        (names.DEAL_MANAGER, state.manager),
        (names.DEAL_LINE_STATUSES, sorted({line.status.value for line in state.lines.values()})),
        (names.DEAL_AWAITING, awaited(items)),
        (names.DEAL_DUE_AT, items[0].due_at if items else None),
        (names.DEAL_OVERDUE, any(item.overdue(now) for item in items)),
        (names.DEAL_AMOUNT, float(state.amount)),
    ]


def details(state: DealState, items: Sequence[OpenItem]) -> str:
    """Markdown, in the playbook's language: the lines, what is open, who must act and by when."""
    language = state.book.language
    title = f"## {plain(state.deal)}: {stage_label(state.stage, state.sources).to(language)}"
    rows = [
        f"| {n} | {plain(line.good.name)} | {status_label(line.status, line.good.source).to(language)} "
        f"| {money(line.amount, state.currency, language)} | {money(line.paid, state.currency, language)} |"
        for n, line in state.lines.items()
    ]
    table = ["", HEAD.to(language), "|---|---|---|---|---|", *rows] if rows else []
    late = _late(state, state.updated_at)
    return (
        "\n".join([title, *table, *late, "", *_open(state, items)]).encode()[:LONGEST].decode(errors="ignore")
    )


def _late(state: DealState, now: datetime) -> Iterator[str]:
    """The lines whose delivery is promised: in time, or late because of what."""
    language = state.book.language
    promised = [line for line in state.active_lines if line.good.is_promised]
    for number, forecast in deliveries(state, promised, now).items():
        words = delivery_words(state.lines[number], forecast, state.book, now, language)
        yield f"\n{about(number).to(language)}: {plain(words)}"


def _open(state: DealState, items: Sequence[OpenItem]) -> Iterator[str]:
    language = state.book.language
    clock = Clock(state.book.calendar, language, zoned=True)
    for item in items:
        of, asked = about(item.subject.line).to(language), plain(what(state, item).to(language))
        yield f"- {clock(item.due_at)} · {of} · **{asked}** → {plain(who(state, [item]))}"
