"""What pieces are known by: a serial number that another line has too, a lot that is not good for long."""

from datetime import date

from domain.facts.declare import Crm, FactData
from domain.goods.quantity import Quantity
from domain.words import LineStatus, Text, UnitOfMeasure


class SerialRepeated(FactData):
    """Line `line` of this deal has `serial`, which `at_line` of deal `deal` had before."""

    kind = "serial.repeated"
    sentence = Text(
        ru="серийный номер {serial} позиции {line} уже есть: сделка {deal}, позиция {at_line}, {status}",
        en="serial number {serial} of line {line} is there already: deal {deal}, line {at_line}, {status}",
    )
    crm = (Crm.NOTIFY, Crm.COMMENT)

    line: int
    serial: str
    deal: str
    at_line: int
    status: LineStatus


class LotShortLived(FactData):
    """Of what was accepted, so much is of a `lot` that is good until `until`: less than the playbook's `lots.short_days`."""

    kind = "lot.short"
    sentence = Text(
        ru="партия {lot} ({quantity}[ {unit}]) годна только до {until}",
        en="lot {lot} ({quantity}[ {unit}]) is good only until {until}",
    )
    crm = (Crm.NOTIFY, Crm.COMMENT)
    line_reports = True

    lot: str
    quantity: Quantity
    unit: UnitOfMeasure = UnitOfMeasure.PIECE
    until: date
