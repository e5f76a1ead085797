"""The inbox: the open items, by person."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, and_, not_, or_, select

from domain.words import Stage, Text
from records.columns import DEALS, OPEN_ITEMS
from records.listing import InboxItem


def page(people: Collection[str] | None, now: datetime, limit: int) -> Select[Any]:
    """What these people, or everybody, must do, and what was escalated to them; the most overdue first."""
    mine = OPEN_ITEMS.c
    seen = and_(mine.seen_until.is_not(None), mine.seen_until > now)
    return (
        select(OPEN_ITEMS, DEALS.c.client, DEALS.c.stage)
        .join_from(OPEN_ITEMS, DEALS, DEALS.c.number == mine.deal)
        .where(
            *(
                [or_(mine.person.in_(people), and_(mine.escalated_to.in_(people), not_(seen)))]
                if people
                else []
            )
        )
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
        escalated_to=row.escalated_to,
        escalated_at=row.escalated_at,
        escalated_days=(now - row.escalated_at).days if row.escalated_at else None,
        seen_until=row.seen_until,
    )
