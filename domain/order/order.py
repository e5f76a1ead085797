"""The order as it comes in, and the checks that a workflow can rely on: all that is wrong, at once, each with its place."""

import difflib
import re
from collections.abc import Container, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError, ValidationInfo, field_validator

from domain.base import LineNumber, Value
from domain.calendar import Day, Span, Unit
from domain.goods.certificates import certificate_number, number_problem
from domain.goods.quantity import AS_JSON, Number, decimals_of, exact, read_quantity
from domain.goods.register import GoodsRegister, Tracking
from domain.goods.units import KNOWN, UNITS, find_unit, is_measured
from domain.money import LARGEST, ZERO, Money, kopecks, vat_part
from domain.order.checking import Books as _Books
from domain.order.checking import Code, Words
from domain.order.checking import as_text as _as_text
from domain.order.checking import books_of as _books
from domain.order.checking import wrong as _wrong
from domain.order.from_register import against_goods, with_goods
from domain.order.parties import PARTIES, Client, Party, firm_problems
from domain.order.problems import KINDS, BadOrder, OrderProblem, order_problem
from domain.order.rate_clause import ROUBLES, RateClause
from domain.playbook.book import Playbook, StaffedPlaybook
from domain.playbook.form_answers import MAX_PIECES
from domain.wording import Cash, Measured, typed
from domain.wording.invalid import place_of, shape, why
from domain.words import Availability, Role, Source, UnitOfMeasure

__all__ = ["MAX_LINES", "Client", "Order", "OrderLine", "Origin", "read_order", "vat_of"]

MAX_LINES = 200
NUMBER = shape(r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,49}$", ru=KINDS["bad_number"].ru, en=KINDS["bad_number"].en)


def _no_line_id(value: str) -> str:
    if "-line-" in value:
        raise _wrong("number_of_a_line")
    return value


def _known(value: str, known: Mapping[str, object], what: str) -> str:
    if value not in known:
        raise _wrong("unknown", what=what, value=typed(value), known=", ".join(known))
    return value


def _okpd2(value: str, info: ValidationInfo) -> str:
    if _books(info) and not re.fullmatch(r"[0-9]{2}(\.[0-9]{1,2}){0,2}(\.[0-9]{1,3})?(\.[0-9]{1,3})?", value):
        raise _wrong("bad_okpd2")
    return value


def _term(value: Any) -> Any:
    """A bare number are working days."""
    bare = isinstance(value, int) and not isinstance(value, bool)
    return f"{value}wd" if bare or (isinstance(value, str) and value.strip().isdigit()) else value


def _days(term: Span) -> Span:
    if term.unit is Unit.WORKING_HOURS or not 1 <= term.n <= LONGEST_TERM:
        raise _wrong("bad_term", most=str(LONGEST_TERM))
    return term


LONGEST_TERM = 730
"""Days of a delivery term."""
DeliverFrom = Literal["contract", "prepayment"]
MAX_MEASURED = 1_000_000
"""Of grams, metres and all else that is measured, not counted."""


class OrderLine(Value):
    """One good of the order. `unit_price` is that of one `unit`, and includes VAT, as contracts in Russia state it.

    A `quantity` is whole, or, of a unit that is measured, has a few decimals. A part that was split from such a line may cost a kopeck more or
    less than its own quantity makes, `rounding`: both parts cost what the whole did.

    The contract promises its delivery on a day, `deliver_by`, or `deliver_within` so many days of the contract or the prepayment.
    `certified_on` and `certified_until` are the first and the last day of the certificate; with no last one it has no end. `okpd2`: the
    product's code. A service may be rendered `after` the line with this number is delivered. What the register of goods knows is filled in when the order is read.
    """

    sku: Annotated[Words, BeforeValidator(_as_text)]
    name: Words
    unit: UnitOfMeasure = Field(
        default=UnitOfMeasure.PIECE, exclude_if=lambda unit: unit is UnitOfMeasure.PIECE
    )
    quantity: Annotated[Number, AS_JSON] = Field(gt=0, le=MAX_MEASURED)
    unit_price: Money = Field(gt=0, le=Decimal("1e12"))
    vat: Code
    source: Source
    availability: Availability = Availability.AVAILABLE
    payment: str
    delivery: str
    registration_certificate: Words | None = Field(default=None, validate_default=True)
    certified_on: Day | None = None
    certified_until: Day | None = None
    medical_device: bool | None = None
    okpd2: Annotated[Code, AfterValidator(_okpd2)] | None = None
    tracking: Tracking | None = None
    after: LineNumber | None = None
    warranty_months: int | None = Field(default=None, ge=0, le=240)
    deliver_by: Day | None = None
    deliver_within: Annotated[Span, BeforeValidator(_term), AfterValidator(_days)] | None = None
    deliver_from: DeliverFrom | None = None
    rounding: Money = Field(default=ZERO, exclude_if=lambda rounding: not rounding)

    @property
    def amount(self) -> Decimal:
        if type(self.quantity) is int:
            return self.unit_price * self.quantity + self.rounding
        return kopecks(self.unit_price * self.quantity) + self.rounding

    @property
    def measured(self) -> Measured:
        return Measured(self.quantity, self.unit)

    @property
    def has_pieces(self) -> bool:
        """Whether each may have a number of its own."""
        return not is_measured(self.unit)

    def of(self, quantity: Number, amount: Decimal | None = None) -> "OrderLine":
        """The same good, so much of it; for this `amount`, where it is a part of what was agreed as a whole."""
        good = self.model_copy(update={"quantity": quantity, "rounding": ZERO})
        if amount is None or good.amount == amount:
            return good
        return good.model_copy(update={"rounding": amount - good.amount})

    def divided(self, kept: Number) -> tuple["OrderLine", "OrderLine"]:
        """So much of it, and the rest. Together they cost what it does, to the kopeck."""
        amount = min(self.of(kept).amount, self.amount)
        return self.of(kept, amount), self.of(exact(self.quantity - kept), self.amount - amount)

    @property
    def is_medical_device(self) -> bool:
        """As the register says. A good that it does not know is one if it has a certificate."""
        return bool(self.registration_certificate) if self.medical_device is None else self.medical_device

    @property
    def is_promised(self) -> bool:
        return self.deliver_by is not None or self.deliver_within is not None

    @field_validator("unit", mode="before")
    @classmethod
    def _known_unit(cls, value: Any) -> Any:
        if (found := find_unit(value)) is None:
            raise _wrong("unknown_unit", value=typed(str(value)), known=KNOWN)
        return found

    @field_validator("quantity", mode="before")
    @classmethod
    def _number(cls, value: Any) -> Any:
        try:
            return read_quantity(value)
        except ValueError:
            raise _wrong("bad_quantity") from None

    @field_validator("quantity")
    @classmethod
    def _as_its_unit_allows(cls, value: Number, info: ValidationInfo) -> Number:
        if not _books(info) or (unit := info.data.get("unit")) is None:
            return value
        most, decimals = MAX_MEASURED if is_measured(unit) else MAX_PIECES, UNITS[unit].decimals
        if decimals_of(value) > decimals:
            raise _wrong("too_fine" if decimals else "not_whole", unit=UNITS[unit].name, most=str(decimals))
        if value > most:
            raise _wrong("too_much", most=Measured(most, unit))
        return value

    @field_validator("unit_price")
    @classmethod
    def _a_kopeck_at_least(cls, value: Decimal, info: ValidationInfo) -> Decimal:
        quantity = info.data.get("quantity", 1)
        if _books(info) and type(quantity) is not int and not kopecks(value * quantity):
            raise _wrong("too_little")
        return value

    @field_validator("payment")
    @classmethod
    def _known_payment(cls, value: str, info: ValidationInfo) -> str:
        return _known(value, books.playbook.payments, "payment") if (books := _books(info)) else value

    @field_validator("delivery")
    @classmethod
    def _known_delivery(cls, value: str, info: ValidationInfo) -> str:
        return _known(value, books.playbook.deliveries, "delivery") if (books := _books(info)) else value

    @field_validator("after")
    @classmethod
    def _of_a_service(cls, value: int | None, info: ValidationInfo) -> int | None:
        if value and _books(info) and info.data.get("source") not in (Source.SERVICE, None):
            raise _wrong("after_of_goods")
        return value

    @field_validator("vat")
    @classmethod
    def _vat_in_force(cls, value: str, info: ValidationInfo) -> str:
        if not (books := _books(info)):
            return value
        rates = {code: rate for code, rate in books.playbook.vat.items() if rate.holds_on(books.today)}
        if value in books.playbook.vat and value not in rates:
            known = ", ".join(rates)
            raise _wrong("vat_not_in_force", value=typed(value), day=books.today, known=known)
        return _known(value, rates, "VAT code")

    @field_validator("registration_certificate")
    @classmethod
    def _relief_needs_certificate(cls, value: str | None, info: ValidationInfo) -> str | None:
        books = _books(info)
        rate = books.playbook.vat.get(info.data.get("vat", "")) if books else None
        if rate and rate.needs_certificate and not value:
            raise _wrong("no_certificate", vat=typed(info.data["vat"]))
        if not books or not value:
            return value
        if problem := number_problem(value, books.today):
            raise _wrong("bad_certificate", why=problem)
        return certificate_number(value)

    @field_validator("certified_on")
    @classmethod
    def _issued(cls, value: date | None, info: ValidationInfo) -> date | None:
        books = _books(info)
        if books and value and value > books.today:
            raise _wrong("certificate_to_come", day=value)
        return value

    @field_validator("certified_until")
    @classmethod
    def _in_force(cls, value: date | None, info: ValidationInfo) -> date | None:
        """A deal that runs, and what is agreed in it, is not stopped by it: its steps ask for the certificate of the day."""
        books = _books(info)
        if books and value and value < books.today and not (books.in_workflow or books.agreed):
            raise _wrong("certificate_expired", day=value)
        return value

    @field_validator("tracking")
    @classmethod
    def _of_pieces(cls, value: Tracking | None, info: ValidationInfo) -> Tracking | None:
        unit = info.data.get("unit")
        if _books(info) and value == "serial" and unit and is_measured(unit):
            raise _wrong("serial_of_measured", unit=UNITS[unit].name)
        return value

    @field_validator("deliver_by")
    @classmethod
    def _to_come(cls, value: date | None, info: ValidationInfo) -> date | None:
        books = _books(info)
        if books and value and value < books.today and value not in books.agreed:
            raise _wrong("delivery_past", day=value)
        return value

    @field_validator("deliver_within")
    @classmethod
    def _one_promise(cls, value: Span | None, info: ValidationInfo) -> Span | None:
        if value and info.data.get("deliver_by") and _books(info):
            raise _wrong("two_delivery_dates")
        return value

    @field_validator("deliver_from")
    @classmethod
    def _of_a_term(cls, value: DeliverFrom | None, info: ValidationInfo) -> DeliverFrom | None:
        if value and _books(info) and "deliver_within" in info.data and not info.data["deliver_within"]:
            raise _wrong("no_delivery_term")
        return value


class Origin(Value):
    """Where an order came from, if not from the desk's own people, and what was missing in it: words for the manager."""

    source: Words
    ref: Annotated[str, Field(max_length=200)] = ""
    missing: tuple[Annotated[str, Field(max_length=500)], ...] = Field(default=(), max_length=50)


class Order(Value):
    """An order, or, with no `lines`, a lead: a contact and its wish in words. With a `rate` its prices are paid in roubles."""

    number: Annotated[Code, Field(pattern=NUMBER), AfterValidator(_no_line_id)] | None = None
    client: Client | None = None
    manager: str | None = None
    currency: str = "RUB"
    rate: RateClause | None = None
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

    @field_validator("rate")
    @classmethod
    def _of_another_currency(cls, value: RateClause | None, info: ValidationInfo) -> RateClause | None:
        if value and _books(info) and info.data.get("currency") == ROUBLES:
            raise _wrong("rate_of_roubles")
        return value


NO_GOODS = GoodsRegister()


def read_order(
    raw: Any,
    playbook: StaffedPlaybook,
    today: date,
    *,
    known_client: Client | None = None,
    in_workflow: bool = False,
    agreed: Container[date] | None = None,
    goods: GoodsRegister = NO_GOODS,
) -> Order:
    """The order in a parsed file, checked against the playbook; raises `BadOrder` with every problem.

    `known_client` is the deal's client already on record: an order composed later need not repeat it. `in_workflow` leaves out
    the checks that depend on a library's data (phone plans, e-mail rules): their next version must not change a replay. Whoever
    starts a deal or sends an order has made them before. `agreed` are delivery dates that stand in the contract: they may have passed.
    `goods` is the register of today: it fills in what a line leaves out, and a line that says otherwise is a problem.
    """
    if not isinstance(raw, Mapping):
        raise BadOrder([order_problem("", "no_order")])
    raw = dict(raw)
    problems = list(_unknown_fields(raw))
    order: Order | None = None
    if "lines" in raw and raw["lines"] is None:
        raw["lines"] = ()
    problems += against_goods(raw, goods)
    raw = with_goods(raw, goods)
    if isinstance(raw.get("lines"), list):
        raw["lines"] = [_filled(x, playbook) if isinstance(x, Mapping) else x for x in raw["lines"]]
    if known_client:
        raw["client"] = _completed(raw.get("client"), known_client)
    try:
        order = Order.model_validate(raw, context=_Books(playbook, today, in_workflow, agreed or ()))
    except ValidationError as error:
        problems += [_problem(e) for e in error.errors(include_url=False) if not _miscounted(e, raw)]
    if order and order.amount > LARGEST:
        problems.append(
            order_problem(
                "lines",
                "too_large_total",
                total=Cash(order.amount, order.currency),
                most=Cash(LARGEST, order.currency),
            )
        )
    if order and agreed is None and not in_workflow:
        problems += _after_problems(order.lines or ())
    known = {problem.place for problem in problems}
    problems += [p for p in _client_problems(raw) if p.place not in known]
    if problems or order is None:
        raise BadOrder(sorted(problems, key=lambda problem: _natural(problem.place)))
    return order


def _filled(raw: Mapping[str, Any], playbook: Playbook) -> dict[str, Any]:
    """A service is not delivered: whatever its order says of that, nothing hangs on it."""
    line = dict(raw)
    if line.get("source") == Source.SERVICE and not line.get("delivery"):
        line["delivery"] = next(iter(playbook.deliveries), "")
    return line


def _after_problems(lines: Sequence[OrderLine]) -> Iterator[OrderProblem]:
    """Numbers of a new order's lines are their places in it."""
    goods = [n for n, line in enumerate(lines, start=1) if line.source is not Source.SERVICE]
    for n, line in enumerate(lines):
        if line.after and line.after not in goods:
            yield order_problem(f"lines[{n}].after", "after_what", known=", ".join(map(str, goods)) or "—")


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


def _client_problems(raw: Mapping[str, Any]) -> Iterator[OrderProblem]:
    """A lead from elsewhere is taken as it is: it says itself what is `missing`, and the manager completes it."""
    client, with_lines = raw.get("client"), "lines" in raw
    if client is None:
        yield order_problem("client", "no_client")
        return
    if not isinstance(client, Mapping):
        return
    if not client.get("email") and not client.get("phone") and (with_lines or not raw.get("origin")):
        yield order_problem("client", "no_reach")
    if with_lines:
        yield from firm_problems(client, "client")
        for party in PARTIES:
            if isinstance(client.get(party), Mapping):
                yield from firm_problems(client[party], f"client.{party}")


def _unknown_fields(raw: Mapping[str, Any]) -> Iterator[OrderProblem]:
    yield from _unknown_in(raw, Order, "")
    if isinstance(raw.get("client"), Mapping):
        yield from _unknown_in(raw["client"], Client, "client.")
        for party in PARTIES:
            if isinstance(raw["client"].get(party), Mapping):
                yield from _unknown_in(raw["client"][party], Party, f"client.{party}.")
    if isinstance(raw.get("rate"), Mapping):
        yield from _unknown_in(raw["rate"], RateClause, "rate.")
    if isinstance(raw.get("lines"), list):
        for n, line in enumerate(raw["lines"]):
            if isinstance(line, Mapping):
                yield from _unknown_in(line, OrderLine, f"lines[{n}].")


def _unknown_in(raw: Mapping[str, Any], model: type[Value], place: str) -> Iterator[OrderProblem]:
    for name in raw:
        known = [field for field in model.model_fields if field != "rounding"]  # nobody writes that
        if name not in known:
            near = difflib.get_close_matches(str(name), known, n=1)
            at = f"{place}{str(name)[:60]}"
            if near:
                yield order_problem(at, "misspelt_field", near=near[0])
            else:
                yield order_problem(at, "unknown_field", known=", ".join(known))


_CODES = {
    "missing": "missing",
    "string_too_short": "empty",
    "greater_than": "not_positive",
    "decimal_parsing": "bad_amount",
    "decimal_type": "bad_amount",
    "string_pattern_mismatch": "bad_number",
    "string_type": "not_text",
    "enum": "one_of",
    "literal_error": "one_of",
    "too_short": "empty",  # of a text that was stripped first
    "too_long": "too_long",
}
"""The kinds of problem that pydantic finds. The rest of what it says is worded as everywhere."""
_CODES_OF_LINES = {"too_short": "no_lines", "too_long": "too_many_lines"}


def _problem(error: Any) -> OrderProblem:
    place, kind, said = place_of(error["loc"]), error["type"], error.get("ctx", {})
    if kind in KINDS and kind not in _CODES:
        return order_problem(place, kind, **said)
    code = _CODES_OF_LINES.get(kind) if place == "lines" else None
    return order_problem(
        place,
        code or _CODES.get(kind, "unfit"),
        said=why(error),
        most=said.get("max_length"),
        known=str(said.get("expected")).replace("'", "").replace(" or ", ", "),
    )


def _natural(place: str) -> list[tuple[int, str]]:
    return [(int(part), "") if part.isdigit() else (0, part) for part in re.split(r"(\d+)", place)]
