"""The exchange format of 1C (`1CClientBankExchange`) as a file: its encoding, its lines of `name=value`, its sections.

Banks write it in windows-1251, cp866, UTF-8 or UTF-16, and not always in the one that its own `Кодировка` names: the bytes decide.
"""

import codecs
import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import NamedTuple

from domain.wording import typed, worded
from domain.words import Text

FIRST = "1CClientBankExchange"
VERSIONS = ("1.01", "1.02", "1.03", "2.00")
"""The same names in all of them, but for those of banks of Kazakhstan (1.01 and 2.00)."""
MOST_PROBLEMS = 20

_BOMS = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
_MARKS = ("версияформата", "секциядокумент", "конецфайла")
_CONTROL = dict.fromkeys(map(ord, "\x00\x1a\ufeff"))  # padding, the end of a file in DOS, a mark inside
_BEGINS = {"секциядокумент": "КонецДокумента", "секциярасчсчет": "КонецРасчСчет"}
_NAME = re.compile(r"\w+")
_PURPOSE = "назначениеплатежа"

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


class Problem(NamedTuple):
    """What is wrong with a line of the file."""

    line: int
    text: Text


class BadStatement(Exception):
    """All that is wrong, as far as it is worth telling; nothing of such a file is taken."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems[:MOST_PROBLEMS]
        super().__init__("; ".join(f"{one.line}: {one.text.en}" for one in self.problems))


class Field(NamedTuple):
    line: int
    value: str


class Section(NamedTuple):
    """By the names of its fields in small letters."""

    line: int
    fields: dict[str, Field]

    def field(self, *names: str) -> Field | None:
        """The first of them that says anything."""
        for name in names:
            if (field := self.fields.get(_folded(name))) and field.value:
                return field
        return None

    def text(self, *names: str) -> str:
        return field.value if (field := self.field(*names)) else ""


_folded = cache(str.casefold)  # of the few names that there are


class ExchangeFile(NamedTuple):
    """`accounts` are those that its header names. `cut` says what is wrong where its last line is missing: of a file whose totals
    fit its documents nothing else is."""

    accounts: list[str]
    balances: list[Section]
    documents: list[Section]
    cut: Problem | None


def read_exchange_file(content: bytes) -> ExchangeFile:
    """Raises BadStatement."""
    reading = _Reading()
    reading.read(re.split(r"\r\n|\n|\r", decoded(content)))
    if reading.problems:
        raise BadStatement(reading.problems)
    return ExchangeFile(reading.accounts, reading.balances, reading.documents, reading.cut)


def decoded(content: bytes) -> str:
    """Whatever the file says of its own encoding: the one in which it has the words of the format."""
    for bom, encoding in _BOMS.items():
        if content.startswith(bom):
            return content[len(bom) :].decode(encoding, "replace")
    for encoding, errors in (("utf-8", "strict"), ("cp1251", "replace"), ("cp866", "replace")):
        text = _in(content, encoding, errors)
        if any(mark in text.casefold() for mark in _MARKS):
            return text
    broken = content.decode("utf-8", "replace")  # a value was cut in the middle of a letter
    return (
        broken if any(mark in broken.casefold() for mark in _MARKS) else content.decode("cp1251", "replace")
    )


def _in(content: bytes, encoding: str, errors: str) -> str:
    try:
        return content.decode(encoding, errors)
    except UnicodeDecodeError:
        return ""


class _Reading:
    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.accounts: list[str] = []
        self.balances: list[Section] = []
        self.documents: list[Section] = []
        self.cut: Problem | None = None
        self._section: Section | None = None
        self._end = self._last = ""
        self._over = False

    def read(self, lines: Iterable[str]) -> None:
        numbered = list(_numbered(lines))
        if not numbered or numbered[0][1] != FIRST:
            return self._wrong(1, _NOT_ONE, first=FIRST)
        for n, line in numbered:
            if self._section is None:
                self._outside(n, line)
            elif not self._inside(self._section, n, line):
                return self._wrong(n, _CUT, end=self._end)
        last, _ = numbered[-1]
        if self._section is not None:
            self._wrong(last, _CUT, end=self._end)
        elif not self._over:
            self.cut = _problem(last, _CUT, end="КонецФайла")

    def _outside(self, n: int, line: str) -> None:
        name, equals, value = _parted(line)
        self._over = name == "конецфайла"
        if end := _BEGINS.get(name):
            self._section, self._end, self._last = Section(n, {}), end, ""
        elif name == "версияформата" and value not in VERSIONS:
            self._wrong(n, _VERSION, version=typed(value), known=", ".join(VERSIONS))
        elif name == "расчсчет" and value:
            self.accounts.append(value)
        elif not (equals or self._over or line == FIRST or self._in_header):
            self._wrong(n, _NO_VALUE)

    @property
    def _in_header(self) -> bool:
        """Some programs sign there, without a name."""
        return not self.documents and not self.balances

    def _inside(self, section: Section, n: int, line: str) -> bool:
        """Whether the section goes on, or has ended as it should."""
        name, equals, value = _parted(line)
        if name == self._end.casefold():
            (self.documents if self._end == "КонецДокумента" else self.balances).append(section)
            self._section = None
        elif name in _BEGINS or name in ("конецдокумента", "конецрасчсчет", "конецфайла"):
            return False
        elif equals and _NAME.fullmatch(name):
            self._last = name
            if name.startswith(_PURPOSE) and name in section.fields:  # a line of it each
                self._go_on(section, value)
            else:
                section.fields.setdefault(name, Field(n, value))
        elif self._last.startswith(_PURPOSE):  # a purpose with a line break in it
            self._go_on(section, line)
        else:
            self._wrong(n, _NO_VALUE)
        return True

    def _go_on(self, section: Section, more: str) -> None:
        before = section.fields[self._last]
        section.fields[self._last] = before._replace(value=f"{before.value} {more}".strip())

    def _wrong(self, line: int, words: Text, **said: object) -> None:
        self.problems.append(_problem(line, words, **said))


def _problem(line: int, words: Text, **said: object) -> Problem:
    return Problem(line, worded(ru=words.ru, en=words.en, **said))


def _numbered(lines: Iterable[str]) -> Iterator[tuple[int, str]]:
    """Those that say anything."""
    for n, line in enumerate(lines, 1):
        if bare := line.translate(_CONTROL).strip():
            yield n, bare


def _parted(line: str) -> tuple[str, str, str]:
    """In small letters, as some write capitals; a name without a value may be two words ("Конец файла")."""
    name, equals, value = line.partition("=")
    return (name.strip() if equals else re.sub(r"\s", "", name)).casefold(), equals, value.strip()
