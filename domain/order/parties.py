"""Who takes part in an order: who buys, and, where these are others, who pays and who gets the goods.

A lessor, a treasury (УФК) or another branch pays; a branch or a clinic of the buyer's receives. A Russian firm goes by its INN, one of
another country by that country and its number there.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from pydantic import AfterValidator, ValidationInfo, field_validator

from domain.base import Value
from domain.order import numbers
from domain.order.checking import Code, Words, books_of, wrong
from domain.order.countries import code_of
from domain.order.numbers import LONGEST_NUMBER, RUSSIA, SHORTEST_NUMBER
from domain.order.problems import OrderProblem, order_problem
from domain.words import Language


def _country(value: str, info: ValidationInfo) -> str:
    if not books_of(info):
        return value
    code = code_of(value)
    if code is None:
        raise wrong("bad_country")
    return code


def _inn(value: str, info: ValidationInfo) -> str:
    if not books_of(info):
        return value
    if not numbers.is_inn(value):
        raise wrong("bad_inn")
    return numbers.compact_inn(value)


def _kpp(value: str, info: ValidationInfo) -> str:
    if not books_of(info):
        return value
    if not numbers.is_kpp(value):
        raise wrong("bad_kpp")
    if numbers.is_of_person(info.data.get("inn") or ""):
        raise wrong("kpp_of_person")
    return value


def _ogrn(value: str, info: ValidationInfo) -> str:
    if books_of(info) and not numbers.is_ogrn(value):
        raise wrong("bad_ogrn")
    return value


def _email(value: str, info: ValidationInfo) -> str:
    books = books_of(info)
    if books and not re.fullmatch(r"[^\s@,;<>\"]+@[^\s@,;<>\"]+\.[^\s@,;<>\"]+", value):
        raise wrong("bad_email")
    if not books or books.in_workflow:
        return value
    try:
        return validate_email(value, check_deliverability=False, test_environment=True).normalized
    except EmailNotValidError as error:
        raise wrong("impossible_email", said=str(error)) from None


def _phone(value: str, info: ValidationInfo) -> str:
    books = books_of(info)
    if not books:
        return value
    if books.in_workflow and re.fullmatch(r"\+\d{7,15}", value):
        return value
    if not books.in_workflow and (number := _e164(value)):
        return number
    raise wrong("bad_phone")


def _e164(value: str) -> str | None:
    try:
        number = phonenumbers.parse(value, "RU")
    except phonenumbers.NumberParseException:
        return None
    return (
        phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
        if phonenumbers.is_valid_number(number)
        else None
    )


Country = Annotated[str, AfterValidator(_country)]
Inn = Annotated[Code, AfterValidator(_inn)]
Kpp = Annotated[Code, AfterValidator(_kpp)]
Email = Annotated[str, AfterValidator(_email)]


class Firm(Value):
    """By what a firm is known: in Russia by its INN, elsewhere by the country and its number there."""

    country: Country = RUSSIA
    name: Words | None = None
    inn: Inn | None = None
    tax_number: Code | None = None
    kpp: Kpp | None = None

    @field_validator("tax_number")
    @classmethod
    def _of_its_country(cls, value: str | None, info: ValidationInfo) -> str | None:
        country = info.data.get("country")
        if value is None or country is None or not books_of(info):
            return value
        if country == RUSSIA:
            raise wrong("number_without_country")
        number = numbers.folded(value)
        if not numbers.is_number_of(country, number):
            code = {"BY": "bad_unp", "KZ": "bad_bin"}.get(country, "bad_tax_number")
            raise wrong(code, least=str(SHORTEST_NUMBER), most=str(LONGEST_NUMBER))
        return number

    @property
    def is_foreign(self) -> bool:
        return self.country != RUSSIA

    @property
    def known_by(self) -> str | None:
        """The number that is nobody else's: an INN as it is, one of another country with that country before it."""
        if self.is_foreign:
            return f"{self.country}:{self.tax_number}" if self.tax_number else None
        return self.inn


class Party(Firm):
    """Who pays, or who gets the goods, where that is not the buyer. `email`: whom letters about money go to, beside the buyer."""

    name: Words
    address: Words | None = None
    email: Email | None = None


class Client(Firm):
    """Who buys. A lead needs only the contact and one way to reach it; a contract also the company's name and its number."""

    ogrn: Annotated[Code, AfterValidator(_ogrn)] | None = None
    contact: Words
    email: Email | None = None
    phone: Annotated[Code, AfterValidator(_phone)] | None = None
    language: Language = "ru"
    delivery_address: Words | None = None
    payer: Party | None = None
    consignee: Party | None = None


PARTIES = ("payer", "consignee")


def firm_problems(said: Mapping[str, Any], place: str) -> Iterator[OrderProblem]:
    """What a contract needs to know of a firm and does not."""
    if not said.get("name"):
        yield order_problem(f"{place}.name", "no_company")
    if (code_of(str(said.get("country") or "")) or RUSSIA) == RUSSIA:
        if not said.get("inn"):
            yield order_problem(f"{place}.inn", "no_inn")
    elif not said.get("tax_number"):
        yield order_problem(f"{place}.tax_number", "no_tax_number")
