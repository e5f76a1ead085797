"""The order of a deal that was born in a CRM: what a deal can start with, and what is missing, in words for its manager."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from domain.crm.mirror import SeenDeal
from domain.goods.register import GoodsRegister
from domain.order.good_labels import GOOD_LABELS
from domain.order.order import NO_GOODS, Client, Order, read_order
from domain.order.party_labels import DELIVERY_ADDRESS, FIRM_LABELS, PARTY_LABELS
from domain.order.problems import KINDS, NOT_FILLED, BadOrder, OrderProblem, Problem, problem
from domain.playbook.book import StaffedPlaybook
from domain.wording import worded
from domain.words import Role, Text, same

NO_CONTACT = "—"
_LEAD = ("number", "client", "manager", "currency", "wish", "origin")
_MOST_MISSING, _LONGEST = 50, 500

_FIELDS = {
    "name": Text(ru="название", en="name"),
    "inn": Text(ru="ИНН", en="INN"),
    "kpp": Text(ru="КПП", en="KPP"),
    "ogrn": Text(ru="ОГРН", en="OGRN"),
    "contact": Text(ru="контакт", en="contact"),
    "email": Text(ru="e-mail", en="e-mail"),
    "phone": Text(ru="телефон", en="phone"),
    "language": Text(ru="язык", en="language"),
    "manager": Text(ru="ответственный", en="responsible manager"),
    "currency": Text(ru="валюта", en="currency"),
    "wish": Text(ru="пожелание", en="wish"),
    "sku": Text(ru="артикул", en="SKU"),
    "quantity": Text(ru="количество", en="quantity"),
    "unit_price": Text(ru="цена с НДС", en="price with VAT"),
    "vat": Text(ru="ставка НДС", en="VAT rate"),
    "source": Text(ru="источник", en="source"),
    "payment": Text(ru="тип оплаты", en="payment type"),
    "delivery": Text(ru="способ доставки", en="delivery method"),
    **GOOD_LABELS,
    **FIRM_LABELS,
    "delivery_address": DELIVERY_ADDRESS,
    "address": Text(ru="адрес", en="address"),
}
_CLIENT = Text(ru="клиент", en="client")
_LINES = Text(ru="товары", en="goods")
_NO_REACH = Text(ru="нет ни телефона, ни e-mail", en="neither phone nor e-mail")
_NO_MANAGER = Text(
    ru="сотрудник, ответственный в CRM, не менеджер по справочнику",
    en="who is responsible in the CRM is no manager of the playbook",
)


def order_of(
    seen: SeenDeal,
    playbook: StaffedPlaybook,
    today: date,
    source: str = "crm",
    goods: GoodsRegister = NO_GOODS,
) -> tuple[dict[str, Any], list[Problem]]:
    """What to start the deal with. As long as anything is missing that is a lead, which says what."""
    raw = {**seen.order, "number": seen.number, "origin": {"source": source, "ref": seen.ref}}
    problems = _of_manager(seen, playbook)
    raw.pop("manager", None)
    if seen.manager and not problems:
        raw["manager"] = seen.manager
    order, missing = _read(raw, seen, playbook, today, goods=goods)
    problems += missing
    if order and not problems:
        return _plain(order), []
    said = [problem.text.to(playbook.language)[:_LONGEST] for problem in problems][:_MOST_MISSING]
    return _lead(raw | {"origin": raw["origin"] | {"missing": said}}, playbook, today), problems


def order_to_compose(
    seen: SeenDeal,
    client: Client,
    playbook: StaffedPlaybook,
    today: date,
    goods: GoodsRegister = NO_GOODS,
) -> tuple[dict[str, Any], list[Problem]]:
    """The order of a deal that runs as a lead. What the CRM does not know of its client, the deal does."""
    raw = {name: value for name, value in seen.order.items() if name in ("client", "currency", "lines")}
    order, problems = _read(raw, seen, playbook, today, client, goods)
    return (_plain(order) if order else {}), problems


def text_of(problem: OrderProblem) -> Text:
    """Without the technical place."""
    wrong = problem.text
    if problem.code in NOT_FILLED:
        wrong = KINDS["missing"]
    if problem.code == "no_reach":
        wrong = _NO_REACH
    return worded(ru="{where}: {wrong}", en="{where}: {wrong}", where=_where(problem.place), wrong=wrong)


def _read(
    raw: dict[str, Any],
    seen: SeenDeal,
    playbook: StaffedPlaybook,
    today: date,
    client: Client | None = None,
    goods: GoodsRegister = NO_GOODS,
) -> tuple[Order | None, list[Problem]]:
    raw = _filled({**raw, "lines": raw.get("lines") or []})
    order, problems = None, []
    try:
        order = read_order(raw, playbook, today, known_client=client, goods=goods)
    except BadOrder as error:
        problems = [Problem(place=problem.place, text=text_of(problem)) for problem in error.problems]
    return order, problems + [Problem(place="", text=same(gap)) for gap in seen.gaps]


def _filled(value: Any) -> Any:
    """Without the fields that a CRM gives as empty: they are missing, not wrong."""
    if isinstance(value, Mapping):
        return {name: _filled(part) for name, part in value.items() if part not in (None, "")}
    return [_filled(part) for part in value] if isinstance(value, list | tuple) else value


def _lead(raw: dict[str, Any], playbook: StaffedPlaybook, today: date) -> dict[str, Any]:
    """As much of it as stands; each part that can't be taken is left out."""
    lead = {name: raw[name] for name in _LEAD if raw.get(name)}
    lead["client"] = _reachable(raw.get("client"))
    try:
        return _plain(read_order(lead, playbook, today))
    except BadOrder as error:
        for problem in error.problems:
            whole, _, part = problem.place.partition(".")
            holder, name = (lead["client"], part) if whole == "client" else (lead, whole)
            holder.pop(name, None)
    lead["client"] = _reachable(lead["client"])
    return _plain(read_order(lead, playbook, today))


def _reachable(client: Any) -> dict[str, Any]:
    """Somebody must be named: the contact, else the company."""
    known = {name: value for name, value in client.items() if value} if isinstance(client, Mapping) else {}
    return {"contact": known.get("name") or NO_CONTACT} | known


def _of_manager(seen: SeenDeal, playbook: StaffedPlaybook) -> list[Problem]:
    if seen.manager is None or seen.manager in playbook.holders(Role.MANAGER):
        return []
    return [
        problem(
            "manager", ru="{field}: {why}", en="{field}: {why}", field=_FIELDS["manager"], why=_NO_MANAGER
        )
    ]


def _where(place: str) -> Text:
    """`lines[1].vat` as `line 2, VAT rate`."""
    if place in ("client", "lines", ""):
        return _CLIENT if place == "client" else _LINES
    whole, _, part = place.rpartition(".")
    field = _FIELDS.get(part) or same(part)
    if line := re.fullmatch(r"lines\[(\d+)\]", whole):
        return worded(ru="товар {n}, {field}", en="line {n}, {field}", n=int(line[1]) + 1, field=field)
    if party := PARTY_LABELS.get(whole.removeprefix("client.")):
        return worded(ru="{party}, {field}", en="{party}, {field}", party=party, field=field)
    return worded(ru="клиент, {field}", en="client, {field}", field=field) if whole == "client" else field


def _plain(order: Order) -> dict[str, Any]:
    return order.model_dump(mode="json", exclude_none=True)
