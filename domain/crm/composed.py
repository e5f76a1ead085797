"""What people change of an order on the card after it was composed: its goods, their terms, its client. The deal stays as it was."""

import json
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from itertools import zip_longest
from typing import Any

from domain.crm.comparison import Answer, Comparison
from domain.goods.units import find_unit
from domain.order.parties import PARTIES, Party
from domain.words import UnitOfMeasure

_GOOD = (
    "sku",
    "name",
    "quantity",
    "unit",
    "unit_price",
    "vat",
    "payment",
    "source",
    "availability",
    "delivery",
)
_CLIENT = (
    "name",
    "inn",
    "kpp",
    "ogrn",
    "contact",
    "email",
    "phone",
    "country",
    "tax_number",
    "delivery_address",
)
_OF_PARTIES = tuple(f"{role}.{name}" for role in PARTIES for name in Party.model_fields)
_NAME = 200  # characters that every CRM keeps
_SKU = 50  # a row without an article has the beginning of its name for one

Said = Mapping[str, str]


def goods(comparison: Comparison) -> Iterator[Answer]:
    """What the desk itself writes is as the order has it, and so is what people put back."""
    deal, before, seen = comparison.deal, comparison.before, comparison.seen
    if not deal.lines or before is None or before.deleted:
        return
    ordered = [spelt(line.good.model_dump(mode="json")) for line in deal.lines.values()]
    now, then = _offered(seen.order.get("lines")), _offered(before.order.get("lines"))
    changed = (then or seen.changed_by) and not _as_ordered(now, ordered) and _differ(then, now, ordered)
    if changed or _goods(seen.rows) != _goods(before.rows) or _currency_changed(comparison):
        told = [seen.order.get("lines"), seen.rows, seen.order.get("currency")]
        yield comparison.card("goods", seen.changed_by, _told(comparison, told))


def client(comparison: Comparison) -> Iterator[Answer]:
    """Another one, or something else of the same one. What was only added, or can't be read any more, is no change."""
    deal, before, seen = comparison.deal, comparison.before, comparison.seen
    if not deal.lines or before is None or before.deleted:
        return
    known = deal.client.model_dump(mode="json")
    known |= _parties(known)
    now, then = (_with_parties(card.order.get("client") or {}) for card in (seen, before))
    changed = [
        field
        for field in (*_CLIENT, *_OF_PARTIES)
        if now.get(field)
        and now[field] not in (then.get(field), known.get(field))
        and (then.get(field) or (field == "inn" and known.get("inn")))
    ]
    if changed:
        yield comparison.card("client", seen.changed_by, _told(comparison, now))


def _with_parties(client: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in client.items() if name not in PARTIES} | _parties(client)


def _parties(client: Mapping[str, Any]) -> dict[str, Any]:
    """Who pays and who gets the goods, field by field."""
    named = {role: client.get(role) or {} for role in PARTIES}
    return {f"{role}.{name}": value for role, party in named.items() for name, value in party.items()}


def _told(comparison: Comparison, said: object) -> str:
    return f"{comparison.seen.changed_at} {json.dumps(said, ensure_ascii=False, sort_keys=True)}"


def _currency_changed(comparison: Comparison) -> bool:
    deal, before, seen = comparison.deal, comparison.before, comparison.seen
    now, then = seen.order.get("currency"), before.order.get("currency") if before else None
    return bool(now and then) and now not in (then, deal.currency)


def _differ(then: list[Said], now: list[Said], ordered: list[Said]) -> bool:
    """Whether any line was taken away, or became what the order has nowhere."""
    return any(
        new is None or (new != old and not any(_is_as(old, new, good) for good in ordered))
        for old, new in zip_longest(then, now)
    )


def _is_as(old: Said | None, new: Said, good: Said) -> bool:
    """A new line of the desk's own says no more than what it is, how many and for how much; of another, what changed counts."""
    fields = {"name", "quantity", "unit_price"} if old is None else _changed(old, new)
    return all(new.get(field) == good.get(field) for field in fields)


def _changed(old: Said, new: Said) -> set[str]:
    return {field for field in {*old, *new} if old.get(field) != new.get(field)}


def _as_ordered(now: list[Said], ordered: list[Said]) -> bool:
    return len(now) == len(ordered) and all(
        new.items() <= good.items() for new, good in zip(now, ordered, strict=True)
    )


def _offered(lines: Iterable[Mapping[str, Any]] | None) -> list[Said]:
    """A line that the offer has no more stays there for nothing."""
    return [good for good in _goods(lines) if good.get("unit_price") != "0"]


def _goods(lines: Iterable[Mapping[str, Any]] | None) -> list[Said]:
    return [spelt(line) for line in lines or ()]


def spelt(line: Mapping[str, Any]) -> Said:
    """What a line of an order says of its good, spelt one way."""
    said = {field: str(line[field]) for field in _GOOD if line.get(field) not in (None, "")}
    for field in {"quantity", "unit_price"} & said.keys():
        said[field] = _number(said[field])
    if "unit" in said and (unit := find_unit(said["unit"])):
        said["unit"] = unit.value
    if said.get("unit") == UnitOfMeasure.PIECE:
        del said["unit"]
    if "name" in said:
        if said.get("sku") == said["name"][:_SKU]:
            del said["sku"]
        said["name"] = " ".join(said["name"].split())[:_NAME]
    return said


def _number(value: str) -> str:
    """Equal for equal numbers, however they are written."""
    try:
        return str(Decimal(value).normalize())
    except InvalidOperation:
        return value
