"""The next draft of an order: from settings of single fields, or from a whole order; and which line is which.

A line keeps its number as long as it is the same good, by its SKU. A good that goes takes its number with it: no other line ever gets
that number, so that what was said or paid for line 2 is never taken for something else. What is new gets the numbers after the highest
that the deal ever gave.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import count
from typing import Any

from domain.base import LineNumber
from domain.goods.register import GoodsRegister
from domain.order.changes import Draft
from domain.order.from_register import changed_with_goods, contradicted
from domain.order.order import OrderLine
from domain.order.problems import BadOrder, OrderProblem, order_problem

_OF_LINE = re.compile(r"(?P<line>lines\[\d{1,4}\]|line-\d{1,4})\.(?P<field>\w+)")
_OF_RATE = re.compile(r"rate\.(?P<field>\w+)")
_OF_CLIENT = re.compile(r"client\.(?:(?P<party>payer|consignee)\.)?(?P<field>\w+)")


def as_order(draft: Draft) -> dict[str, Any]:
    """The draft as an order file has it."""
    lines = [draft.lines[number].model_dump(mode="json", exclude_none=True) for number in sorted(draft.lines)]
    client = draft.client.model_dump(mode="json", exclude_none=True)
    rate = {"rate": draft.rate.model_dump(mode="json")} if draft.rate else {}
    return {"client": client, "currency": draft.currency, **rate, "lines": lines}


def with_settings(draft: Draft, settings: Mapping[str, str | None]) -> dict[str, Any]:
    """The draft with these fields set, to be read as an order. Raises BadOrder for what it has no place for.

    A place is written as the problems of an order name it, `lines[0].unit_price`, or by the line's number, `line-1.unit_price`. Nothing,
    or an empty text, empties a field.
    """
    order, numbers = as_order(draft), sorted(draft.lines)
    problems = [_no_place(place, numbers) for place in settings if _place(place, order, numbers) is None]
    if problems:
        raise BadOrder(problems)
    for place, value in settings.items():
        if at := _place(place, order, numbers):
            fields, name = at
            fields.pop(name, None)
            fields |= {name: value} if value else {}
    order["client"] = {name: value for name, value in order["client"].items() if value != {}}
    return order


def with_goods_set(
    draft: Draft, settings: Mapping[str, str | None], goods: GoodsRegister
) -> tuple[dict[str, str | None], list[OrderProblem]]:
    """The settings, with those that follow from them by the register of goods; and what it has otherwise. Raises BadOrder."""
    order, numbers = with_settings(draft, settings), sorted(draft.lines)
    found, problems = dict(settings), list[OrderProblem]()
    for place, names in _set_of_lines(settings, numbers).items():
        at = _line_at(place, numbers)
        now, before = order["lines"][at], draft.lines[numbers[at]].model_dump(mode="json")
        problems += contradicted(place, {name: now.get(name) for name in ("sku", *names)}, goods)
        after = changed_with_goods(before, now, names, goods)
        changed = sorted(name for name in {*now, *after} if after.get(name) != now.get(name))
        found |= {f"{place}.{name}": _written(after.get(name)) for name in changed}
    return found, problems


def _set_of_lines(settings: Iterable[str], numbers: Sequence[LineNumber]) -> dict[str, set[str]]:
    """The fields of each line that are set, by the line as it was named first."""
    places, found = dict[int, str](), dict[str, set[str]]()
    for setting in settings:
        line, _, field = setting.rpartition(".")
        if _OF_LINE.fullmatch(setting):
            found.setdefault(places.setdefault(_line_at(line, numbers), line), set()).add(field)
    return found


def _written(value: Any) -> str:
    """As a setting holds it."""
    return "" if value is None else str(value)


def value_at(order: dict[str, Any], place: str, numbers: Sequence[LineNumber]) -> Any:
    """What stands at this place of an order; nothing where it is empty."""
    at = _place(place, order, numbers)
    return at and at[0].get(at[1])


def numbered(
    draft: Draft, goods: Sequence[OrderLine], gone: Iterable[LineNumber]
) -> dict[LineNumber, OrderLine]:
    """The goods of a whole order, each under the number that is its own; `gone` are numbers that lines had before.

    Of several lines with its SKU a good is the one that has not changed, or else the first.
    """
    free, found = dict(draft.lines), dict[int, LineNumber]()
    for same in _SAME:
        for place, good in enumerate(goods):
            number = next((n for n, line in free.items() if same(line, good)), None)
            if place not in found and number:
                found[place] = number
                del free[number]
    following = count(max((*draft.lines, *gone), default=0) + 1)
    numbers = [found[place] if place in found else next(following) for place in range(len(goods))]
    return dict(sorted(zip(numbers, goods, strict=True)))


_SAME: tuple[Callable[[OrderLine, OrderLine], bool], ...] = (
    lambda line, good: line == good,
    lambda line, good: line.sku == good.sku,
)


def _place(
    place: str, order: dict[str, Any], numbers: Sequence[LineNumber]
) -> tuple[dict[str, Any], str] | None:
    """What holds the field, and the field's name; none where an offer has no such place."""
    if place in ("currency", "rate"):
        return order, place
    if found := _OF_RATE.fullmatch(place):
        return order.setdefault("rate", {}), found["field"]
    if found := _OF_CLIENT.fullmatch(place):
        client = order["client"]
        return (client.setdefault(found["party"], {}) if found["party"] else client), found["field"]
    if found := _OF_LINE.fullmatch(place):
        at = _line_at(found["line"], numbers)
        return (order["lines"][at], found["field"]) if 0 <= at < len(numbers) else None
    return None


def _line_at(line: str, numbers: Sequence[LineNumber]) -> int:
    """Where `line-2`, or `lines[1]`, stands; -1 for a number that there is not."""
    n = int(re.sub(r"\D", "", line))
    if line.startswith("lines"):
        return n
    return numbers.index(n) if n in numbers else -1


def _no_place(place: str, numbers: Sequence[LineNumber]) -> OrderProblem:
    known = f"line-{numbers[0]}.quantity … line-{numbers[-1]}.quantity, client.email, client.payer.inn, currency, rate.percent"
    return order_problem(place[:100], "no_place", known=known)
