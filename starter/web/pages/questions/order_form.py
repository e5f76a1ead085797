"""The form in which an order is composed: the client's fields, then those of each good. A field's name is its place in the order."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from domain.deal.state import DealState
from domain.goods.register import FILLED, GoodsRegister
from domain.order.numbers import RUSSIA
from domain.order.order import NO_GOODS, Client
from domain.order.parties import PARTIES
from domain.playbook.book import Playbook
from domain.spelling import amount, day_as_iso, ungrouped
from domain.words import (
    AVAILABILITY_LABELS,
    DELIVER_FROM,
    SOURCE_LABELS,
    UNIT_LABELS,
    Availability,
    Language,
    Text,
)
from starter.web.pages.questions.fields import Shown

MOST_GOODS = 20
"""A longer order is a file: `deal order`."""

CURRENCY = "currency"
_LONGEST = 255
_TYPED_CLIENT = (
    *("name", "inn", "kpp", "ogrn", "contact", "phone", "email"),
    *("country", "tax_number", "delivery_address"),
    *("payer.name", "payer.inn", "payer.kpp", "payer.email"),
    *("consignee.name", "consignee.inn", "consignee.kpp", "consignee.address"),
)
_TYPED_GOOD = (
    *("name", "sku", "quantity", "unit_price", "registration_certificate"),
    *("deliver_by", "deliver_within"),
)
_CHOSEN = ("unit", "source", "availability", "payment", "delivery", "vat", "deliver_from")
_OPTIONAL = (
    "kpp",
    "ogrn",
    "unit",
    "registration_certificate",
    "deliver_by",
    "deliver_within",
    "deliver_from",
)
_IN_ORDER = (
    *(
        "sku",
        "name",
        "quantity",
        "unit",
        "unit_price",
        "source",
        "availability",
        "payment",
        "delivery",
        "vat",
    ),
    *("deliver_by", "deliver_within", "deliver_from", "registration_certificate"),
)
_PLACE = re.compile(rf"lines\[([0-9]{{1,2}})\]\.({'|'.join((*_TYPED_GOOD, *_CHOSEN))})")

_LABELS = {
    "client.name": Text(ru="Компания", en="Company"),
    "client.inn": Text(ru="ИНН", en="INN"),
    "client.kpp": Text(ru="КПП", en="KPP"),
    "client.ogrn": Text(ru="ОГРН", en="OGRN"),
    "client.contact": Text(ru="Контакт", en="Contact"),
    "client.phone": Text(ru="Телефон", en="Phone"),
    "client.email": Text(ru="Почта", en="E-mail"),
    "client.country": Text(ru="Страна, если не Россия", en="Country, if not Russia"),
    "client.tax_number": Text(ru="Номер в своей стране (УНП, БИН)", en="Number in its country (UNP, BIN)"),
    "client.delivery_address": Text(ru="Адрес доставки", en="Delivery address"),
    "client.payer.name": Text(ru="Плательщик, если платит другой", en="Payer, if another pays"),
    "client.payer.inn": Text(ru="ИНН плательщика", en="INN of the payer"),
    "client.payer.kpp": Text(ru="КПП плательщика", en="KPP of the payer"),
    "client.payer.email": Text(ru="Почта плательщика", en="E-mail of the payer"),
    "client.consignee.name": Text(ru="Грузополучатель, если это другой", en="Consignee, if it is another"),
    "client.consignee.inn": Text(ru="ИНН грузополучателя", en="INN of the consignee"),
    "client.consignee.kpp": Text(ru="КПП грузополучателя", en="KPP of the consignee"),
    "client.consignee.address": Text(ru="Адрес грузополучателя", en="Address of the consignee"),
    CURRENCY: Text(ru="Валюта заказа", en="Currency of the order"),
    "name": Text(ru="Товар", en="Good"),
    "sku": Text(ru="Артикул", en="Article number"),
    "quantity": Text(ru="Количество", en="Quantity"),
    "unit": Text(ru="Единица измерения, если не штуки", en="Unit of measure, if not pieces"),
    "unit_price": Text(ru="Цена за единицу с НДС", en="Price of one, VAT included"),
    "vat": Text(ru="НДС", en="VAT"),
    "source": Text(ru="Откуда", en="From where"),
    "availability": Text(ru="Наличие", en="Availability"),
    "payment": Text(ru="Как платят", en="How it is paid"),
    "delivery": Text(ru="Как доставляем", en="How it is delivered"),
    "registration_certificate": Text(ru="Регистрационное удостоверение", en="Registration certificate"),
    "deliver_by": Text(ru="Поставить не позднее", en="To be delivered by"),
    "deliver_within": Text(ru="Или за столько рабочих дней", en="Or within so many working days"),
    "deliver_from": Text(ru="Эти дни считать", en="These days count"),
}
_HINTS = {
    "unit_price": "12 400,00",
    "registration_certificate": "РЗН 2023/12345",
    "deliver_by": "31.12.2026",
    "deliver_within": "30",
}


class Group(NamedTuple):
    """The fields of one good; `words` name it."""

    words: str
    fields: tuple[Shown, ...]

    def told(self) -> Iterator[Shown]:
        """The fields as they are named where those of other goods stand beside them."""
        return (field._replace(label=f"{self.words}. {field.label}") for field in self.fields)


class OrderForm:
    """What somebody has typed so far: of each good whatever was typed, in the order of the form; goods left blank are no goods."""

    def __init__(
        self, typed: Mapping[str, str], deal: DealState, today: date, register: GoodsRegister = NO_GOODS
    ) -> None:
        self._deal, self._book, self._today, self._register = deal, deal.book, today, register
        self._typed = {name: value.strip() for name, value in typed.items()}
        self.goods = list(self._goods())

    def document(self) -> dict[str, Any]:
        """As an order file holds it."""
        client: dict[str, Any] = {
            name: self._typed[field] or None
            for name in _TYPED_CLIENT
            if (field := f"client.{name}") in self._typed and "." not in name
        }
        client = {name: value for name, value in client.items() if name != "country" or value}
        client |= {role: self._party(role) for role in PARTIES if f"client.{role}.name" in self._typed}
        return {
            "client": client | ({"contact": client["contact"] or ""} if "contact" in client else {}),
            CURRENCY: self._currency,
            "lines": [_read(good) for good in self.goods],
        }

    def _party(self, role: str) -> dict[str, str] | None:
        """What was typed of it, beside what is known and has no field here; none where all is blank."""
        place = f"client.{role}."
        typed = {
            name.removeprefix(place): value for name, value in self._typed.items() if name.startswith(place)
        }
        if not any(typed.values()):
            return None
        known = getattr(self._deal.client, role)
        there = known.model_dump(mode="json", exclude_none=True) if known else {}
        return {name: value for name, value in (there | typed).items() if value}

    def head(self, language: Language) -> tuple[Shown, ...]:
        """Of the client, with what the deal knows; and the currency, where the playbook has several."""
        fields = [self._of_client(name, language) for name in _TYPED_CLIENT]
        if len(self._book.currencies) > 1:
            choices = tuple((code, code) for code in self._book.currencies)
            fields.append(
                Shown(CURRENCY, _LABELS[CURRENCY].to(language), "select", self._currency, choices=choices)
            )
        return tuple(fields)

    def groups(self, language: Language, *, more: bool) -> tuple[Group, ...]:
        """A group of a good each; one without goods, or where `more` are wanted, has a blank one."""
        shown = [*self.goods, {}] if more or not self.goods else self.goods
        return tuple(
            Group(f"{_GOOD.to(language)} {n}", tuple(self._of_good(n - 1, good, language)))
            for n, good in enumerate(shown[:MOST_GOODS], start=1)
        )

    @property
    def _currency(self) -> str:
        return self._typed.get(CURRENCY) or self._deal.currency or self._book.currencies[0]

    def _goods(self) -> Iterator[dict[str, str]]:
        found: dict[int, dict[str, str]] = {}
        for name, value in self._typed.items():
            if value and (place := _PLACE.fullmatch(name)):
                found.setdefault(int(place[1]), {})[place[2]] = value
        for _, good in sorted(found.items()):
            if any(name in good for name in _TYPED_GOOD):
                yield good

    def _of_client(self, name: str, language: Language) -> Shown:
        field, known = f"client.{name}", _known(self._deal.client, name)
        kind = {"phone": "tel", "email": "email", "payer.email": "email"}.get(name, "text")
        typed = self._typed.get(field, known)
        label = _LABELS[field].to(language)
        required = name in (
            "name",
            "contact",
        )  # an INN only of a Russian company: the order's rules see to it
        optional = not required and name != "inn"
        return Shown(field, label, kind, typed, required=required, optional=optional, longest=_LONGEST)

    def _of_good(self, n: int, good: Mapping[str, str], language: Language) -> Iterator[Shown]:
        choices = _choices(self._book, self._today, language)
        for name in _IN_ORDER:
            optional = name in _OPTIONAL or (name in FILLED and len(self._register) > 0)
            yield Shown(
                name=f"lines[{n}].{name}",
                label=_LABELS[name].to(language),
                kind="select" if name in choices else "text",
                value=good.get(name, Availability.AVAILABLE if name == "availability" else ""),
                hint=self._hint(name, good, choices.get(name, ()), language),
                required=not optional,
                optional=name in _OPTIONAL,
                choices=choices.get(name, ()),
                longest=_LONGEST,
                numeric=name in ("quantity", "unit_price", "deliver_within"),
            )

    def _hint(
        self, name: str, good: Mapping[str, str], choices: Sequence[tuple[str, str]], language: Language
    ) -> str:
        """What the register has for the SKU that was typed; that it fills this in; or an example."""
        row = self._register.find(good.get("sku"))
        if row and (value := row.as_line().get(name)):
            return _IN_REGISTER.to(language).format(value=dict(choices).get(str(value), value))
        if name in FILLED and name not in _OPTIONAL and len(self._register):
            return _FROM_REGISTER.to(language)
        example = _HINTS.get(name, "")
        return _EXAMPLE.to(language).format(example=example) if example else ""


def _known(client: Client, place: str) -> str:
    """What the deal knows; of a Russian client no country is said."""
    role, _, field = place.rpartition(".")
    holder = getattr(client, role) if role else client
    value = getattr(holder, field, None) or ""
    return "" if place == "country" and value == RUSSIA else str(value)


def _choices(book: Playbook, today: date, language: Language) -> dict[str, tuple[tuple[str, str], ...]]:
    rates = {code: rate for code, rate in book.vat.items() if rate.holds_on(today)}
    labels: dict[str, Mapping[Any, Text]] = {
        "vat": {code: rate.title for code, rate in rates.items()},
        "payment": {code: term.title for code, term in book.payments.items()},
        "delivery": {code: method.title for code, method in book.deliveries.items()},
        "source": SOURCE_LABELS,
        "availability": AVAILABILITY_LABELS,
        "unit": UNIT_LABELS,
        "deliver_from": DELIVER_FROM,
    }
    return {
        name: tuple((str(code), label.to(language)) for code, label in known.items())
        for name, known in labels.items()
    }


def _read(good: Mapping[str, str]) -> dict[str, str]:
    """Numbers as people write them are read; what is not understood stays, and the order's rules say what is wrong with it."""
    spelt = {"unit_price": amount, "quantity": ungrouped, "deliver_by": day_as_iso}
    return {name: spelt[name](value) if name in spelt else value for name, value in good.items()}


_GOOD = Text(ru="Позиция", en="Line")
_FROM_REGISTER = Text(
    ru="Можно не заполнять: для товара из справочника берётся по артикулу",
    en="May be left empty: of a good in the register it is found by the article number",
)
_IN_REGISTER = Text(ru="В справочнике товаров: {value}", en="In the register of goods: {value}")
_EXAMPLE = Text(ru="Например: {example}", en="For example: {example}")
