"""Who buys, pays and gets the goods, as it is read: a name, the numbers it goes by, and where to."""

from collections.abc import Iterator

from domain.order.countries import country_name
from domain.order.parties import PARTIES, Client, Firm, Party
from domain.order.party_labels import DELIVERY_ADDRESS, PARTY_LABELS
from domain.words import Language

_NUMBERS = {
    "RU": ("ИНН", "INN"),
    "BY": ("УНП", "UNP"),
    "KZ": ("БИН/ИИН", "BIN/IIN"),
}


def firm_words(firm: Firm, language: Language) -> str:
    """«АО Лизинг, ИНН 9900000017, КПП 990001001», “ОДО Клиника, Беларусь, УНП 100582333”."""
    return ", ".join(filter(None, (firm.name or "", *_numbers(firm, language))))


def _numbers(firm: Firm, language: Language) -> Iterator[str]:
    ru = language == "ru"
    if firm.is_foreign:
        yield country_name(firm.country).to(language)
    if firm.tax_number:
        names = _NUMBERS.get(firm.country, ("рег. №", "reg. no."))
        yield f"{names[0] if ru else names[1]} {firm.tax_number}"
    if firm.inn:
        yield f"{'ИНН' if ru else 'INN'} {firm.inn}"
    if firm.kpp:
        yield f"{'КПП' if ru else 'KPP'} {firm.kpp}"


def party_words(party: Party, language: Language) -> str:
    return ", ".join(filter(None, (firm_words(party, language), party.address or "")))


def parties_in_words(client: Client, language: Language) -> Iterator[tuple[str, str]]:
    """Who pays and who gets the goods, where these are others, and where to; each with its label."""
    for role in PARTIES:
        if party := getattr(client, role):
            yield _capital(PARTY_LABELS[role].to(language)), party_words(party, language)
    if client.delivery_address:
        yield _capital(DELIVERY_ADDRESS.to(language)), client.delivery_address


def _capital(label: str) -> str:
    return label[0].upper() + label[1:]
