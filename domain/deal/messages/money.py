"""What came from the client, and what becomes of it."""

import re
from typing import Annotated, Any

from pydantic import AfterValidator, Field, StringConstraints, ValidationError, model_validator

from domain.bank.keys import folded_account, payment_key
from domain.base import Count, Value
from domain.deal.messages.base import Amount, Comment, Day, Id, Message
from domain.wording.invalid import Invalid, shape
from domain.words import Role, Text


def _payer_inn(value: str) -> str:
    """Of a firm, a person, or a foreign firm that is known to the tax office by five digits."""
    from domain.order.numbers import is_inn  # whoever only reads deals has no need of it

    if value and not (is_inn(value) or re.fullmatch("[0-9]{5}", value)):
        raise Invalid(ru="это не ИНН: поищите опечатку", en="this is no INN: look for a typing error")
    return value


def _account(value: str) -> str:
    account = folded_account(value)
    if account and not re.fullmatch("[0-9A-Z]{5,34}", account):
        raise Invalid(
            ru="это не счёт: в нём 20 цифр, у иностранного до 34 букв и цифр",
            en="this is no account: it has 20 digits, a foreign one up to 34 letters and digits",
        )
    return account


_Line = StringConstraints(
    strip_whitespace=True,
    pattern=shape(
        r"^[^\x00-\x1f\x7f]*$",
        ru="управляющие знаки недопустимы: нужна одна строка текста",
        en="control characters are not allowed: write one line of text",
    ),
)
PayerInn = Annotated[str, _Line, AfterValidator(_payer_inn)]
Account = Annotated[str, _Line, StringConstraints(max_length=60), AfterValidator(_account)]
OrderNumber = Annotated[str, _Line, StringConstraints(max_length=20)]
Payer = Annotated[str, _Line, StringConstraints(max_length=300)]


class PaymentOrder(Value):
    """What makes a payment's key."""

    account: Annotated[Account, Field(min_length=1)]
    document: Annotated[OrderNumber, Field(min_length=1)]
    document_date: Day
    amount: Amount

    @property
    def key(self) -> str:
        return payment_key(self.account, self.document_date, self.document, self.amount)

    @classmethod
    def of(cls, content: Any) -> "PaymentOrder | None":
        """None if it does not say it all."""
        try:
            return cls.model_validate(content)
        except ValidationError:
            return None


class Pay(Message):
    """`pay`: money came. `id` is the payment's own, from the bank. `day` is the value date, today if absent; `debited` the day on
    which it left the payer's account, that day if absent.

    `payer` and `payer_inn` are who paid, `account` the payer's account, `document` and `document_date` number and day of the payment
    order: with the sum they make the payment's `key`, by which it counts once even if its ids differ. One without an id goes by it.
    """

    name = "pay"
    title = Text(ru="внести оплату", en="enter a payment")
    who = (Role.ACCOUNTANT,)
    example = {"id": "pp-118", "actor": "kuznetsova", "amount": "1250000.00", "currency": "RUB", "line": 1}

    amount: Amount
    currency: str
    day: Day | None = Field(default=None, alias="date")
    debited: Day | None = None
    purpose: Comment = ""
    line: Count | None = None
    payer: Payer = ""
    payer_inn: PayerInn = ""
    account: Account = ""
    document: OrderNumber = ""
    document_date: Day | None = None

    model_config = {"populate_by_name": True, "frozen": True}

    @model_validator(mode="before")
    @classmethod
    def _goes_by_its_order(cls, content: Any) -> Any:
        if isinstance(content, dict) and not content.get("id") and (order := PaymentOrder.of(content)):
            return content | {"id": order.key}
        return content

    @property
    def key(self) -> str:
        """None without the payment order's account, number and day."""
        order = PaymentOrder.of(self.model_dump())
        return order.key if order else ""

    def digest(self) -> str:
        """A payment is the same whoever enters it, however many zeros its amount is written with, and however much is said of its
        payer, or of the day on which it was debited."""
        said = {
            "debited": None,
            "payer": "",
            "payer_inn": "",
            "account": "",
            "document": "",
            "document_date": None,
        }
        content = self.model_copy(update={"amount": self.amount.normalize(), "actor": "", **said})
        return Message.digest(content)


class AboutPayment(Message):
    """What becomes of a payment. It is the same whoever enters it, and however many zeros its amount is written with."""

    who = (Role.ACCOUNTANT,)

    payment: Id

    def digest(self) -> str:
        amount = getattr(self, "amount", None)
        plain = {"amount": amount.normalize()} if amount else {}
        return Message.digest(self.model_copy(update={**plain, "actor": ""}))


class Move(AboutPayment):
    """`move`: money of a payment is for another `line`, or, without one, an advance; all that can be, if no `amount` is said.

    With `to_deal` what is free of it goes to that deal, and `line` is one of its lines.
    """

    name = "move"
    title = Text(ru="переложить деньги", en="move money")
    example = {"id": "mv-3", "actor": "kuznetsova", "payment": "pp-118", "line": 2, "amount": "1000.00"}

    line: Count | None = None
    amount: Amount | None = None
    to_deal: Annotated[str, _Line, StringConstraints(max_length=50)] = ""
    reason: Comment = ""


class Refund(AboutPayment):
    """`refund`: money of an advance is to go back to the client; all of it, if no `amount` is said. It is put aside, and paid out once
    the director agrees, where the playbook wants it."""

    name = "refund"
    title = Text(ru="начать возврат клиенту", en="start a refund")
    example = {
        "id": "rf-2",
        "actor": "kuznetsova",
        "payment": "pp-118",
        "amount": "500.50",
        "reason": "paid twice",
    }

    amount: Amount | None = None
    reason: Annotated[Comment, Field(min_length=1)]


class Reverse(AboutPayment):
    """`reverse`: the bank took a payment back. `payment` is its id; `day` is the value date, today if absent."""

    name = "reverse"
    title = Text(ru="сторнировать платёж", en="reverse a payment")
    example = {"id": "st-7", "actor": "kuznetsova", "payment": "pp-118", "reason": "sent by mistake"}

    day: Day | None = Field(default=None, alias="date")
    reason: Annotated[Comment, Field(min_length=1)]

    model_config = {"populate_by_name": True, "frozen": True}


class WriteOff(Message):
    """`write-off`: the small rest that is missing on the line's last milestone is forgiven, within the playbook's `money.write_off`."""

    name = "write-off"
    title = Text(ru="списать недостачу", en="write off a rest")
    who = (Role.ACCOUNTANT,)
    example = {"id": "wo-1", "actor": "kuznetsova", "line": 1, "reason": "bank charges"}

    line: Count
    reason: Annotated[Comment, Field(min_length=1)]
