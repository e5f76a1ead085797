"""The list of deals: which are wanted, and what the list shows of each."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from domain.words import LineStatus, Source, Stage
from records.listing import ListedDeal, ListedLine
from records.reading import Reader, Row

_PAGE = """
SELECT number, stage, client, manager, amount, paid, received, currency, next_due_at, opened_at, updated_at, closed_at,
    (SELECT stopped_processes.at FROM stopped_processes WHERE stopped_processes.deal = deals.number) AS stopped_at
FROM deals
WHERE {conditions}
ORDER BY opened_at DESC, number DESC
LIMIT :limit
"""
_CONDITIONS = {
    "stage": "stage = :stage",
    "manager": "manager = :manager",
    "awaiting": "number IN (SELECT deal FROM open_items WHERE person = :awaiting OR role = :awaiting)",
    "after": "(opened_at, number) < ((SELECT opened_at FROM deals WHERE number = :after), :after)",
}
_OVERDUE = {True: "next_due_at < :now", False: "(next_due_at IS NULL OR next_due_at >= :now)"}
_CLOSED = {True: "closed_at IS NOT NULL", False: "closed_at IS NULL"}
_MENTIONS = (
    "(search LIKE :{name} ESCAPE '/' OR EXISTS "
    "(SELECT 1 FROM lines WHERE lines.deal = deals.number AND lines.search LIKE :{name} ESCAPE '/'))"
)
"""A word is in the deal (number, client, contact, wish) or in one of its lines (article, name)."""

_AWAITED = """
SELECT deal, person FROM open_items WHERE deal IN :deals
GROUP BY deal, person ORDER BY min(due_at), person
"""
_LINES = (
    "SELECT deal, number, status, source, sku, name, amount FROM lines WHERE deal IN :deals ORDER BY number"
)


class Wanted(NamedTuple):
    """Which deals; what is none asks for nothing. `after` is the last deal of the page before."""

    stage: Stage | None
    manager: str | None
    awaiting: str | None
    text: str | None
    overdue: bool | None
    closed: bool | None
    after: str | None


def page(reader: Reader, wanted: Wanted, now: datetime, limit: int) -> list[ListedDeal]:
    """With their lines and whom they wait for."""
    words = _words(wanted.text or "")
    values = wanted._asdict()
    conditions = [condition for name, condition in _CONDITIONS.items() if values[name]]
    conditions += [_MENTIONS.format(name=name) for name in words]
    conditions += [_OVERDUE[wanted.overdue]] if wanted.overdue is not None else []
    conditions += [_CLOSED[wanted.closed]] if wanted.closed is not None else []
    sql = _PAGE.format(conditions=" AND ".join(conditions) or "1 = 1")
    found = reader.rows(sql, **values | words | {"now": now, "limit": limit})
    numbers = [row["number"] for row in found]
    awaited, lines = _awaited(reader, numbers), _lines(reader, numbers)
    return [_listed(row, now, awaited, lines) for row in found]


def _words(text: str) -> dict[str, str]:
    """A pattern for each word."""
    words = text.replace("\x00", " ").casefold().split()
    return {f"word{n}": f"%{_escaped(word)}%" for n, word in enumerate(words)}


def _escaped(word: str) -> str:
    return word.replace("/", "//").replace("%", "/%").replace("_", "/_")


def _awaited(reader: Reader, deals: Sequence[str]) -> dict[str, list[str]]:
    awaited: dict[str, list[str]] = {}
    for row in reader.rows(_AWAITED, deals=list(deals)):
        awaited.setdefault(row["deal"], []).append(row["person"])
    return awaited


def _lines(reader: Reader, deals: Sequence[str]) -> dict[str, list[ListedLine]]:
    lines: dict[str, list[ListedLine]] = {}
    for row in reader.rows(_LINES, deals=list(deals)):
        status = LineStatus(row["status"])
        source = Source(row["source"])
        line = ListedLine(row["number"], status, source, row["sku"], row["name"], row["amount"])
        lines.setdefault(row["deal"], []).append(line)
    return lines


def _listed(
    row: Row, now: datetime, awaited: dict[str, list[str]], lines: dict[str, list[ListedLine]]
) -> ListedDeal:
    told: dict[str, Any] = row | {"stage": Stage(row["stage"])}
    return ListedDeal(
        **told,
        overdue=row["next_due_at"] is not None and row["next_due_at"] < now,
        awaiting=tuple(awaited.get(row["number"], ())),
        lines=tuple(lines.get(row["number"], ())),
    )
