"""Serial numbers that stand in other lines too."""

from collections.abc import Collection, Iterable

from domain.deal.pieces import serials_of
from domain.deal.state import LineState
from domain.serials import SerialElsewhere, folded, good_key
from records.reading import Reader

MOST = 20
"""So many are told at once: whoever has more has mistaken a whole list."""
_CHUNK = 400
_ELSEWHERE = """
SELECT own.serial, others.deal, others.line, others.serial AS there, lines.status
FROM serials AS own
    JOIN serials AS others ON others.good = own.good AND others.key = own.key
        AND (others.deal <> own.deal OR others.line <> own.line)
    JOIN lines ON lines.deal = others.deal AND lines.number = others.line
WHERE own.deal = :deal AND own.line = :line
    AND (others.at < own.at OR (others.at = own.at AND (others.deal < own.deal
        OR (others.deal = own.deal AND others.line < own.line))))
ORDER BY own.key, others.at LIMIT :limit
"""
_KNOWN = """
SELECT others.serial AS there, others.key, others.deal, others.line, lines.status
FROM serials AS others JOIN lines ON lines.deal = others.deal AND lines.number = others.line
WHERE others.good = :good AND others.key IN :keys AND (others.deal <> :deal OR others.line <> :line)
ORDER BY others.key, others.at
"""


def elsewhere(reader: Reader, deal: str, lines: Iterable[LineState]) -> list[SerialElsewhere]:
    """Of these lines, as they have just been told. Whichever was accepted first has the number; the other one is told of."""
    found = []
    for line in lines:
        if serials_of(line):
            rows = reader.rows(_ELSEWHERE, deal=deal, line=line.number, limit=MOST)
            found += [
                SerialElsewhere(
                    line=line.number,
                    serial=row["serial"],
                    deal=row["deal"],
                    at_line=row["line"],
                    there=row["there"],
                    status=row["status"],
                )
                for row in rows
            ]
    return found


def known(reader: Reader, sku: str, serials: Collection[str], deal: str, line: int) -> list[SerialElsewhere]:
    """Of numbers that are about to be entered for this line, those that others have."""
    typed = {folded(serial): serial for serial in serials}
    keys = sorted(typed)
    return [
        SerialElsewhere(
            line=line,
            serial=typed[row["key"]],
            deal=row["deal"],
            at_line=row["line"],
            there=row["there"],
            status=row["status"],
        )
        for start in range(0, len(keys), _CHUNK)
        for row in reader.rows(
            _KNOWN, good=good_key(sku), keys=keys[start : start + _CHUNK], deal=deal, line=line
        )
    ][:MOST]
