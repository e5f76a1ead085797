"""What a line is known by at its acceptance: each by a serial number, many by a lot with its expiry, or neither."""

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import date, timedelta
from typing import NamedTuple

from domain.deal.declarations import how_listed, listed, quantities_in, quantities_listed
from domain.deal.pieces import ACCEPTANCE, SERIALS, acceptance_of
from domain.deal.state import LineState, ProcessState
from domain.deal.tasks import Assignment
from domain.goods.quantity import Number, cut, read_quantity, total
from domain.goods.register import Tracking
from domain.goods.units import UNITS
from domain.playbook.form_answers import AnswerProblem, of_unit
from domain.playbook.forms import Form, FormField
from domain.playbook.terms import LotRules
from domain.refusals import Refusal
from domain.serials import folded, twice
from domain.spelling import read_day
from domain.wording import Measured, typed, worded
from domain.words import Text

LOTS, QUANTITIES, EXPIRY = "lots", "lot_quantities", "lot_expires_on"
_OF_LOT = re.compile(r"lots\[(?P<lot>[^\]]{1,100})\]\.(?P<field>number|quantity|expires_on)")
_FIELDS = {"number": LOTS, "quantity": QUANTITIES, "expires_on": EXPIRY}
"""How one lot is named where it is corrected alone, by the lists that its parts stand in."""
LONGEST = timedelta(days=20 * 365)
"""A day further ahead is typed wrong."""
_ASKED: dict[Tracking, tuple[str, ...]] = {
    "serial": (SERIALS,),
    "lot": (LOTS, QUANTITIES, EXPIRY),
    "none": (),
}


class Lot(NamedTuple):
    number: str
    quantity: Number
    expires_on: date


def tracking_of(line: LineState) -> Tracking:
    """A good of which nothing is said is known by its serial numbers, one that is measured by none: it has no pieces."""
    said = line.good.tracking or "serial"
    return said if line.good.has_pieces or said != "serial" else "none"


def with_tracking(process: ProcessState, kind: str, form: Form) -> Form:
    """The form for this good, in its unit; the acceptance asks for what the good is known by."""
    if not isinstance(process, LineState):
        return form
    form = of_unit(form, process.good.unit)
    if kind != ACCEPTANCE:
        return form
    unasked = {name for names in _ASKED.values() for name in names} - {*_ASKED[tracking_of(process)]}
    return tuple(_own(field, process) for field in form if field.name not in unasked)


def _own(field: FormField, line: LineState) -> FormField:
    """Pieces of different lines have different numbers, in examples, too."""
    if field.name != SERIALS:
        return field
    return field.model_copy(update={"example": f"{field.example or 'SN-'}{line.deal}-{line.number}-"})


def lots_in(answers: Mapping[str, str], came: Measured) -> list[Lot]:
    """Of so much that came. Raises ValueError where they can't be read."""
    numbers, days = listed(answers.get(LOTS, "")), listed(answers.get(EXPIRY, ""))
    said = quantities_in(answers.get(QUANTITIES, ""), came.unit)
    quantities = said or ([came.quantity] if len(numbers) == 1 else [])
    return [
        Lot(number, quantity, read_day(day))
        for number, quantity, day in zip(numbers, quantities, days, strict=True)
    ]


def lots_of(line: LineState) -> list[Lot]:
    accepted = acceptance_of(line)
    with suppress(ValueError):
        return lots_in(accepted.answers, line.good.measured) if accepted else []
    return []


def short_lived(line: LineState, rules: LotRules, today: date) -> list[Lot]:
    """Those that are not good for long; what has expired among them."""
    soon = today + timedelta(days=rules.short_days)
    return [lot for lot in lots_of(line) if lot.expires_on < soon]


def lots_set(process: ProcessState, asked: Assignment, given: Mapping[str, str]) -> dict[str, str]:
    """What was given to correct the answer, where `lots[П-2].expires_on` and the like stand for one lot of it: the lists as they are then.

    Raises the Refusal of a lot that there is not.
    """
    alone = {name: found for name in given if (found := _OF_LOT.fullmatch(name))}
    if not alone or not isinstance(process, LineState) or asked.kind != ACCEPTANCE:
        return dict(given)
    answers = {
        **asked.answers,
        **{name: said for name, said in given.items() if name in (LOTS, QUANTITIES, EXPIRY)},
    }
    lists = {name: listed(answers.get(name, "")) for name in (LOTS, QUANTITIES, EXPIRY)}
    lists[QUANTITIES] = quantities_listed(answers.get(QUANTITIES, ""), process.good.unit)
    known = {folded(number): place for place, number in enumerate(listed(answers.get(LOTS, "")))}
    for name, found in alone.items():
        place = known.get(folded(found["lot"]))
        if place is None:
            raise Refusal(
                "bad_form",
                en="there is no lot {lot}: there is {there}",
                ru="партии {lot} нет, есть: {there}",
                lot=typed(found["lot"]),
                there=listed(answers.get(LOTS, "")) or "—",
            )
        values = lists[_FIELDS[found["field"]]]
        values += [""] * (place + 1 - len(values))
        said = given[name].strip()
        values[place] = said.replace(",", ".") if found["field"] == "quantity" else said
    rest = {name: said for name, said in given.items() if name not in alone}
    return rest | {name: ", ".join(values) for name, values in lists.items() if values}


def lot_problems(
    process: ProcessState, form: Form, kind: str, answers: Mapping[str, str], today: date
) -> list[AnswerProblem]:
    """What of these answers, which their form accepts, the lots do not let be."""
    if not isinstance(process, LineState) or tracking_of(process) != "lot":
        return []
    fields = {field.name: field for field in form}
    found = {ACCEPTANCE: _accepted, "shipment": _shipped}.get(kind)
    told = found(process, answers, today) if found else ()
    return [AnswerProblem(name, words, fields.get(name)) for name, words in told if name in fields]


def _accepted(line: LineState, answers: Mapping[str, str], today: date) -> Iterator[tuple[str, Text]]:
    if answers.get("result") not in ("accepted", "partial"):
        return
    came = line.good.measured
    if answers["result"] == "partial":
        with suppress(ValueError):
            came = Measured(read_quantity(answers.get("came", "")), line.good.unit)
    numbers, days = listed(answers.get(LOTS, "")), listed(answers.get(EXPIRY, ""))
    if not numbers:
        yield LOTS, Text(en="the lots of what came are needed", ru="нужны партии того, что пришло")
        return
    if again := twice(numbers):
        yield (
            LOTS,
            worded(
                en="the same lot stands twice: {lot}",
                ru="одна партия стоит дважды: {lot}",
                lot=typed(again[0]),
            ),
        )
    yield from _quantities_wrong(quantities_in(answers.get(QUANTITIES, ""), came.unit), len(numbers), came)
    if len(days) != len(numbers):
        yield (
            EXPIRY,
            worded(
                en="{said} days for {lots} lots: one for each, in the same order",
                ru="дат {said}, а партий {lots}: нужно по одной на каждую, в том же порядке",
                said=len(days),
                lots=len(numbers),
            ),
        )
    for lot, said in zip(numbers, days, strict=False):
        if words := _expiry_wrong(lot, said, today):
            yield EXPIRY, words
            return


def _quantities_wrong(said: list[Number], lots: int, came: Measured) -> Iterator[tuple[str, Text]]:
    if len(said) != lots and (said or lots > 1):
        yield (
            QUANTITIES,
            worded(
                en="{said} quantities for {lots} lots: one for each{how}",
                ru="чисел {said}, а партий {lots}: нужно по одному на каждую{how}",
                said=len(said),
                lots=lots,
                how=how_listed(came.unit),
            ),
        )
    elif said and not all(said):
        yield (
            QUANTITIES,
            worded(
                en="each lot has a quantity of its own, in the unit “{unit}”{how}",
                ru="у каждой партии своё количество, в единицах «{unit}»{how}",
                unit=UNITS[came.unit].name,
                how=how_listed(came.unit),
            ),
        )
    elif said and total(said) != came.quantity:
        yield (
            QUANTITIES,
            worded(
                en="{said} in all lots, and {came} came",
                ru="в партиях вместе {said}, а пришло {came}",
                said=Measured(total(said), came.unit),
                came=came,
            ),
        )


def _expiry_wrong(lot: str, said: str, today: date) -> Text | None:
    try:
        day = read_day(said)
    except ValueError:
        return worded(en="{said} is no date", ru="{said} — не дата", said=typed(said))
    if day <= today:
        return worded(
            en="lot {lot} has expired: it was good until {day}",
            ru="срок годности партии {lot} истёк: годна до {day}",
            lot=typed(lot),
            day=day,
        )
    if day > today + LONGEST:
        return worded(en="{day} is too far ahead", ru="{day} — слишком далеко", day=day)
    return None


def _shipped(line: LineState, answers: Mapping[str, str], today: date) -> Iterator[tuple[str, Text]]:
    """What has expired does not go to the client: it is split off, or the acceptance is corrected."""
    with suppress(ValueError):
        shipped = read_day(answers.get("shipped_on", ""))
        if gone := [lot for lot in lots_of(line) if lot.expires_on <= shipped]:
            expired = total(lot.quantity for lot in gone)
            yield (
                "shipped_on",
                worded(
                    en="lot {lot} ({much}) was good until {day}: split it off, deal split {deal} {line} {n}, or correct the acceptance",
                    ru="партия {lot} ({much}) годна до {day}: отделите её, deal split {deal} {line} {n}, или исправьте приёмку",
                    lot=typed(gone[0].number),
                    day=gone[0].expires_on,
                    much=Measured(expired, line.good.unit),
                    n=expired,
                    deal=line.deal,
                    line=line.number,
                ),
            )


def divide_lots(line: LineState, part: LineState, whole: Number, today: date) -> None:
    """The line keeps what can still be shipped, in the order in which it was entered; what has expired goes first to the part."""
    accepted, own = acceptance_of(line), acceptance_of(part)
    if accepted is None or own is None or not accepted.answers.get(LOTS):
        return
    with suppress(ValueError):
        of_all = lots_in(accepted.answers, Measured(whole, line.good.unit))
        lots = sorted(of_all, key=lambda lot: lot.expires_on <= today)
        if total(lot.quantity for lot in lots) == whole:
            kept, rest = cut(lots, line.good.quantity)
            accepted.answers, own.answers = accepted.answers | _written(kept), own.answers | _written(rest)


def _written(lots: list[Lot]) -> dict[str, str]:
    return {
        LOTS: ", ".join(lot.number for lot in lots),
        QUANTITIES: ", ".join(str(lot.quantity) for lot in lots),
        EXPIRY: ", ".join(lot.expires_on.isoformat() for lot in lots),
    }
