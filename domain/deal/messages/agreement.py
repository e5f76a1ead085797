"""What is sold: the order, its offers and amendments, and who agrees to them."""

from typing import Annotated, Any

from pydantic import Field

from domain.base import Count, LineNumber
from domain.deal.messages.base import Answer, Comment, Id, Message
from domain.words import Role, Text


class Compose(Message):
    """`order`: the lead becomes an order. `order` holds the order file's content."""

    name = "order"
    title = Text(ru="составить заказ", en="compose the order")
    who = (Role.MANAGER, Role.DIRECTOR)
    by_webhook = True
    example = {"id": "o-1", "actor": "ivanova", "order": {"lines": []}}

    order: dict[str, Any]


class MakeOffer(Message):
    """`offer`: a new offer takes the place of the draft, as long as the contract is not agreed by all.

    `order` is the whole of it, as in an order file: what it does not name of the client stays. Or `settings` say what is other than
    before, by place: `line-1.unit_price` or, as the problems of an order name it, `lines[0].unit_price`; an empty one is emptied.
    `comment` is for those who approve; `version` guards against a change of what somebody else has changed meanwhile.
    """

    name = "offer"
    title = Text(ru="сделать новое предложение", en="make a new offer")
    who = (Role.MANAGER, Role.DIRECTOR)
    example = {
        "id": "of-1",
        "actor": "ivanova",
        "settings": {"line-1.unit_price": "475000.00"},
        "comment": "5 % off",
    }

    order: dict[str, Any] = {}
    settings: Annotated[dict[str, Answer], Field(max_length=2000)] = {}
    comment: Comment = ""
    version: Count | None = None


class Amend(Message):
    """`amend`: what is agreed changes, for a `reason`. Who loses or pays by it agrees first, and then it is applied, to running lines, too.

    `order` is the whole of what holds from then on, as in an order file; or `settings` say what is other than before, by place, as in
    `offer`, and `remove` which lines are taken out. `version` guards against a change of what somebody else has changed meanwhile.
    `withdraw`: the amendment that is put to approval is taken back, and what was agreed stays.
    """

    name = "amend"
    title = Text(ru="изменить согласованное", en="amend what is agreed")
    who = (Role.MANAGER, Role.DIRECTOR)
    example = {
        "id": "am-1",
        "actor": "ivanova",
        "settings": {"line-1.quantity": "3"},
        "remove": [2],
        "reason": "the second chair is not needed",
    }

    order: dict[str, Any] = {}
    settings: Annotated[dict[str, Answer], Field(max_length=2000)] = {}
    remove: Annotated[tuple[LineNumber, ...], Field(max_length=200)] = ()
    withdraw: bool = False
    reason: Annotated[Comment, Field(min_length=1)]
    version: Count | None = None


class Decide(Message):
    """`decide`: one role's answer to an approval. A rejection needs a comment; `version` guards against a stale page."""

    name = "decide"
    title = Text(ru="ответить на согласование", en="answer an approval")
    of_lines = True
    by_webhook = True
    example = {"id": "d-1", "actor": "petrov", "approval": "contract", "approve": True, "comment": ""}

    approval: Id
    approve: bool
    version: Count | None = None
    comment: Comment = ""

    @property
    def about(self) -> str:
        return self.approval


class Cancel(Message):
    """`cancel`: the deal is called off. From `ORDER_SENT` on the director must approve."""

    name = "cancel"
    title = Text(ru="отменить сделку", en="cancel the deal")
    who = (Role.MANAGER, Role.DIRECTOR)
    by_webhook = True
    example = {"id": "x-1", "actor": "ivanova", "reason": "the clinic has closed"}

    reason: Annotated[Comment, Field(min_length=1)]
