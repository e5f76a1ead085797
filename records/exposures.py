"""What a client, or whoever owes in its place, owes over all deals: what is due and not paid, and what goods that were let go on credit have
still to bring."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from domain.deal.credit import CreditAsked, OwedIn
from domain.money import ZERO
from domain.words import LineStatus, Stage
from records.reading import Reader, Row

_OWED = """
SELECT deals.number, deals.currency, milestones.amount, milestones.allocated, milestones.due_at
FROM milestones
    JOIN deals ON deals.number = milestones.deal
    JOIN lines ON lines.deal = milestones.deal AND lines.number = milestones.line
WHERE (deals.known_by = :client OR deals.payer_inn = :client OR deals.client = :client)
    AND :client = CASE
        WHEN lines.payment IN :by_payer AND deals.payer_inn IS NOT NULL THEN deals.payer_inn
        ELSE COALESCE(deals.known_by, deals.client)
    END
    AND deals.stage NOT IN :off AND lines.status <> :cancelled
    AND NOT (milestones.deal = :deal AND milestones.line = :line)
    AND milestones.amount > milestones.allocated
    AND (milestones.due_at IS NOT NULL OR (milestones.gate IS NULL AND EXISTS (
        SELECT 1 FROM approvals
        WHERE approvals.deal = milestones.deal AND approvals.line = milestones.line
            AND approvals.kind = 'credit' AND approvals.outcome = 'approved'
    )))
"""


def read(reader: Reader, asked: CreditAsked, now: datetime) -> tuple[int, tuple[OwedIn, ...]]:
    """In so many deals, this one's other lines included; by currency."""
    given: dict[str, Any] = {"client": asked.client, "deal": asked.deal, "line": asked.line}
    given["by_payer"] = list(asked.by_payer)
    off = [Stage.LOST.value, Stage.CANCELLED.value]
    rows = reader.rows(_OWED, **given, off=off, cancelled=LineStatus.CANCELLED.value)
    currencies = sorted({row["currency"] for row in rows})
    owed = tuple(
        OwedIn(currency=currency, owed=_sum(rows, currency), overdue=_sum(rows, currency, now))
        for currency in currencies
    )
    return len({row["number"] for row in rows}), owed


def _sum(rows: list[Row], currency: str, before: datetime | None = None) -> Decimal:
    wanted = (
        row["amount"] - row["allocated"]
        for row in rows
        if row["currency"] == currency and (before is None or (row["due_at"] and row["due_at"] < before))
    )
    return sum(wanted, ZERO)
