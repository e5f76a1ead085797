"""The Bank of Russia's daily rates by XML: one document a day, with all currencies."""

import asyncio
import re
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from xml.etree import ElementTree

import httpx

from activities.errors import RatesUnavailable
from domain.deal.rates import HIGHEST, Rate

SECONDS = 15.0
LARGEST = 1_000_000  # bytes; a day's document has some ten thousand
_NUMBER = re.compile(r"[0-9]{1,15}([.,][0-9]{1,15})?")


class BankOfRussia:
    """Serves `RateSource`. `url` is where the bank answers: the parameter `date_req` names the day."""

    def __init__(self, client: httpx.AsyncClient, url: str) -> None:
        self._client, self._url = client, url

    async def on(self, currency: str, day: date) -> Rate | None:
        """The bank says itself of which day its rates are: of a day off, of the last for which it has set any."""
        asked = {"date_req": f"{day:%d/%m/%Y}"}
        try:
            async with asyncio.timeout(SECONDS):
                response = await self._client.get(self._url, params=asked, timeout=SECONDS)
        except (httpx.HTTPError, httpx.InvalidURL, ValueError, TimeoutError) as error:
            raise RatesUnavailable(f"the Bank of Russia can't be reached ({type(error).__name__})") from None
        if not response.is_success:
            raise RatesUnavailable(f"the Bank of Russia answers {response.status_code}")
        return read_rates(response.content).get(currency)


def read_rates(document: bytes) -> dict[str, Rate]:
    """The rates of a day by currency: roubles for one, whatever the `Nominal`. Raises `RatesUnavailable`."""
    root = _parsed(document)
    set_on = _day(root.get("Date", ""))
    found: dict[str, Rate] = {}
    for entry in root.iter("Valute"):
        code, value = (entry.findtext("CharCode") or "").strip(), _for_one(entry)
        if code and value is not None and 0 < value <= HIGHEST:
            found[code] = Rate(value=value, set_on=set_on)
    return found


def _parsed(document: bytes) -> ElementTree.Element:
    if len(document) > LARGEST:
        raise RatesUnavailable("the Bank of Russia's answer is too large")
    if any(mark in document for mark in (b"<!DOCTYPE", b"<!ENTITY", b"\0")):  # nor hidden in UTF-16
        raise RatesUnavailable("the Bank of Russia's answer declares entities: it is not read")
    try:
        root = ElementTree.fromstring(document)  # noqa: S314 - see above
    except (ElementTree.ParseError, LookupError, ValueError) as error:
        raise RatesUnavailable(f"the Bank of Russia's answer is no XML ({type(error).__name__})") from None
    if root.tag != "ValCurs":
        raise RatesUnavailable("the Bank of Russia's answer holds no rates")
    return root


def _day(written: str) -> date:
    try:
        return datetime.strptime(written, "%d.%m.%Y").date()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        raise RatesUnavailable("the Bank of Russia's answer does not say of which day it is") from None


def _for_one(entry: ElementTree.Element) -> Decimal | None:
    """`VunitRate`, or, in older documents, `Value` for so many as `Nominal` says."""
    exact, value = _number(entry.findtext("VunitRate")), _number(entry.findtext("Value"))
    nominal = _number(entry.findtext("Nominal"))
    if exact is None and value is not None and nominal:
        return value / nominal
    return exact


def _number(written: str | None) -> Decimal | None:
    said = (written or "").strip()
    try:
        return Decimal(said.replace(",", ".")) if _NUMBER.fullmatch(said) else None
    except InvalidOperation:
        return None
