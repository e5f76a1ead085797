"""Closing documents: which a line or a deal needs, and when each can be signed."""

from datetime import date
from typing import Any

from pydantic import AwareDatetime

from domain.alarms import Alarm
from domain.base import LineNumber, State
from domain.deal.attachments import Attachment
from domain.facts import Actor, Subject
from domain.order.order import OrderLine
from domain.playbook.book import DocumentKind, Playbook, Trigger
from domain.words import Role, Text


class Document(State):
    """A document that must be signed. It can be signed once it is `ready`: its event has happened.

    `signed_on` is the date on the paper, `signed_at` when the desk heard of it. `files` are its drafts and scans, the latest last.
    """

    id: str
    line: LineNumber | None = None
    title: Text
    signer: Role
    available: Trigger
    alarm: Alarm | None = None
    signed_at: AwareDatetime | None = None
    signed_on: date | None = None
    signed_by: Actor | None = None
    files: tuple[Attachment, ...] = ()

    @property
    def kind(self) -> str:
        """Its code in the playbook."""
        return self.id.rpartition(":")[2]

    @property
    def ready(self) -> bool:
        return self.alarm is not None

    @property
    def signed(self) -> bool:
        return self.signed_at is not None

    def about(self) -> dict[str, Any]:
        """What every fact about it says: see `AboutDocument`."""
        return {"id": self.id, "title": self.title}


def documents_of_line(number: int, line: OrderLine, playbook: Playbook) -> dict[str, Document]:
    """The checklist of a line, from its delivery, payment, VAT and source."""
    return {
        (id := Subject(number).id(code)): _document(id, number, kind)
        for code, kind in playbook.documents.items()
        if not kind.of_deal and _needs(kind, line)
    }


def documents_of_deal(playbook: Playbook) -> dict[str, Document]:
    return {code: _document(code, None, kind) for code, kind in playbook.documents.items() if kind.of_deal}


def _document(id: str, line: int | None, kind: DocumentKind) -> Document:
    return Document(id=id, line=line, title=kind.title, signer=kind.signer, available=kind.available)


def _needs(kind: DocumentKind, line: OrderLine) -> bool:
    return (
        (not kind.delivery or line.delivery in kind.delivery)
        and (not kind.payment or line.payment in kind.payment)
        and (not kind.vat or line.vat in kind.vat)
        and (not kind.source or line.source in kind.source)
    )
