"""What the register of goods makes of an order's lines, whichever way they come in: it fills what is left out, and tells what is otherwise."""

from collections.abc import Iterator, Mapping, Set
from typing import Any

from domain.goods.register import FILLED, GoodsRegister, completed, contradictions, same_value
from domain.order.problems import OrderProblem, order_problem
from domain.wording import typed


def with_goods(raw: Mapping[str, Any], goods: GoodsRegister) -> dict[str, Any]:
    """The order as it was written, with what the register knows in the fields that its lines leave empty."""
    lines = raw.get("lines")
    if not isinstance(lines, list):
        return dict(raw)
    return {
        **raw,
        "lines": [completed(line, goods) if isinstance(line, Mapping) else line for line in lines],
    }


def against_goods(raw: Mapping[str, Any], goods: GoodsRegister) -> Iterator[OrderProblem]:
    lines = raw.get("lines")
    for n, line in enumerate(lines if isinstance(lines, list) else ()):
        if isinstance(line, Mapping):
            yield from contradicted(f"lines[{n}]", line, goods)


def contradicted(place: str, line: Mapping[str, Any], goods: GoodsRegister) -> Iterator[OrderProblem]:
    for other in contradictions(line, goods):
        about = {"sku": typed(str(line["sku"])), "known": typed(other.known)}
        yield order_problem(f"{place}.{other.field}", "contradicts_register", **about)


def changed_with_goods(
    before: Mapping[str, Any], now: Mapping[str, Any], changed: Set[str], goods: GoodsRegister
) -> dict[str, Any]:
    """The line as it is to be, where a person has `changed` these fields of it.

    With another SKU all that was known of the good before goes, and all that is known of this one comes. A field that was emptied holds what
    the register has. Nothing else moves: what is agreed does not follow a later register.
    """
    if "sku" not in changed:
        found = completed(now, goods)
        return {**now, **{name: found[name] for name in changed & found.keys()}}
    return completed(
        {
            name: value
            for name, value in now.items()
            if name in changed or name not in FILLED or not _of_register(name, value, before, now, goods)
        },
        goods,
    )


def _of_register(
    name: str, value: Any, before: Mapping[str, Any], now: Mapping[str, Any], goods: GoodsRegister
) -> bool:
    """Whether it belongs to the good before, and not to the line: what is known of the new good takes its place, whatever it was."""
    if goods.find(now.get("sku")):
        return True
    known = goods.find(before.get("sku"))
    return known is not None and same_value(value, known.as_line().get(name))
