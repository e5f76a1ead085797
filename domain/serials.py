"""Serial numbers as they are compared: however a person writes one, it is the same piece."""

import re
import unicodedata
from collections.abc import Iterable

from domain.base import LineNumber, Value
from domain.goods.register import folded as folded_sku
from domain.words import LineStatus

_LOOK_ALIKES = str.maketrans("АВСЕНКМОРТХУ", "ABCEHKMOPTXY")
_BETWEEN = re.compile(r"[\s\u00ad\u2010-\u2015\u2212_-]+")


def folded(serial: str) -> str:
    """Without case, spaces and dashes, Cyrillic letters as the Latin ones they look like. Leading zeros stay: they tell pieces apart."""
    return _BETWEEN.sub("", unicodedata.normalize("NFKC", serial)).upper().translate(_LOOK_ALIKES)


def twice(serials: Iterable[str]) -> list[str]:
    """Those that have stood there before, as they are written now."""
    seen, found = set[str](), []
    for serial in serials:
        if (key := folded(serial)) in seen:
            found.append(serial)
        seen.add(key)
    return found


def good_key(sku: str) -> str:
    """What serial numbers are unique for."""
    return folded_sku(sku)


class SerialElsewhere(Value):
    """A `serial` of this deal's `line` that another line has too, of this deal or another: entered there as `there`, in `status`."""

    line: LineNumber
    serial: str
    deal: str
    at_line: LineNumber
    there: str
    status: LineStatus
