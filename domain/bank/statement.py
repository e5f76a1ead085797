"""A bank's statement: what its documents say of money that came and went. The file is `domain.bank.exchange_file`'s.

Banks of Russia and of Kazakhstan name the same fields in two ways; a bank leaves out, doubles or glues together what it likes.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from domain.bank.exchange_file import BadStatement, ExchangeFile, Field, Problem, Section, read_exchange_file
from domain.bank.keys import folded_account, payment_key
from domain.bank.payment import BankPayment, Kind
from domain.money import LARGEST, ZERO, kopecks
from domain.order.numbers import is_empty, is_inn
from domain.wording import Cash, typed, worded
from domain.words import Text

CURRENCIES = {"810": "RUB", "643": "RUB", "840": "USD", "978": "EUR", "156": "CNY"}
"""By the sixth to eighth digits of an account of 20."""
_NAMED = {code: code for code in CURRENCIES.values()} | {"RUR": "RUB"} | CURRENCIES

_NUMBER = ("Номер", "НомерДокумента")
_DATE = ("Дата", "ДатаДокумента", "ДатаОперации")
_SUM = ("Сумма", "СуммаПриход", "СуммаРасход")
_CAME, _WENT, _BOOKED = "ДатаПоступило", "ДатаСписано", ("ДатаВалютирования", "ДатаОперации")
_PARTY = ("1", "", "Наименование")
_ACCOUNT = ("РасчСчет", "Счет", "ИИК")
_INN = ("ИНН", "БИН_ИИН", "БИН", "ИИН")
_OWN = ("РасчСчет", "НомерСчета")
_PAYER, _PAYEE = "Плательщик", "Получатель"

_DAY = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4}|[0-9]{2})|([0-9]{4})-([0-9]{2})-([0-9]{2})")
_AMOUNT = re.compile(r"([0-9]{1,15})(?:[.,-]([0-9]{0,2}))?")
_INN_FIRST = re.compile(
    r"^\s*(ИНН\s*:?\s*)?([0-9]{5,12})\b(?:\s*[/\\]?\s*(?:КПП)?\s*[0-9]{9}\b)?[\s,;]*", re.IGNORECASE
)
_KNOWN_INN = re.compile("[0-9]{5}|[0-9]{9}|[0-9]{10}|[0-9]{12}")

_BAD_SUM = Text(ru="сумма «{value}» не читается", en="the sum “{value}” can't be read")
_BAD_DAY = Text(
    ru="дата «{value}» не читается: нужна как 27.11.2026",
    en="the date “{value}” can't be read: write it like 27.11.2026",
)
_LACKS = Text(ru="в документе нет поля «{name}»", en="the document lacks the field “{name}”")
_NEITHER = Text(
    ru="ни плательщик, ни получатель не по счёту выписки: не понять, пришли деньги или ушли",
    en="neither payer nor payee has an account of the statement: it does not say whether money came or went",
)
_CURRENCY = Text(
    ru="в какой валюте счёт {account}, не сказано, или стол такой не знает",
    en="the currency of account {account} is not told, or the desk does not know it",
)
_NO_END = Text(
    ru="в файле нет строки «{end}», но обороты сходятся с документами: он целый",
    en="the file lacks the line “{end}”, but its totals fit the documents: it is whole",
)
_TOTALS = {
    "in": Text(
        ru="счёт {account}: по выписке поступило {told}, а в документах {read}",
        en="account {account}: the statement says {told} came, its documents {read}",
    ),
    "out": Text(
        ru="счёт {account}: по выписке списано {told}, а в документах {read}",
        en="account {account}: the statement says {told} went, its documents {read}",
    ),
    "rest": Text(
        ru="счёт {account}: остатки не сходятся с оборотами на {left}",
        en="account {account}: opening and closing balances differ from what came and went by {left}",
    ),
}  # fmt: skip


class Way(StrEnum):
    """`OWN`: between accounts of the company itself."""

    IN = "in"
    OUT = "out"
    OWN = "own"


class Listed(NamedTuple):
    """A document of a statement, that begins on this line of the file."""

    line: int
    way: Way
    payment: BankPayment


class Statement(NamedTuple):
    """`notes` say where its totals differ from its documents."""

    listed: list[Listed]
    notes: list[Text]


def read_statement(content: bytes) -> Statement:
    """Raises BadStatement."""
    reading = _Reading(read_exchange_file(content))
    listed = list(reading.listed())
    reading.fail_if_wrong()
    notes = list(reading.differences(listed))
    reading.fail_if_wrong()
    return Statement(listed, notes)


class _Reading:
    def __init__(self, file: ExchangeFile) -> None:
        self._file = file
        self._problems: list[Problem] = []
        told = [*file.accounts, *(section.text(*_OWN) for section in file.balances)]
        self._own = {folded_account(account) for account in told} - {""}

    def fail_if_wrong(self) -> None:
        if self._problems:
            raise BadStatement(self._problems)

    def listed(self) -> Iterator[Listed]:
        for document in self._file.documents:
            if found := self._listed(document):
                yield found

    def _listed(self, document: Section) -> Listed | None:
        before = len(self._problems)
        amount, on = self._amount(document), self._day(document, *_DATE)
        payer, payee = (self._account(document, whose) for whose in (_PAYER, _PAYEE))
        came, went = self._day(document, _CAME), self._day(document, _WENT)
        booked = self._day(document, *_BOOKED)
        way = self._way(document, payer, payee, came, went)
        if amount == ZERO and len(self._problems) == before:
            self._wrong(document.line, _LACKS, name=_SUM[0])
        if on is None and len(self._problems) == before:
            self._wrong(document.line, _LACKS, name=_DATE[0])
        if way is None or on is None or amount is None or len(self._problems) > before:
            return None
        name, inn = _party(document, _PAYER if way is Way.IN else _PAYEE)
        number = document.text(*_NUMBER)[:20]
        day = (came if way is Way.IN else went) or came or went or booked or on
        return Listed(
            document.line,
            way,
            BankPayment(
                kind=Kind.RECEIVED if way is Way.IN else Kind.SENT,
                key=payment_key(payer or inn or name[:34], on, number, amount),
                order_key=payment_key(payer, on, number, amount) if payer and number else "",
                amount=amount,
                currency=self._currency(document, payee if way is Way.IN else payer),
                day=day,
                debited=went if went and went <= day else None,
                account=payer,
                document=number,
                document_date=on,
                payer=name[:300],
                payer_inn=inn,
                purpose=_purpose(document)[:4000],
            ),
        )

    def _way(
        self, document: Section, payer: str, payee: str, came: date | None, went: date | None
    ) -> Way | None:
        if payer in self._own and payee in self._own:
            return Way.OWN
        if payer in self._own or payee in self._own:
            return Way.OUT if payer in self._own else Way.IN
        if bool(came) != bool(went):
            return Way.IN if came else Way.OUT
        credited, debited = (bool(self._sum(document, name)) for name in _SUM[1:])
        if credited != debited:
            return Way.IN if credited else Way.OUT
        self._wrong(document.line, _NEITHER)
        return None

    def _account(self, document: Section, whose: str) -> str:
        """The firm's own, where its bank's is told beside it."""
        told = [folded_account(document.text(f"{whose}{name}")) for name in _ACCOUNT]
        return next((a for a in told if a in self._own), next((a for a in told if a), ""))

    def _currency(self, document: Section, account: str) -> str:
        """As it is told; else by the account, that says it in Russia, but not in an IBAN."""
        if told := document.text("Валюта", "КодВалюты").upper():
            found = _NAMED.get(told)
        elif re.fullmatch("[0-9]{20}", account):
            found = CURRENCIES.get(account[5:8])
        else:
            found = None if re.match("[A-Z]{2}[0-9]{2}", account) else "RUB"
        if found is None:
            self._wrong(document.line, _CURRENCY, account=typed(account))
        return found or ""

    def differences(self, listed: list[Listed]) -> Iterator[Text]:
        """Between what the statement says in all and what its documents say, account by account."""
        came: dict[str, Decimal] = defaultdict(lambda: ZERO)
        went: dict[str, Decimal] = defaultdict(lambda: ZERO)
        for document, one in zip(self._file.documents, listed, strict=True):
            payer, payee = (self._account(document, whose) for whose in (_PAYER, _PAYEE))
            came[payee] += one.payment.amount
            went[payer] += one.payment.amount
        whole = bool(self._file.balances)
        for account, sections in sorted(self._balances().items()):
            told = dict(self._turnovers(sections))
            read = {"in": came[account], "out": went[account]}
            whole = whole and told == read
            yield from self._compared(account, sections, told, read)
        if cut := self._file.cut:
            if not whole:
                self._problems.append(cut)
            yield worded(ru=_NO_END.ru, en=_NO_END.en, end="КонецФайла")

    def _balances(self) -> dict[str, list[Section]]:
        """By account, in the order of their days; a bank may tell a period twice."""
        found: dict[str, dict[tuple[tuple[str, str], ...], Section]] = defaultdict(dict)
        for section in self._file.balances:
            said = tuple(sorted((name, field.value) for name, field in section.fields.items()))
            if account := folded_account(section.text(*_OWN)):
                found[account].setdefault(said, section)
        first = date.min
        return {
            account: sorted(told.values(), key=lambda one: self._day(one, "ДатаНачала") or first)
            for account, told in found.items()
        }

    def _turnovers(self, sections: list[Section]) -> Iterator[tuple[str, Decimal]]:
        for what, name in (("in", "ВсегоПоступило"), ("out", "ВсегоСписано")):
            if any(section.text(name) for section in sections):
                yield what, sum((self._sum(section, name) or ZERO for section in sections), ZERO)

    def _compared(
        self, account: str, sections: list[Section], told: dict[str, Decimal], read: dict[str, Decimal]
    ) -> Iterator[Text]:
        unit = CURRENCIES.get(account[5:8], "RUB")
        for what, amount in told.items():
            if amount != read[what]:
                words, said = _TOTALS[what], {"told": Cash(amount, unit), "read": Cash(read[what], unit)}
                yield worded(ru=words.ru, en=words.en, account=account, **said)
        first, last = self._rest(sections[0], "НачальныйОстаток"), self._rest(sections[-1], "КонечныйОстаток")
        if len(told) == 2 and first is not None and last is not None:
            left = first + told["in"] - told["out"] - last
            if left:
                words = _TOTALS["rest"]
                yield worded(ru=words.ru, en=words.en, account=account, left=Cash(abs(left), unit))

    def _rest(self, section: Section, name: str) -> Decimal | None:
        """A balance may be below zero."""
        field = section.field(name)
        if field is None or not field.value.startswith("-"):
            return self._read_sum(field) if field else None
        return -(self._read_sum(field._replace(value=field.value[1:])) or ZERO)

    def _amount(self, document: Section) -> Decimal | None:
        """The first that is not zero: where money that came and that went have a field each, the other may be told as zero."""
        told = [self._sum(document, name) for name in _SUM]
        return None if None in told else next((amount for amount in told if amount), ZERO)

    def _sum(self, section: Section, name: str) -> Decimal | None:
        field = section.field(name)
        return self._read_sum(field) if field else ZERO

    def _read_sum(self, field: Field) -> Decimal | None:
        found = _AMOUNT.fullmatch(re.sub(r"[\s\u00a0\u202f']", "", field.value))
        amount = kopecks(Decimal(f"{found[1]}.{found[2] or 0}")) if found else None
        if amount is None or amount > LARGEST:
            self._wrong(field.line, _BAD_SUM, value=typed(field.value[:40]))
            return None
        return amount

    def _day(self, section: Section, *names: str) -> date | None:
        field = section.field(*names)
        if field is None:
            return None
        if found := _DAY.match(field.value):
            day, month, year = (found[n] for n in ((1, 2, 3) if found[1] else (6, 5, 4)))
            try:
                return date(int(year) + (2000 if len(year) == 2 else 0), int(month), int(day))
            except ValueError:
                pass
        self._wrong(field.line, _BAD_DAY, value=typed(field.value[:40]))
        return None

    def _wrong(self, line: int, words: Text, **said: object) -> None:
        self._problems.append(Problem(line, worded(ru=words.ru, en=words.en, **said)))


def _party(document: Section, whose: str) -> tuple[str, str]:
    """Name and INN: some banks write both into one field."""
    told = document.text(*(f"{whose}{name}" for name in _PARTY))
    name, inn = " ".join(told.split()), document.text(*(f"{whose}{name}" for name in _INN))
    inn = inn.partition("/")[0].strip()
    if found := _inn_first(name, inn):
        name, inn = name[found.end() :], inn or found[2]
    elif not inn and (found := _inn_first(document.text(whose), "")):
        inn = found[2]
    known = _KNOWN_INN.fullmatch(inn) and not is_empty(inn)
    return name or " ".join(document.text(whose).split()), inn if known else ""


def _inn_first(name: str, inn: str) -> re.Match[str] | None:
    """Where it is called one, or can be nothing else."""
    found = _INN_FIRST.match(name)
    return found if found and (found[1] or found[2] == inn or (not inn and is_inn(found[2]))) else None


def _purpose(document: Section) -> str:
    """Whole, and parted over six numbered lines: some banks write both, some the whole cut short."""
    whole = " ".join(document.text("НазначениеПлатежа").split())
    parts = [" ".join(document.text(f"НазначениеПлатежа{n}").split()) for n in range(1, 7)]
    joined = " ".join(filter(None, parts))
    if not whole or _bare(joined).startswith(_bare(whole)):
        return joined or whole
    return whole if _bare(joined) in _bare(whole) else f"{whole} {joined}"


def _bare(text: str) -> str:
    return re.sub(r"\s", "", text)
