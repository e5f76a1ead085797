"""Documents: which a line or a deal needs, when each can be signed, and by whom it is."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from pydantic import AwareDatetime

from domain.alarms import Alarm
from domain.base import Count, LineNumber, State, Value
from domain.deal.attachments import Attachment
from domain.facts import Actor, Subject
from domain.facts.documents import Awaits
from domain.order.order import OrderLine
from domain.playbook.book import Playbook
from domain.playbook.terms import DocumentKind, signed_document
from domain.words import Role, Side, Source, Text, Trigger


class Signature(Value):
    """One side's: `on` is the date on the paper, `at` when the desk heard of it."""

    side: Side
    on: date
    at: AwareDatetime
    by: Actor


class Document(State):
    """A document that must be signed by all `sides`, or handed over. It can be once it is `ready`: its event has happened.

    `role` acts for the company. `signed_on` is the date of the last signature, `signed_at` when the desk heard of it. `refused` is
    the assignment that settles a refusal, while it is open; each corrected `version` is signed anew; `returned`: it never will be.
    One that is `shared_with` another line's document is signed with that one. `files` are its drafts and scans, the latest last.
    """

    id: str
    line: LineNumber | None = None
    title: Text
    sides: tuple[Side, ...]
    role: Role
    handed_over: bool = False
    available: Trigger
    version: Count = 1
    alarm: Alarm | None = None
    signatures: tuple[Signature, ...] = ()
    signed_at: AwareDatetime | None = None
    signed_on: date | None = None
    signed_by: Actor | None = None
    refused: str = ""
    returned: bool = False
    shared_with: str = ""
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

    @property
    def settled(self) -> bool:
        """Nobody waits for it any more."""
        return self.signed or self.returned

    @property
    def missing(self) -> tuple[Side, ...]:
        """Who has still to sign."""
        signed = {signature.side for signature in self.signatures}
        return () if self.settled else tuple(side for side in self.sides if side not in signed)

    @property
    def signers(self) -> tuple[Role, ...]:
        """The roles that are asked for what is missing."""
        return tuple(dict.fromkeys(self.role_of(side) for side in self.missing))

    def role_of(self, side: Side) -> Role:
        return Role.CLIENT if side is Side.CLIENT else self.role

    @property
    def awaits(self) -> Awaits:
        return "handover" if self.handed_over else "signature"

    def sign(self, sides: Iterable[Side], on: date, at: datetime, by: Actor) -> None:
        """The last signature makes it signed, on the latest of all their dates."""
        self.signatures += tuple(Signature(side=side, on=on, at=at, by=by) for side in sides)
        if not self.missing:
            self.signed_on = max(signature.on for signature in self.signatures)
            self.signed_at, self.signed_by = at, by

    def redate(self, on: date) -> None:
        """Its last signature is of this day."""
        last = self.signed_on
        dated = {s: s.model_copy(update={"on": on}) for s in self.signatures if s.on == last}
        self.signatures = tuple(dated.get(signature, signature) for signature in self.signatures)
        self.signed_on = max((signature.on for signature in self.signatures), default=on)

    def renew(self) -> None:
        """Its next version: nobody has signed that."""
        self.version += 1
        self.signatures, self.signed_at, self.signed_on, self.signed_by = (), None, None, None

    def about(self) -> dict[str, Any]:
        """What every fact about it says: see `AboutDocument`."""
        return {"id": self.id, "title": self.title}

    def asked(self) -> dict[str, Any]:
        """What a fact says that asks for it."""
        return {**self.about(), "awaits": self.awaits, "signers": self.signers}


def documents_of_line(number: int, line: OrderLine, playbook: Playbook) -> dict[str, Document]:
    """The checklist of a line, from its delivery, payment, VAT and source.

    A service has those of services, and the one whose signature its payment counts from: an UPD is for services, too.
    """
    counted = {signed_document(part.trigger) for part in playbook.payments[line.payment].milestones}
    return {
        (id := Subject(number).id(code)): _document(id, number, kind)
        for code, kind in playbook.documents.items()
        if not kind.of_deal and not kind.adjusts and _needs(kind, line, is_counted=code in counted)
    }


def documents_of_deal(playbook: Playbook) -> dict[str, Document]:
    kinds = playbook.documents.items()
    return {code: _document(code, None, kind) for code, kind in kinds if kind.of_deal and not kind.adjusts}


def adjusting_kind(document: Document, playbook: Playbook) -> str | None:
    """The code of the paper that goes beside it when it was refused, if the playbook has one."""
    kinds = playbook.documents.items()
    return next((code for code, kind in kinds if kind.adjusts == document.kind), None)


def adjusting(document: Document, code: str, playbook: Playbook) -> Document:
    return _document(Subject(document.line).id(code), document.line, playbook.documents[code])


def _document(id: str, line: int | None, kind: DocumentKind) -> Document:
    return Document(
        id=id,
        line=line,
        title=kind.title,
        sides=kind.sides,
        role=kind.signer,
        handed_over=kind.handed_over,
        available=kind.available,
    )


def _needs(kind: DocumentKind, line: OrderLine, *, is_counted: bool) -> bool:
    if kind.source:
        is_of_source = line.source in kind.source
    else:
        is_of_source = is_counted or line.source is not Source.SERVICE
    return (
        is_of_source
        and (not kind.delivery or line.delivery in kind.delivery)
        and (not kind.payment or line.payment in kind.payment)
        and line.payment not in kind.except_payment
        and (not kind.vat or line.vat in kind.vat)
        and (not kind.devices or line.is_medical_device)
    )
