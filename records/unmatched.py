"""Money nobody knows, as the inbox shows it: read by the driver alone."""

from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from records.reading import Reader

_WAITING = """
SELECT key, kind, amount, currency, payer, received_at FROM bank_payments WHERE status = 'waiting' AND kind <> 'sent'
ORDER BY seq LIMIT :limit
"""


class WaitingMoney(NamedTuple):
    key: str
    kind: str
    amount: Decimal
    currency: str
    payer: str
    received_at: datetime


def read(reader: Reader, limit: int) -> list[WaitingMoney]:
    return [WaitingMoney(**row) for row in reader.rows(_WAITING, limit=limit)]
