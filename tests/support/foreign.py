"""What no reader should meet: codes, dates of programs, words of another language. People here type Greek, which nobody else writes."""

import re
from typing import Any

from domain.playbook.book import StaffedPlaybook
from domain.words import Language
from tests.support.memory import changed_playbook
from tests.support.orders import a_good

TYPED = "Αλφα"
CLIENT = {
    "name": f"{TYPED} Κλινική",
    "inn": "9900000017",
    "contact": f"{TYPED} Άννα",
    "email": "anna@clinic.example",
    "phone": "+74951234567",
}
PAYER = {"name": f"{TYPED} Λίζινγκ", "inn": "9900000024", "kpp": "990002001", "email": "money@lease.example"}
CONSIGNEE = {"name": f"{TYPED} Υποκατάστημα", "inn": "9900000017", "kpp": "990003001", "address": TYPED}
FOREIGN_NUMBERS = {"BY": "190000005", "KZ": "990140000007", "AM": "01234567"}
"""Numbers of nobody, that are right by their control digits."""
_NAMES = (
    "Dealwright",
    "Temporal",
    "CRM",
    "Bitrix24",
    "Web UI",
    "UTC",
    "e-mail",
    "VAT",
    "UPD",
    "EIS",
    "IKZ",
    "INN",
    "QR",
)
_KNOWN = re.compile(rf"\b({'|'.join(map(re.escape, _NAMES))})\b|\bA\d\b")  # A1: an example of a number
_COMMAND = re.compile(r"\b(deal|temporal) [a-z]+( [^\s«»“”]+)*")
_ADDRESS = re.compile(r"https?://\S+|[\w.+-]+@[\w.-]+")
_CODES = (
    re.compile(r"[A-Za-z]+_[A-Za-z]+"),
    re.compile(r"\d{4}-\d\d-\d\d"),
    re.compile(r"\b(RUB|USD|EUR|CNY)\b"),
    re.compile(r"\bline-?\d|\bline \d+:|\bdeal:"),
    re.compile(r"\bv\d\b|\bNone\b|\bTrue\b|[{}]"),
    re.compile(r"\d{4,}\.\d\d\b"),
)
_OTHER = {"ru": re.compile(r"[A-Za-z]+"), "en": re.compile(r"[А-Яа-яЁё]+")}


_DAY = r"(?:\d\d\.\d\d\.\d{4}|\d{1,2} [A-Z][a-z]{2} \d{4})"
_TIME_OF_NO_ZONE = re.compile(rf"{_DAY}[ ,]+\d\d:\d\d(?::\d\d)?(?![\d:])(?! (?:МСК|MSK|UTC))")


def timeless(words: str) -> list[str]:
    """Moments in it that do not say by whose clock: who reads a page or a letter may be anywhere."""
    return _TIME_OF_NO_ZONE.findall(words)


def strange(words: str, language: Language) -> list[str]:
    """What of it no reader of this language should meet."""
    plain = re.sub(r"\\(.)", r"\1", words).replace("\N{WORD JOINER}", "")
    read = _KNOWN.sub("", _ADDRESS.sub("", _COMMAND.sub("", plain)))
    return [found[0] for code in (*_CODES, _OTHER[language]) for found in code.finditer(read)]


def goods() -> list[dict[str, Any]]:
    """One of each kind, with terms that ask for all there is."""
    return [
        a_good(name=f"{TYPED} Σαρωτής", sku="1", source="import", payment="prepaid_50", delivery="carrier"),
        a_good(
            name=f"{TYPED} Οθόνη", sku="2", source="dealer", payment="deferred_30", delivery="installation"
        ),
        a_good(name=f"{TYPED} Κρεβάτι", sku="3", payment="leasing"),
    ]


def book_of(language: Language) -> StaffedPlaybook:
    """The playbook that comes along, in a company whose people and examples are Greek."""
    raw = changed_playbook(language=language, company=f"{TYPED} ΑΕ").model_dump(mode="json")
    for n, person in enumerate(raw["people"].values()):
        person |= {"name": f"{TYPED} {'ΒΓΔΕΖΗΘΙΚ'[n]}", "language": language}
    forms = [kind["form"] for kind in (*raw["assignments"].values(), *raw["payments"].values())]
    for field in (field for form in forms for field in form):
        if field["type"] in ("text", "list") and not field["pattern"]:
            field["example"] = f"{TYPED}-"
    return StaffedPlaybook.model_validate(raw)
