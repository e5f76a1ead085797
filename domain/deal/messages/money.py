"""What came from the client, and what becomes of it."""

from typing import Annotated

from pydantic import Field

from domain.base import Count
from domain.deal.messages.base import Amount, Comment, Day, Id, Message
from domain.words import Role, Text


class Pay(Message):
    """`pay`: money came. `id` is the payment's own, from the bank. `day` is the value date, today if absent; `debited` the day on which
    it left the payer's account, that day if absent."""

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

    model_config = {"populate_by_name": True, "frozen": True}

    def digest(self) -> str:
        """A payment is the same whoever enters it, and however many zeros its amount is written with."""
        content = self.model_copy(update={"amount": self.amount.normalize(), "actor": ""})
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
    """`move`: money of a payment is for another `line`, or, without one, an advance; all that can be, if no `amount` is said."""

    name = "move"
    title = Text(ru="переложить деньги", en="move money")
    example = {"id": "mv-3", "actor": "kuznetsova", "payment": "pp-118", "line": 2, "amount": "1000.00"}

    line: Count | None = None
    amount: Amount | None = None
    reason: Comment = ""


class Refund(AboutPayment):
    """`refund`: money of an advance went back to the client. `id` is the outgoing payment's own, `day` its value date."""

    name = "refund"
    title = Text(ru="внести возврат клиенту", en="enter a refund")
    example = {
        "id": "out-9",
        "actor": "kuznetsova",
        "payment": "pp-118",
        "amount": "500.50",
        "reason": "paid twice",
    }

    amount: Amount
    day: Day | None = Field(default=None, alias="date")
    reason: Annotated[Comment, Field(min_length=1)]

    model_config = {"populate_by_name": True, "frozen": True}


class Reverse(AboutPayment):
    """`reverse`: the bank took a payment back. `payment` is its id; `day` is the value date, today if absent."""

    name = "reverse"
    title = Text(ru="сторнировать платёж", en="reverse a payment")
    example = {"id": "st-7", "actor": "kuznetsova", "payment": "pp-118", "reason": "sent by mistake"}

    day: Day | None = Field(default=None, alias="date")
    reason: Annotated[Comment, Field(min_length=1)]

    model_config = {"populate_by_name": True, "frozen": True}
