"""Who is told by mail of what: one table, and the notice each fact makes."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from enum import StrEnum

from domain.authority import CLIENT, Desk
from domain.effects import Notice, NoticeKind
from domain.old_facts import Fact, FactKind
from domain.playbook import MAIL_ADDRESS
from domain.quiet import Sending, sending
from domain.state import DealState
from domain.words import STAGE_LABELS, STATUS_LABELS, Language, LineStatus, Role


class To(StrEnum):
    """Whom a notice goes to. The three in the middle are named by the fact itself."""

    CLIENT = "client"
    ASSIGNEE = "assignee"
    AWAITED = "awaiting"
    SIGNER = "signer"
    MANAGER = "manager"
    DIRECTOR = "director"


NOTICES: dict[FactKind, tuple[NoticeKind, tuple[To, ...]]] = {
    FactKind.ASSIGNMENT_OPENED: (NoticeKind.ASSIGNMENT_OPENED, (To.ASSIGNEE,)),
    FactKind.ASSIGNMENT_REASSIGNED: (NoticeKind.ASSIGNMENT_OPENED, (To.ASSIGNEE,)),
    FactKind.ASSIGNMENT_REMINDED: (NoticeKind.ASSIGNMENT_REMINDED, (To.ASSIGNEE,)),
    FactKind.ASSIGNMENT_ESCALATED: (NoticeKind.ASSIGNMENT_ESCALATED, (To.DIRECTOR, To.ASSIGNEE)),
    FactKind.APPROVAL_OPENED: (NoticeKind.APPROVAL_ASKED, (To.AWAITED,)),
    FactKind.APPROVAL_REMINDED: (NoticeKind.APPROVAL_REMINDED, (To.AWAITED,)),
    FactKind.APPROVAL_ESCALATED: (NoticeKind.APPROVAL_ESCALATED, (To.DIRECTOR, To.MANAGER)),
    FactKind.APPROVAL_REJECTED: (NoticeKind.APPROVAL_REJECTED, (To.MANAGER,)),
    FactKind.CONTRACT_AGREED: (NoticeKind.CONTRACT_AGREED, (To.CLIENT, To.MANAGER)),
    FactKind.MILESTONE_DUE: (NoticeKind.PAYMENT_DUE, (To.CLIENT,)),
    FactKind.MILESTONE_REMINDED: (NoticeKind.PAYMENT_REMINDED, (To.CLIENT, To.MANAGER)),
    FactKind.MILESTONE_ESCALATED: (NoticeKind.PAYMENT_ESCALATED, (To.DIRECTOR, To.MANAGER)),
    FactKind.PAYMENT_RECEIVED: (NoticeKind.PAYMENT_RECEIVED, (To.MANAGER,)),
    FactKind.DOCUMENT_READY: (NoticeKind.DOCUMENT_READY, (To.SIGNER,)),
    FactKind.DOCUMENT_REMINDED: (NoticeKind.DOCUMENT_REMINDED, (To.SIGNER, To.MANAGER)),
    FactKind.DOCUMENT_ESCALATED: (NoticeKind.DOCUMENT_ESCALATED, (To.DIRECTOR, To.MANAGER)),
    FactKind.CUSTOMS_CHECK: (NoticeKind.STATUS_CHECK, (To.MANAGER,)),
    FactKind.ETA_CHECK: (NoticeKind.STATUS_CHECK, (To.MANAGER,)),
    FactKind.CUSTOMS_HELD: (NoticeKind.CUSTOMS_HELD, (To.MANAGER, To.DIRECTOR)),
    FactKind.GOODS_DAMAGED: (NoticeKind.GOODS_DAMAGED, (To.MANAGER,)),
    FactKind.LINE_SILENT: (NoticeKind.LINE_SILENT, (To.MANAGER, To.DIRECTOR)),
    FactKind.DEAL_PAID: (NoticeKind.DEAL_PAID, (To.MANAGER, To.DIRECTOR, To.CLIENT)),
    FactKind.DEAL_LOST: (NoticeKind.DEAL_LOST, (To.DIRECTOR,)),
    FactKind.DEAL_CANCELLED: (NoticeKind.DEAL_CANCELLED, (To.CLIENT, To.MANAGER, To.DIRECTOR)),
}
SHIPPED: tuple[NoticeKind, tuple[To, ...]] = (NoticeKind.LINE_SHIPPED, (To.CLIENT,))


def notices(fact: Fact, deal: DealState) -> Iterator[Notice]:
    """The mails a fact makes; who stands in for an absent person is told as well.

    A client without an e-mail address is not written to: the manager gets the mail, to pass it on.
    """
    if fact.kind is FactKind.LINE_STATUS and fact.data.get("status") == LineStatus.SHIPPED:
        kind, targets = SHIPPED
    elif fact.kind in NOTICES:
        kind, targets = NOTICES[fact.kind]
    else:
        return
    if fact.kind is FactKind.MILESTONE_DUE and fact.data.get("outstanding") == "0.00":
        return
    if fact.kind is FactKind.ASSIGNMENT_OPENED and _at_hand(fact, deal):
        return
    desk = Desk(deal.book, deal.client, deal.manager, deal.book.calendar.today(fact.at))
    told = [person for to in targets for person in _persons(to, fact, deal)]
    for person in dict.fromkeys([*told, *sorted(s for absent in told for s in desk.substitutes(absent))]):
        notice = _notice(kind, person, fact, deal)
        if notice:
            when = _when(notice, fact, deal)
            asked = {"asked": "yes"} if person == notice.person and _is_asked(person, fact, desk) else {}
            yield notice.model_copy(
                update={"send_at": when.at, "digest": when.digest, "data": notice.data | asked}
            )


def _at_hand(fact: Fact, deal: DealState) -> bool:
    """The manager drives the deal and sees its next step there: a mail calls only colleagues, and the manager to a new deal."""
    return fact.data["assignee"] == deal.manager and fact.data["assignment"] not in (
        "qualification",
        "order",
        "contract-revision",
        MAIL_ADDRESS,
    )


def _persons(to: To, fact: Fact, deal: DealState) -> list[str]:
    match to:
        case To.CLIENT:
            return [CLIENT]
        case To.MANAGER:
            return [deal.manager]
        case To.DIRECTOR:
            return [fact.data["to"]] if "to" in fact.data else deal.book.holders(Role.DIRECTOR)[:1]
        case To.SIGNER:
            signer = fact.data.get("signer", CLIENT)
            return (
                [CLIENT]
                if signer == CLIENT
                else [deal.manager]
                if signer == Role.MANAGER
                else deal.book.holders(Role(signer))
            )
        case _:
            return [person for person in fact.data.get(to.value, "").split(", ") if person]


def _notice(kind: NoticeKind, person: str, fact: Fact, deal: DealState) -> Notice | None:
    audience = "client" if person == CLIENT else "staff"
    address = deal.addresses.get(CLIENT) or deal.client.email or ""
    if person == CLIENT and not address:
        person = deal.manager
    if person == CLIENT:
        name, email, language = deal.client.contact, address, deal.client.language
    elif entry := deal.book.people.get(person):
        name, email, language = entry.name, deal.addresses.get(person) or str(entry.email), entry.language
    else:
        return None
    return Notice(
        key=f"deal-{deal.deal}:{fact.seq}:{person}"
        + (":for-client" if audience == "client" and person != CLIENT else ""),
        deal=deal.deal,
        kind=kind.value,
        person=person,
        to_name=name,
        to_email=email,
        language=language,
        data={
            **fact.data,
            **_about(fact, deal, language),
            "audience": audience,
            "how": how_to_answer(fact, deal),
        },
    )


def _when(notice: Notice, fact: Fact, deal: DealState) -> Sending:
    """What waits for one morning goes out in the order of its facts: each a microsecond after the one before."""
    due = fact.data.get("due")
    when = sending(
        notice.kind,
        fact.at,
        deal.book.mail,
        deal.book.calendar,
        to_client=notice.data["audience"] == CLIENT,
        due=datetime.fromisoformat(due) if due else None,
    )
    if when.at is None or when.digest:
        return when
    return when._replace(at=when.at + timedelta(microseconds=fact.seq))


def _is_asked(person: str, fact: Fact, desk: Desk) -> bool:
    """Whether the fact asks this very person for an answer: awaited, or standing in for somebody awaited."""
    if not fact.kind.value.startswith("approval."):
        return False
    awaited = [name for name in fact.data.get("awaiting", "").split(", ") if name]
    return person in awaited or any(person in desk.substitutes(absent) for absent in awaited)


def _about(fact: Fact, deal: DealState, language: Language) -> dict[str, str]:
    number = fact.subject.removeprefix("line ")
    line = deal.lines.get(int(number)) if number.isdigit() else None
    about = {
        "number": deal.deal,
        "stage_ru": STAGE_LABELS[deal.stage].ru,
        "stage_en": STAGE_LABELS[deal.stage].en,
        "company": deal.book.company,
        "client": deal.client.name or deal.client.contact,
        "contact": deal.client.contact,
        "manager": deal.book.people[deal.manager].name,
        "manager_email": str(deal.book.people[deal.manager].email),
        "subject": fact.subject,
        "currency": deal.currency,
        "check": fact.kind.value,
        "actor": str(fact.actor),
        "paid": str(deal.received),
        "zone": deal.book.calendar.zone,
    }
    if line:
        about |= {"line": number, "good": line.good.name, "status": STATUS_LABELS[line.status].to(language)}
    return about


def how_to_answer(fact: Fact, deal: DealState) -> str:
    """The command that answers what the fact asks for; empty where nothing is asked."""
    id = fact.data.get("id", "")
    if fact.kind.value.startswith("approval.") and fact.data.get("awaiting"):
        return f"deal decide {deal.deal} {id} --approve --as {fact.data['awaiting'].split(', ')[0]}"
    if fact.data.get("assignment") == "order":
        return f"deal order {deal.deal} FILE --as {fact.data.get('assignee', deal.manager)}"
    if fact.kind.value.startswith("assignment."):
        return f"deal complete {deal.deal} {id} --as {fact.data.get('assignee', deal.manager)} --field …"
    if fact.kind.value.startswith("document.") and fact.data.get("signer"):
        return f"deal sign {deal.deal} {id} --as {fact.data['signer']}"
    return ""
