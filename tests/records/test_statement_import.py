"""A statement against the open deals: no wrong posting, nearly all that can be known is, and all of it once."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from domain.bank.matching import Register
from domain.bank.statement import read_statement
from records.bank_payments import BankPayments
from starter.statement_import import Planned, keep, plan
from tests.support.statements import DIALECTS, Author, Books, written

NOW = datetime(2026, 11, 28, 9, tzinfo=UTC)
LINES = 10_000
KNOWN = 0.98


@pytest.fixture
def kept(url: str) -> Iterator[BankPayments]:
    kept = BankPayments(url)
    yield kept
    kept.close()


def imported(
    books: Books, kept: BankPayments, *, dialect: int = 0, debtors: Register | None = None
) -> list[Planned]:
    content = written(books.papers, DIALECTS[dialect])
    return plan(read_statement(content), kept, debtors or Register(books.debtors))


def test_of_ten_thousand_lines_none_is_posted_wrong_and_98_percent_of_what_can_be_known_are(
    kept: BankPayments,
) -> None:
    books, wrong, missed, knowable = Author(20_261_127).write(LINES), [], [], 0
    register = Register(books.debtors)
    size = LINES // len(DIALECTS) + 1
    for n in range(len(DIALECTS)):  # each bank has a part of it
        papers = books.papers[n * size : (n + 1) * size]
        found = imported(Books(books.debtors, papers), kept, dialect=n, debtors=register)
        for paper, one in zip(papers, found, strict=True):
            knowable += paper.knowable
            if one.match.deal not in (None, paper.deal):
                wrong.append((paper, one.match))
            if paper.knowable and one.match.deal is None:
                missed.append((paper.purpose, one.match.why.en))
            assert one.match.why.ru, "what is not matched is explained"
            assert one.match.why.en
    assert wrong == []
    assert knowable > LINES / 2
    assert len(missed) <= (1 - KNOWN) * knowable, missed[:20]


def test_however_often_and_overlapping_it_counts_once(kept: BankPayments) -> None:
    books = Author(3).write(120)
    first, second = Books(books.debtors, books.papers[:80]), Books(books.debtors, books.papers[40:])
    for n, part in enumerate((first, second, books, first)):
        keep(imported(part, kept, dialect=n), kept, NOW, "kuznetsova")
    came = {paper.purpose + paper.account for paper in books.papers if paper.way == "in"}
    assert len(kept.open()) == len(came)
    again = imported(books, kept)
    assert {one.fate for one in again} == {"known", "sent", "own"}


def test_a_document_that_stands_twice_in_a_file_counts_once(kept: BankPayments) -> None:
    books = Author(5).write(30)
    came = [paper for paper in books.papers if paper.way == "in"]
    found = imported(Books(books.debtors, came + came), kept)
    assert {one.fate for one in found[len(came) :]} == {"known"}
    assert "known" not in {one.fate for one in found[: len(came)]}


def test_what_one_line_pays_the_next_does_not_pay_again(kept: BankPayments) -> None:
    """The second payment of the same sum, by the payer alone, is not of a deal that awaits nothing more."""
    books = Author(11)
    books._only_deal()
    [paper] = books.books.papers
    debtor = books.books.debtors[0]
    paper.amount = debtor.outstanding
    twin = type(paper)(**vars(paper) | {"number": "1000"})
    first, second = imported(Books([debtor], [paper, twin]), kept)
    assert (first.fate, second.fate) == ("matched", "waits")
