"""What a client's payment order says, so that the money finds its order: in Russian, as banks in Russia want it."""

from decimal import Decimal

from domain.money import vat_part
from domain.playbook.requisites import Requisites
from domain.playbook.terms import VatRate

CURRENCY = "RUB"
"""Only such a payment has a code that banks read."""
_LONGEST_PURPOSE = 210
_LONGEST_GOOD = 80


def purpose(number: str, title: str, good: str, amount: Decimal, vat: VatRate) -> str:
    about = f"Оплата по заказу № {number}, {title}: {_short(good, _LONGEST_GOOD)}."
    return _short(f"{about} {_vat(amount, vat)}".replace("|", "/"), _LONGEST_PURPOSE)


def qr_text(requisites: Requisites, amount: Decimal, purpose: str) -> str:
    """GOST R 56042-2014, in UTF-8: what banks' programs read off a code. The sum is in kopecks."""
    said = {
        "Name": requisites.name,
        "PersonalAcc": requisites.account,
        "BankName": requisites.bank,
        "BIC": requisites.bic,
        "CorrespAcc": requisites.correspondent or "0",
        "Sum": str(int(amount * 100)),
        "Purpose": purpose,
        "PayeeINN": requisites.inn,
        "KPP": requisites.kpp,
    }
    return "|".join(["ST00012", *(f"{name}={value}" for name, value in said.items() if value)])


def _vat(amount: Decimal, vat: VatRate) -> str:
    if vat.rate is None:
        return "НДС не облагается"
    return f"В том числе НДС {vat.rate:f} % {vat_part(amount, vat.rate):.2f} руб."


def _short(words: str, longest: int) -> str:
    return words if len(words) <= longest else words[: longest - 1] + "…"
