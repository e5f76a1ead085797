"""What the reference books hold of money and papers: VAT, payment terms, delivery methods, documents, reminders, limits."""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from domain.base import Value
from domain.calendar import Day, Span, Unit
from domain.playbook.forms import FieldType, Form
from domain.wording import typed
from domain.wording.invalid import Invalid, shape
from domain.words import Role, Side, Source, Text, Trigger


class Gate(StrEnum):
    """What may not happen before a milestone is paid."""

    ORDERING = "ordering"
    SHIPPING = "shipping"


SIGNED = "signed:"
"""Before a document's code: its last signature, as an event that money counts from."""


def signed(document: str) -> str:
    """The event that this document has all its signatures."""
    return f"{SIGNED}{document}"


def signed_document(event: str) -> str:
    """The document whose signature this event is; nothing if it is another."""
    return event.removeprefix(SIGNED) if event.startswith(SIGNED) else ""


def _an_event(event: str) -> str:
    if signed_document(event):
        return event
    if event in set(Trigger):
        return Trigger(event)
    raise Invalid(
        ru="{event} — не событие: нужно одно из {known} или подпись документа, например {example}",
        en="{event} is no event: one of {known}, or a document's signature, like {example}",
        event=typed(event),
        known=[trigger.value for trigger in Trigger],
        example=f"{SIGNED}upd",
    )


Event = Annotated[str, AfterValidator(_an_event)]
"""What a milestone counts from: a `Trigger`, or the last signature of a document, `signed:upd`."""

_BEFORE_GATE = {
    Gate.ORDERING: (Trigger.CONTRACT,),
    Gate.SHIPPING: (Trigger.CONTRACT, Trigger.READY_TO_SHIP),
}

_MILESTONE = shape(
    r"^[a-z][a-z0-9-]{0,29}$",
    ru="нужны строчные латинские буквы, цифры и -, первой буква, не больше 30 знаков",
    en="small latin letters, digits and -, a letter first, at most 30",
)


class VatRate(Value):
    """A VAT rate with the dates it holds. `rate` is per cent; none means exempt («Без НДС»), which is not 0 %. `followed_by` is the
    code that takes its place after `valid_until`."""

    title: Text
    rate: Decimal | None = Field(default=None, ge=0, lt=100, decimal_places=2)
    valid_from: Day = date(2000, 1, 1)
    valid_until: Day | None = None
    needs_certificate: bool = False
    followed_by: str | None = None

    @model_validator(mode="after")
    def _in_order(self) -> "VatRate":
        if self.valid_until and self.valid_until < self.valid_from:
            raise Invalid(
                ru="valid_until {until} раньше valid_from {since}",
                en="valid_until {until} is before valid_from {since}",
                until=self.valid_until,
                since=self.valid_from,
            )
        return self

    def holds_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)


class MilestoneTerm(Value):
    """One part of a payment: a share of the line's total in per cent, or, with no share, the balance."""

    id: str = Field(pattern=_MILESTONE)
    title: Text
    share: Decimal | None = Field(default=None, gt=0, lt=100, decimal_places=4)
    trigger: Event
    offset: Span
    gate: Gate | None = None


class PaymentTerm(Value):
    """A payment type: when how much is due, what waits for it, and the fields it asks for.

    `credit` marks terms by which goods leave before the money comes: the director approves each such line. `law`: the contract is
    a state customer's, and what is agreed changes within the law's limits only. With `security_return` a security of the contract,
    if its form has one, is asked back so long after the client's last signature. `expires` names the date of the form after which
    nobody pays any more, as of a letter of credit. `debtor`: who owes the money, the buyer, or, as a lessor does, who pays where that is
    another.
    """

    title: Text
    milestones: tuple[MilestoneTerm, ...] = Field(min_length=1)
    form: Form = ()
    credit: bool = False
    debtor: Literal["buyer", "payer"] = "buyer"
    law: Literal["44-fz"] | None = None
    security_return: Span | None = None
    expires: str = ""

    @model_validator(mode="after")
    def _expires_on_a_date(self) -> "PaymentTerm":
        dates = [field.name for field in self.form if field.type is FieldType.DATE]
        if self.expires and self.expires not in dates:
            raise Invalid(
                ru="expires: в форме нет даты {field}: нужна одна из {dates}",
                en="expires: the form has no date {field}: one of {dates}",
                field=typed(self.expires),
                dates=dates or "—",
            )
        return self

    @model_validator(mode="after")
    def _sums_to_the_total(self) -> "PaymentTerm":
        shares = [m.share for m in self.milestones if m.share is not None]
        if len(shares) != len(self.milestones) - 1:
            raise Invalid(
                ru="ровно одна часть оплаты — остаток: у неё нет share, она берёт всё, что осталось",
                en="exactly one milestone is the balance: it has no share and takes the remainder",
            )
        if sum(shares) >= 100:
            raise Invalid(
                ru="в сумме долей {sum} %: для остатка ничего нет",
                en="the shares sum to {sum} %: nothing is left for the balance",
                sum=sum(shares),
            )
        if len({m.id for m in self.milestones}) != len(self.milestones):
            raise Invalid(ru="у двух частей оплаты один id", en="two milestones have the same id")
        for m in self.milestones:
            if m.gate and not signed_document(m.trigger) and m.trigger not in _BEFORE_GATE[m.gate]:
                raise Invalid(
                    ru="часть {id}: {gate} ждал бы денег, срок которых считается только от {trigger}",
                    en="milestone {id}: {gate} would wait for money that is due only once {trigger}",
                    id=m.id,
                    gate=m.gate.value,
                    trigger=str(m.trigger),
                )
        return self


class DeliveryMethod(Value):
    """`takes`: how long from the warehouse to the client; without it, as long as the question `delivery` has."""

    title: Text
    takes: Span | None = None


class Penalty(Value):
    """What the contract says that a day of delay costs, in per cent of the price of what is late, and at most."""

    rate: Decimal = Field(gt=0, le=100, decimal_places=4)
    cap: Decimal | None = Field(default=None, gt=0, le=100, decimal_places=4)


class DeliveryPromise(Value):
    """What happens when a delivery is forecast for later than the contract says.

    The manager is asked at once, and again when the forecast has moved by `ask_again`. Whether the client is told only `with_director`.
    `penalty` is what we owe for a late delivery, `late_payment` what the client owes for late money.
    """

    ask_again: Span = Span(n=2, unit=Unit.WORKING_DAYS)
    with_director: bool = False
    penalty: Penalty | None = None
    late_payment: Penalty | None = None


class DocumentKind(Value):
    """A document, and when it is needed: for lines that match all the lists given (an empty list matches all).

    It is signed once all `signers` have. `signer` is the role that signs for the company, and enters what the carrier has signed.
    A document `handed_over` is signed by nobody: that role gives it to the client. Until one with a `gate` is signed, no line passes it.
    A service has only those that name it in `source`. `devices`: only medical devices have it. `per_shipment`: lines that left together share one. One that `adjusts` another is there only if the other was refused.
    """

    title: Text
    signers: tuple[Side, ...] = Field(default=(Side.CLIENT,), min_length=1)
    signer: Role = Role.MANAGER
    handed_over: bool = False
    available: Trigger
    due: Span
    gate: Gate | None = None
    per_shipment: bool = False
    adjusts: str = ""
    delivery: tuple[str, ...] = ()
    payment: tuple[str, ...] = ()
    except_payment: tuple[str, ...] = ()
    vat: tuple[str, ...] = ()
    source: tuple[Source, ...] = ()
    devices: bool = False
    of_deal: bool = False

    @property
    def sides(self) -> tuple[Side, ...]:
        """Who has to sign, or, of what is handed over, to tick it off; each once."""
        return (Side.OURS,) if self.handed_over else tuple(dict.fromkeys(self.signers))


AmendedField = Literal[
    "payment", "delivery", "vat", "source", "availability", "deliver_by", "deliver_within", "deliver_from"
]


class Reminders(Value):
    """When an open question rings: each span of `before` ahead of its deadline, at the deadline, `escalate_after` later to the
    director, and then again after each span of `repeat`, the last of them over and over, until it is answered.

    Of a payment the deadline is missed only `payment_grace` later: money that came in time is entered by then.
    """

    before: tuple[Span, ...] = ()
    payment_grace: Span = Span(n=1, unit=Unit.WORKING_DAYS)
    escalate_after: Span
    repeat: tuple[Span, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _repeats(self) -> "Reminders":
        if any(span.n < 1 for span in self.repeat):
            raise Invalid(
                ru="в repeat нужно не меньше единицы: 1wh, 1wd или 1cd",
                en="repeat must be at least one unit each: 1wh, 1wd or 1cd",
            )
        return self

    def repeat_after(self, escalations: int) -> Span:
        """How long after that many escalations the next one comes."""
        return self.repeat[min(escalations, len(self.repeat)) - 1]


class Rescheduling(Value):
    """How far an open deadline may be moved without asking the director: until `within` after the first one, at most `times`."""

    within: Span = Span(n=5, unit=Unit.WORKING_DAYS)
    times: int = Field(default=2, ge=0, le=20)


class Amendments(Value):
    """Whom a change of what is agreed must be put to, beside the client, who is asked wherever he loses or pays.

    The director agrees where the total moves by more than `director_above` per cent from what the director agreed last, and where a
    line's `director_fields` change.
    """

    director_above: Decimal = Field(default=Decimal(5), ge=0, le=100, decimal_places=2)
    director_fields: tuple[AmendedField, ...] = ("payment",)


class MoneyRules(Value):
    """What is done with a client's money beside counting it. So much of what is missing on a line's last milestone may be written off;
    a refund of more than `refund_above` the director approves. Both are in the deal's currency; a refund of what came in
    roubles at a rate counts in roubles."""

    write_off: Decimal = Field(default=Decimal(0), ge=0, decimal_places=2)
    refund_above: Decimal = Field(default=Decimal(0), ge=0, decimal_places=2)


class Checks(Value):
    """How often the desk asks about what may change unseen."""

    customs: Span
    eta: Span
    silent_line: Span


class LotRules(Value):
    """Of a lot that is good for less than `short_days` calendar days its line tells, and every view."""

    short_days: int = Field(default=90, ge=0, le=3650)
