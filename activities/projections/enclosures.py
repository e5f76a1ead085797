"""What a fact's mail shows beside its words: the order to decide on, what is to be paid, a lead's wish and contacts."""

from domain.deal.authority import CLIENT
from domain.deal.state import DealState, LineState
from domain.enclosures import OrderWords, ToPay
from domain.facts import (
    AboutAssignment,
    AboutMilestone,
    ApprovalOpened,
    ApprovalReassigned,
    Fact,
    FactData,
)
from domain.view.credit_words import credit_words
from domain.view.order_words import asked_offer, order_words
from domain.view.payment_words import what_to_pay
from domain.words import Language

OF_A_LEAD = ("qualification", "order")


def order_of(
    fact: Fact, data: FactData, deal: DealState, language: Language, audience: str
) -> OrderWords | None:
    """Of the line that is asked about, or of the whole deal."""
    if not isinstance(data, ApprovalOpened | ApprovalReassigned):
        return None
    line = line_of(fact, deal)
    lines = [line] if line else deal.active_lines
    offer = asked_offer(deal, data.approval, data.version)
    if not lines:
        return None
    words = order_words(deal, lines, language, offer, inside=audience != CLIENT)
    return words.model_copy(update={"credit": credit_words(line, data.approval, data.version, language)})


def to_pay(fact: Fact, data: FactData, deal: DealState, audience: str) -> ToPay | None:
    """Of a client's mail that asks for roubles, unless the payment type it was due by has meanwhile been amended."""
    line, amount = line_of(fact, deal), getattr(data, "outstanding", None)
    if not (isinstance(data, AboutMilestone) and line and amount) or audience != CLIENT:
        return None
    return what_to_pay(deal, line, data.id) if data.id in line.milestones else None


def lead_words(data: FactData, deal: DealState, audience: str) -> dict[str, str]:
    """For who is to talk to a new client: what is wanted, and how to reach them."""
    if audience == CLIENT or not (isinstance(data, AboutAssignment) and data.assignment in OF_A_LEAD):
        return {}
    client = deal.client
    return {
        "wish": deal.wish,
        "lead_contact": client.contact,
        "phone": client.phone or "",
        "email": client.email or "",
        "inn": client.inn or "",
    }


def line_of(fact: Fact, deal: DealState) -> LineState | None:
    number = fact.subject.removeprefix("line ")
    return deal.lines.get(int(number)) if number.isdigit() else None
