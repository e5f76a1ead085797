"""What the customs say of a line's declarations. Where a line has one, its number need not be told."""

from datetime import date

from domain.facts.declare import Crm, FactData, Mail, To
from domain.goods.quantity import Quantity
from domain.words import NoticeKind, Text, UnitOfMeasure


class CustomsHeld(FactData):
    kind = "customs.held"
    sentence = Text(
        ru="таможня задержала груз[ ({declarations})][: {reason}]",
        en="customs holds the goods[ ({declarations})][: {reason}]",
    )
    mail = Mail(NoticeKind.CUSTOMS_HELD, (To.MANAGER, To.DIRECTOR))
    crm = (Crm.NOTIFY, Crm.COMMENT)
    line_reports = True

    reason: str
    declarations: str = ""


class CustomsReleased(FactData):
    """`left`: so much is not released yet; the rest can go on as a line of its own."""

    kind = "customs.released"
    sentence = Text(
        ru="таможня выпустила груз {on}[ ({declarations})][; не выпущено {left} {unit}: остальное пойдёт дальше, если разделить позицию]",
        en="customs has released the goods on {on}[ ({declarations})][; {left} {unit} are not released: the others go on if the line is split]",
    )
    line_reports = True

    on: date
    declarations: str = ""
    left: Quantity | None = None
    unit: UnitOfMeasure = UnitOfMeasure.PIECE


class CustomsReleasedConditionally(FactData):
    kind = "customs.conditional"
    sentence = Text(
        ru="таможня выпустила груз условно {on}[ ({declarations})]: {obligation}, срок {until}[; не выпущено {left} {unit}: остальное пойдёт дальше, если разделить позицию]",
        en="customs has released the goods conditionally on {on}[ ({declarations})]: {obligation}, by {until}[; {left} {unit} are not released: the others go on if the line is split]",
    )
    line_reports = True

    on: date
    obligation: str
    until: date
    declarations: str = ""
    left: Quantity | None = None
    unit: UnitOfMeasure = UnitOfMeasure.PIECE


class CustomsRefused(FactData):
    kind = "customs.refused"
    sentence = Text(
        ru="таможня отказала в выпуске[ ({declarations})][: {reason}]",
        en="customs refuses the release[ ({declarations})][: {reason}]",
    )
    mail = Mail(NoticeKind.CUSTOMS_REFUSED, (To.MANAGER, To.DIRECTOR))
    crm = (Crm.NOTIFY, Crm.COMMENT)
    line_reports = True

    reason: str
    declarations: str = ""


class DeclarationWithdrawn(FactData):
    kind = "customs.withdrawn"
    sentence = Text(
        ru="декларация отозвана[ ({declarations})][: {reason}]",
        en="the declaration is withdrawn[ ({declarations})][: {reason}]",
    )
    line_reports = True

    reason: str
    declarations: str = ""
