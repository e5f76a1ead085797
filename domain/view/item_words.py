"""An open item in words: for the CRM, the Web UI, and for whoever is told why something does not count."""

from collections.abc import Iterable

from domain.deal.authority import Desk
from domain.deal.open_items import OpenItem
from domain.deal.state import DealState
from domain.deal.tasks import Awaiting
from domain.wording import Cash, about, moment, worded
from domain.words import ROLE_LABELS, Language, Role, Text


def tell_item(deal: DealState, item: OpenItem, language: Language | None = None) -> str:
    """`Позиция 1: УПД — клиент, 05.12.2026 18:00`: what, of which line, who, and until when; in the playbook's language if none."""
    language = language or deal.book.language
    of = f"{about(item.subject.line).to(language)}: " if item.subject.line else ""
    at = moment(item.due_at, language, deal.book.calendar.zone)
    return f"{of}{what(deal, item).to(language)} — {who(deal, [item], language)}, {at}"


def who(deal: DealState, items: Iterable[OpenItem], language: Language | None = None) -> str:
    """All whom these items wait for, each once."""
    language = language or deal.book.language
    return ", ".join(dict.fromkeys(_name(deal, ask, language) for item in items for ask in item.who))


def what(deal: DealState, item: OpenItem) -> Text:
    """Its title, with the version that is asked about, or the amount that is missing."""
    match item.kind:
        case "approval":
            return worded(
                ru="{title}, версия {version}",
                en="{title}, version {version}",
                title=item.title,
                version=item.version,
            )
        case "payment" if item.amount is not None:
            cash = Cash(item.amount, deal.currency)
            return worded(ru="{title}: {cash}", en="{title}: {cash}", title=item.title, cash=cash)
    return item.title


def _name(deal: DealState, ask: Awaiting, language: Language) -> str:
    if ask.role is Role.CLIENT:
        return ROLE_LABELS[ask.role].to(language)
    return Desk(deal.book, deal.client, deal.manager, deal.opened_at.date()).name(ask.person)
