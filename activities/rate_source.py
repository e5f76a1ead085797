"""The port behind which rates are found."""

from datetime import date
from typing import Protocol

from domain.deal.rates import Rate


class RateSource(Protocol):
    """Where rates come from."""

    async def on(self, currency: str, day: date) -> Rate | None:
        """The last that was set for a day not later than this; none if it has none.

        Raises `RatesUnavailable`.
        """
