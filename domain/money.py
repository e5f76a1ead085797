"""Money is `Decimal`, in kopecks exact: shares, the VAT part, and nothing lost in rounding."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Annotated

from pydantic import AfterValidator, Field

from domain.wording.invalid import Invalid

KOPECK = Decimal("0.01")
ZERO = Decimal("0.00")
LARGEST = Decimal(10**15)
"""An order's total. The records count exact kopecks up to some ninety times that."""


def kopecks(amount: Decimal) -> Decimal:
    """The amount to the kopeck, halves up as accountants in Russia round."""
    return amount.quantize(KOPECK, rounding=ROUND_HALF_UP)


def _at_most_two_decimals(amount: Decimal) -> Decimal:
    if amount != kopecks(amount):
        raise Invalid(
            ru="{amount}: больше двух знаков после запятой",
            en="{amount} has more than two decimals",
            amount=amount,
        )
    return kopecks(amount)


Money = Annotated[Decimal, Field(allow_inf_nan=False, max_digits=18), AfterValidator(_at_most_two_decimals)]
Sum = Annotated[Decimal, Field(allow_inf_nan=False, ge=-LARGEST, le=LARGEST)]
"""An amount that the desk has worked out itself."""


def share_of(amount: Decimal, percent: Decimal) -> Decimal:
    return kopecks(amount * percent / 100)


def vat_part(amount: Decimal, rate: Decimal | None) -> Decimal:
    """The VAT inside a price that includes it: `amount × rate / (100 + rate)`. Exempt (`None`) has no VAT part."""
    return ZERO if rate is None else kopecks(amount * rate / (100 + rate))
