"""How two drafts of an order differ: what the next round of an approval is shown as, and what the trail keeps. Values, not words."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from domain.base import LineNumber, Value
from domain.money import ZERO
from domain.order.change import Change, Edit
from domain.order.order import Client, OrderLine
from domain.order.rate_clause import RateClause


class Draft(Value):
    """What is sold, to whom: the lines by their numbers. `rate`: how their prices are paid in roubles, where they are."""

    client: Client
    currency: str
    rate: RateClause | None = None
    lines: dict[LineNumber, OrderLine]

    @property
    def total(self) -> Decimal:
        return sum((line.amount for line in self.lines.values()), ZERO)


def changes(before: Draft, after: Draft) -> tuple[Change, ...]:
    """The order as a whole first, then line by line."""
    whole = tuple(_edits(_whole(before), _whole(after)))
    of_all = (Change(what="changed", edits=whole),) if whole else ()
    numbers = sorted({*before.lines, *after.lines})
    of_lines = (_of_line(n, before.lines.get(n), after.lines.get(n)) for n in numbers)
    return (*of_all, *(change for change in of_lines if change))


def _of_line(number: LineNumber, before: OrderLine | None, after: OrderLine | None) -> Change | None:
    edits = tuple(_edits(_fields(before), _fields(after)))
    good = after or before
    if not (edits and good):
        return None
    what: Any = "changed" if before and after else "added" if after else "removed"
    return Change(what=what, line=number, name=good.name, edits=edits)


def _edits(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[Edit]:
    for field in dict.fromkeys((*before, *after)):
        old, new = before.get(field, ""), after.get(field, "")
        if old != new:
            yield Edit(field=field, before=old, after=new)


def _fields(line: OrderLine | None) -> dict[str, str]:
    if line is None:
        return {}
    return {name: str(value) for name, value in line.model_dump(mode="json", exclude_none=True).items()} | {
        "unit_price": f"{line.unit_price:.2f}",
        "amount": f"{line.amount:.2f}",
    }


def _whole(draft: Draft) -> dict[str, str]:
    client = draft.client.model_dump(mode="json", exclude_none=True)
    rate = {"rate": draft.rate.model_dump_json(exclude_none=True)} if draft.rate else {}
    return dict(_flat(client, "client")) | {"currency": draft.currency} | rate


def _flat(said: Mapping[str, Any], place: str) -> Iterator[tuple[str, str]]:
    """Who pays and who gets the goods have fields of their own."""
    for name, value in said.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{place}.{name}")
        else:
            yield f"{place}.{name}", value
