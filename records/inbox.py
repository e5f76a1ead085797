"""The inbox: the open items, by person. What a service waits for in another line is in it once, there."""

from collections.abc import Collection
from datetime import datetime

from domain.words import Stage, Text
from records.listing import InboxItem
from records.reading import Reader, Row

_PAGE = """
SELECT open_items.*, deals.client, deals.stage
FROM open_items JOIN deals ON deals.number = open_items.deal
WHERE open_items.kind <> 'line' AND {condition}
ORDER BY open_items.due_at, open_items.deal, open_items.id, open_items.person
LIMIT :limit
"""


_MINE = """(
    open_items.person IN :people
    OR open_items.escalated_to IN :people AND (open_items.seen_until IS NULL OR open_items.seen_until <= :now)
)"""


_MONEY = "open_items.kind = 'payment'"


def page(
    reader: Reader, people: Collection[str] | None, now: datetime, limit: int, *, with_money: bool = False
) -> list[InboxItem]:
    """What these people, or everybody, must do, and what was escalated to them; the most overdue first.

    `with_money`: they enter payments, so that all that clients have to pay is for them to see.
    """
    condition = f"({_MINE} OR {_MONEY})" if with_money else _MINE
    sql = _PAGE.format(condition=condition if people else "1 = 1")
    return [_item(row, now) for row in reader.rows(sql, people=list(people or ()), now=now, limit=limit)]


def _item(row: Row, now: datetime) -> InboxItem:
    return InboxItem(
        kind=row["kind"],
        deal=row["deal"],
        client=row["client"],
        stage=Stage(row["stage"]),
        line=row["line"],
        id=row["id"],
        version=row["version"],
        title=Text(ru=row["title_ru"], en=row["title_en"]),
        role=row["role"],
        person=row["person"],
        opened_at=row["opened_at"],
        due_at=row["due_at"],
        overdue=row["due_at"] < now,
        escalated_to=row["escalated_to"],
        escalated_at=row["escalated_at"],
        escalated_days=(now - row["escalated_at"]).days if row["escalated_at"] else None,
        seen_until=row["seen_until"],
    )
