"""What programs tell: the CRM, the mail, whoever runs the desk."""

from typing import Annotated, Literal

from pydantic import StringConstraints

from domain.deal.messages.base import Comment, Id, Message
from domain.playbook.people import People, Person, Substitute
from domain.words import Role, Text


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

    `operator` may send it too: whoever runs the desk. The same people once more change nothing.
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
