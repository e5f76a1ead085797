"""Statements of a dozen banks, and broken ones: what is read, what is told, what is refused."""

from decimal import Decimal

import pytest

from domain.bank.statement import BadStatement, Way, read_statement
from tests.support.statements import DIALECTS, OWN, Author, Dialect, Paper, written

PLAIN = DIALECTS[0]


def papers() -> list[Paper]:
    return Author(7).write(150).papers


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
def test_a_statement_reads_the_same_in_every_dialect(dialect: Dialect) -> None:
    wanted = papers()
    statement = read_statement(written(wanted, dialect))
    assert statement.notes == []
    assert len(statement.listed) == len(wanted)
    for paper, (_, way, found) in zip(wanted, statement.listed, strict=True):
        assert (way.value, found.amount, found.day, found.document) == (
            paper.way,
            paper.amount,
            paper.on,
            paper.number,
        )
        assert found.purpose == paper.purpose.replace("\ufffd", "?")
        if way is Way.IN:
            assert (found.account, found.payer_inn) == (paper.account, paper.inn)
            assert found.payer == paper.payer
            assert found.key == found.order_key


DOCUMENT = written(papers()[:1], PLAIN).decode("cp1251")


@pytest.mark.parametrize(
    ("before", "after", "line", "words"),
    [
        ("1CClientBankExchange", "Выписка", 1, "no statement for 1C"),
        ("ВерсияФормата=1.02", "ВерсияФормата=2.00", 2, "1.02, 1.03"),
        ("КонецФайла", "", None, "КонецФайла"),
        ("КонецДокумента\r\n", "", None, "КонецДокумента"),
        ("\r\nСумма=", "\r\nСумма=сто ", None, "can't be read"),
        ("\r\nДата=", "\r\nДата=31.02.20261", None, "write it like"),
        ("\r\nДата=", "\r\nДатаX=", None, "lacks the field"),
        ("Очередность=5", "что-то не то", None, "name=value"),
        (OWN[0], "40702810900000000009", None, "neither payer nor payee"),
    ],
)
def test_a_broken_file_is_refused_with_the_line(
    before: str, after: str, line: int | None, words: str
) -> None:
    assert before in DOCUMENT
    broken = (
        DOCUMENT.replace(before, after)
        if before != OWN[0]
        else DOCUMENT.replace(f"Счет={OWN[0]}\r\nП", f"Счет={after}\r\nП")
    )
    broken = (
        broken.replace("ДатаПоступило=", "ДатаX=").replace("ДатаСписано=", "ДатаY=")
        if before == OWN[0]
        else broken
    )
    with pytest.raises(BadStatement) as bad:
        read_statement(broken.encode("cp1251"))
    [problem, *_] = bad.value.problems
    assert words in problem.text.en
    assert problem.line == (line or problem.line) > 0


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"", "no statement"), (b"\x00\xff\xfe", "no statement"), (b"\n\n", "no statement")],
)
def test_what_is_no_statement_is_refused(content: bytes, words: str) -> None:
    with pytest.raises(BadStatement, match=words):
        read_statement(content)


def test_totals_that_differ_are_told() -> None:
    wanted = [paper for paper in papers() if paper.way == "in"][:3]
    lacking = written(wanted, PLAIN).decode("cp1251")
    begin, end = lacking.index("СекцияДокумент"), lacking.index("КонецДокумента") + len("КонецДокумента\r\n")
    statement = read_statement((lacking[:begin] + lacking[end:]).encode("cp1251"))
    [note] = statement.notes
    assert "the statement says" in note.en
    odd = lacking.replace("КонечныйОстаток=1", "КонечныйОстаток=2").encode("cp1251")
    assert "balances differ" in read_statement(odd).notes[0].en


def test_the_currency_is_that_of_the_own_account() -> None:
    euros = OWN[0][:5] + "978" + OWN[0][8:]
    [paper] = [paper for paper in papers() if paper.way == "in"][:1]
    text = written([paper], PLAIN).decode("cp1251").replace(OWN[0], euros)
    [listed] = read_statement(text.encode("cp1251")).listed
    assert (listed.payment.currency, listed.payment.amount) == ("EUR", Decimal(paper.amount))
