"""What late goods and late money cost, in words."""

from decimal import Decimal

from domain.wording import money
from domain.words import Language


def penalty_words(amount: Decimal, currency: str, language: Language) -> str:
    """What we owe for it; nothing where it costs nothing."""
    if not amount:
        return ""
    cash = money(amount, currency, language)
    return f"неустойка клиенту {cash}" if language == "ru" else f"penalty to the client {cash}"


def late_payment_words(amount: Decimal, currency: str, language: Language) -> str:
    """What the client owes for late money."""
    if not amount:
        return ""
    cash = money(amount, currency, language)
    return f"неустойка с клиента {cash}" if language == "ru" else f"penalty from the client {cash}"
