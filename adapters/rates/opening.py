"""The source of rates that the settings ask for."""

from pathlib import Path

import httpx

from activities.rate_source import RateSource
from adapters.rates.bank_of_russia import BankOfRussia
from adapters.rates.file import RatesFile


def open_rates(url: str, file: Path | None) -> RateSource:
    """With a file the bank is not asked. Nothing is connected yet."""
    return RatesFile(file) if file else BankOfRussia(httpx.AsyncClient(follow_redirects=True), url)
