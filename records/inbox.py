"""The inbox: the open items, by person."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, select

from domain.words import Stage, Text
from records.columns import DEALS, OPEN_ITEMS
from records.listing import InboxItem


def page(people: Collection[str] | None, limit: int) -> Select[Any]:
    """What these people, or everybody, must do; the most overdue first."""
    mine = OPEN_ITEMS.c
    return (
        select(OPEN_ITEMS, DEALS.c.client, DEALS.c.stage)
        .join_from(OPEN_ITEMS, DEALS, DEALS.c.number == mine.deal)
        .where(*([mine.person.in_(people)] if people else []))
        .order_by(mine.due_at, mine.deal, mine.id, mine.person)
        .limit(limit)
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
