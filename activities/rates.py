"""The Bank of Russia's rate of a day, for a deal whose prices are paid in roubles."""

from datetime import timedelta

from temporalio import activity

from activities.errors import RatesUnavailable, as_failure
from activities.rate_source import RateSource
from domain.deal.rates import RateAsked, RateFound

LONGEST_REST = timedelta(days=14)
"""For so long the bank may set none: the longest holidays have eleven days."""


class Rates:
    def __init__(self, source: RateSource) -> None:
        self._source = source

    @activity.defn(name="rates.find")
    async def find(self, asked: RateAsked) -> RateFound:
        """Reads only, so repeating it changes nothing. A source that does not answer is asked again, as long as the deal's patience lasts;
        then the deal asks its accountant, and this once more in an hour."""
        try:
            rate = await self._source.on(asked.currency, asked.day)
        except RatesUnavailable as error:
            raise as_failure(error) from None
        if rate is None:
            return RateFound(why=f"no rate of {asked.currency} for {asked.day} yet")
        if not asked.day - LONGEST_REST <= rate.set_on <= asked.day:
            return RateFound(
                why=f"the latest rate of {asked.currency} is of {rate.set_on}, not of {asked.day}"
            )
        return RateFound(rate=rate)
