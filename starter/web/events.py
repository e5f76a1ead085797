"""The bodies of the signed webhooks."""

import re
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import (
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    WithJsonSchema,
    create_model,
    model_validator,
)

from domain.deal.messages import BY_WEBHOOK, MESSAGES
from domain.order.order import NUMBER
from domain.wording.invalid import CURRENCY, Invalid, shape

_REF = shape(
    r"^[A-Za-z0-9][A-Za-z0-9_:.-]{0,99}$",
    ru="нужны латинские буквы, цифры, _ : . и -, не больше 100 знаков",
    en="letters, digits, _ : . and - only, at most 100",
)
_KIND = shape(
    r"^[a-z][a-z0-9_.-]{0,79}$",
    ru="вид события — строчные латинские буквы, цифры, _ . и -, не больше 80 знаков",
    en="a kind of event is small letters, digits, _ . and -, at most 80",
)

DealNumber = Annotated[str, Field(pattern=NUMBER, description="the deal's number", examples=["1042"])]
Ref = Annotated[
    str,
    Field(pattern=_REF, description="the CRM's own id of the deal"),
]


def _only_text(value: Any) -> Any:
    if value is not None and not isinstance(value, str):
        raise Invalid(ru="нужен текст", en="write it as text")
    return value


def _only_number(value: Any) -> Any:
    """5.0 is a whole number to JSON Schema as 5 is; "5" and true are none."""
    if value is not None and (isinstance(value, bool) or not isinstance(value, int | float | Decimal)):
        raise Invalid(ru="нужно число", en="write it as a number")
    return value


Day = Annotated[date, BeforeValidator(_only_text)]
Moment = Annotated[AwareDatetime, BeforeValidator(_only_text)]
_DIGITS = r"^-?[0-9]{1,15}(\.[0-9]{1,4})?$"


def _plain_digits(amount: Any) -> Any:
    if isinstance(amount, str) and not re.fullmatch(_DIGITS, amount):
        raise Invalid(ru="сумма пишется как 1250000.00", en="write it like 1250000.00")
    return amount


Amount = Annotated[
    Decimal,
    Field(ge=-(10**15), le=10**15, allow_inf_nan=False),
    BeforeValidator(_plain_digits),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "pattern": _DIGITS},
                {"type": "number", "minimum": -(10**15), "maximum": 10**15},
            ],
            "examples": ["1250000.00"],
        }
    ),
]


class Event(BaseModel):
    """What this version does not know is kept as it came."""

    model_config = ConfigDict(extra="allow")

    timestamp: Moment | None = None


class Changed(BaseModel):
    model_config = ConfigDict(extra="allow")

    id: Ref


class DealChanged(Event):
    """A hint: the desk reads the deal from its CRM, and compares."""

    type: Literal["deal.changed"]
    data: Changed


class Created(BaseModel):
    model_config = ConfigDict(extra="allow")

    id: Ref
    order: dict[str, Any] = Field(description="as an order file")


class DealCreated(Event):
    """A new deal of a CRM that the desk can't read: with its order, as far as it is known."""

    type: Literal["deal.created"]
    data: Created


class Told(BaseModel):
    """A message of the desk (`domain.deal.messages`), and the deal it is for."""

    model_config = ConfigDict(extra="allow")

    deal: DealNumber
    id: str | None = Field(
        default=None, max_length=100, description="the message's own; the webhook's if absent"
    )


ORDER = ("account", "document", "document_date")


class Payment(BaseModel):
    """`id` is the bank's own: a payment counts once, whoever tells of it. A bank that has none sends the payment order: the payer's
    `account`, the order's number `document` and its `document_date`. `line`: what the payer said it is for;
    `debited`: the day on which it left the payer's account."""

    model_config = ConfigDict(
        extra="allow",
        json_schema_extra={
            "anyOf": [
                {"required": ["id"]},
                {
                    "required": [*ORDER],
                    "properties": {
                        **{name: {"type": "string", "minLength": 1} for name in ORDER[:2]},
                        "document_date": {"type": "string"},
                    },
                },
            ]
        },
    )

    id: Annotated[str, Field(min_length=1, max_length=100)] = ""
    deal: Annotated[
        str | None,
        Field(
            min_length=1,
            max_length=100,
            description="the deal's number; if absent, the desk finds whose money it is",
            examples=["1042"],
        ),
    ] = None
    amount: Amount
    currency: Annotated[str, Field(pattern=CURRENCY, examples=["RUB"])]
    date: Day | None = None
    debited: Day | None = None
    purpose: Annotated[str, Field(max_length=4000)] = ""
    line: Annotated[int, BeforeValidator(_only_number)] | None = None
    payer: Annotated[str, Field(max_length=300)] = ""
    payer_inn: Annotated[str, Field(max_length=12)] = ""
    account: Annotated[str, Field(max_length=60)] = ""
    document: Annotated[str, Field(max_length=20)] = ""
    document_date: Day | None = None

    @model_validator(mode="after")
    def _can_be_told_from_others(self) -> "Payment":
        if not self.id and not all(getattr(self, name) for name in ORDER):
            raise Invalid(
                ru="нужен номер платежа в банке ({id}) или всё поручение: счёт плательщика, номер и дата ({order})",
                en="the bank's own number of the payment is needed ({id}), or its whole payment order: the payer's account, number and date ({order})",
                id="id",
                order=", ".join(ORDER),
            )
        return self


class PaymentReceived(Event):
    type: Literal["payment.received"]
    data: Payment


class Reversal(BaseModel):
    """`id` is the bank's own, of what it tells; `payment` the id of the payment that it took back."""

    model_config = ConfigDict(extra="allow")

    id: Annotated[str, Field(min_length=1, max_length=100)]
    deal: Annotated[
        str | None,
        Field(
            min_length=1,
            max_length=100,
            description="the deal's number; if absent, the one that has the payment",
            examples=["1042"],
        ),
    ] = None
    payment: Annotated[str, Field(min_length=1, max_length=100)]
    reason: Annotated[str, Field(min_length=1, max_length=4000)]
    date: Day | None = None


class PaymentReversed(Event):
    type: Literal["payment.reversed"]
    data: Reversal


class Bounced(BaseModel):
    model_config = ConfigDict(extra="allow")

    to: list[Annotated[str, Field(max_length=320)]] = Field(max_length=50)
    tags: dict[str, str] | list[dict[str, str]] | None = None


class MailFailed(Event):
    """Mail that came back, or that its reader called spam. As Resend tells it."""

    type: Literal["email.bounced", "email.complained"]
    data: Bounced


def _told(name: str) -> type[Event]:
    message, kind = MESSAGES[name], Literal[f"deal.{name}"]
    data = create_model(f"{message.__name__}Data", __base__=(Told, message))
    fields: Any = {"type": (kind, ...), "data": (data, ...)}
    told: type[Event] = create_model(f"Deal{message.__name__}", __base__=Event, **fields)
    return told


CRM_EVENTS: dict[str, type[Event]] = {
    "deal.changed": DealChanged,
    "deal.created": DealCreated,
    **{f"deal.{name}": _told(name) for name in BY_WEBHOOK},
}
PAYMENT_EVENTS: dict[str, type[Event]] = {
    "payment.received": PaymentReceived,
    "payment.reversed": PaymentReversed,
}
MAIL_EVENTS: dict[str, type[Event]] = {"email.bounced": MailFailed, "email.complained": MailFailed}


class Other(Event):
    """A kind of event that this version does not know: taken as it is, and seen in `deal inbox-events`."""

    type: Annotated[str, Field(pattern=_KIND)]
    data: dict[str, Any]
