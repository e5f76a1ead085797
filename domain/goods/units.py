"""The units of measure that goods and services are sold in: a part of the all-Russian classifier of units of measure, OKEI
(ОК 015-94, МК 002-97; Decree 366 of 26.12.1994 with its amendments). Its code stands in invoices, УПД and state contracts.

What is measured may be sold in fractions, to the gram, the millilitre or the millimetre; what is counted is whole.
"""

from typing import Any, NamedTuple

from domain.wording import typed
from domain.wording.counts import forms_of
from domain.wording.invalid import Invalid
from domain.words import UNIT_LABELS, Text, UnitOfMeasure

MOST_DECIMALS = 3
"""As accounting programs keep a quantity."""


class Okei(NamedTuple):
    """`decimals`: so many may stand after the comma. `also` is how else people write it, besides the forms it has after a number."""

    name: Text
    decimals: int = 0
    also: tuple[str, ...] = ()


UNITS = {
    UnitOfMeasure.PIECE: Okei(Text(ru="штука", en="piece"), also=("штук", "штуки", "pc", "pieces")),
    UnitOfMeasure.METRE: Okei(Text(ru="метр", en="metre"), MOST_DECIMALS, ("метров", "meter", "metres")),
    UnitOfMeasure.RUNNING_METRE: Okei(
        Text(ru="погонный метр", en="running metre"),
        MOST_DECIMALS,
        ("п.м", "погонных метров", "linear metre"),
    ),
    UnitOfMeasure.SQUARE_METRE: Okei(
        Text(ru="квадратный метр", en="square metre"), MOST_DECIMALS, ("кв. м", "sq m", "квадратных метров")
    ),
    UnitOfMeasure.MILLILITRE: Okei(
        Text(ru="миллилитр", en="millilitre"),
        MOST_DECIMALS,
        ("кубический сантиметр", "см³", "cubic centimetre", "cm³", "milliliter"),
    ),
    UnitOfMeasure.LITRE: Okei(Text(ru="литр", en="litre"), MOST_DECIMALS, ("дм³", "dm³", "литров", "liter")),
    UnitOfMeasure.CUBIC_METRE: Okei(
        Text(ru="кубический метр", en="cubic metre"), MOST_DECIMALS, ("куб. м", "cu m", "кубических метров")
    ),
    UnitOfMeasure.GRAM: Okei(Text(ru="грамм", en="gram"), MOST_DECIMALS, ("гр", "граммов", "grams")),
    UnitOfMeasure.KILOGRAM: Okei(
        Text(ru="килограмм", en="kilogram"), MOST_DECIMALS, ("килограммов", "kilograms")
    ),
    UnitOfMeasure.HOUR: Okei(Text(ru="час", en="hour"), MOST_DECIMALS, ("часов", "часа", "hours")),
    UnitOfMeasure.MONTH: Okei(Text(ru="месяц", en="month"), MOST_DECIMALS),
    UnitOfMeasure.UNIT: Okei(Text(ru="единица", en="unit"), also=("единиц",)),
    UnitOfMeasure.KIT: Okei(Text(ru="набор", en="kit")),
    UnitOfMeasure.PAIR: Okei(Text(ru="пара", en="pair")),
    UnitOfMeasure.PACKET: Okei(Text(ru="пачка", en="packet")),
    UnitOfMeasure.ROLL: Okei(Text(ru="рулон", en="roll")),
    UnitOfMeasure.PACK: Okei(Text(ru="упаковка", en="pack"), also=("уп", "package")),
    UnitOfMeasure.SET: Okei(Text(ru="комплект", en="set"), also=("к-т",)),
    UnitOfMeasure.BOTTLE: Okei(Text(ru="бутылка", en="bottle")),
    UnitOfMeasure.AMPOULE: Okei(Text(ru="ампула", en="ampoule"), also=("амп",)),
    UnitOfMeasure.VIAL: Okei(Text(ru="флакон", en="vial"), also=("фл",)),
    UnitOfMeasure.CONVENTIONAL_UNIT: Okei(
        Text(ru="условная единица", en="conventional unit"), MOST_DECIMALS, ("услуга", "service")
    ),
}
_ALIKE = str.maketrans({"²": "2", "³": "3", ".": "", " ": "", "\N{NO-BREAK SPACE}": ""})


def _folded(said: str) -> str:
    return said.casefold().translate(_ALIKE)


def _ways() -> dict[str, UnitOfMeasure]:
    ways: dict[str, UnitOfMeasure] = {}
    for unit, known in UNITS.items():
        label = UNIT_LABELS[unit]
        for way in (
            unit.value,
            label.ru,
            label.en,
            known.name.ru,
            known.name.en,
            *known.also,
            *forms_of(unit),
        ):
            ways[_folded(way)] = unit
    return ways


_WAYS = _ways()


def find_unit(said: Any) -> UnitOfMeasure | None:
    """By its code, with or without the zeros before it, its abbreviation or its name, in either language. Nothing said is pieces."""
    if said is None or said == "":
        return UnitOfMeasure.PIECE
    if isinstance(said, bool) or not isinstance(said, str | int):
        return None
    way = _folded(str(said))
    return _WAYS.get(way.zfill(3) if way.isdigit() else way)


def unit_of(said: Any) -> UnitOfMeasure:
    """As `find_unit`. Raises `Invalid` for what is none."""
    if (found := find_unit(said)) is None:
        raise Invalid(ru=UNKNOWN.ru, en=UNKNOWN.en, value=typed(str(said)), known=KNOWN)
    return found


def is_measured(unit: UnitOfMeasure) -> bool:
    """Whether there may be fractions of it. Then there are no pieces that each could have a number."""
    return UNITS[unit].decimals > 0


KNOWN = Text(
    ru=", ".join(f"{unit} {UNIT_LABELS[unit].ru}" for unit in UNITS),
    en=", ".join(f"{unit} {UNIT_LABELS[unit].en}" for unit in UNITS),
)
"""All of them, as a list of what could be written."""
UNKNOWN = Text(
    ru="нет единицы измерения {value}: нужен её код по ОКЕИ, сокращение или название, есть {known}",
    en="no unit of measure {value}: write its OKEI code, abbreviation or name, there are {known}",
)
