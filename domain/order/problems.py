"""What can be wrong with an order: every kind declared once, with its code and its words in both languages."""

import re
from collections.abc import Sequence
from typing import Any

from domain.base import Value
from domain.wording import worded
from domain.words import Language, Text

KINDS = {
    "no_order": Text(
        ru="в файле должен быть заказ: client, manager и lines",
        en="the file must hold an order: client, manager and lines",
    ),
    "misspelt_field": Text(
        ru="такого поля нет: возможно, {near}?",
        en="no such field: did you mean {near}?",
    ),
    "unknown_field": Text(ru="такого поля нет: есть {known}", en="no such field: there are {known}"),
    "missing": Text(ru="не заполнено", en="is missing"),
    "empty": Text(ru="пусто", en="is empty"),
    "too_long": Text(ru="длиннее {most} знаков", en="longer than {most} characters"),
    "control_characters": Text(
        ru="управляющие символы недопустимы: нужен простой текст в одну строку",
        en="control characters are not allowed: write plain text on one line",
    ),
    "not_unicode": Text(ru="это не текст в Unicode", en="not valid Unicode text"),
    "not_text": Text(ru="нужен текст: возьмите его в кавычки", en="text is needed: put it in quotes"),
    "one_of": Text(ru="нужно одно из: {known}", en="one of {known}"),
    "unknown": Text(
        ru="в справочнике нет {value}: нужно одно из: {known}",
        en="no {what} {value} in the playbook: one of {known}",
    ),
    "unfit": Text(ru="{said}", en="{said}"),
    "no_place": Text(
        ru="такого поля в предложении нет: есть {known}", en="an offer has no such field: there are {known}"
    ),
    # the order
    "bad_number": Text(
        ru="только латинские буквы, цифры, - . и _, не больше 50 знаков, например 1042",
        en="letters, digits, - . and _ only, at most 50, like 1042",
    ),
    "number_of_a_line": Text(
        ru="-line- в номере недопустимо: так составляются номера позиций сделки",
        en="may not contain -line-: the ids of the deal's lines are made so",
    ),
    "no_lines": Text(
        ru="пустой список: для лида уберите `lines`, для заказа нужна хотя бы одна позиция",
        en="an empty list: leave `lines` out for a lead, or write at least one line",
    ),
    "too_many_lines": Text(
        ru="больше {most} позиций: разделите заказ на несколько сделок",
        en="more than {most} lines: split the order into several deals",
    ),
    "too_large_total": Text(
        ru="сумма заказа {total} больше {most}", en="the order's total {total} is more than {most}"
    ),
    "rate_of_roubles": Text(
        ru="цены уже в рублях: курс нужен только ценам в евро, долларах или юанях",
        en="the prices are in roubles: only prices in euros, dollars or yuan need a rate",
    ),
    # the client
    "no_client": Text(
        ru="не заполнено: нужны name, inn, contact и email или phone",
        en="is missing: write name, inn, contact and email or phone",
    ),
    "no_reach": Text(
        ru="с контактом нельзя связаться: нужен email или phone",
        en="no way to reach the contact: write email or phone",
    ),
    "no_company": Text(
        ru="не заполнено: в заказе с позициями нужно название компании, например ООО «Клиника Образец»",
        en="is missing: an order with lines needs the company's name, like ООО «Клиника Образец»",
    ),
    "no_inn": Text(
        ru="не заполнено: в заказе с позициями нужен ИНН компании, например 9900000017",
        en="is missing: an order with lines needs the company's INN, like 9900000017",
    ),
    "bad_inn": Text(
        ru="это не ИНН: в нём 10 цифр у организации или 12 у человека, последние — контрольные",
        en="not a valid INN: 10 digits of a company or 12 of a person, the last ones a checksum",
    ),
    "no_tax_number": Text(
        ru="не заполнено: у покупателя из другой страны нужен его номер в ней, например УНП или БИН",
        en="is missing: a buyer of another country needs its number there, like a UNP or a BIN",
    ),
    "bad_unp": Text(
        ru="это не УНП Беларуси: в нём 9 знаков, последний — контрольный",
        en="not a UNP of Belarus: 9 characters, the last one a checksum",
    ),
    "bad_bin": Text(
        ru="это не БИН и не ИИН Казахстана: в нём 12 цифр, последняя — контрольная",
        en="neither a BIN nor an IIN of Kazakhstan: 12 digits, the last one a checksum",
    ),
    "bad_tax_number": Text(
        ru="это не номер фирмы: от {least} до {most} цифр и прописных букв, не одни нули",
        en="not a firm's number: {least} to {most} digits and capital letters, not all zeros",
    ),
    "number_without_country": Text(
        ru="номер в другой стране указывают вместе с country, например Беларусь; у российской компании есть inn",
        en="a number of another country goes with country, like Belarus; a Russian company has its inn",
    ),
    "bad_country": Text(
        ru="это не страна: нужно название, например Беларусь, или две латинские буквы её кода",
        en="not a country: write its name, like Belarus, or the two letters of its code",
    ),
    "kpp_of_person": Text(
        ru="у предпринимателя (ИНН из 12 цифр) КПП нет: его получают организации",
        en="a sole trader (an INN of 12 digits) has no KPP: organisations get one",
    ),
    "bad_kpp": Text(
        ru="это не КПП: в нём 9 знаков, например 770501001",
        en="not a valid KPP: 9 characters, like 770501001",
    ),
    "bad_ogrn": Text(
        ru="это не ОГРН: в нём 13 цифр у организации или 15 у предпринимателя, последняя — контрольная",
        en="not a valid OGRN: 13 digits of a company or 15 of a sole trader, the last one a checksum",
    ),
    "bad_email": Text(
        ru="это не адрес e-mail: он пишется как anna@clinic.example",
        en="not an e-mail address: write it like anna@clinic.example",
    ),
    "impossible_email": Text(ru="такого адреса e-mail быть не может", en="not an e-mail address ({said})"),
    "bad_phone": Text(
        ru="это не телефон: он пишется как +74951234567",
        en="not a phone number: write it like +74951234567",
    ),
    # a line
    "not_whole": Text(ru="нужно целое число штук", en="a whole number of pieces is needed"),
    "not_positive": Text(ru="должно быть больше нуля", en="must be greater than zero"),
    "bad_amount": Text(
        ru='это не сумма: она пишется как "98500.50"', en='not an amount: write it like "98500.50"'
    ),
    "vat_not_in_force": Text(
        ru="ставка НДС {value} не действует {day}: нужно одно из: {known}",
        en="VAT code {value} is not in force on {day}: one of {known}",
    ),
    "no_certificate": Text(
        ru="для НДС {vat} нужно регистрационное удостоверение, например РЗН 2023/12345",
        en="VAT {vat} needs a registration certificate, like РЗН 2023/12345",
    ),
    "bad_certificate": Text(ru="{why}", en="{why}"),
    "certificate_to_come": Text(
        ru="{day} ещё не наступило: удостоверение не могло быть выдано в этот день",
        en="{day} is still to come: no certificate was issued on that day",
    ),
    "certificate_expired": Text(
        ru="удостоверение действовало до {day}: укажите действующее и его срок",
        en="the certificate was valid until {day}: write the one in force, with its last day",
    ),
    "after_of_goods": Text(
        ru="ждать другой позиции может только услуга (source: service)",
        en="only a service (source: service) may wait for another line",
    ),
    "after_what": Text(
        ru="услуга ждёт поставки товара из этого же заказа: нужен номер его позиции, {known}",
        en="a service waits for goods of the same order: write the number of their line, {known}",
    ),
    "bad_okpd2": Text(
        ru="это не код ОКПД2: он пишется как 26.60.12.132", en="no OKPD2 code: write it like 26.60.12.132"
    ),
    "contradicts_register": Text(
        ru="в справочнике товаров у {sku} стоит {known}: исправьте заказ или справочник",
        en="the register of goods has {known} for {sku}: put the order or the register right",
    ),
    "delivery_past": Text(
        ru="{day} уже прошло: срок поставки — сегодня или позже, не раньше договора",
        en="{day} has passed: goods are promised for today or later, never before the contract",
    ),
    "two_delivery_dates": Text(
        ru="срок поставки указан дважды: нужно одно из двух, deliver_by или deliver_within",
        en="the delivery is promised twice: write either deliver_by or deliver_within",
    ),
    "no_delivery_term": Text(
        ru="считать нечего: рядом нужен deliver_within, например 30wd",
        en="there is nothing to count: write deliver_within beside it, like 30wd",
    ),
    "bad_term": Text(
        ru="срок поставки — от 1 до {most} дней: 30wd (рабочих дней) или 45cd (дней подряд)",
        en="a delivery term is 1 to {most} days: 30wd (working days) or 45cd (calendar days)",
    ),
}

NOT_FILLED = frozenset({"missing", "empty", "no_lines", "no_client", "no_company", "no_inn", "no_tax_number"})
"""The kinds that say no more than that something is not there yet."""


_FILE_LINE = re.compile(r"line (\d+)")


class Problem(Value):
    """What is wrong with a file or a card, where, and what would be right."""

    place: str
    text: Text

    def to(self, language: Language) -> str:
        words, where = self.text.to(language), self.where(language)
        return f"{where}: {words}" if where else words

    def where(self, language: Language) -> str:
        """The place, as it is said."""
        line = _FILE_LINE.fullmatch(self.place) if language == "ru" else None
        return f"строка {line[1]}" if line else self.place

    def __str__(self) -> str:
        return self.to("en")


class OrderProblem(Problem):
    """Of a declared kind."""

    code: str


def problem(place: str, *, ru: str, en: str, **values: Any) -> Problem:
    """The `{blanks}` of the words are filled as in `worded`."""
    return Problem(place=place, text=worded(ru=ru, en=en, **values))


def order_problem(place: str, code: str, **said: Any) -> OrderProblem:
    kind = KINDS[code]
    return OrderProblem(place=place, code=code, text=worded(ru=kind.ru, en=kind.en, **said))


class BadOrder(Exception):
    """The order can't be taken in. All its problems at once."""

    def __init__(self, problems: Sequence[OrderProblem]) -> None:
        super().__init__(joined(problems, "en"))
        self.problems = list(problems)

    @property
    def text(self) -> Text:
        return Text(ru=self.to("ru"), en=self.to("en"))

    def to(self, language: Language) -> str:
        return joined(self.problems, language)


def joined(problems: Sequence[Problem], language: Language) -> str:
    """In one sentence, without its full stop."""
    return "; ".join(problem.to(language) for problem in problems)
