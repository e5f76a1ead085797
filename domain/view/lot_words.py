"""What a lot is good for, in words."""

from datetime import date

from domain.deal.lots import Lot
from domain.wording import Measured, typed, worded
from domain.words import Language, Text, UnitOfMeasure

_SHORT = Text(ru=": срок подходит", en=": not for long")
_EXPIRED = Text(ru=": срок истёк", en=": expired")
_NOTHING = Text(ru="", en="")


def lot_words(lot: Lot, unit: UnitOfMeasure, language: Language, *, short: bool, today: date) -> str:
    return worded(
        ru="партия {lot}, {much}, годна до {day}{how}",
        en="lot {lot}, {much}, good until {day}{how}",
        lot=typed(lot.number),
        much=Measured(lot.quantity, unit),
        day=lot.expires_on,
        how=_EXPIRED if lot.expires_on <= today else _SHORT if short else _NOTHING,
    ).to(language)
