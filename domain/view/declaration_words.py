"""How a customs declaration stands, in words."""

from domain.deal.declarations import Declaration
from domain.wording import Measured, worded
from domain.words import Language, Text, UnitOfMeasure

_STANDS = {
    "": Text(ru="подана", en="filed"),
    "released": Text(ru="выпущена", en="released"),
    "conditional": Text(ru="выпущена условно", en="released conditionally"),
    "hold": Text(ru="задержано", en="held"),
    "refused": Text(ru="отказано в выпуске", en="release refused"),
    "withdrawn": Text(ru="отозвана", en="withdrawn"),
}


def how_declared(declaration: Declaration) -> Text:
    how = _STANDS[declaration.outcome]
    if declaration.until:
        return worded(ru="{how} до {until}", en="{how} until {until}", how=how, until=declaration.until)
    return how


def declaration_words(
    declaration: Declaration, unit: UnitOfMeasure, language: Language, *, alone: bool
) -> str:
    """`alone`: it is the line's only one, so it is for all of it."""
    said = not alone and declaration.quantity
    much = f", {Measured(declaration.quantity, unit).to(language)}" if said else ""
    return f"{declaration.number}{much} ({how_declared(declaration).to(language)})"
