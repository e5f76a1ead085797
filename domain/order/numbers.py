"""The numbers by which states know a firm or a contract: their form, their control digits, and the INN that stands inside some.

INN: 10 digits of a company, 12 of a person; KPP: 4 digits of the tax office, 2 of the reason, 3 in turn (order ММВ-7-6/435@ of the Russian
tax service, 29.06.2012). Belarus: УНП, 9 characters with a control digit. Kazakhstan: БИН or ИИН, 12 digits with a control digit of two
passes (programme 565 of its government, 11.06.2003). ИКЗ: 36 digits (order 55н of the Ministry of Finance, 10.04.2019), of which the 4th to
the 13th are the customer's INN. A number of the registers of contracts: 19 digits, of which the 2nd to the 11th are the customer's INN.
Nothing but zeros is no number, whatever the control digits say.
"""

import re

RUSSIA, BELARUS, KAZAKHSTAN = "RU", "BY", "KZ"
SHORTEST_NUMBER, LONGEST_NUMBER = 4, 30
"""Of a firm in a country whose numbers are not checked here."""
_ABROAD = re.compile(rf"[0-9A-ZА-Я][0-9A-ZА-Я ./-]{{{SHORTEST_NUMBER - 2},{LONGEST_NUMBER - 2}}}[0-9A-ZА-Я]")
_KPP = re.compile(r"[0-9]{4}[0-9A-Z]{2}[0-9]{3}")
_IKZ, _REGISTRY = re.compile(r"[0-9]{36}"), re.compile(r"[0-9]{19}")


def is_empty(number: str) -> bool:
    """Whether it says nothing: all zeros."""
    return not number.strip("0 -")


def is_inn(value: str) -> bool:
    from stdnum.ru import inn as inn_number  # here and below: whoever only reads deals has no need of it

    return not is_empty(value) and bool(inn_number.is_valid(value))


def compact_inn(value: str) -> str:
    from stdnum.ru import inn as inn_number

    return str(inn_number.compact(value))


def is_of_person(inn: str) -> bool:
    """A sole trader's, who has no KPP."""
    return len(inn) == 12


def is_kpp(value: str) -> bool:
    return not is_empty(value) and bool(_KPP.fullmatch(value))


def is_ogrn(value: str) -> bool:
    from stdnum.ru import ogrn as ogrn_number

    return not is_empty(value) and bool(ogrn_number.is_valid(value))


def is_unp(value: str) -> bool:
    """Belarus."""
    from stdnum.by import unp as unp_number

    return not is_empty(value) and bool(unp_number.is_valid(value))


def is_bin(value: str) -> bool:
    """Kazakhstan, a firm's БИН or a person's ИИН: the control digit is the weighed sum by 11, with other weights where that gives 10."""
    if not re.fullmatch(r"[0-9]{12}", value) or is_empty(value):
        return False
    digits = [int(digit) for digit in value]
    check = _weighed(digits, range(1, 12))
    if check == 10:
        check = _weighed(digits, [*range(3, 12), 1, 2])
    return check == digits[11]


def _weighed(digits: list[int], weights: "range | list[int]") -> int:
    return sum(digit * weight for digit, weight in zip(digits, weights, strict=False)) % 11


def is_number_of(country: str, value: str) -> bool:
    """Whether a firm of this country can have it."""
    match country:
        case "RU":
            return is_inn(value)
        case "BY":
            return is_unp(value)
        case "KZ":
            return is_bin(value)
    return not is_empty(value) and bool(_ABROAD.fullmatch(value))


def folded(value: str) -> str:
    """As it is kept: without spaces around, in capitals."""
    return value.strip().upper()


def inn_in_ikz(ikz: str) -> str | None:
    """The customer's; none where this is no ИКЗ."""
    return ikz[3:13] if _IKZ.fullmatch(ikz) else None


def inn_in_registry_number(number: str) -> str | None:
    """The customer's; none where this is no number of a register of contracts."""
    return number[1:11] if _REGISTRY.fullmatch(number) else None
