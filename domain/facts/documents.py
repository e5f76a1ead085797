"""Papers that must be signed."""

from datetime import date
from typing import Annotated, Literal

from pydantic import AwareDatetime

from domain.facts.declare import SILENT, Crm, FactData, Mail, Person, Ringing, To
from domain.words import NoticeKind, Role, Side, Text

Awaits = Literal["signature", "handover"]


class AboutDocument(FactData):
    line_reports = True

    id: str
    title: Text


class DocumentReady(AboutDocument):
    kind = "document.ready"
    sentence = Text(
        ru="документ «{title}» ждёт {awaits} ({signers}), срок {due}[; версия {version}][, изменено: {changes}]",
        en="“{title}” awaits {awaits} ({signers}), due {due}[; version {version}][, changed: {changes}]",
    )
    mail = Mail(NoticeKind.DOCUMENT_READY, (To.SIGNERS,))
    crm = SILENT

    awaits: Awaits
    signers: tuple[Role, ...]
    due: AwareDatetime
    version: int | None = None
    changes: str = ""


class DocumentSigned(AboutDocument):
    """One signature. `on` is the date on the paper; `missing` is who has still to sign."""

    kind = "document.signed"
    sentence = Text(
        ru="подписан документ «{title}» от {on} ({sides})[; ещё не подписали: {missing}]",
        en="“{title}” of {on} is signed ({sides})[; still to sign: {missing}]",
    )

    on: date
    sides: tuple[Side, ...]
    missing: tuple[Side, ...] = ()


class DocumentHandedOver(AboutDocument):
    """What nobody signs, the client has."""

    kind = "document.handed_over"
    sentence = Text(
        ru="документ «{title}» передан клиенту {on}", en="“{title}” was handed to the client on {on}"
    )

    on: date


class DocumentRefused(AboutDocument):
    """`partly`: the client takes a part of what it is about."""

    kind = "document.refused"
    sentence = Text(
        ru="документ «{title}»: {answer}, причина: {reason}",
        en="“{title}”: {answer}, because: {reason}",
    )
    crm = (Crm.NOTIFY, Crm.COMMENT)

    answer: Literal["declined", "partly"]
    reason: str


class DocumentReturned(AboutDocument):
    kind = "document.returned"
    sentence = Text(
        ru="документ «{title}» подписывать не будут: товар вернут. Возврат оформляется отдельно",
        en="“{title}” will not be signed: the goods are returned. The return itself is arranged separately",
    )


class SignatureWaived(AboutDocument):
    """The lines may go on; the document is to be signed all the same."""

    kind = "document.waived"
    sentence = Text(
        ru="разрешено продолжать до подписи документа «{title}»: {reason}",
        en="lines may go on before “{title}” is signed: {reason}",
    )
    line_reports = False

    reason: str


class DocumentAttached(AboutDocument):
    """`digest` is the SHA-256 of the file, by which the desk keeps its content."""

    kind = "document.attached"
    sentence = Text(
        ru="к документу «{title}» приложен файл {name}, {size}",
        en="the file {name}, {size}, is attached to “{title}”",
    )
    crm = (Crm.FILE,)

    name: str
    size: Annotated[int, "bytes"]
    digest: str


class DocumentRescheduled(AboutDocument):
    kind = "document.rescheduled"
    sentence = Text(
        ru="срок подписи «{title}» ({signers}) перенесён: {due} вместо {before}[ — {reason}]",
        en="the deadline to sign “{title}” ({signers}) moves: {due} instead of {before}[ — {reason}]",
    )
    mail = Mail(NoticeKind.DEADLINE_MOVED, (To.SIGNERS,))

    signers: tuple[Role, ...]
    due: AwareDatetime
    before: AwareDatetime
    reason: str = ""


class DocumentReminded(AboutDocument, Ringing):
    kind = "document.reminded"
    sentence = Text(
        ru="напоминание: документ «{title}» ждёт {awaits} ({signers}), срок {due}[, уже {times}-й раз]",
        en="reminder: “{title}” awaits {awaits} ({signers}), due {due}[, {times} times by now]",
    )
    mail = Mail(NoticeKind.DOCUMENT_REMINDED, (To.SIGNERS, To.MANAGER))

    awaits: Awaits
    signers: tuple[Role, ...]
    due: AwareDatetime


class DocumentEscalated(AboutDocument, Ringing):
    kind = "document.escalated"
    sentence = Text(
        ru="документ «{title}» не дождался {awaits} в срок ({signers}), срок был {due} — сообщено: {to}[, уже {times}-й раз]",
        en="“{title}” still awaits {awaits} ({signers}), it was due {due}: told to {to}[, {times} times by now]",
    )
    mail = Mail(NoticeKind.DOCUMENT_ESCALATED, (To.DIRECTOR, To.MANAGER))
    crm = (Crm.NOTIFY, Crm.COMMENT)

    awaits: Awaits
    signers: tuple[Role, ...]
    due: AwareDatetime
    overdue: bool = True
    to: Person
