"""The register of goods, `goods.csv` beside the playbook: read, with every problem by the line of the file it stands in.

Its first row names the columns; `,` or `;` parts them, as spreadsheets save it, in UTF-8 with or without a mark.
"""

import csv
import io
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from activities.files import BadFile
from activities.playbook_problems import readable
from domain.goods.certificates import number_problem
from domain.goods.register import Good, GoodsRegister, folded
from domain.order.problems import Problem, problem
from domain.playbook.book import Playbook
from domain.spelling import day_as_iso
from domain.wording import typed
from domain.wording.invalid import perhaps, place_of, why
from domain.words import Text

GOODS = "goods.csv"
MAX_BYTES = 20_000_000
MOST_TOLD = 100
_COLUMNS = tuple(Good.model_fields)
_NEEDED = ("sku", "name")
_YES, _NO = ("yes", "да", "true", "1"), ("no", "нет", "false", "0")
_DAYS = ("certified_on", "certified_until")


def goods_beside(playbook: str | Path) -> Path:
    return Path(playbook).with_name(GOODS)


def load_goods(playbook: str | Path) -> GoodsRegister:
    """The register beside this playbook; empty where there is none. Raises `BadFile`."""
    return _register(goods_beside(playbook), None)


def check_goods(playbook: str | Path, book: Playbook) -> GoodsRegister:
    """As `load_goods`; held against what the playbook has, too."""
    return _register(goods_beside(playbook), book)


def _register(path: Path, book: Playbook | None) -> GoodsRegister:
    if not path.exists():
        return GoodsRegister()
    goods, problems = _read(path)
    problems += _unknown_to(book, path, goods) if book else ()
    if problems:
        raise BadFile(path.name, list(map(readable, problems[:MOST_TOLD])))
    return GoodsRegister(goods)


def _unknown_to(book: Playbook, path: Path, goods: list[Good]) -> Iterator[Problem]:
    codes = {folded(good.sku): good.vat for good in goods if good.vat and good.vat not in book.vat}
    for n, row in _rows(path.read_bytes().decode("utf-8-sig", errors="replace")):
        if vat := codes.get(folded(row.get("sku") or "")):
            yield problem(
                f"line {n}",
                ru="vat: в справочнике НДС нет {vat}: {hint}",
                en="vat: the playbook has no VAT code {vat}: {hint}",
                vat=typed(vat),
                hint=perhaps(vat, book.vat),
            )


def _read(path: Path) -> tuple[list[Good], list[Problem]]:
    raw = path.read_bytes()[: MAX_BYTES + 1]
    if len(raw) > MAX_BYTES:
        return [], [
            problem("", ru="больше {most} МБ", en="larger than {most} MB", most=MAX_BYTES // 1_000_000)
        ]
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        words = Text(
            ru="это не UTF-8: сохраните файл в кодировке UTF-8",
            en="not UTF-8: save the file in that encoding",
        )
        return [], [Problem(place="", text=words)]
    if missing := list(_of_head(_head(text))):
        return [], missing
    goods, problems, lines = list[Good](), list[Problem](), dict[str, int]()
    for n, row in _rows(text):
        problems += _strange(n, row)
        try:
            good = Good.model_validate({name: value for name, value in _values(row).items() if value != ""})
        except ValidationError as error:
            problems += [
                problem(
                    f"line {n}",
                    ru="{column}: {why}",
                    en="{column}: {why}",
                    column=place_of(found["loc"]),
                    why=why(found),
                )
                for found in error.errors(include_url=False)
            ]
            continue
        problems += _wrong(n, good, lines)
        goods.append(good)
    return goods, problems


def _head(text: str) -> list[str]:
    first = text.partition("\n")[0]
    return [name.strip().casefold() for name in next(csv.reader([first], delimiter=_delimiter(text)), [])]


def _delimiter(text: str) -> str:
    return ";" if ";" in text.partition("\n")[0] else ","


def _rows(text: str) -> Iterator[tuple[int, dict[str, str]]]:
    """Each row by its columns, with the line of the file that it begins in. Blank ones are left out."""
    names, reader = _head(text), csv.reader(io.StringIO(text), delimiter=_delimiter(text))
    next(reader, None)
    n = reader.line_num + 1
    for row in reader:
        if any(cell.strip() for cell in row):
            cells = [cell.strip() for cell in row]
            yield n, dict(zip(names, cells, strict=False)) | {"": ",".join(cells[len(names) :])}
        n = reader.line_num + 1


def _of_head(names: list[str]) -> Iterator[Problem]:
    for name in names:
        if name not in _COLUMNS:
            yield problem(
                "line 1",
                ru="столбца {name} нет: {hint}",
                en="no column {name}: {hint}",
                name=typed(name),
                hint=perhaps(name, _COLUMNS),
            )
        elif names.count(name) > 1:
            yield problem(
                "line 1", ru="столбец {name} стоит дважды", en="column {name} stands twice", name=name
            )
    for name in _NEEDED:
        if name not in names:
            yield problem("line 1", ru="нет столбца {name}", en="column {name} is missing", name=name)


def _strange(n: int, row: dict[str, str]) -> Iterator[Problem]:
    if row[""].strip(","):
        yield problem(
            f"line {n}",
            ru="значений больше, чем столбцов: возьмите в кавычки то, в чём есть разделитель",
            en="more values than columns: put what holds the separator in quotes",
        )


def _values(row: dict[str, str]) -> dict[str, Any]:
    """As the model reads them: dates and yes or no as people write them."""
    values: dict[str, Any] = {name: value for name, value in row.items() if name}
    for day in _DAYS:
        values[day] = day_as_iso(values.get(day, ""))
    said = values.get("device", "").casefold()
    values["device"] = True if said in _YES else False if said in _NO else said
    return values


def _wrong(n: int, good: Good, lines: dict[str, int]) -> Iterator[Problem]:
    place, first = f"line {n}", lines.setdefault(folded(good.sku), n)
    if first != n:
        yield problem(
            place,
            ru="{column}: {sku} уже стоит в строке {first}",
            en="{column}: {sku} stands in line {first} already",
            column="sku",
            sku=typed(good.sku),
            first=first,
        )
    if good.certificate and (why_not := number_problem(good.certificate, date.max)):
        yield problem(place, ru="{name}: {why}", en="{name}: {why}", name="certificate", why=why_not)
    for name in _DAYS:
        if getattr(good, name) and not good.certificate:
            yield problem(
                place,
                ru="{name}: удостоверения нет, и срока у него тоже",
                en="{name}: there is no certificate that it could be of",
                name=name,
            )
    if good.certified_on and good.certified_until and good.certified_until < good.certified_on:
        yield problem(
            place,
            ru="certified_until: раньше, чем certified_on",
            en="certified_until: is before certified_on",
        )
    if good.certificate and good.device is False:
        yield problem(
            place,
            ru="{name}: нет, а удостоверение есть: уберите одно из двух",
            en="{name}: no, and there is a certificate: remove either",
            name="device",
        )
