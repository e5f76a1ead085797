"""What the world is told because of facts: writes to the CRM and notices by mail. Plain data, each with its idempotency key."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from domain.base import Count, Value
from domain.enclosures import OrderWords, ToPay
from domain.facts.branches import Abandoned
from domain.serials import SerialElsewhere
from domain.words import Language, LineStatus, Stage, Text

PLAYBOOK_UNKNOWN = "PlaybookUnknown"
"""The failure by which a worker asks a deal to bring its playbook along."""


class _Write(Value):
    """`key` begins with the deal's workflow id and the place of a fact in its trail: the same for every attempt and run."""

    key: str
    deal: str

    @property
    def identity(self) -> str:
        """What may not be written twice. What only sets a value may: it goes by its key."""
        return self.key


class _Told(_Write):
    """What would be there twice if it were written twice. An operator's reset does not make it new: its key goes on with what the
    fact says, and that counts, not the fact's place."""

    @property
    def identity(self) -> str:
        return identity_of(self.key)


def identity_of(key: str) -> str:
    """`deal-7:17:8f3a:comment` is `deal-7:8f3a:comment`, wherever in the trail its fact stands. A key of another form is its own."""
    deal, _, rest = key.partition(":")
    _, _, content = rest.partition(":")
    return f"{deal}:{content}" if ":" in content else key


class SetStage(_Write):
    op: Literal["stage"] = "stage"
    stage: Stage


class SetFields(_Write):
    """The deal's custom fields; those not named keep their values. `buyer`: the country and the number there of one from another country,
    `BY:190000005`."""

    op: Literal["fields"] = "fields"
    fields: dict[str, str]
    buyer: str = ""


class PutLine(_Write):
    """A line as it stands now, `standing` in words. `shown` are its further fields in words, by name; see `domain.crm.line_fields`."""

    op: Literal["line"] = "line"
    line: int
    sku: str
    name: str
    quantity: int
    amount: str
    currency: str = "RUB"
    status: LineStatus
    standing: str = ""
    shown: dict[str, str] = {}


class AddComment(_Told):
    op: Literal["comment"] = "comment"
    text: str


class Asks(Value):
    """What a mail, or a message, asks its very reader to answer: the id of an approval, an assignment, a document or a milestone.

    Of an `escalation` it is the id of what is overdue, and `version` the how-manieth time that this is said.
    """

    kind: Literal["approval", "assignment", "document", "payment", "escalation", "order"]
    question: str
    version: Count = 1


class InChat(Value):
    """An approval as one person is asked about it where the CRM has a chat. `page`: where they read more, and say why they reject."""

    asks: Asks
    text: str
    language: Language
    page: str = ""


class AttachFile(_Told):
    """A file of a document, with the words it stands under. `digest` finds its content in the desk's files."""

    op: Literal["file"] = "file"
    text: str
    name: str
    size: int
    digest: str


class OpenTask(_Write):
    """`line` 0 is the deal itself. Of an approval (`asks`, its id), the CRM offers the answer anew, and asks `in_chat` where it
    can; of an assignment, `form` names the fields to fill, as `<kind>.<field>`. `elsewhere`: the description where the card has no field
    for the answer."""

    op: Literal["open_task"] = "open_task"
    task: str
    title: str
    person: str
    due_at: AwareDatetime
    line: int = 0
    description: str = ""
    elsewhere: str = ""
    asks: str = ""
    in_chat: InChat | None = None
    form: tuple[str, ...] = ()


class CloseTask(_Write):
    """`in_chat`: what the question there ends with, of an approval."""

    op: Literal["close_task"] = "close_task"
    task: str
    comment: str = ""
    in_chat: str = ""


class Notify(_Told):
    """A notice to one person inside the CRM."""

    op: Literal["notify"] = "notify"
    person: str
    text: str


CrmWrite = Annotated[
    SetStage | SetFields | PutLine | AddComment | AttachFile | OpenTask | CloseTask | Notify,
    Field(discriminator="op"),
]


class Notice(Value):
    """A mail to one person. The template is chosen by `kind` and `language`; `data` fills it.

    `person` is an id of the playbook, or `client`. The key goes by what the fact says, so that a reset sends nobody the same mail
    again. A mail goes out at once, unless it has a time of its own: then it waits until
    `send_at`, and, where it may (`digest`), together with the others that wait for the same person. `acknowledges`: where its
    reader may say that they know.
    """

    key: str
    deal: str
    kind: str
    person: str = ""
    send_at: AwareDatetime | None = None
    digest: bool = False
    to_name: str
    to_email: str
    language: Language
    data: dict[str, str] = {}
    asks: Asks | None = None
    acknowledges: Asks | None = None
    order: OrderWords | None = None
    to_pay: ToPay | None = None


class Returned(Value):
    """A mail whose address is at fault: the `item`th of what was told, from 0, to this person."""

    item: int
    person: str
    email: str
    reason: str


class Delivered(Value):
    """How much of what was told, from its start, is dealt with for certain. The rest is told again.

    `refused` names what the target will never take: the key, and why, for the deal's record. `forbidden` names what it does not take
    for want of a right, and which: nobody need tell it again, it is kept aside. `bad_addresses` are the keys of
    mail whose address is at fault, `returned` says whose. `serials` of the lines told stand in other lines too. `shown`: see `FactBatch`. `abandoned`: the records hold another branch
    of the trail, which these facts leave.
    """

    count: int
    refused: dict[str, str] = {}
    forbidden: dict[str, Text] = {}
    bad_addresses: tuple[str, ...] = ()
    returned: tuple[Returned, ...] = ()
    shown: dict[str, str] = {}
    abandoned: Abandoned | None = None
    serials: tuple[SerialElsewhere, ...] = ()


class Redelivered(Value):
    """What one round did with the writes that the CRM did not take for want of a right."""

    written: int = 0
    deferred: int = 0
    refused: int = 0


class Posted(Value):
    """What one round of the post did, in mails. What was `put_off` is tried again in a later round."""

    sent: int = 0
    refused: int = 0
    put_off: int = 0


class Given(Value):
    """What one round has given to deals, in payments. Those `waiting` wait for a person, or for a later round."""

    taken: int = 0
    waiting: int = 0


class WaitingMoney(Value):
    """What waits for whose it is, in payments."""

    payments: int = 0
