"""The inbox: open assignments, and approvals that wait for somebody's answer."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, and_, literal, select, union_all

from domain.words import Stage, Text
from records.columns import APPROVALS, ASKS, ASSIGNMENTS, DEALS
from records.listing import InboxItem


def open_items(people: Collection[str] | None, limit: int) -> Select[Any]:
    """Those of these people, or of everybody; the most overdue first."""
    items = union_all(_assignments(people), _asks(people)).subquery()
    return select(items).order_by(items.c.due_at, items.c.deal, items.c.id, items.c.person).limit(limit)


def _assignments(people: Collection[str] | None) -> Select[Any]:
    mine = ASSIGNMENTS.c
    return (
        select(
            literal("assignment").label("kind"),
            *(mine.deal, DEALS.c.client, DEALS.c.stage, mine.line, mine.id, literal(1).label("version")),
            *(mine.title_ru, mine.title_en, mine.role, mine.assignee.label("person")),
            *(mine.opened_at, mine.due_at),
        )
        .join_from(ASSIGNMENTS, DEALS, DEALS.c.number == mine.deal)
        .where(mine.open, DEALS.c.closed_at.is_(None))
        .where(*([mine.assignee.in_(people)] if people else []))
    )


def _asks(people: Collection[str] | None) -> Select[Any]:
    mine, approval = ASKS.c, APPROVALS.c
    return (
        select(
            literal("approval").label("kind"),
            *(mine.deal, DEALS.c.client, DEALS.c.stage, mine.line, approval.id, approval.version),
            *(approval.title_ru, approval.title_en, mine.role, mine.person),
            *(approval.opened_at, mine.due_at),
        )
        .join_from(ASKS, APPROVALS, and_(approval.deal == mine.deal, approval.id == mine.approval))
        .join(DEALS, DEALS.c.number == mine.deal)
        .where(mine.open, DEALS.c.closed_at.is_(None))
        .where(*([mine.person.in_(people)] if people else []))
    )


def item(row: Row[Any], now: datetime) -> InboxItem:
    return InboxItem(
        kind=row.kind,
        deal=row.deal,
        client=row.client,
        stage=Stage(row.stage),
        line=row.line,
        id=row.id,
        version=row.version,
        title=Text(ru=row.title_ru, en=row.title_en),
        role=row.role,
        person=row.person,
        opened_at=row.opened_at,
        due_at=row.due_at,
        overdue=row.due_at < now,
    )
