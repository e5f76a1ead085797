"""What a payment goes by, whoever tells of it."""

import hashlib
import re
from datetime import date
from decimal import Decimal

from domain.money import kopecks

FROM_DEAL = "deal:"
_LONGEST = 90
"""Of an id that others are made of: a message's has at most a hundred characters."""


def payment_key(account: str, day: date, number: str, amount: Decimal) -> str:
    """Of a payment without a bank's own id: the payer's account, the payment order's day and number, and the sum.

    A number alone recurs: each payer counts their orders anew, and every year. Spaces, leading zeros and case are the bank's own.
    """
    plain = re.sub(r"\s", "", number).casefold()
    return "/".join(
        (folded_account(account), day.isoformat(), plain.lstrip("0") or "0", f"{kopecks(amount)}")
    )


def folded_account(account: str) -> str:
    return re.sub(r"[\s.-]", "", account).upper()


def id_elsewhere(deal: str, entry: str) -> str:
    """The number by which the money of a deal's entry is a payment of another deal: `deal:1042:mv-3`. The same for ever, so that it
    counts once however often it is told."""
    id = f"{FROM_DEAL}{deal}:{entry}"
    return (
        id if len(id) <= _LONGEST else f"{FROM_DEAL}{deal}:{hashlib.sha256(entry.encode()).hexdigest()[:24]}"
    )


def came_from(payment: str) -> str:
    """The deal that had this payment before, by its number; none of what a bank told of."""
    prefix, deal, entry = (*payment.split(":", 2), "", "")[:3]
    return deal if f"{prefix}:" == FROM_DEAL and entry else ""


def recall_of(payment: str) -> str:
    """The number by which a payment that came from another deal is taken back."""
    return f"{payment}:back"
