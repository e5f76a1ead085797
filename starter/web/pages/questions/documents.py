"""A document to sign or to hand over: by the signer themselves, or by the manager who has the paper; with the date that stands on it."""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from pydantic import ValidationError

from activities.mail.links import Link
from domain.deal import answers
from domain.deal.authority import CLIENT
from domain.deal.documents import Document, Signature, adjusting_kind
from domain.deal.messages import Message, Refuse, Sign
from domain.deal.open_items import is_over
from domain.deal.snapshot import Snapshot
from domain.playbook.kinds import REFUSED_DOCUMENT
from domain.refusals import Refusal
from domain.spelling import day_as_iso
from domain.wording import day
from domain.words import SIDE_LABELS, Language, Text
from starter.web.pages.questions.fields import FormShown, Shown
from starter.web.pages.questions.kind import (
    BAD_COMMENT,
    FoundQuestion,
    Page,
    Typed,
    Wrong,
    processes,
    refusal_of,
)
from starter.web.pages.questions.sheet import Done, by_whom, moment, sheet

_FIELD = "signed_on"
_SIGNED_ALREADY = "already_signed"
_CLIENTS = Text(
    ru="Когда документ подписан с вашей стороны, отметьте это здесь. Сам документ верните вашему менеджеру.",
    en="When you have signed the document, say so here. Return the document itself to your manager.",
)
_OURS = Text(
    ru="Когда документ подписан, отметьте это здесь.", en="When the document is signed, say so here."
)
_DATE = Text(ru="Дата на документе", en="Date on the document")
_SIGNER = Text(ru="Подписывает", en="Signed by")
_HAND_OVER = Text(
    ru="Когда документ передан клиенту, отметьте это здесь.",
    en="When the client has the document, say so here.",
)
_HANDED_ON = Text(ru="Дата передачи", en="Handed over on")
_HANDED = Text(ru="Документ передан", en="The document is handed over")
_BUTTON = Text(ru="Документ подписан", en="The document is signed")
_REASON, WAY, WHOLLY, PARTLY = "reason", "refuse", "wholly", "partly"
_WHY = Text(
    ru="Если не подписываете или принимаете не всё: почему",
    en="If it is not signed, or only a part is accepted: why",
)
_REFUSE = Text(ru="Отказаться", en="Refuse to sign")
_A_PART = Text(ru="Принять часть", en="Accept a part")
_NO_REASON = Text(
    ru="Напишите, почему: менеджер исправит документ.", en="Say why: the manager puts the document right."
)
_DONE = Text(ru="Документ подписан", en="The document is signed")
_NO_DATE = Text(
    ru="Укажите дату, которая стоит на документе.", en="Give the date that stands on the document."
)


class Documents:
    def find(self, snapshot: Snapshot, link: Link) -> FoundQuestion | None:
        process = next((one for one in processes(snapshot) if link.question in one.documents), None)
        if process is None:
            return None
        found = FoundQuestion(snapshot, process, document := process.documents[link.question])
        if document.signed or _signature(document, link, found):
            return found._replace(answered=True)
        if is_over(process) or is_over(snapshot.deal):
            return found._replace(refused="withdrawn_task")
        return found._replace(refused=_refusal(found, link))

    async def messages(
        self, link: Link, found: FoundQuestion, form: Mapping[str, str]
    ) -> tuple[Message, ...]:
        if WAY in form:
            return (_refusal_said(link, form),)
        try:
            message = _message(link, date.fromisoformat(day_as_iso(form.get(_FIELD, ""))))
        except ValueError:
            raise Wrong({_FIELD: _NO_DATE}) from None
        try:
            answers.signed_on(message, found.today)
        except Refusal as refusal:
            raise Wrong({_FIELD: refusal.text}) from None
        return (message,)

    async def asked(self, link: Link, found: FoundQuestion, language: Language, typed: Typed) -> Page:
        document: Document = found.asked
        today = found.today.isoformat()
        dated = _HANDED_ON if document.handed_over else _DATE
        field = Shown(_FIELD, dated.to(language), "date", typed.form.get(_FIELD, today), latest=today)
        mine = link.person == CLIENT
        fields: tuple[Shown, ...] = (field,)
        refusing = _refusing(found, link, language)
        if refusing:
            reason = typed.form.get(_REASON, "")
            fields = (field, Shown(_REASON, _WHY.to(language), "textarea", reason, required=False))
        drawn = sheet(
            *(found, link.person, language),
            title=document.title,
            intro=_HAND_OVER if document.handed_over else _CLIENTS if mine else _OURS,
            due_at=document.alarm.due_at if document.alarm else None,
            facts=[] if mine or document.handed_over else [(_SIGNER, _missing(document, language))],
        )
        button = _HANDED if document.handed_over else _BUTTON
        form = FormShown(fields, button.to(language), typed.wrong)
        return Page("document", {"asked": drawn, "form": form, "refusing": refusing})

    def answered(self, link: Link, found: FoundQuestion, language: Language) -> Page:
        document: Document = found.asked
        own = _signature(document, link, found)
        on = own.on if own else document.signed_on
        dated, done = (_HANDED_ON, _HANDED) if document.handed_over else (_DATE, _DONE)
        rows = [(dated.to(language), day(on, language))] if on else []
        by = by_whom(found, own.by if own else document.signed_by, link.person, language)
        at = moment(found, own.at if own else document.signed_at, language)
        shown = Done(done.to(language), by, at, tuple(rows))
        return Page(
            "done", {"asked": sheet(found, link.person, language, title=document.title), "done": shown}
        )


class Refusing(NamedTuple):
    """The buttons of whoever may refuse; `nth`: which refusal of this deal's or line's papers it would be."""

    nth: int
    buttons: tuple[tuple[str, str], ...]


def _refusing(found: FoundQuestion, link: Link, language: Language) -> Refusing | None:
    """A part can be accepted where a paper adjusts this one."""
    said = Refuse(id=link.message_id, actor=link.person, document=link.question, reason=_REASON)
    if refusal_of(lambda: answers.who_refuses(found.asked, said, found.desk)):
        return None
    ways = {PARTLY: _A_PART} if adjusting_kind(found.asked, found.deal.book) else {}
    ways |= {WHOLLY: _REFUSE}
    nth = sum(asked.kind == REFUSED_DOCUMENT for asked in found.process.assignments.values())
    return Refusing(nth, tuple((code, words.to(language)) for code, words in ways.items()))


def _refusal_said(link: Link, form: Mapping[str, str]) -> Refuse:
    """Pressed twice it is one: by the page that it was said on."""
    reason, nth = form.get(_REASON, "").strip(), form.get("nth", "")[:10]
    if not reason:
        raise Wrong({_REASON: _NO_REASON})
    about = {"actor": link.person, "document": link.question, "partly": form[WAY] == PARTLY}
    try:
        return Refuse.model_validate({"id": f"{link.message_id}!{nth}", "reason": reason, **about})
    except ValidationError:
        raise Wrong({_REASON: BAD_COMMENT}) from None


def _missing(document: Document, language: Language) -> str:
    return ", ".join(SIDE_LABELS[side].to(language) for side in document.missing)


def _signature(document: Document, link: Link, found: FoundQuestion) -> Signature | None:
    """The reader's own; whoever may still enter another has not answered."""
    if _refusal(found, link) != _SIGNED_ALREADY:
        return None
    own = (s for s in document.signatures if link.person in found.desk.persons(document.role_of(s.side)))
    return next(own, document.signatures[-1])


def _message(link: Link, on: date | None = None) -> Sign:
    return Sign(id=link.message_id, actor=link.person, document=link.question, signed_on=on)


def _refusal(found: FoundQuestion, link: Link) -> str:
    return refusal_of(lambda: answers.who_signs(found.asked, _message(link), found.desk))
