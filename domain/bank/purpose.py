"""Numbers in a payment's purpose, as people write it: "Оплата по сч. № 118 и 119 от 27.11.2026 за аппарат УЗИ, в т.ч. НДС 22 %"."""

import re
from collections.abc import Iterator
from enum import Enum
from typing import NamedTuple

_LOOK_ALIKE = str.maketrans("авсенкмортухё", "abcehkmoptyxe")
_TOKEN = re.compile(r"№|[^\W_]+(?:[-/._][^\W_]+)*")
_DATE = re.compile(r"\d{1,2}[./-]\d{1,2}[./-](?:\d{4}|\d{2})|\d{4}-\d{2}-\d{2}")
_SUM = re.compile(r"\d+[.,-]\d{2}")


def folded(text: str) -> str:
    """Small letters; Cyrillic ones that look like Latin ones are these."""
    return text.casefold().translate(_LOOK_ALIKE)


def _words(*words: str) -> frozenset[str]:
    return frozenset(map(folded, words))


class About(Enum):
    """What the numbers are of that follow: of an invoice, a deal, either of them, or something else."""

    INVOICE = 1
    DEAL = 2
    ANY = 3
    OTHER = 4


_INVOICE = _words(
    "счет", "счета", "счету", "счетам", "счетов", "счете", "сч", "invoice", "inv", "инвойс", "инвойсу"
)
_DEAL = _words(
    *("сделка", "сделке", "сделки", "сделку", "заказ", "заказу", "заказа", "договор", "договору", "договора", "дог", "контракт"),
    *("контракту", "контракта", "deal", "order", "contract", "спецификация", "спецификации"),
)  # fmt: skip
_OTHER = _words(
    *("счет-фактура", "счет-фактуре", "счету-фактуре", "счета-фактуры", "фактура", "фактуре", "фактуры", "сф", "с/ф", "упд", "акт", "акту"),
    *("акта", "накладная", "накладной", "тн", "ттн", "торг-12", "ндс", "vat", "сумма", "сумму", "инн", "кпп", "бик", "октмо", "кбк", "л/с"),
    *("позиция", "позиции", "поз", "шт", "лот", "заявка", "заявке"),
)  # fmt: skip
_MARK = _words("№", "n", "no", "nr", "номер", "номера")
_BEFORE = _MARK | _words("на", "оплату", "по", "к", "от", "за")
_AFTER = _MARK | _words("и", "от", "г")
_DATED = folded("от")


class Named(NamedTuple):
    """A number that stands in a purpose, in all the ways it may be meant (`9` and `сч9` of "сч. 9"), and what it is said to be of."""

    spellings: tuple[str, ...]
    about: About
    written: str


def compact(number: str) -> str:
    """`СЧ-009`, `сч 9` and `CЧ№9` are one number; `12/1` and `121` are two."""
    plain = re.sub(r"[\s№]+", "", folded(number))
    plain = re.sub(r"(?<=\d)[-/._]+(?=\d)", "-", plain)
    plain = re.sub(r"(?<!\d)[-/._]+|[-/._]+(?!\d)", "", plain)
    return re.sub(r"(?<!\d)0+(?=\d)", "", plain)


def numbers_in(purpose: str) -> list[Named]:
    """Whole words only. One with letters may stand anywhere; bare digits only after a word that says what they are."""
    return list(dict.fromkeys(_named(purpose)))


def _named(purpose: str) -> Iterator[Named]:
    about: About | None = None
    word, dated, counted = "", False, False
    for written in _TOKEN.findall(purpose):
        token = folded(written)
        if not any(c.isdigit() for c in token):
            dated = token == _DATED
            if token not in (_AFTER if counted else _BEFORE) or about is None:
                about, counted = _next(token), False
            word = word if token in _MARK else token
            continue
        if not (_DATE.fullmatch(token) or dated or about is About.OTHER):
            if named := _spelt(token, word, about):
                yield Named(named, about or About.ANY, written)
            counted = about is not None
        dated = False


def _spelt(token: str, word: str, about: About | None) -> tuple[str, ...]:
    if any(c.isalpha() for c in token):
        return (compact(token),)
    if _SUM.fullmatch(token):
        return ()
    with_word = (compact(word + token),) if word and word not in _BEFORE else ()
    return (compact(token), *with_word) if about else with_word


def _next(token: str) -> About | None:
    for words, about in (
        (_OTHER, About.OTHER),
        (_INVOICE, About.INVOICE),
        (_DEAL, About.DEAL),
        (_MARK, About.ANY),
    ):
        if token in words:
            return about
    return None
