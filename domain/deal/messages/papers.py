"""Documents and files."""

from typing import Annotated

from pydantic import Field

from domain.deal.attachments import Attachment
from domain.deal.messages.base import Comment, Day, Id, Message
from domain.words import Role, Side, Text


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
