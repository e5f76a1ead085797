"""The messages of the desk: what people, the CRM and the bank tell a deal. One model each, so that fields can be added.

Each says its name, who may send it and an example; `workflows/acts/` has a module for each: its check and its effect.
"""

import hashlib
import json
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Field, StringConstraints, WithJsonSchema

from domain.base import Count, LineNumber, Value
from domain.deal.attachments import Attachment
from domain.playbook.people import People, Person, Substitute
from domain.spelling import read_day
from domain.wording.invalid import Invalid, shape
from domain.words import Role, Side, Text

_ONE_LINE = shape(
    r"^[^\x00-\x1f\x7f]+$",
    ru="управляющие знаки недопустимы: нужна одна строка текста",
    en="control characters are not allowed: write one line of text",
)
Id = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=100, pattern=_ONE_LINE),
    Field(
        json_schema_extra={"pattern": r"^[^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f][^\x00-\x1f\x7f]*$"}
    ),  # not blank
]


def _printable(value: str) -> str:
    if any((ord(c) < 32 and c not in "\n\r\t") or c == "\x7f" or "\ud800" <= c <= "\udfff" for c in value):
        raise Invalid(
            ru="управляющие знаки недопустимы: нужен простой текст",
            en="control characters are not allowed: write plain text",
        )
    return value


Comment = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=4000),
    AfterValidator(_printable),
    Field(
        json_schema_extra={"pattern": r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"}
    ),  # what `_printable` refuses, for schemas
]


Amount = Annotated[
    Decimal,
    Field(allow_inf_nan=False),
    WithJsonSchema(
        {"anyOf": [{"type": "number"}, {"type": "string", "pattern": r"^-?[0-9]{1,15}(\.[0-9]{1,4})?$"}]}
    ),
]


def _written_day(day: Any) -> Any:
    """As programs write it, or as people read it. Numbers would be taken for seconds since 1970."""
    try:
        return day if isinstance(day, date) else read_day(day)
    except (TypeError, ValueError, AttributeError):
        raise Invalid(
            ru="нужна дата, например {day}", en="a date is needed, like {day}", day=_SOME_DAY
        ) from None


_SOME_DAY = date(2026, 12, 31)
Day = Annotated[date, BeforeValidator(_written_day)]


def _as_text(answer: Any) -> Any:
    if answer is not None and not isinstance(answer, str | int | float | Decimal):
        raise Invalid(ru="ответ нужен текстом", en="write the answer as text")
    return answer if answer is None else str(answer)


Answer = Annotated[
    str | None,
    BeforeValidator(_as_text),
    WithJsonSchema({"type": ["string", "number", "boolean", "null"]}),
]


class Message(Value):
    """`id` is the idempotency key: the same id with the same content has the effect of once, for ever. `title` is what it does.

    `actor` is one of the people, `client`, or a role that one person holds.

    `who` may send it beside those asked in person (an assignment's assignee, an approval's roles, a document's signer):
    `MANAGER` means the deal's own manager, not every manager. `of_lines`: what a line owns, the line answers for. `by_webhook`: other
    systems may send it to the desk, as `deal.<name>`.
    """

    name: ClassVar[str]
    title: ClassVar[Text]
    who: ClassVar[tuple[Role, ...]] = ()
    of_lines: ClassVar[bool] = False
    by_webhook: ClassVar[bool] = False
    example: ClassVar[dict[str, Any]]

    id: Id
    actor: Id

    @property
    def about(self) -> str:
        """The id of what it answers; none if it answers nothing."""
        return ""

    def digest(self) -> str:
        """Equal for equal content, in whatever order its keys came. A repeated id with another digest is refused."""
        content = json.dumps(self.model_dump(mode="json", exclude={"id"}), sort_keys=True)
        return hashlib.sha256(content.encode()).hexdigest()[:16]


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
    reason: Annotated[Comment, Field(min_length=1)]
    version: Count | None = None


class Complete(Message):
    """`complete`: an assignment is done; `fields` answer its form."""

    name = "complete"
    title = Text(ru="выполнить задание", en="complete an assignment")
    who = (Role.DIRECTOR,)
    of_lines = True
    by_webhook = True
    example = {
        "id": "c-1",
        "actor": "ivanova",
        "assignment": "qualification",
        "fields": {"outcome": "qualified"},
    }

    assignment: Id
    fields: dict[str, Answer] = {}

    @property
    def about(self) -> str:
        return self.assignment


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


class Ask(Message):
    """`ask`: who is asked for a decision has a question first. The deal's manager answers it; the deadline stays where it is."""

    name = "ask"
    title = Text(ru="задать вопрос до решения", en="ask before deciding")
    of_lines = True
    example = {
        "id": "q-1",
        "actor": "petrov",
        "approval": "contract",
        "question": "Is installation part of the price?",
    }

    approval: Id
    question: Annotated[Comment, Field(min_length=1)]
    version: Count | None = None

    @property
    def about(self) -> str:
        return self.approval


class Pay(Message):
    """`pay`: money came. `id` is the payment's own, from the bank. `day` is the value date, today if absent."""

    name = "pay"
    title = Text(ru="внести оплату", en="enter a payment")
    who = (Role.ACCOUNTANT,)
    example = {"id": "pp-118", "actor": "kuznetsova", "amount": "1250000.00", "currency": "RUB", "line": 1}

    amount: Amount
    currency: str
    day: Day | None = Field(default=None, alias="date")
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
    """`split`: `quantity` pieces of a line go on by themselves, as a new line with the same price and terms. It is no change of what is agreed."""

    name = "split"
    title = Text(ru="разделить позицию", en="split a line")
    who = (Role.MANAGER, Role.LOGISTICS, Role.DIRECTOR)
    by_webhook = True
    example = {"id": "sp-1", "actor": "ivanova", "line": 1, "quantity": 2, "reason": "two of four came"}

    line: Count
    quantity: Amount
    reason: Comment = ""

    def digest(self) -> str:
        """However many zeros its quantity is written with."""
        return Message.digest(self.model_copy(update={"quantity": self.quantity.normalize()}))


class Sign(Message):
    """`sign`: a document is signed, or, where nobody signs it, handed over. `signed_on` is the date on the paper, today if absent.

    `side` says whose signature it is. Without one it is the actor's own: the client's, the company's; whoever may enter several, as
    the manager may, has a paper with all that were missing.
    """

    name = "sign"
    title = Text(ru="отметить подпись", en="sign a document")
    who = (Role.MANAGER,)
    of_lines = True
    by_webhook = True
    example = {"id": "s-1", "actor": "client", "document": "line-1:upd"}

    document: Id
    signed_on: Day | None = None
    side: Side | None = None

    @property
    def about(self) -> str:
        return self.document


class Refuse(Message):
    """`refuse`: the client does not sign a document, and says why; `partly`, if he takes a part of what it is about.

    Nobody is reminded of it until the manager has said what is done: a new version, a paper beside it, or the goods go back.
    """

    name = "refuse"
    title = Text(ru="отказаться подписать документ", en="refuse a document")
    who = (Role.MANAGER,)
    of_lines = True
    by_webhook = True
    example = {"id": "n-1", "actor": "client", "document": "line-1:upd", "reason": "two pieces are missing"}

    document: Id
    reason: Annotated[Comment, Field(min_length=1)]
    partly: bool = False

    @property
    def about(self) -> str:
        return self.document


class Waive(Message):
    """`waive`: the director lets the deal's lines go on before this document is signed. It is to be signed all the same."""

    name = "waive"
    title = Text(ru="разрешить до подписи", en="let lines go on before the signature")
    who = (Role.DIRECTOR,)
    by_webhook = True
    example = {"id": "w-1", "actor": "petrov", "document": "contract", "reason": "the client is known to us"}

    document: Id
    reason: Annotated[Comment, Field(min_length=1)]

    @property
    def about(self) -> str:
        return self.document


class Attach(Message):
    """`attach`: a file belongs to a document: its draft, or a scan. `file` names what the desk keeps already."""

    name = "attach"
    title = Text(ru="приложить файл", en="attach a file")
    who = (Role.MANAGER, Role.ACCOUNTANT, Role.LOGISTICS)
    of_lines = True
    example = {
        "id": "f-1",
        "actor": "ivanova",
        "document": "contract",
        "file": {"name": "contract.pdf", "digest": "0" * 64, "size": 48213},
    }

    document: Id
    file: Attachment

    @property
    def about(self) -> str:
        return self.document

    def digest(self) -> str:
        """The same file is the same whoever attaches it."""
        return Message.digest(self.model_copy(update={"actor": ""}))


class Acknowledge(Message):
    """`acknowledge`: the director has seen that something is overdue, and wants to hear of it again on the day `until`.

    `item` is the id of what is open: an assignment, an approval, a document or a payment.
    """

    name = "acknowledge"
    title = Text(ru="отметить, что просрочку видели", en="acknowledge an escalation")
    who = (Role.DIRECTOR,)
    of_lines = True
    by_webhook = True
    example = {"id": "k-1", "actor": "petrov", "item": "line-1:payment", "until": "2026-12-10"}

    item: Id
    until: Day
    comment: Comment = ""

    @property
    def about(self) -> str:
        return self.item


class Correct(Message):
    """`correct`: what was entered was wrong. `entry` is the id of what was answered, signed or paid; `fields` are the right values.

    Of an assignment `fields` are those of its form, and what is not named stays; of a document `signed_on`; of a payment `amount`,
    `date`, `line` and `purpose`. An empty value is emptied.
    """

    name = "correct"
    title = Text(ru="исправить внесённое", en="correct what was entered")
    who = (Role.MANAGER, Role.DIRECTOR)
    of_lines = True
    by_webhook = True
    example = {
        "id": "co-1",
        "actor": "orlov",
        "entry": "line-1:shipment",
        "fields": {"shipped_on": "2026-11-20"},
        "reason": "the date of the invoice was typed",
    }

    entry: Id
    fields: Annotated[dict[str, Answer], Field(min_length=1, max_length=200)]
    reason: Annotated[Comment, Field(min_length=1)]

    @property
    def about(self) -> str:
        return self.entry


class Reschedule(Message):
    """`reschedule`: an open deadline moves to the end of the day `until`. Beyond the playbook's limit the director is asked.

    `item` is the id of what is open: an assignment, an approval or a document.
    """

    name = "reschedule"
    title = Text(ru="перенести срок", en="move a deadline")
    who = (Role.MANAGER, Role.DIRECTOR)
    of_lines = True
    by_webhook = True
    example = {
        "id": "rs-1",
        "actor": "ivanova",
        "item": "line-1:dispatch",
        "until": "2026-12-10",
        "reason": "the factory waits for a part",
    }

    item: Id
    until: Day
    reason: Annotated[Comment, Field(min_length=1)]

    @property
    def about(self) -> str:
        return self.item


class Reassign(Message):
    """`reassign`: all open assignments of the deal's manager go to `to`, who becomes its manager. With another `role` of the company: all
    that is asked of it in this deal and its lines, now and later, is asked of `to`, who must hold it; a director's only by a director.
    """

    name = "reassign"
    title = Text(ru="передать сделку", en="hand the deal over")
    who = (Role.MANAGER, Role.DIRECTOR)
    by_webhook = True
    example = {"id": "r-1", "actor": "petrov", "to": "sidorov"}

    to: Id
    role: Role = Role.MANAGER


class Cancel(Message):
    """`cancel`: the deal is called off. From `ORDER_SENT` on the director must approve."""

    name = "cancel"
    title = Text(ru="отменить сделку", en="cancel the deal")
    who = (Role.MANAGER, Role.DIRECTOR)
    by_webhook = True
    example = {"id": "x-1", "actor": "ivanova", "reason": "the clinic has closed"}

    reason: Annotated[Comment, Field(min_length=1)]


class Revert(Message):
    """`revert`: what `by` did in the CRM does not count. The CRM is put right, with a comment that says what is missing.

    `what` was done: a `stage` moved by hand, the card put into another `funnel`, the card of a `line`
    (its number) changed, a `task` (its key in the CRM) closed or deleted, an approval (its id) answered, or somebody else made the responsible `manager`.
    """

    name = "revert"
    title = Text(ru="вернуть сделанное в CRM", en="undo what was done in the CRM")
    example = {"id": "t-1", "actor": "crm", "what": "stage", "subject": "SHIPPED", "by": "Ольга Иванова"}

    what: Literal["stage", "funnel", "line", "task", "answer", "manager"]
    subject: Id
    by: Comment = ""
    reason_ru: Comment = ""
    reason_en: Comment = ""


class ReportCard(Message):
    """`card`: what became of the deal's card in the CRM. The deal goes on as it was, and its manager is told what he can do.

    `what`: the card was `deleted` (`remade`: the desk makes another one) or `restored`; the `goods` on it, or their terms, were
    changed after the order, or its `client` was; the client's card was `unbound` from it; or what the order `lacks` is otherwise than before: `missing` says what, in words, and is empty once it is all there.
    """

    name = "card"
    title = Text(ru="сообщить, что стало с карточкой в CRM", en="tell what became of the card in the CRM")
    example = {"id": "k-1", "actor": "crm", "what": "deleted"}

    what: Literal["deleted", "restored", "goods", "client", "unbound", "lacks"]
    by: Comment = ""
    remade: bool = False
    missing: Comment = ""


class Bounce(Message):
    """`bounce`: mail to `email` came back. Somebody must mend the address."""

    name = "bounce"
    title = Text(ru="отметить возврат письма", en="tell that mail came back")
    example = {"id": "b-1", "actor": "mail", "email": "anna@clinic.example", "reason": "550 no such user"}

    email: Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=254)]
    reason: Comment = ""


class ApplyPeople(Message):
    """`people`: who works here from today on, all of them, as the people's file says.

    `operator` may send it too: whoever runs the desk. Grouped the same people again changes nothing.
    """

    name = "people"
    title = Text(ru="обновить список людей", en="update the people")
    who = (Role.DIRECTOR,)
    example = {
        "id": "p-1",
        "actor": "petrov",
        "people": {
            "ivanova": {"name": "Ольга Иванова", "email": "ivanova@dealwright.example", "roles": ["manager"]}
        },
    }

    people: dict[str, Person]
    substitutes: tuple[Substitute, ...] = ()
    successors: dict[str, str] = {}

    @property
    def staff(self) -> People:
        return People(people=self.people, substitutes=self.substitutes, successors=self.successors)

    def digest(self) -> str:
        """The same people are the same whoever tells of them."""
        return Message.digest(self.model_copy(update={"actor": ""}))


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
    message.name: message
    for message in (
        Compose,
        MakeOffer,
        Amend,
        Complete,
        Decide,
        Ask,
        Pay,
        Reverse,
        Move,
        Refund,
        Delay,
        SplitLine,
        Sign,
        Refuse,
        Waive,
        Attach,
        Acknowledge,
        Correct,
        Reschedule,
        Reassign,
        Cancel,
        Revert,
        ReportCard,
        Bounce,
        ApplyPeople,
    )
}
BY_WEBHOOK = tuple(name for name, message in MESSAGES.items() if message.by_webhook)
