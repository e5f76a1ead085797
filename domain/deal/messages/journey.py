"""Lines on their way."""

from contextlib import suppress
from typing import Annotated, Any

from pydantic import Field, field_validator

from domain.base import Count, LineNumber
from domain.deal.messages.base import Amount, Comment, Day, Message
from domain.goods.quantity import read_quantity
from domain.words import Role, Text


class Delay(Message):
    """`delay`: a supplier or a carrier has named another day. Goods not yet handed over are `ready_on` that day; those under way
    arrive by it, `eta`. What depends on it moves: deadlines, the forecast."""

    name = "delay"
    title = Text(ru="перенести срок поставщика", en="move a supplier's date")
    who = (Role.MANAGER, Role.DIRECTOR)
    of_lines = True
    example = {
        "id": "dl-1",
        "actor": "ivanova",
        "line": 2,
        "ready_on": "2027-02-15",
        "reason": "the factory is late",
    }

    line: LineNumber
    ready_on: Day | None = None
    eta: Day | None = None
    reason: Annotated[Comment, Field(min_length=1)]

    @property
    def about(self) -> str:
        return f"line-{self.line}:{self.name}"


class SplitLine(Message):
    """`split`: so much of a line goes on by itself, as a new line with the same price and terms. It is no change of what is agreed."""

    name = "split"
    title = Text(ru="разделить позицию", en="split a line")
    who = (Role.MANAGER, Role.LOGISTICS, Role.DIRECTOR)
    by_webhook = True
    example = {"id": "sp-1", "actor": "ivanova", "line": 1, "quantity": 2, "reason": "two of four came"}

    line: Count
    quantity: Amount
    reason: Comment = ""

    @field_validator("quantity", mode="before")
    @classmethod
    def _as_people_write_it(cls, value: Any) -> Any:
        with suppress(ValueError):
            return read_quantity(value)
        return value

    def digest(self) -> str:
        """However many zeros its quantity is written with."""
        return Message.digest(self.model_copy(update={"quantity": self.quantity.normalize()}))
