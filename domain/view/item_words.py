"""An open item in words, in the playbook's language: for the CRM, and for whoever is told why something does not count."""

from collections.abc import Iterable

from domain.deal.authority import Desk
from domain.deal.open_items import OpenItem
from domain.deal.state import DealState
from domain.deal.tasks import Awaiting
from domain.wording import moment
from domain.words import ROLE_LABELS, Role


def tell_item(deal: DealState, item: OpenItem) -> str:
    """`1: УПД — клиент, 05.12.2026 18:00`: what, of which line, who, and until when."""
    about = f"{item.subject.line}: " if item.subject.line else ""
    at = moment(item.due_at, deal.book.language, deal.book.calendar.zone)
    return f"{about}{_what(deal, item)} — {who(deal, [item])}, {at}"


def who(deal: DealState, items: Iterable[OpenItem]) -> str:
    """All whom these items wait for, each once."""
    return ", ".join(dict.fromkeys(_name(deal, ask) for item in items for ask in item.who))


def _what(deal: DealState, item: OpenItem) -> str:
    title = item.title.to(deal.book.language)
    match item.kind:
        case "approval":
            return f"{title} v{item.version}"
        case "payment":
            return f"{title}: {item.amount} {deal.currency}"
    return title


def _name(deal: DealState, ask: Awaiting) -> str:
    if ask.role is Role.CLIENT:
        return ROLE_LABELS[ask.role].to(deal.book.language)
    return Desk(deal.book, deal.client, deal.manager, deal.opened_at.date()).name(ask.person)
