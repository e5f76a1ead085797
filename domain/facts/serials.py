"""A serial number that another line has too."""

from domain.facts.declare import Crm, FactData
from domain.words import LineStatus, Text


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
