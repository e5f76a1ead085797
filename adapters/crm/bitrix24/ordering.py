"""The order that a deal of the portal holds: its client, and its lines as drafts of our smart process, or as product rows."""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from adapters.crm.bitrix24 import values
from adapters.crm.bitrix24.firms import numbers_seen
from adapters.crm.bitrix24.naming import line_of
from adapters.crm.bitrix24.portal_map import PortalField, PortalMap
from adapters.crm.bitrix24.raw import Raw
from domain.playbook.book import Playbook
from domain.words import Text

NO_CLIENT = Text(
    ru="в сделке нет ни контакта, ни компании", en="the deal has neither a contact nor a company"
)
NO_VAT = Text(
    ru="{name}: ставки НДС {rate} нет в справочнике", en="{name}: no VAT rate {rate} in the playbook"
)
LONGEST_WISH = 4000
_PARTY_FIELDS = {
    "payer": ("name", "inn", "kpp", "email"),
    "consignee": ("name", "inn", "kpp", "address"),
}
FOR_LINES = (
    *("payment", "source", "availability", "delivery"),
    *("deliver_by", "deliver_within", "deliver_from"),
)


def order_of(
    known: PortalMap, book: Playbook, raw: Raw, number: str, names: Mapping[int, str]
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """What an order file would hold, as far as the portal knows it, and what could not be read of it."""
    gaps: list[str] = []
    drafts = _drafts(raw, number)
    lines = [_draft(known, line) for line in drafts] if drafts else _rows(known, book, raw, gaps)
    client = _client(raw)
    if client:
        client |= _parties(known, raw.item)
    if not client:
        gaps.append(NO_CLIENT.to(book.language))
    order = {
        "client": client,
        "manager": names.get(int(raw.item.get("assignedById") or 0)),
        "currency": raw.item.get("currencyId") or None,
        "wish": _wish(raw.item),
        "lines": lines,
    }
    return {name: value for name, value in order.items() if value}, tuple(gaps)


def rows_beside(known: PortalMap, book: Playbook, raw: Raw, number: str) -> tuple[dict[str, Any], ...]:
    """Product rows of a deal whose lines people entered as items: no part of its order."""
    return tuple(_rows(known, book, raw, [])) if _drafts(raw, number) else ()


def _drafts(raw: Raw, number: str) -> list[dict[str, Any]]:
    return [line for line in raw.lines if line_of(line.get("xmlId"), number) is None]


def _rows(known: PortalMap, book: Playbook, raw: Raw, gaps: list[str]) -> list[dict[str, Any]]:
    ordered = sorted(raw.rows, key=lambda row: (int(row.get("sort") or 0), int(row["id"])))
    return [_row(known, book, raw.item, row, gaps) for row in ordered]


def _client(raw: Raw) -> dict[str, Any]:
    contact, company, firm = raw.contact or {}, raw.company or {}, raw.requisite
    names = (contact.get("name"), contact.get("secondName"), contact.get("lastName"))
    person = " ".join(str(part) for part in names if part)
    title = str(company.get("title") or "")
    said = {
        "name": str(firm.get("RQ_COMPANY_NAME") or title or firm.get("NAME") or ""),
        "kpp": str(firm.get("RQ_KPP") or ""),
        "ogrn": str(firm.get("RQ_OGRN") or firm.get("RQ_OGRNIP") or ""),
        "contact": person or title,
        "email": _reached(contact, "EMAIL") or _reached(company, "EMAIL"),
        "phone": _reached(contact, "PHONE") or _reached(company, "PHONE"),
    }
    return {name: value for name, value in said.items() if value} | numbers_seen(firm)


def _parties(known: PortalMap, deal: Mapping[str, Any]) -> dict[str, Any]:
    """What people entered of who pays and who gets the goods, and of a buyer of another country."""

    def said(name: str) -> str:
        field = known.deal_field(name)
        return values.from_portal(field, deal.get(field.code)).strip() if field else ""

    own = {
        "country": said("buyer_country"),
        "tax_number": said("buyer_number"),
        "delivery_address": said("delivery_to"),
    }
    entered: dict[str, Any] = {name: value for name, value in own.items() if value}
    for role, fields in _PARTY_FIELDS.items():
        party = {name: value for name in fields if (value := said(f"{role}_{name}"))}
        entered |= {role: party} if party else {}
    return entered


def _reached(card: Mapping[str, Any], kind: str) -> str:
    """Its first phone number or e-mail address."""
    fm = card.get("fm") or []
    entries = fm.values() if isinstance(fm, dict) else fm
    return next((str(e["value"]).strip() for e in entries if e.get("typeId") == kind and e.get("value")), "")


def _draft(known: PortalMap, line: Mapping[str, Any]) -> dict[str, Any]:
    """A line that people entered in the smart process."""

    def said(name: str) -> str:
        field = known.line_field(name)
        return values.from_portal(field, line.get(field.code)) if field else ""

    entered = {
        "sku": said("sku"),
        "name": str(line.get("title") or ""),
        "quantity": values.whole(said("quantity")),
        "unit_price": said("unit_price").partition(" ")[0],
        "vat": said("vat"),
        "registration_certificate": said("certificate"),
        **{name: said(name) for name in FOR_LINES},
    }
    return {name: value for name, value in entered.items() if value}


def _row(
    known: PortalMap, book: Playbook, deal: Mapping[str, Any], row: Mapping[str, Any], gaps: list[str]
) -> dict[str, Any]:
    """A product row. What it has no fields for stands on the deal, for all its rows."""

    def said(name: str) -> str:
        field: PortalField | None = known.deal_field(name)
        return values.from_portal(field, deal.get(field.code)) if field else ""

    name = str(row.get("productName") or "")
    vat = _vat(book, row.get("taxRate"))
    if vat is None:
        rate = "—" if row.get("taxRate") is None else values.number(row["taxRate"])
        gaps.append(NO_VAT.to(book.language).format(name=name, rate=rate))
    entered = {
        "sku": str(row.get("productId") or "") or name[:50],
        "name": name,
        "quantity": values.whole(row.get("quantity")),
        "unit_price": values.kopecks(row.get("price")),
        "vat": vat,
        "payment": said("payment_type"),
        "registration_certificate": said("certificate"),
        **{name: said(name) for name in FOR_LINES if name != "payment"},
    }
    return {name: value for name, value in entered.items() if value}


def _vat(book: Playbook, rate: object) -> str | None:
    """The playbook's code of a rate in force today; no rate is «Без НДС»."""
    exact = None if rate is None else Decimal(str(rate))
    today = datetime.now(UTC).date()
    return next((code for code, vat in book.vat.items() if vat.rate == exact and vat.holds_on(today)), None)


def _wish(deal: Mapping[str, Any]) -> str:
    """The deal's comment, without its markup."""
    return values.unmarked(str(deal.get("comments") or ""))[:LONGEST_WISH]
