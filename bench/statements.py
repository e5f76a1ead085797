"""How fast a statement of ten thousand lines is read, matched and kept, against lines that are split and inserted."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from bench.figures import Row
from domain.bank.matching import Register
from domain.bank.payment import Debtor
from domain.bank.statement import read_statement
from records import migrate
from records.bank_payments import BankPayments
from starter.statement_import import keep, plan
from tests.support.statements import DIALECTS, Author, written

LINES = 10_000
SECONDS = 30.0
"""A statement of so many lines may take so long."""


async def measure(rounds: int) -> list[Row]:
    books = Author(1).write(LINES)
    content = written(books.papers, DIALECTS[0])
    windows = [(_ours(content, books.debtors), inserted(content)) for _ in range(rounds + 1)][1:]
    ours, bare = [seconds for seconds, _ in windows], [seconds for _, seconds in windows]
    return [
        Row(
            metric="statement",
            title="a statement of 10,000 lines read, matched, kept",
            unit="s",
            ours=ours,
            bare=bare,
            note=f"{len(books.debtors)} open deals; bare: lines split and inserted",
        )
    ]


def _ours(content: bytes, debtors: list[Debtor]) -> float:
    with TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'records.db'}"
        migrate(url)
        with closing(BankPayments(url)) as kept:
            start = perf_counter()
            planned = plan(read_statement(content), kept, Register(debtors))
            keep(planned, kept, datetime.now(UTC), "kuznetsova")
            return perf_counter() - start


def inserted(content: bytes) -> float:
    with TemporaryDirectory() as folder, closing(sqlite3.connect(Path(folder) / "bare.db")) as database:
        database.execute("CREATE TABLE payments (number, day, amount, account, purpose)")
        start = perf_counter()
        with database:
            database.executemany("INSERT INTO payments VALUES (?, ?, ?, ?, ?)", _split(content))
        return perf_counter() - start


def _split(content: bytes) -> Iterator[tuple[str, ...]]:
    names = ("Номер", "Дата", "Сумма", "ПлательщикСчет", "НазначениеПлатежа")
    for document in content.decode("cp1251").split("СекцияДокумент=")[1:]:
        fields = dict(line.split("=", 1) for line in document.splitlines()[1:] if "=" in line)
        yield tuple(fields[name] for name in names)
