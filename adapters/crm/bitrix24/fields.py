"""The custom fields of deals and lines: what the desk shows, what a manager enters an order by, forms, and approvals."""

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from typing import Literal, NamedTuple

from adapters.crm.bitrix24 import codes
from domain.playbook.book import Playbook
from domain.playbook.built_in import BUILT_IN
from domain.playbook.forms import FieldType, Form, FormField
from domain.wording import choice
from domain.words import AVAILABILITY_LABELS, DELIVER_FROM, SOURCE_LABELS, UNIT_LABELS, Text

FieldKind = Literal["string", "integer", "double", "money", "date", "datetime", "enumeration", "url"]
"""`userTypeId`. Money is `"300.00|RUB"`, an enumeration the number of its option."""

ROWS = 5  # of the input of what takes several lines


class Purpose(StrEnum):
    SHOWN = "shown"  # the desk writes it; what people write there comes to nothing
    ENTRY = "entry"  # people write it before the deal has its order; then the desk does
    FORM = "form"
    ANSWER = "answer"
    COMMENT = "comment"


class Option(NamedTuple):
    """`code` is its XML_ID."""

    code: str
    title: Text


class Field(NamedTuple):
    """`name` is what `codes.deal_field` or `codes.line_field` make the code of."""

    name: str
    label: Text
    kind: FieldKind
    purpose: Purpose
    options: tuple[Option, ...] = ()
    rows: int = 1
    help: Text | None = None

    def code(self, type_id: int | None = None) -> str:
        """On deals; with the smart process's own id (not its entityTypeId), on lines."""
        return codes.deal_field(self.name) if type_id is None else codes.line_field(type_id, self.name)

    def option(self, said: str) -> Option | None:
        """By its code, or by its title in either language, as the desk's own fields say it."""
        return next((o for o in self.options if said in (o.code, o.title.ru, o.title.en)), None)


_ANSWERS = (
    Option(codes.WAITING, Text(ru="Ждёт ответа", en="Waiting for an answer")),
    Option(codes.APPROVE, Text(ru="Согласовать", en="Approve")),
    Option(codes.REJECT, Text(ru="Отклонить", en="Reject")),
)
_NOTHING = Option(codes.NONE, Text(ru="—", en="—"))
_COMMENT = Text(ru="комментарий", en="comment")
_KINDS: dict[FieldType, FieldKind] = {
    FieldType.TEXT: "string",
    FieldType.DATE: "date",
    FieldType.NUMBER: "double",
    FieldType.CHOICE: "enumeration",
    FieldType.EMAIL: "string",
    FieldType.PIECES: "string",
}

_PAYMENT = Text(ru="Тип оплаты", en="Payment type")
_SOURCE = Text(ru="Источник товара", en="Source of the goods")
_AVAILABILITY = Text(ru="Наличие", en="Availability")
_DELIVERY = Text(ru="Способ доставки", en="Delivery method")
_CERTIFICATE = Text(ru="Регистрационное удостоверение", en="Registration certificate")
_DELIVER_BY = Text(ru="Поставить не позднее", en="To be delivered by")
_DELIVER_WITHIN = Text(ru="Срок поставки, рабочих дней", en="Delivery term, working days")
_DELIVER_FROM = Text(ru="Срок поставки считать", en="Delivery term counted")
_BOTH_SHOWN: dict[str, tuple[Text, FieldKind, int]] = {
    "paid": (Text(ru="Оплачено", en="Paid"), "money", 1),
    "customs": (Text(ru="Таможня", en="Customs"), "string", 1),
    "documents": (Text(ru="Закрывающие документы", en="Closing documents"), "string", ROWS),
    "blockers": (Text(ru="Что мешает", en="What blocks it"), "string", ROWS),
    "awaiting": (Text(ru="Кто должен действовать", en="Who must act"), "string", 1),
    "due": (Text(ru="Срок", en="Due"), "datetime", 1),
}
_DEAL_SHOWN: dict[str, tuple[Text, FieldKind, int]] = {
    "client": (Text(ru="Клиент сделки", en="Client of the deal"), "string", 1),
    "inn": (Text(ru="ИНН клиента", en="INN of the client"), "string", 1),
    "kpp": (Text(ru="КПП клиента", en="KPP of the client"), "string", 1),
    "ogrn": (Text(ru="ОГРН клиента", en="OGRN of the client"), "string", 1),
    "buyer": (Text(ru="Покупатель из другой страны", en="Buyer of another country"), "string", 1),
    "payer": (Text(ru="Плательщик", en="Payer"), "string", 1),
    "consignee": (Text(ru="Грузополучатель", en="Consignee"), "string", 1),
    "contact": (Text(ru="Контактное лицо", en="Contact person"), "string", 1),
    "email": (Text(ru="Почта клиента", en="E-mail of the client"), "string", 1),
    "phone": (Text(ru="Телефон клиента", en="Phone of the client"), "string", 1),
    "manager": (Text(ru="Менеджер", en="Manager"), "string", 1),
    "wish": (Text(ru="Пожелание", en="Wish"), "string", ROWS),
    "amount": (Text(ru="Сумма заказа", en="Amount of the order"), "money", 1),
    "outstanding": (Text(ru="Осталось оплатить", en="Outstanding"), "money", 1),
    "payable": (Text(ru="Сейчас к оплате", en="To be paid now"), "money", 1),
    "offer": (Text(ru="Предложение", en="Offer"), "string", 1),
    "payment": (Text(ru="Условия оплаты", en="Payment terms"), "string", 1),
    "lines": (Text(ru="Позиции", en="Lines"), "string", ROWS),
    "page": (Text(ru="Страница сделки", en="Page of the deal"), "url", 1),
}
_LINE_SHOWN: dict[str, tuple[Text, FieldKind, int]] = {
    "eta": (Text(ru="Ожидаемая дата прибытия", en="Expected arrival"), "date", 1),
    "delivery_forecast": (Text(ru="Прогноз поставки", en="Delivery forecast"), "string", 1),
    codes.VOID: (Text(ru="Больше не действует", en="No longer holds"), "string", 1),
}


PARTIES_ENTERED = {
    "buyer_country": Text(ru="Заказ: страна покупателя", en="Order: country of the buyer"),
    "buyer_number": Text(ru="Заказ: УНП, БИН или рег. номер", en="Order: UNP, BIN or registration number"),
    "delivery_to": Text(ru="Заказ: адрес доставки", en="Order: delivery address"),
    "payer_name": Text(ru="Заказ: плательщик", en="Order: payer"),
    "payer_inn": Text(ru="Заказ: ИНН плательщика", en="Order: INN of the payer"),
    "payer_kpp": Text(ru="Заказ: КПП плательщика", en="Order: KPP of the payer"),
    "payer_email": Text(ru="Заказ: почта плательщика", en="Order: e-mail of the payer"),
    "consignee_name": Text(ru="Заказ: грузополучатель", en="Order: consignee"),
    "consignee_inn": Text(ru="Заказ: ИНН грузополучателя", en="Order: INN of the consignee"),
    "consignee_kpp": Text(ru="Заказ: КПП грузополучателя", en="Order: KPP of the consignee"),
    "consignee_address": Text(ru="Заказ: адрес грузополучателя", en="Order: address of the consignee"),
}
"""What people enter of who takes part beside the company of the card."""


def deal_fields(playbook: Playbook) -> tuple[Field, ...]:
    books = _books(playbook)
    return (
        *_shown(_DEAL_SHOWN | _BOTH_SHOWN),
        _entry("payment_type", _PAYMENT, books["payment"]),
        _entry("source", _SOURCE, books["source"]),
        _entry("availability", _AVAILABILITY, books["availability"]),
        _entry("delivery", _DELIVERY, books["delivery"]),
        Field("certificate", _CERTIFICATE, "string", Purpose.ENTRY),
        *_promise(books),
        *(Field(name, label, "string", Purpose.ENTRY) for name, label in PARTIES_ENTERED.items()),
        Field(
            "reason",
            Text(ru="Причина отказа или отмены", en="Why lost or cancelled"),
            "string",
            Purpose.ENTRY,
        ),
        *(f for kind in codes.DEAL_KINDS for f in _form_fields(playbook, kind)),
        *(
            f
            for kind in playbook.approvals
            if kind in codes.DEAL_APPROVALS
            for f in _approval(playbook, kind)
        ),
    )


def line_fields(playbook: Playbook) -> tuple[Field, ...]:
    """The mark comes first: a smart process that has it is ours."""
    books = _books(playbook)
    return (
        Field(codes.LINES_MARK.lower(), Text(ru="Артикул", en="SKU"), "string", Purpose.ENTRY),
        Field("quantity", Text(ru="Количество", en="Quantity"), "double", Purpose.ENTRY),
        _entry("unit", Text(ru="Единица измерения", en="Unit of measure"), books["unit"]),
        Field(
            "unit_price", Text(ru="Цена за единицу с НДС", en="Unit price with VAT"), "money", Purpose.ENTRY
        ),
        _entry("vat", Text(ru="Ставка НДС", en="VAT rate"), books["vat"]),
        _entry("payment", _PAYMENT, books["payment"]),
        _entry("source", _SOURCE, books["source"]),
        _entry("availability", _AVAILABILITY, books["availability"]),
        _entry("delivery", _DELIVERY, books["delivery"]),
        Field("certificate", _CERTIFICATE, "string", Purpose.ENTRY),
        *_promise(books),
        *_shown(_BOTH_SHOWN | _LINE_SHOWN),
        *(
            f
            for kind in dict.fromkeys((*playbook.assignments, *codes.LINE_KINDS))
            if kind not in codes.DEAL_KINDS
            for f in _form_fields(playbook, kind)
        ),
        *(
            f
            for kind in playbook.approvals
            if kind not in codes.DEAL_APPROVALS
            for f in _approval(playbook, kind)
        ),
    )


def _books(playbook: Playbook) -> Mapping[str, tuple[Option, ...]]:
    return {
        "payment": tuple(Option(code, term.title) for code, term in playbook.payments.items()),
        "delivery": tuple(Option(code, method.title) for code, method in playbook.deliveries.items()),
        "vat": tuple(Option(code, rate.title) for code, rate in playbook.vat.items()),
        "source": tuple(Option(source.value, label) for source, label in SOURCE_LABELS.items()),
        "unit": tuple(Option(unit.value, label) for unit, label in UNIT_LABELS.items()),
        "availability": tuple(Option(known.value, label) for known, label in AVAILABILITY_LABELS.items()),
        "deliver_from": tuple(Option(code, label) for code, label in DELIVER_FROM.items()),
    }


def _shown(told: Mapping[str, tuple[Text, FieldKind, int]]) -> Iterator[Field]:
    for name, (label, kind, rows) in told.items():
        yield Field(name, label, kind, Purpose.SHOWN, rows=rows)


def _entry(name: str, label: Text, options: tuple[Option, ...]) -> Field:
    return Field(name, label, "enumeration", Purpose.ENTRY, options=options)


def _promise(books: Mapping[str, tuple[Option, ...]]) -> Iterator[Field]:
    """When goods are promised for: a day, or a term."""
    yield Field("deliver_by", _DELIVER_BY, "date", Purpose.ENTRY)
    yield Field("deliver_within", _DELIVER_WITHIN, "string", Purpose.ENTRY)
    yield _entry("deliver_from", _DELIVER_FROM, books["deliver_from"])


def _form_fields(playbook: Playbook, kind: str) -> Iterator[Field]:
    """`payment-terms` asks what the line's payment type does: here are the fields of all of them."""
    assignment = playbook.assignments.get(kind) or BUILT_IN.get(kind)
    if assignment is None:
        return
    forms = [assignment.form, *(term.form for term in playbook.payments.values() if kind == "payment-terms")]
    for asked in _by_name(forms).values():
        label = Text(
            ru=f"{assignment.title.ru}: {asked[0].title.ru}", en=f"{assignment.title.en}: {asked[0].title.en}"
        )
        yield Field(
            name=codes.form_name(kind, asked[0].name),
            label=label,
            kind=_kind(asked),
            purpose=Purpose.FORM,
            options=_choices(asked),
            rows=ROWS if asked[0].type is FieldType.PIECES else 1,
            help=asked[0].help,
        )


def _by_name(forms: Iterable[Form]) -> dict[str, list[FormField]]:
    found: dict[str, list[FormField]] = {}
    for form in forms:
        for field in form:
            found.setdefault(field.name, []).append(field)
    return found


def _kind(asked: list[FormField]) -> FieldKind:
    """Forms that mean different things by one name share a text."""
    kinds = {_KINDS[field.type] for field in asked}
    return kinds.pop() if len(kinds) == 1 else "string"


def _choices(asked: list[FormField]) -> tuple[Option, ...]:
    if _kind(asked) != "enumeration":
        return ()
    titles = {code: choice(code, field.choice_titles) for field in asked for code in field.choices or ()}
    return (*(Option(code, title) for code, title in titles.items()), _NOTHING)


def _approval(playbook: Playbook, kind: str) -> Iterator[Field]:
    title = playbook.approvals[kind].title
    comment = Text(ru=f"{title.ru}: {_COMMENT.ru}", en=f"{title.en}: {_COMMENT.en}")
    yield Field(codes.answer_name(kind), title, "enumeration", Purpose.ANSWER, options=_ANSWERS)
    yield Field(codes.comment_name(kind), comment, "string", Purpose.COMMENT, rows=ROWS)
