"""What every letter may say of its deal, whatever it is about."""

from domain.deal.rate_words import clause_in_words
from domain.deal.state import DealState
from domain.words import stage_label


def deal_words(deal: DealState) -> dict[str, str]:
    """A manager who has left goes by the id alone, and has no address."""
    manager = deal.book.people.get(deal.manager)
    stage = stage_label(deal.stage, deal.sources)
    clause = clause_in_words(deal.rate) if deal.rate else None
    by_rate = {"clause_ru": clause.ru, "clause_en": clause.en} if clause else {}
    return by_rate | {
        "number": deal.deal,
        "stage_ru": stage.ru,
        "stage_en": stage.en,
        "company": deal.book.company,
        "client": deal.client.name or deal.client.contact,
        "contact": deal.client.contact,
        "manager": manager.name if manager else deal.manager,
        "manager_email": str(manager.email) if manager else "",
        "zone": deal.book.calendar.zone,
    }
