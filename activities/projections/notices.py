"""The mails a fact makes, by its declaration: to whom, in which words, when."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from activities.projections.asks import acknowledges, asks_of, how_to_acknowledge, how_to_answer, signers
from activities.projections.enclosures import lead_words, line_of, order_of, to_pay
from activities.projections.grouping import Grouped
from domain.deal.authority import CLIENT, PAYER, Desk
from domain.deal.batches import FactBatch
from domain.deal.messages import Pay
from domain.deal.state import DealState
from domain.effects import Notice
from domain.facts import (
    AboutApproval,
    AboutAssignment,
    AboutMilestone,
    AnswerCorrected,
    Fact,
    FactData,
    PaymentCorrected,
    To,
)
from domain.facts.content import content
from domain.facts.written import written
from domain.playbook.quiet import Sending, sending
from domain.view.letter_words import deal_words
from domain.view.party_words import party_words
from domain.view.sentences import Reader
from domain.words import Language, NoticeKind, Role, Text, status_label

_NOTHING_TO_DO = (NoticeKind.PAYMENT_EXPECTED,)
"""Its reader has nothing to do before the deadline: it need not come before that."""


def plan_mail(batch: FactBatch, deal: DealState, now: datetime) -> Grouped[Notice]:
    """Of `deal`, the batch's with its playbook: first what is sent again, then what the facts make."""
    again = [
        [
            notice.model_copy(update={"key": f"{notice.key}:{resend.corrected}"})
            for notice in notices(resend.fact, deal, now, resend.nth)
            if notice.person == resend.person
        ]
        for resend in batch.again
    ]
    told = [list(notices(fact, deal, now, batch.nth.get(fact.seq, 1))) for fact in batch.facts]
    return Grouped([*again, *told])


def notices(fact: Fact, deal: DealState, now: datetime, nth: int = 1) -> Iterator[Notice]:
    """The mails a fact makes, as they would go out now; who stands in for an absent person is told as well.

    A client without an e-mail address is not written to: the manager gets the mail, to pass it on. `nth`: which time the deal says
    just this.
    """
    data = fact.read()
    desk = Desk(deal.book, deal.client, deal.manager, deal.book.calendar.today(now))
    key = f"deal-{deal.deal}:{content(fact)}{f'~{nth}' if nth > 1 else ''}"
    for kind, person in _addressed(data, deal, desk):
        notice = _notice(kind, person, fact, data, deal, desk, key)
        if notice:
            when = _when(notice, fact, data, deal, now)
            update: dict[str, Any] = {"send_at": when.at, "digest": when.digest}
            if person == notice.person:
                update["asks"] = asks_of(fact, data, deal, person, desk)
                update["acknowledges"] = acknowledges(data, person, desk)
            yield notice.model_copy(update=update)


def _addressed(data: FactData, deal: DealState, desk: Desk) -> Iterator[tuple[NoticeKind, str]]:
    """Each person once."""
    mail, told = data.mailed(deal.manager), set[str]()
    for one in (mail, data.second_mail) if mail else ():
        persons = [person for to in one.to for person in _persons(to, data, deal)] if one else []
        for person in desk.with_substitutes(persons):
            if one and person not in told:
                told.add(person)
                yield one.kind, person


def _persons(to: To, data: FactData, deal: DealState) -> list[str]:
    match to:
        case To.CLIENT:
            payer = deal.client.payer
            reached = isinstance(data, AboutMilestone) and payer and payer.email
            return [CLIENT, PAYER] if reached else [CLIENT]
        case To.MANAGER:
            return [deal.manager]
        case To.DIRECTOR:
            return [getattr(data, "to", "") or deal.book.holders(Role.DIRECTOR)[0]]
        case To.ACCOUNTANT:
            return [person for role in Pay.who for person in deal.book.holders(role)]
        case To.SIGNERS:
            return signers(getattr(data, "signers", ()), deal)
        case To.ASSIGNEE:
            return [data.assignee] if isinstance(data, AboutAssignment) else []
        case To.SUCCESSOR:
            return [getattr(data, "successor", "")]
        case To.ASKER:
            return [getattr(data, "asker", "")]
        case To.AWAITED:
            return list(data.awaiting) if isinstance(data, AboutApproval) else []


def _notice(
    kind: NoticeKind, person: str, fact: Fact, data: FactData, deal: DealState, desk: Desk, key: str
) -> Notice | None:
    audience, payer = "client" if person in (CLIENT, PAYER) else "staff", deal.client.payer
    address = deal.addresses.get(CLIENT) or deal.client.email or ""
    if person == CLIENT and not address:
        person = deal.manager
    if person == CLIENT:
        name, email, language = deal.client.contact, address, deal.client.language
    elif person == PAYER and payer:
        name, email = payer.name, deal.addresses.get(PAYER) or payer.email or ""
        language = deal.client.language
    elif entry := deal.book.people.get(person):
        name, email, language = entry.name, deal.addresses.get(person) or str(entry.email), entry.language
    else:
        return None
    return Notice(
        key=f"{key}:{person}" + (":for-client" if audience == "client" and person != CLIENT else ""),
        deal=deal.deal,
        kind=kind.value,
        person=person,
        to_name=name,
        to_email=email,
        language=language,
        data={
            **_words(data),
            **_object(data, deal),
            **_about(fact, deal, language),
            **lead_words(data, deal, audience),
            **_corrected(data, deal, language),
            **_payer(data, deal, language),
            "audience": audience,
            "yours": "yes" if getattr(data, "assignee", "") == person else "",
            "how": how_to_answer(fact, data, deal, person, desk),
            "acknowledge": how_to_acknowledge(data, deal, person, desk, language),
        },
        order=order_of(fact, data, deal, language, audience),
        to_pay=to_pay(fact, data, deal, audience),
    )


def _object(data: FactData, deal: DealState) -> dict[str, str]:
    """What is to be approved, as the playbook puts it."""
    kind = deal.book.approvals.get(data.approval) if isinstance(data, AboutApproval) else None
    return {"object_ru": kind.object.ru, "object_en": kind.object.en} if kind and kind.object else {}


def _corrected(data: FactData, deal: DealState, language: Language) -> dict[str, str]:
    """What was entered wrong, and what is right."""
    match data:
        case AnswerCorrected():
            reader = Reader(language, book=deal.book)
            was, now = (reader.answers(said, data.assignment) for said in (data.before, data.after))
        case PaymentCorrected():
            was, now = data.before.to(language), data.after.to(language)
        case _:
            return {}
    return {"was": was, "now": now}


def _payer(data: FactData, deal: DealState, language: Language) -> dict[str, str]:
    """Of letters about money: who pays, where that is not the client."""
    payer = deal.client.payer
    return {"payer": party_words(payer, language)} if payer and isinstance(data, AboutMilestone) else {}


def _words(data: FactData) -> dict[str, str]:
    """The data as templates are filled with it: what is in both languages under `title_ru` and `title_en`."""
    words: dict[str, str] = {}
    for name in type(data).model_fields:
        match getattr(data, name):
            case Text() as text:
                words |= {f"{name}_ru": text.ru, f"{name}_en": text.en}
            case bool() as yes:
                words |= {name: "yes"} if yes else {}
            case dict() | None:
                pass
            case tuple() as several:
                words[name] = ", ".join(map(str, several))
            case value:
                words[name] = str(written(value))
    return words


def _when(notice: Notice, fact: Fact, data: FactData, deal: DealState, now: datetime) -> Sending:
    """What waits for one morning goes out in the order of its facts: each a microsecond after the one before."""
    when = sending(
        notice.kind,
        now,
        deal.book.mail,
        deal.book.calendar,
        to_client=notice.data["audience"] == CLIENT,
        due=None if notice.kind in _NOTHING_TO_DO else getattr(data, "due", None),
    )
    if when.at is None or when.digest:
        return when
    return when._replace(at=when.at + timedelta(microseconds=fact.seq))


def _about(fact: Fact, deal: DealState, language: Language) -> dict[str, str]:
    line = line_of(fact, deal)
    about = deal_words(deal) | {
        "subject": fact.subject,
        "currency": deal.currency,
        "check": fact.kind,
        "actor": str(fact.actor),
        "paid": str(deal.received),
    }
    if line:
        about |= {
            "line": str(line.number),
            "good": line.good.name,
            "status": status_label(line.status, line.good.source).to(language),
            "source": line.good.source.value,
        }
    return about
