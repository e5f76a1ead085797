"""Statements of a dozen banks, and broken ones: what is read, what is told, what is refused."""

import re
from datetime import date
from decimal import Decimal

import pytest

from domain.bank.exchange_file import BadStatement
from domain.bank.statement import Way, read_statement
from tests.support.statements import DIALECTS, OWN, Author, Dialect, Paper, written

PLAIN = DIALECTS[0]


def papers() -> list[Paper]:
    return Author(7).write(150).papers


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
def test_a_statement_reads_the_same_in_every_dialect(dialect: Dialect) -> None:
    wanted = papers()
    statement = read_statement(written(wanted, dialect))
    assert [note.en for note in statement.notes if dialect.end] == []
    assert len(statement.listed) == len(wanted)
    for paper, (_, way, found) in zip(wanted, statement.listed, strict=True):
        assert (way.value, found.amount, found.document) == (paper.way, paper.amount, paper.number)
        assert (found.day, found.currency) == (paper.came(dialect) or paper.on, "RUB")
        assert found.purpose == paper.purpose.replace("\ufffd", "?")
        if way is Way.IN:
            assert (found.account, found.payer_inn) == (paper.account, paper.inn)
            assert found.payer == paper.payer
            assert found.debited == (paper.on if dialect.dates in ("went", "both") else None)
            assert found.key == found.order_key


DOCUMENT = written(papers()[:1], PLAIN).decode("cp1251")


@pytest.mark.parametrize(
    ("before", "after", "line", "words"),
    [
        ("1CClientBankExchange", "Выписка", 1, "no statement for 1C"),
        ("ВерсияФормата=1.02", "ВерсияФормата=3.00", 2, "1.02, 1.03"),
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


def test_a_file_without_its_last_line_is_taken_only_if_its_totals_fit() -> None:
    whole = written(papers()[:9], PLAIN).decode("cp1251").removesuffix("КонецФайла\r\n")
    [note] = read_statement(whole.encode("cp1251")).notes
    assert "it is whole" in note.en
    lacking = whole[: whole.rindex("СекцияДокумент")]
    silent = re.sub("Всего(Поступило|Списано)=.*", r"Всего\1=", whole)
    bare = re.sub("(?s)СекцияРасчСчет.*КонецРасчСчет\r\n", "", whole)
    for cut in (lacking, silent, bare):
        with pytest.raises(BadStatement, match="КонецФайла"):
            read_statement(cut.encode("cp1251"))


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


KAZAKH = next(dialect for dialect in DIALECTS if dialect.name == "Kazakhstan")


def test_an_iban_does_not_say_its_currency() -> None:
    """A sum in tenge is not taken for roubles."""
    text = written(papers()[:3], KAZAKH).decode("cp1251")
    for told, words in (("Валюта=KZT", "the desk does not know"), ("КБЕ=", "is not told")):
        with pytest.raises(BadStatement, match=words):
            read_statement(text.replace("Валюта=RUB", told).encode("cp1251"))
    euros = read_statement(text.replace("Валюта=RUB", "Валюта=978").encode("cp1251"))
    assert {one.payment.currency for one in euros.listed} == {"EUR"}


ONE = [paper for paper in papers() if paper.way == "in"][:1]


@pytest.mark.parametrize(
    ("before", "after", "wanted"),
    [
        (r"ПлательщикИНН=.*", "ПлательщикИНН=0000000000", {"payer_inn": ""}),
        (r"ПлательщикИНН=.*", "ПлательщикИНН=190000000", {"payer_inn": "190000000"}),
        (r"ПлательщикИНН=.*", "ПлательщикИНН=9900000017/770101001", {"payer_inn": "9900000017"}),
        (
            r"Плательщик=.*\r\nПлательщикИНН=.*",
            "Плательщик=1234567890 лет вместе, ООО",
            {"payer": "1234567890 лет вместе, ООО", "payer_inn": ""},
        ),
        (r"Сумма=.*", "Сумма=100.", {"amount": Decimal(100)}),
        (r"Сумма=.*", "Сумма=67770", {"amount": Decimal(67770)}),
        (r"Сумма=.*", "Сумма=0.00\r\nСуммаПриход=7.5", {"amount": Decimal("7.50")}),
        (r"ДатаПоступило=.*", "ДатаПоступило=2026-11-27", {"day": date(2026, 11, 27)}),
        (r"ДатаСписано=.*", "ДатаСписано=28.11.2027", {"debited": None}),
        (
            r"НазначениеПлатежа=.*",
            "НазначениеПлатежа=Оплата\r\nНазначениеПлатежа=по счету 7",
            {"purpose": "Оплата по счету 7"},
        ),
    ],
)
def test_what_banks_write_into_a_field(before: str, after: str, wanted: dict[str, object]) -> None:
    text = re.sub(before.replace(".*", r"[^\r]*"), after, written(ONE, PLAIN).decode("cp1251"), count=1)
    [listed] = read_statement(text.encode("cp1251")).listed
    assert {name: getattr(listed.payment, name) for name in wanted} == wanted


def test_an_account_behind_stars_leaves_the_way_to_the_dates() -> None:
    text = (
        written(ONE, PLAIN)
        .decode("cp1251")
        .replace(f"ПолучательСчет={OWN[0]}", "ПолучательСчет=407028109*****")
    )
    [listed] = read_statement(text.encode("cp1251")).listed
    assert (listed.way, listed.payment.amount) == (Way.IN, ONE[0].amount)


def test_a_letter_cut_in_two_does_not_spoil_a_file() -> None:
    """Some banks cut a long purpose by its bytes."""
    content = written(ONE, DIALECTS[2]).replace(
        "НазначениеПлатежа=".encode(), "НазначениеПлатежа=О".encode()[:-1]
    )
    [listed] = read_statement(content).listed
    assert listed.payment.amount == ONE[0].amount
