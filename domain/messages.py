"""The messages of the desk: what people, the CRM and the bank tell a deal. One model each, so that fields can be added."""

import hashlib
import json
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Field, StringConstraints

from domain.base import Count, Value

Id = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]+$"),
]


def _printable(value: str) -> str:
    if any((ord(c) < 32 and c not in "\n\r\t") or c == "\x7f" or "\ud800" <= c <= "\udfff" for c in value):
        raise ValueError("control characters are not allowed: write plain text")
    return value


Comment = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=4000), AfterValidator(_printable)
]


class Message(Value):
    """`id` is the idempotency key: the same id with the same content has the effect of once, for ever.

    `actor` is a person of the playbook, `client`, or a role that one person holds.
    """

    id: Id
    actor: Id

    def digest(self) -> str:
        """Equal for equal content, in whatever order its keys came. A repeated id with another digest is refused."""
        content = json.dumps(self.model_dump(mode="json", exclude={"id"}), sort_keys=True)
        return hashlib.sha256(content.encode()).hexdigest()[:16]


class Compose(Message):
    """`order`: the lead becomes an order. `order` holds the order file's content."""

    order: dict[str, Any]


class Complete(Message):
    """`complete`: an assignment is done; `fields` answer its form."""

    assignment: Id
    fields: dict[str, Annotated[str, BeforeValidator(lambda v: v if v is None else str(v))] | None] = {}


class Decide(Message):
    """`decide`: one role's answer to an approval. A rejection needs a comment; `version` guards against a stale page."""

    approval: Id
    approve: bool
    version: Count | None = None
    comment: Comment = ""


class Pay(Message):
    """`pay`: money came. `id` is the payment's own, from the bank. `day` is the value date, today if absent."""

    amount: Annotated[Decimal, Field(allow_inf_nan=False)]
    currency: str
    day: date | None = Field(default=None, alias="date")
    purpose: Comment = ""
    line: Count | None = None

    model_config = {"populate_by_name": True, "frozen": True}

    def digest(self) -> str:
        """A payment is the same whoever enters it, and however many zeros its amount is written with."""
        content = self.model_copy(update={"amount": self.amount.normalize(), "actor": ""})
        return Message.digest(content)


class Sign(Message):
    """`sign`: a closing document is signed."""

    document: Id


class Reassign(Message):
    """`reassign`: all open assignments of the deal's manager go to `to`, who becomes its manager."""

    to: Id


class Cancel(Message):
    """`cancel`: the deal is called off. From `ORDER_SENT` on the director must approve."""

    reason: Annotated[Comment, Field(min_length=1)]


class TurnBack(Message):
    """`turn_back`: what `by` did in the CRM does not count. The CRM is put right, with a comment that says what is missing.

    `what` was done: a `stage` moved by hand, a `task` (its key in the CRM) closed, an approval (its id) answered, or somebody
    else made the responsible `manager`.
    """

    what: Literal["stage", "task", "answer", "manager"]
    subject: Id
    by: Comment = ""
    reason_ru: Comment = ""
    reason_en: Comment = ""


class Bounce(Message):
    """`bounce`: mail to `email` came back. Somebody must mend the address."""

    email: Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=254)]
    reason: Comment = ""


class Receipt(Value):
    """The answer to a message that was taken: what it did, in words. `repeated`: it had been taken before."""

    id: str
    words_ru: str
    words_en: str
    at: AwareDatetime
    repeated: bool = False


class Kept(Value):
    """What is remembered of a taken message: enough to answer its repetition, and to refuse its id for other content."""

    digest: str
    receipt: Receipt


MESSAGES: dict[str, type[Message]] = {
    "order": Compose,
    "complete": Complete,
    "decide": Decide,
    "pay": Pay,
    "sign": Sign,
    "reassign": Reassign,
    "cancel": Cancel,
    "turn_back": TurnBack,
    "bounce": Bounce,
}
