"""What an offer changes, in the reader's words: one sentence for each line that is new, gone or other than before."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from domain.calendar import Span
from domain.deal.rate_words import clause_in_words
from domain.order.change import Change, Edit
from domain.order.countries import country_name
from domain.order.good_labels import GOOD_LABELS
from domain.order.party_labels import DELIVERY_ADDRESS, FIRM_LABELS, party_fields
from domain.order.rate_clause import RateClause
from domain.playbook.book import Playbook
from domain.wording import day, money, number
from domain.words import (
    AVAILABILITY_LABELS,
    DELIVER_FROM,
    SOURCE_LABELS,
    UNIT_LABELS,
    Availability,
    Language,
    Source,
    Text,
    UnitOfMeasure,
)

if TYPE_CHECKING:
    from domain.order.offer import Offer

_FIELDS = {
    "sku": Text(ru="артикул", en="SKU"),
    "name": Text(ru="название", en="name"),
    "quantity": Text(ru="количество", en="quantity"),
    "unit": Text(ru="единица", en="unit"),
    "unit_price": Text(ru="цена", en="price"),
    "vat": Text(ru="НДС", en="VAT"),
    "source": Text(ru="откуда", en="source"),
    "payment": Text(ru="оплата", en="payment"),
    "delivery": Text(ru="доставка", en="delivery"),
    **GOOD_LABELS,
    "amount": Text(ru="сумма", en="amount"),
    "currency": Text(ru="валюта", en="currency"),
    "rate": Text(ru="оплата", en="payment"),
    "client.name": Text(ru="заказчик", en="client"),
    "client.inn": Text(ru="ИНН", en="INN"),
    "client.kpp": Text(ru="КПП", en="KPP"),
    "client.ogrn": Text(ru="ОГРН", en="OGRN"),
    "client.contact": Text(ru="контакт", en="contact"),
    "client.email": Text(ru="почта", en="e-mail"),
    "client.phone": Text(ru="телефон", en="phone"),
    "client.language": Text(ru="язык писем", en="language of mails"),
    "client.country": FIRM_LABELS["country"],
    "client.tax_number": FIRM_LABELS["tax_number"],
    "client.delivery_address": DELIVERY_ADDRESS,
    **{f"client.{place}": label for place, label in party_fields().items()},
}
"""Every field that can be other than before."""
_SHOWN = (
    *("quantity", "unit", "unit_price", "payment", "delivery"),
    *("deliver_by", "deliver_within", "deliver_from", "amount"),
)
"""What is said of a line that is new; of one that is gone, its amount."""
_INSTEAD = Text(ru="{label} {after} вместо {before}", en="{label} {after} instead of {before}")
_NOW = Text(ru="{label} {after}", en="{label} {after}")
_NO_MORE = Text(ru="{label} больше не указано, было {before}", en="{label} left out, it was {before}")
_ABOUT = {
    "added": Text(ru="добавлена позиция {line}, {name}: {edits}", en="line {line} is new, {name}: {edits}"),
    "removed": Text(ru="убрана позиция {line}, {name}: {edits}", en="line {line} is gone, {name}: {edits}"),
    "changed": Text(ru="позиция {line}, {name}: {edits}", en="line {line}, {name}: {edits}"),
}
MOST = 20
_MORE = Text(ru="и ещё изменений: {count}", en="and further changes: {count}")


def changes_in_words(
    found: Iterable[Change], currency: str, language: Language, book: Playbook | None = None, most: int = MOST
) -> tuple[str, ...]:
    """So many of them, and how many there are beside. Without the playbook its terms go by their codes."""
    told = [_sentence(change, currency, language, book) for change in found]
    rest = len(told) - most
    return (*told[:most], *([_MORE.to(language).format(count=rest)] if rest > 0 else ()))


def offer_in_words(offer: "Offer", language: Language, book: Playbook) -> tuple[str, ...]:
    """How it differs from the version before, the totals last; nothing of a first version, and of one that differs in nothing."""
    told = changes_in_words(offer.changes, offer.currency, language, book)
    return (*told, _total(offer, language)) if told else ()


def _total(offer: "Offer", language: Language) -> str:
    after = money(offer.amount, offer.currency, language)
    before = money(offer.before or Decimal(), offer.currency, language)
    if after == before:
        return f"всего {after}, как и было" if language == "ru" else f"{after} in all, as before"
    return f"всего {after} вместо {before}" if language == "ru" else f"{after} in all instead of {before}"


def _sentence(change: Change, currency: str, language: Language, book: Playbook | None) -> str:
    edits = ", ".join(_edit(edit, currency, language, book) for edit in _told(change))
    if change.line is None:
        return edits
    return _ABOUT[change.what].to(language).format(line=change.line, name=change.name, edits=edits)


def _told(change: Change) -> list[Edit]:
    match change.what:
        case "changed":
            return list(change.edits)
        case "added":
            return [edit for name in _SHOWN for edit in change.edits if edit.field == name]
    return [Edit(field=e.field, after=e.before) for e in change.edits if e.field == "amount"]


def _edit(edit: Edit, currency: str, language: Language, book: Playbook | None) -> str:
    template = _NOW if not edit.before else _INSTEAD if edit.after else _NO_MORE
    before, after = (
        _value(edit.field, value, currency, language, book) for value in (edit.before, edit.after)
    )
    return template.to(language).format(label=_FIELDS[edit.field].to(language), before=before, after=after)


def _value(field: str, value: str, currency: str, language: Language, book: Playbook | None) -> str:
    if not value:
        return ""
    match field:
        case "unit_price" | "amount":
            return money(Decimal(value), currency, language)
        case "quantity":
            return number(Decimal(value), language)
        case "unit":
            return UNIT_LABELS[UnitOfMeasure(value)].to(language)
        case "source":
            return SOURCE_LABELS[Source(value)].to(language)
        case "availability":
            return AVAILABILITY_LABELS[Availability(value)].to(language)
        case "medical_device":
            return _YES_NO[value].to(language)
        case "tracking":
            return TRACKING_LABELS[value].to(language)
        case "deliver_by" | "certified_on" | "certified_until":
            return day(date.fromisoformat(value), language)
        case "deliver_within":
            return Span.model_validate(value).to(language)
        case "deliver_from":
            return DELIVER_FROM[value].to(language)
        case "rate":
            return clause_in_words(RateClause.model_validate_json(value)).to(language)
        case "client.language":
            return _LANGUAGES[value].to(language)
    if field.endswith(".country"):
        return country_name(value).to(language)
    title = _title(field, value, book)
    named = title.to(language) if title else value
    if field not in _QUOTED:
        return named
    return f"«{named}»" if language == "ru" else f"“{named}”"


_YES_NO = {"True": Text(ru="да", en="yes"), "False": Text(ru="нет", en="no")}
TRACKING_LABELS = {
    "serial": Text(ru="по серийным номерам", en="by serial numbers"),
    "lot": Text(ru="по сериям", en="by lots"),
    "none": Text(ru="без номеров", en="without numbers"),
}
_QUOTED = ("payment", "delivery", "name")
_LANGUAGES = {"ru": Text(ru="русский", en="Russian"), "en": Text(ru="английский", en="English")}


def _title(field: str, code: str, book: Playbook | None) -> Text | None:
    """What the playbook calls it."""
    if book is None:
        return None
    match field:
        case "payment" if code in book.payments:
            return book.payments[code].title
        case "delivery" if code in book.deliveries:
            return book.deliveries[code].title
        case "vat" if code in book.vat:
            return book.vat[code].title
    return None
