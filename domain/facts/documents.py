"""Papers that must be signed."""

from datetime import date
from typing import Annotated

from pydantic import AwareDatetime

from domain.facts.declare import SILENT, Crm, FactData, Mail, Person, Ringing, To
from domain.words import NoticeKind, Role, Text


class AboutDocument(FactData):
    line_reports = True

    id: str
    title: Text


class DocumentReady(AboutDocument):
    kind = "document.ready"
    sentence = Text(
        ru="документ «{title}» ждёт подписи ({signer}), срок {due}",
        en="“{title}” is ready to be signed by the {signer}, due {due}",
    )
    mail = Mail(NoticeKind.DOCUMENT_READY, (To.SIGNER,))
    crm = SILENT

    signer: Role
    due: AwareDatetime


class DocumentSigned(AboutDocument):
    """`on` is the date on the paper."""

    kind = "document.signed"
    sentence = Text(ru="подписан документ «{title}» от {on}", en="“{title}” of {on} is signed")

    on: date


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
        ru="срок подписи «{title}» ({signer}) перенесён: {due} вместо {before}[ — {reason}]",
        en="the deadline to sign “{title}” ({signer}) moves: {due} instead of {before}[ — {reason}]",
    )
    mail = Mail(NoticeKind.DEADLINE_MOVED, (To.SIGNER,))

    signer: Role
    due: AwareDatetime
    before: AwareDatetime
    reason: str = ""


class DocumentReminded(AboutDocument, Ringing):
    kind = "document.reminded"
    sentence = Text(
        ru="напоминание о подписи «{title}» ({signer}), срок {due}[, уже {times}-й раз]",
        en="reminder: “{title}” is not signed by the {signer}, due {due}[, {times} times by now]",
    )
    mail = Mail(NoticeKind.DOCUMENT_REMINDED, (To.SIGNER, To.MANAGER))

    signer: Role
    due: AwareDatetime


class DocumentEscalated(AboutDocument, Ringing):
    kind = "document.escalated"
    sentence = Text(
        ru="документ «{title}» не подписан в срок ({signer}), срок был {due} — сообщено: {to}[, уже {times}-й раз]",
        en="“{title}” is not signed in time by the {signer}, due {due}: told to {to}[, {times} times by now]",
    )
    mail = Mail(NoticeKind.DOCUMENT_ESCALATED, (To.DIRECTOR, To.MANAGER))
    crm = (Crm.NOTIFY, Crm.COMMENT)

    signer: Role
    due: AwareDatetime
    overdue: bool = True
    to: Person
