"""What a payment goes by, whoever tells of it."""

import re
from datetime import date
from decimal import Decimal

from domain.money import kopecks


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
