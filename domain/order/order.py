"""The order as it comes in, and the checks that a workflow can rely on: all that is wrong, at once, each with its place."""

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, NamedTuple

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from pydantic import AfterValidator, BeforeValidator, Field, ValidationError, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError
from stdnum.ru import inn as inn_number

from domain.base import Value
from domain.money import LARGEST, ZERO, Money, vat_part
from domain.playbook.book import Playbook, StaffedPlaybook
from domain.playbook.forms import MAX_PIECES
from domain.words import Availability, Language, Role, Source

MAX_LINES = 200
NUMBER = r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,49}$"


def _wrong(words: str) -> PydanticCustomError:
    return PydanticCustomError("order", "{words}", {"words": words})


class _Books(NamedTuple):
    playbook: StaffedPlaybook
    today: date
    in_workflow: bool


def _books(info: ValidationInfo) -> _Books | None:
    """What to check against: only where an order comes in, not when a payload is read back."""
    return info.context if isinstance(info.context, _Books) else None


def _inn(value: str, info: ValidationInfo) -> str:
    if not _books(info):
        return value
    if not inn_number.is_valid(value):
        raise _wrong("not a valid INN: 10 digits of a company or 12 of a person, the last ones a checksum")
    return inn_number.compact(value)


def _email(value: str, info: ValidationInfo) -> str:
    books = _books(info)
    if books and not re.fullmatch(r"[^\s@,;<>\"]+@[^\s@,;<>\"]+\.[^\s@,;<>\"]+", value):
        raise _wrong("not an e-mail address: write it like anna@clinic.example")
    if not books or books.in_workflow:
        return value
    try:
        return validate_email(value, check_deliverability=False, test_environment=True).normalized
    except EmailNotValidError as error:
        raise _wrong(f"not an e-mail address ({error})") from None


def _phone(value: str, info: ValidationInfo) -> str:
    books = _books(info)
    if not books:
        return value
    if books.in_workflow and re.fullmatch(r"\+\d{7,15}", value):
        return value
    if not books.in_workflow and (number := _e164(value)):
        return number
    raise _wrong("not a phone number: write it like +74951234567")


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


def _one_line(value: str) -> str:
    value = value.strip()
    if re.search(r"[\x00-\x1f\x7f\u2028\u2029]", value):
        raise _wrong("control characters are not allowed: write plain text on one line")
    if re.search(r"[\ud800-\udfff]", value):
        raise _wrong("not valid Unicode text")
    return value


def _no_line_id(value: str) -> str:
    if "-line-" in value:
        raise _wrong("may not contain -line-: the ids of the deal's lines are made so")
    return value


def _as_text(value: Any) -> Any:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _known(value: str, known: Mapping[str, object], what: str) -> str:
    if value not in known:
        raise _wrong(f"no {what} {value!r} in the playbook: one of {', '.join(known)}")
    return value


Words = Annotated[str, AfterValidator(_one_line), Field(min_length=1, max_length=255)]
Code = Annotated[str, BeforeValidator(_as_text)]


class Client(Value):
    """Who buys. A lead needs only the contact and one way to reach it; a contract also the company's name and INN."""

    name: Words | None = None
    inn: Annotated[Code, AfterValidator(_inn)] | None = None
    contact: Words
    email: Annotated[str, AfterValidator(_email)] | None = None
    phone: Annotated[Code, AfterValidator(_phone)] | None = None
    language: Language = "ru"


class OrderLine(Value):
    """One good of the order. `unit_price` includes VAT, as contracts in Russia state it."""

    sku: Annotated[Words, BeforeValidator(_as_text)]
    name: Words
    quantity: int = Field(gt=0, le=MAX_PIECES)
    unit_price: Money = Field(gt=0, le=Decimal("1e12"))
    vat: Code
    source: Source
    availability: Availability = Availability.AVAILABLE
    payment: str
    delivery: str
    registration_certificate: Words | None = Field(default=None, validate_default=True)

    @property
    def amount(self) -> Decimal:
        return self.unit_price * self.quantity

    @field_validator("quantity", mode="before")
    @classmethod
    def _whole(cls, value: Any) -> Any:
        if isinstance(value, bool):
            raise _wrong("a whole number of pieces is needed")
        return value

    @field_validator("payment")
    @classmethod
    def _known_payment(cls, value: str, info: ValidationInfo) -> str:
        return _known(value, books.playbook.payments, "payment") if (books := _books(info)) else value

    @field_validator("delivery")
    @classmethod
    def _known_delivery(cls, value: str, info: ValidationInfo) -> str:
        return _known(value, books.playbook.deliveries, "delivery") if (books := _books(info)) else value

    @field_validator("vat")
    @classmethod
    def _vat_in_force(cls, value: str, info: ValidationInfo) -> str:
        if not (books := _books(info)):
            return value
        rates = {code: rate for code, rate in books.playbook.vat.items() if rate.holds_on(books.today)}
        if value in books.playbook.vat and value not in rates:
            raise _wrong(f"VAT code {value!r} is not in force on {books.today}: one of {', '.join(rates)}")
        return _known(value, rates, "VAT code")

    @field_validator("registration_certificate")
    @classmethod
    def _relief_needs_certificate(cls, value: str | None, info: ValidationInfo) -> str | None:
        books = _books(info)
        rate = books.playbook.vat.get(info.data.get("vat", "")) if books else None
        if rate and rate.needs_certificate and not value:
            raise _wrong(f"VAT {info.data['vat']!r} needs a registration certificate, like РЗН 2023/12345")
        return value


class Origin(Value):
    """Where an order came from, if not from the desk's own people, and what was missing in it: words for the manager."""

    source: Words
    ref: Annotated[str, Field(max_length=200)] = ""
    missing: tuple[Annotated[str, Field(max_length=500)], ...] = Field(default=(), max_length=50)


class Order(Value):
    """An order, or, with no `lines`, a lead: a contact and its wish in words."""

    number: Annotated[Code, Field(pattern=NUMBER), AfterValidator(_no_line_id)] | None = None
    client: Client | None = None
    manager: str | None = None
    currency: str = "RUB"
    wish: Annotated[str, Field(max_length=4000)] = ""
    origin: Origin | None = None
    lines: Annotated[tuple[OrderLine, ...], Field(min_length=1, max_length=MAX_LINES)] | None = None

    @property
    def amount(self) -> Decimal:
        return sum((line.amount for line in self.lines or ()), ZERO)

    @field_validator("manager")
    @classmethod
    def _known_manager(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is None or not (books := _books(info)):
            return value
        managers = dict.fromkeys(books.playbook.holders(Role.MANAGER), True)
        return _known(value, managers, "manager")

    @field_validator("currency")
    @classmethod
    def _known_currency(cls, value: str, info: ValidationInfo) -> str:
        return (
            _known(value, dict.fromkeys(books.playbook.currencies), "currency")
            if (books := _books(info))
            else value
        )


class Problem(Value):
    """What is wrong with an order file, where, and what would be right."""

    place: str
    words: str

    def __str__(self) -> str:
        return f"{self.place}: {self.words}" if self.place else self.words


class BadOrder(Exception):
    """The order can't be taken in. All its problems at once."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(str(problem) for problem in problems))
        self.problems = problems


def read_order(
    raw: Any,
    playbook: StaffedPlaybook,
    today: date,
    *,
    known_client: Client | None = None,
    in_workflow: bool = False,
) -> Order:
    """The order in a parsed file, checked against the playbook; raises `BadOrder` with every problem.

    `known_client` is the deal's client already on record: an order composed later need not repeat it. `in_workflow` leaves out
    the checks that depend on a library's data (phone plans, e-mail rules): their next version must not change a replay. Whoever
    starts a deal or sends an order has made them before.
    """
    if not isinstance(raw, Mapping):
        raise BadOrder([Problem(place="", words="the file must hold an order: client, manager and lines")])
    raw = dict(raw)
    problems = list(_unknown_fields(raw))
    order: Order | None = None
    if "lines" in raw and raw["lines"] is None:
        raw["lines"] = ()
    if known_client:
        raw["client"] = _completed(raw.get("client"), known_client)
    try:
        order = Order.model_validate(raw, context=_Books(playbook, today, in_workflow))
    except ValidationError as error:
        problems += [_problem(e) for e in error.errors(include_url=False) if not _miscounted(e, raw)]
    if order and order.amount > LARGEST:
        problems.append(
            Problem(place="lines", words=f"the order's total {order.amount} is more than {LARGEST:,}")
        )
    known = {problem.place for problem in problems}
    problems += [p for p in _client_problems(raw) if p.place not in known]
    if problems or order is None:
        raise BadOrder(sorted(problems, key=lambda problem: _natural(problem.place)))
    return order


def _miscounted(error: Any, raw: Mapping[str, Any]) -> bool:
    """Pydantic counts the good lines only: where all are bad it also says that there are none."""
    return bool(error["type"] == "too_short" and error["loc"] == ("lines",) and raw["lines"])


def _completed(client: Any, known: Client) -> Any:
    if client is not None and not isinstance(client, Mapping):
        return client  # the check that follows says what is wrong with it
    return known.model_dump(mode="json") | dict(client or {})


def vat_of(line: OrderLine, playbook: Playbook) -> Decimal:
    """The VAT part of the line's amount; exempt lines have none."""
    return vat_part(line.amount, playbook.vat[line.vat].rate)


def _client_problems(raw: Mapping[str, Any]) -> Iterator[Problem]:
    """A lead from elsewhere is taken as it is: it says itself what is `missing`, and the manager completes it."""
    client, with_lines = raw.get("client"), "lines" in raw
    if client is None:
        yield Problem(place="client", words="is missing: write name, inn, contact and email or phone")
        return
    if not isinstance(client, Mapping):
        return
    if not client.get("email") and not client.get("phone") and (with_lines or not raw.get("origin")):
        yield Problem(place="client", words="no way to reach the contact: write email or phone")
    if with_lines:
        for field, right in (
            ("name", "the company's name, like ООО «Клиника»"),
            ("inn", "the company's INN, like 7707083893"),
        ):
            if not client.get(field):
                yield Problem(place=f"client.{field}", words=f"is missing: an order with lines needs {right}")


def _unknown_fields(raw: Mapping[str, Any]) -> Iterator[Problem]:
    yield from _unknown_in(raw, Order, "")
    if isinstance(raw.get("client"), Mapping):
        yield from _unknown_in(raw["client"], Client, "client.")
    if isinstance(raw.get("lines"), list):
        for n, line in enumerate(raw["lines"]):
            if isinstance(line, Mapping):
                yield from _unknown_in(line, OrderLine, f"lines[{n}].")


def _unknown_in(raw: Mapping[str, Any], model: type[Value], place: str) -> Iterator[Problem]:
    for name in raw:
        if name not in model.model_fields:
            near = difflib.get_close_matches(str(name), list(model.model_fields), n=1)
            hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(model.model_fields)}"
            yield Problem(place=f"{place}{str(name)[:60]}", words=f"no such field: {hint}")


_RIGHT = {
    "missing": "is missing",
    "too_short": "an empty list: leave `lines` out for a lead, or write at least one line",
    "too_long": f"more than {MAX_LINES} lines: split the order into several deals",
    "string_too_short": "is empty",
    "decimal_parsing": 'not an amount: write it like "98500.50"',
    "decimal_type": 'not an amount: write it like "98500.50"',
    "int_parsing": "a whole number of pieces is needed",
    "int_from_float": "a whole number of pieces is needed",
    "int_type": "a whole number of pieces is needed",
    "string_pattern_mismatch": "letters, digits, - . and _ only, at most 50, like 1042",
    "string_type": "text is needed: put it in quotes",
}


def place_of(loc: Iterable[str | int]) -> str:
    """Where pydantic found an error, as people write it: `lines[1].vat`."""
    place = ""
    for part in loc:
        place += f"[{part}]" if isinstance(part, int) else f".{part}" if place else str(part)
    return place


def _problem(error: Any) -> Problem:
    place = place_of(error["loc"])
    words = _RIGHT.get(error["type"]) or str(error["msg"]).removeprefix("Value error, ")
    if error["type"] in ("enum", "literal_error"):
        words = "one of " + error["ctx"]["expected"].replace("'", "").replace(" or ", ", ")
    if error["type"] == "greater_than":
        words = "must be greater than zero"
    if place != "lines" and error["type"] in ("too_short", "too_long"):  # of a text that was stripped first
        words = (
            "is empty"
            if error["type"] == "too_short"
            else f"longer than {error['ctx']['max_length']} characters"
        )
    return Problem(place=place, words=words)


def _natural(place: str) -> list[tuple[int, str]]:
    return [(int(part), "") if part.isdigit() else (0, part) for part in re.split(r"(\d+)", place)]
