"""What somebody needs to know to answer an assignment: the wish and the contacts of a lead, why a version was rejected."""

from typing import NamedTuple

from domain.deal.state import LineState, ProcessState
from domain.playbook.kinds import QUESTION
from domain.words import Text
from starter.web.pages.questions.kind import FoundQuestion

OF_A_LEAD = ("qualification", "order")
_ABOUT = {"contract-revision": "contract", "payment-terms": "credit"}
"""The assignment that answers the rejection of an approval, and the approval."""

_ABOUT_WHAT, _WHO = Text(ru="О чём", en="About"), Text(ru="Спрашивает", en="Asked by")
_CONTACT = Text(ru="Контакт", en="Contact")
_PHONE = Text(ru="Телефон", en="Phone")
_EMAIL = Text(ru="Почта", en="E-mail")
_INN = Text(ru="ИНН", en="INN")


class Context(NamedTuple):
    facts: tuple[tuple[Text, str | Text], ...] = ()
    text: str = ""


def context(found: FoundQuestion) -> Context:
    kind, deal = found.asked.kind, found.deal
    if kind in OF_A_LEAD:
        client = deal.client
        facts = (
            *((_CONTACT, client.contact), (_PHONE, client.phone or "")),
            *((_EMAIL, client.email or ""), (_INN, client.inn or "")),
        )
        return Context(facts, deal.wish)
    if kind == QUESTION:
        return _asked(found)
    return Context(text=_rejected(found.process, _ABOUT.get(kind, "")))


def _asked(found: FoundQuestion) -> Context:
    for approval in found.process.approvals.values():
        for one in approval.inquiries:
            if one.assignment == found.asked.id:
                return Context(((_ABOUT_WHAT, approval.title), (_WHO, one.actor.name)), one.question)
    return Context()


def _rejected(process: ProcessState, approval: str) -> str:
    """What was said against the version before."""
    if isinstance(process, LineState) and process.agreement == "refused":
        return process.refusal
    asked = process.approvals.get(process.subject.id(approval))
    if asked is None or not asked.rejected:
        return ""
    return "\n".join(vote.comment for vote in asked.votes if vote.comment)
