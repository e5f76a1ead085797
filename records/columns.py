"""The columns that the queries read.

They are named here once more, and not taken from `tables.py`: importing SQLModel would cost `deal list` 0.2 s.
"""

from typing import Any

from sqlalchemy import JSON, TableClause, column, table

from records.types import Moment, Money

_TYPES: dict[str, Any] = {"data": JSON} | dict.fromkeys(("amount", "paid", "received"), Money)


def _table(name: str, columns: str) -> TableClause:
    def typed(name: str) -> Any:
        kind = Moment if name.endswith(("_at", "_until")) or name == "at" else _TYPES.get(name)
        return column(name, kind() if kind else None)

    return table(name, *(typed(name) for name in columns.split()))


DEALS = _table(
    "deals",
    "number digits revision stage client manager amount paid received currency "
    "next_due_at opened_at updated_at closed_at search head playbook snapshot",
)
LINES = _table("lines", "deal number status sku name amount search snapshot")
OPEN_ITEMS = _table(
    "open_items",
    "deal line kind id role person version title_ru title_en opened_at due_at "
    "escalated_at escalated_to seen_until",
)
FACTS = _table("facts", "deal seq digest prev at kind subject person name role behalf data")
STOPPED = _table("stopped_processes", "deal at")
PLAYBOOKS = _table("playbooks", "digest content")
