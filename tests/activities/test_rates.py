"""The Bank of Russia's rates: its document as it is written, what can be wrong with it, a file instead, and the activity."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import httpx
import pytest
from temporalio.exceptions import ApplicationError

from activities.errors import RatesUnavailable
from activities.rates import Rates
from adapters.rates.bank_of_russia import LARGEST, BankOfRussia, read_rates
from adapters.rates.file import RatesFile
from domain.deal.rates import Rate, RateAsked
from tests.support.rates import KnownRates, daily

FRIDAY, SATURDAY, MONDAY = date(2026, 11, 20), date(2026, 11, 21), date(2026, 11, 23)
EURO = {"CharCode": "EUR", "Value": "91,5043", "VunitRate": "91,5043"}
TENGE = {"CharCode": "KZT", "Nominal": "100", "Value": "15,2360", "VunitRate": "0,15236"}
OLDER = {"CharCode": "CNY", "Nominal": "10", "Value": "111,4560"}
SMALL = {"CharCode": "UZS", "Nominal": "10000", "Value": "66,1000", "VunitRate": "6,61E-03"}


def bank(answer: Callable[[httpx.Request], httpx.Response]) -> BankOfRussia:
    return BankOfRussia(httpx.AsyncClient(transport=httpx.MockTransport(answer)), "http://bank.example/daily")


def test_a_days_document_is_read_as_it_is_written() -> None:
    document = daily("21.11.2026", EURO, TENGE, OLDER, SMALL)
    assert "Валюта".encode("cp1251") in document
    found = read_rates(document)
    assert {code: rate.value for code, rate in found.items()} == {
        "EUR": Decimal("91.5043"),
        "KZT": Decimal("0.15236"),
        "CNY": Decimal("11.1456"),
        "UZS": Decimal("0.00661"),
    }
    assert {rate.set_on for rate in found.values()} == {SATURDAY}


async def test_the_bank_is_asked_for_the_day_and_says_of_which_its_rates_are() -> None:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        return httpx.Response(200, content=daily("21.11.2026", EURO))

    source = bank(answer)
    assert await source.on("EUR", MONDAY) == Rate(value=Decimal("91.5043"), set_on=SATURDAY)
    assert await source.on("USD", MONDAY) is None
    assert asked[0] == "http://bank.example/daily?date_req=23%2F11%2F2026"


WRONG: dict[str, bytes] = {
    "no XML": b"<html><body>502 Bad Gateway",
    "another document": b"<rates/>",
    "no day": b"<ValCurs>Error in parameters</ValCurs>",
    "entities": b'<!DOCTYPE ValCurs [<!ENTITY a "aaaa">]><ValCurs Date="21.11.2026">&a;</ValCurs>',
    "entities in UTF-16": '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE v><ValCurs/>'.encode("utf-16"),
    "an unknown encoding": b'<?xml version="1.0" encoding="klingon"?><ValCurs Date="21.11.2026"/>',
    "too much": b" " * (LARGEST + 1),
    "nothing": b"",
}


@pytest.mark.parametrize("document", WRONG.values(), ids=WRONG)
def test_what_is_no_days_document_is_an_error_that_is_tried_again(document: bytes) -> None:
    with pytest.raises(RatesUnavailable):
        read_rates(document)


@pytest.mark.parametrize("value", ["", "0", "-1", "1e9", "NaN", "99999999"])
def test_what_is_no_rate_is_none(value: str) -> None:
    assert read_rates(daily("21.11.2026", {"CharCode": "EUR", "Value": value, "VunitRate": value})) == {}


@pytest.mark.parametrize(
    "failure", [httpx.ConnectError("x"), httpx.ReadTimeout("x"), httpx.TooManyRedirects("x"), 404, 500]
)
async def test_a_bank_that_does_not_answer_is_tried_again(failure: httpx.HTTPError | int) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if isinstance(failure, int):
            return httpx.Response(failure)
        raise failure

    with pytest.raises(ApplicationError) as caught:
        await Rates(bank(answer)).find(RateAsked(currency="EUR", day=MONDAY))
    assert caught.value.type == "RatesUnavailable"
    assert not caught.value.non_retryable


@pytest.mark.parametrize(
    ("set_on", "holds"),
    [(MONDAY, True), (SATURDAY, True), (date(2026, 11, 9), True), (date(2026, 11, 8), False), (date(2026, 11, 24), False)],
)  # fmt: skip
async def test_a_rate_of_an_earlier_day_holds_until_the_next_and_none_for_ever(
    set_on: date, holds: bool
) -> None:
    class Bank:
        async def on(self, currency: str, day: date) -> Rate | None:
            return Rate(value=Decimal(90), set_on=set_on)

    found = await Rates(Bank()).find(RateAsked(currency="EUR", day=MONDAY))
    assert bool(found.rate) is holds
    assert bool(found.why) is not holds


async def test_a_day_without_a_rate_is_an_answer() -> None:
    found = await Rates(KnownRates()).find(RateAsked(currency="EUR", day=MONDAY))
    assert found.rate is None
    assert "EUR" in found.why


# --- a file -----------------------------------------------------------------------------------------------------------

FILE = {
    "commas": "day,currency,rate\n2026-11-20,EUR,90.5\n2026-11-21,EUR,91.5043\n2026-11-21,CNY,11.1\n",
    "semicolons": "day;currency;rate;nominal\n20.11.2026;EUR;90,5;1\n21.11.2026;EUR;915,043;10\n",
}


@pytest.mark.parametrize("text", FILE.values(), ids=FILE)
async def test_rates_from_a_file(text: str, tmp_path: Path) -> None:
    (path := tmp_path / "rates.csv").write_text("\ufeff" + text, encoding="utf-8")
    source = RatesFile(path)
    assert await source.on("EUR", FRIDAY) == Rate(value=Decimal("90.5"), set_on=FRIDAY)
    assert await source.on("EUR", MONDAY) == Rate(value=Decimal("91.5043"), set_on=SATURDAY)
    assert await source.on("EUR", date(2026, 11, 24)) is None, "who keeps the file may only be late"
    assert await source.on("EUR", date(2026, 11, 19)) is None
    path.write_text(text + "\n2026-11-25,EUR,95\n".replace(",", ";" if ";" in text else ","))
    assert await source.on("EUR", date(2026, 11, 24)) == Rate(value=Decimal("91.5043"), set_on=SATURDAY)


@pytest.mark.parametrize(
    "text",
    [
        "day,currency\n2026-11-20,EUR\n",
        "day,currency,rate\nsoon,EUR,1\n",
        "day,currency,rate\n2026-11-20,EUR,0\n",
    ],
)
async def test_a_file_that_holds_no_rates_says_where(text: str, tmp_path: Path) -> None:
    (path := tmp_path / "rates.csv").write_text(text)
    with pytest.raises(RatesUnavailable, match=r"rates\.csv, row 2"):
        await RatesFile(path).on("EUR", FRIDAY)
    with pytest.raises(RatesUnavailable, match="can't be read"):
        await RatesFile(tmp_path / "none.csv").on("EUR", FRIDAY)
