"""A bank's statement in the exchange format of 1C (`1CClientBankExchange` 1.02 and 1.03): text of `name=value` lines in sections.

Banks write it in windows-1251, cp866 or UTF-8, and not always in the one that its own `Кодировка` names: the bytes decide.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from domain.bank.keys import folded_account, payment_key
from domain.bank.payment import BankPayment, Kind
from domain.money import LARGEST, ZERO, kopecks
from domain.wording import Cash, typed, worded
from domain.words import Text

FIRST = "1CClientBankExchange"
VERSIONS = ("1.02", "1.03")
MOST_PROBLEMS = 20
CURRENCIES = {"810": "RUB", "643": "RUB", "840": "USD", "978": "EUR", "156": "CNY"}
"""By the sixth to eighth digits of an account."""

_BOM = b"\xef\xbb\xbf"
_MARKS = ("ВерсияФормата", "СекцияДокумент", "КонецФайла")
_DAY = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4}|[0-9]{2})")
_SUM = re.compile(r"([0-9]{1,15})(?:[.,-]([0-9]{1,2}))?")
_INN_FIRST = re.compile(r"^\s*ИНН\s*:?\s*([0-9]{5,12})(?:\s*[/\\]?\s*(?:КПП)?\s*[0-9]{9})?\s*", re.IGNORECASE)
_KNOWN_INN = re.compile("[0-9]{5}|[0-9]{10}|[0-9]{12}")

_NOT_ONE = Text(
    ru="это не выписка для 1С: первой строкой нужно {first}",
    en="this is no statement for 1C: its first line is {first}",
)
_VERSION = Text(
    ru="версия формата {version}: читаются {known}", en="version {version} of the format: {known} are read"
)
_CUT = Text(ru="файл обрывается: нет строки «{end}»", en="the file is cut off: the line “{end}” is missing")
_NO_VALUE = Text(
    ru="строка не читается: нужно «имя=значение»", en="the line can't be read: it should be “name=value”"
)
_OUT_OF_PLACE = Text(ru="строка «{line}» не на месте", en="the line “{line}” is out of place")
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
    ru="счёт {account} в валюте, которой стол не знает",
    en="account {account} is in a currency that the desk does not know",
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


class Problem(NamedTuple):
    """What is wrong with a line of the file."""

    line: int
    text: Text


class BadStatement(Exception):
    """All that is wrong, as far as it is worth telling; nothing of such a file is taken."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems[:MOST_PROBLEMS]
        super().__init__("; ".join(f"{one.line}: {one.text.en}" for one in self.problems))


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


class _Field(NamedTuple):
    line: int
    value: str


class _Section(NamedTuple):
    line: int
    fields: dict[str, _Field]

    def text(self, *names: str) -> str:
        """The first of them that says anything."""
        return next((v for name in names if (f := self.fields.get(name.casefold())) and (v := f.value)), "")


def decoded(content: bytes) -> str:
    """Whatever the file says of its own encoding: the one in which it has the words of the format."""
    if content.startswith(_BOM):
        return content[len(_BOM) :].decode("utf-8", "replace")
    for encoding in ("utf-8", "cp1251", "cp866"):
        text = _in(content, encoding)
        if any(mark in text for mark in _MARKS):
            return text
    return content.decode("cp1251", "replace")


def _in(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding, "strict" if encoding == "utf-8" else "replace")
    except UnicodeDecodeError:
        return ""


def read_statement(content: bytes) -> Statement:
    """Raises BadStatement."""
    lines = re.split(r"\r\n|\n|\r", decoded(content))
    reading = _Reading()
    reading.read(lines)
    if reading.problems:
        raise BadStatement(reading.problems)
    listed = list(reading.listed())
    if reading.problems:
        raise BadStatement(reading.problems)
    notes = list(reading.differences(listed))
    if reading.problems:
        raise BadStatement(reading.problems)
    return Statement(listed, notes)


class _Reading:
    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self._own: set[str] = set()
        self._accounts: list[_Section] = []
        self._documents: list[_Section] = []

    def read(self, lines: list[str]) -> None:
        numbered = [(n, line.strip().lstrip("\ufeff")) for n, line in enumerate(lines, 1) if line.strip()]
        if not numbered or numbered[0][1] != FIRST:
            return self._wrong(1, _NOT_ONE, first=FIRST)
        section: _Section | None = None
        end, last, over = "", "", False
        for n, line in numbered:
            name, equals, value = line.partition("=")
            name, value = name.strip().casefold(), value.strip()
            if section is None:
                over = False
                if line == FIRST:
                    continue
                if name == "секциядокумент":
                    section, end, last = _Section(n, {}), "КонецДокумента", ""
                elif name == "секциярасчсчет":
                    section, end, last = _Section(n, {}), "КонецРасчСчет", ""
                elif name == "конецфайла":
                    over = True
                elif not equals:
                    self._wrong(n, _NO_VALUE)
                else:
                    self._of_header(n, name, value)
            elif name == end.casefold():
                (self._documents if end == "КонецДокумента" else self._accounts).append(section)
                section = None
            elif name.startswith("секция") or name in ("конецдокумента", "конецрасчсчет", "конецфайла"):
                return self._wrong(n, _CUT, end=end)
            elif equals and re.fullmatch(r"[а-яёa-z0-9]+", name):
                last = name
                section.fields.setdefault(name, _Field(n, value))
            elif last.startswith("назначениеплатежа"):  # a purpose with a line break in it
                before = section.fields[last]
                section.fields[last] = before._replace(value=f"{before.value} {line}")
            else:
                self._wrong(n, _NO_VALUE)
        if section is not None:
            self._wrong(numbered[-1][0], _CUT, end=end)
        elif not over:
            self._wrong(numbered[-1][0], _CUT, end="КонецФайла")
        self._own |= {folded_account(s.text("РасчСчет")) for s in self._accounts} - {""}

    def _of_header(self, line: int, name: str, value: str) -> None:
        if name == "версияформата" and value not in VERSIONS:
            self._wrong(line, _VERSION, version=typed(value), known=", ".join(VERSIONS))
        elif name == "расчсчет" and value:
            self._own.add(folded_account(value))

    def listed(self) -> Iterator[Listed]:
        for document in self._documents:
            if found := self._listed(document):
                yield found

    def _listed(self, document: _Section) -> Listed | None:
        before = len(self.problems)
        amount, on = self._sum(document, "Сумма"), self._day(document, "Дата")
        payer, payee = (self._account(document, whose) for whose in ("Плательщик", "Получатель"))
        came, went = self._day(document, "ДатаПоступило"), self._day(document, "ДатаСписано")
        way = self._way(document, payer, payee, came, went)
        if amount == ZERO and len(self.problems) == before:
            self._wrong(document.line, _LACKS, name="Сумма")
        if on is None and len(self.problems) == before:
            self._wrong(document.line, _LACKS, name="Дата")
        if way is None or on is None or amount is None or len(self.problems) > before:
            return None
        whose = "Плательщик" if way is Way.IN else "Получатель"
        name, inn = _party(document, whose)
        number = document.text("Номер")
        return Listed(
            document.line,
            way,
            BankPayment(
                kind=Kind.RECEIVED if way is Way.IN else Kind.SENT,
                key=payment_key(payer or inn or name[:34], on, number[:20], amount),
                order_key=payment_key(payer, on, number[:20], amount) if payer and number else "",
                amount=amount,
                currency=self._currency(document, payee if way is Way.IN else payer),
                day=(came if way is Way.IN else went) or came or went or on,
                account=payer,
                document=number[:20],
                document_date=on,
                payer=name[:300],
                payer_inn=inn,
                purpose=_purpose(document)[:4000],
            ),
        )

    def _way(
        self, document: _Section, payer: str, payee: str, came: date | None, went: date | None
    ) -> Way | None:
        if payer in self._own and payee in self._own:
            return Way.OWN
        if payer in self._own or payee in self._own:
            return Way.OUT if payer in self._own else Way.IN
        if bool(came) != bool(went):
            return Way.IN if came else Way.OUT
        self._wrong(document.line, _NEITHER)
        return None

    def _account(self, document: _Section, whose: str) -> str:
        """The firm's own, where its bank's is told beside it."""
        told = [folded_account(document.text(f"{whose}{name}")) for name in ("РасчСчет", "Счет")]
        return next((a for a in told if a in self._own), next((a for a in told if a), ""))

    def _currency(self, document: _Section, account: str) -> str:
        if not re.fullmatch("[0-9]{20}", account):
            return "RUB"
        if found := CURRENCIES.get(account[5:8]):
            return found
        self._wrong(document.line, _CURRENCY, account=account)
        return ""

    def differences(self, listed: list[Listed]) -> Iterator[Text]:
        """Between what the statement says in all and what its documents say, account by account."""
        came: dict[str, Decimal] = defaultdict(lambda: ZERO)
        went: dict[str, Decimal] = defaultdict(lambda: ZERO)
        for document, one in zip(self._documents, listed, strict=True):
            payer, payee = (self._account(document, whose) for whose in ("Плательщик", "Получатель"))
            came[payee] += one.payment.amount
            went[payer] += one.payment.amount
        for account in sorted({folded_account(s.text("РасчСчет")) for s in self._accounts} - {""}):
            sections = [s for s in self._accounts if folded_account(s.text("РасчСчет")) == account]
            yield from self._compared(account, sections, came[account], went[account])

    def _compared(
        self, account: str, sections: list[_Section], came: Decimal, went: Decimal
    ) -> Iterator[Text]:
        unit = CURRENCIES.get(account[5:8], "RUB")
        told = {}
        for what, name, read in (("in", "ВсегоПоступило", came), ("out", "ВсегоСписано", went)):
            if any(s.text(name) for s in sections):
                told[what] = sum((self._sum(s, name) or ZERO for s in sections), ZERO)
                if told[what] != read:
                    words = _TOTALS[what]
                    yield worded(ru=words.ru, en=words.en, account=account, told=Cash(told[what], unit), read=Cash(read, unit))  # fmt: skip
        first, last = (
            self._rest(s, name)
            for s, name in ((sections[0], "НачальныйОстаток"), (sections[-1], "КонечныйОстаток"))
        )
        if len(told) == 2 and first is not None and last is not None:
            left = first + told["in"] - told["out"] - last
            if left:
                words = _TOTALS["rest"]
                yield worded(ru=words.ru, en=words.en, account=account, left=Cash(abs(left), unit))

    def _rest(self, section: _Section, name: str) -> Decimal | None:
        """A balance may be below zero."""
        told = section.text(name)
        if not told.startswith("-"):
            return self._sum(section, name) if told else None
        fields = {name.casefold(): section.fields[name.casefold()]._replace(value=told[1:])}
        return -(self._sum(_Section(section.line, fields), name) or ZERO)

    def _sum(self, section: _Section, name: str) -> Decimal | None:
        field = section.fields.get(name.casefold())
        if field is None or not field.value:
            return ZERO
        found = _SUM.fullmatch(re.sub(r"[\s\u00a0\u202f']", "", field.value))
        if found is None:
            self._wrong(field.line, _BAD_SUM, value=typed(field.value[:40]))
            return None
        amount = kopecks(Decimal(f"{found[1]}.{found[2] or 0}"))
        if amount > LARGEST:
            self._wrong(field.line, _BAD_SUM, value=typed(field.value[:40]))
            return None
        return amount

    def _day(self, section: _Section, name: str) -> date | None:
        field = section.fields.get(name.casefold())
        if field is None or not field.value:
            return None
        if found := _DAY.match(field.value):
            day, month, year = (int(part) for part in found.groups())
            try:
                return date(year + 2000 if year < 100 else year, month, day)
            except ValueError:
                pass
        self._wrong(field.line, _BAD_DAY, value=typed(field.value[:40]))
        return None

    def _wrong(self, line: int, words: Text, **said: object) -> None:
        self.problems.append(Problem(line, worded(ru=words.ru, en=words.en, **said)))


def _party(document: _Section, whose: str) -> tuple[str, str]:
    """Name and INN: some banks write both into one field."""
    name = " ".join(document.text(f"{whose}1", whose).split())
    inn = document.text(f"{whose}ИНН").partition("/")[0].strip()
    if found := _INN_FIRST.match(name):
        name, inn = name[found.end() :], inn or found[1]
    elif not inn and (found := _INN_FIRST.match(document.text(whose))):
        inn = found[1]
    return name or " ".join(document.text(whose).split()), inn if _KNOWN_INN.fullmatch(inn) else ""


def _purpose(document: _Section) -> str:
    """Whole, and parted over six numbered lines: some banks write both, some the whole cut short."""
    whole = " ".join(document.text("НазначениеПлатежа").split())
    parts = [" ".join(document.text(f"НазначениеПлатежа{n}").split()) for n in range(1, 7)]
    joined = " ".join(filter(None, parts))
    if not whole or _bare(joined).startswith(_bare(whole)):
        return joined or whole
    return whole if _bare(joined) in _bare(whole) else f"{whole} {joined}"


def _bare(text: str) -> str:
    return re.sub(r"\s", "", text)
