"""Where the Bank of Russia's rates come from, by the settings."""

from activities.rate_source import RateSource
from adapters.rates.opening import open_rates
from starter.settings import Settings


def rates_of(settings: Settings) -> RateSource:
    return open_rates(settings.rates_url, settings.rates_file)
