"""Money nobody knows is in the morning letter of whoever enters money: as it is that morning, once, as long as some waits."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from activities.mail.letters import Letters
from activities.money_letters import MoneyLetters
from domain.bank.payment import BankPayment, Match
from domain.effects import Notice
from domain.playbook.book import StaffedPlaybook
from domain.words import same
from records import migrate
from records.bank_payments import BankPayments
from records.post import WaitingPost
from records.queries import RecordQueries
from tests.support.memory import changed_playbook, default_playbook

LEASE = timedelta(minutes=2)
LETTERS = Letters("desk@medtech.example", "medtech.example")


def at(hour: int, minute: int = 0, day: int = 1) -> datetime:
    """December 2026, by the company's clock; the first is a Tuesday."""
    return datetime(2026, 12, day, hour - 3, minute, tzinfo=UTC)


class Office:
    def __init__(self, file: Path) -> None:
        url = f"sqlite:///{file}"
        migrate(url)
        self.kept, self.box, self.records = BankPayments(url), WaitingPost(url), RecordQueries(url)
        self.book = default_playbook()

    async def today(self) -> StaffedPlaybook:
        return self.book

    def came(self, key: str, **said: Any) -> None:
        payment = BankPayment.model_validate({"key": key, "amount": "1000.00", "currency": "RUB", **said})
        self.kept.put([(payment, Match(why=same("nobody knows")))], at(8))

    async def look(self, now: datetime) -> None:
        await MoneyLetters(self.records, self.box, self.today, lambda: now).tell()

    def sent(self, now: datetime) -> list[Notice]:
        found = []
        while notices := self.box.claim(now, LEASE):
            found += notices
            self.box.settle([notice.key for notice in notices], now, "sent")
        return found

    def close(self) -> None:
        for one in (self.kept, self.box, self.records):
            one.close()


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    made = Office(tmp_path / "records.db")
    yield made
    made.close()


async def test_each_morning_it_says_what_waits_then(office: Office) -> None:
    office.came("PP-1", payer="ООО «Образец»")
    await office.look(at(16))
    assert office.sent(at(23)) == []
    office.came("PP-2", currency="EUR", amount="250.00")
    await office.look(at(23))
    await office.look(at(23))
    [notice] = office.sent(at(9, 30, day=2))
    assert (notice.person, notice.digest, notice.send_at) == ("kuznetsova", True, at(9, 30, day=2))
    letter = LETTERS.write([notice])
    assert (
        letter.subject.replace("\xa0", " ")
        == "Деньги без сделки: чьи это деньги? Ждёт платежей: 2, 1 000,00 ₽, 250,00 €"
    )
    assert "1 000,00 ₽, ООО «Образец»; 250,00 €" in letter.text.replace("\xa0", " ")
    assert "deal next --as kuznetsova" in letter.text
    await office.look(at(9, 31, day=2))
    assert office.sent(at(23, day=2)) == []
    assert len(office.sent(at(9, 30, day=3))) == 1, "as long as it waits"


async def test_nothing_is_said_of_what_has_been_decided_by_the_morning(office: Office) -> None:
    office.came("PP-1")
    await office.look(at(16))
    one = office.kept.find("PP-1")
    assert one
    office.kept.dismiss(one.payment, "kuznetsova", "чужое", at(17))
    await office.look(at(17))
    assert office.sent(at(9, 30, day=2)) == []


async def test_a_letter_that_is_going_out_is_left_alone(office: Office) -> None:
    office.came("PP-1")
    await office.look(at(16))
    [claimed] = office.box.claim(at(9, 30, day=2), LEASE)
    await office.look(at(9, 31, day=2))
    [again] = office.sent(at(9, 33, day=2))
    assert again == claimed, "whoever had it has died"


async def test_who_stands_in_for_the_accountant_reads_it_and_without_a_digest_it_comes_by_itself(
    office: Office,
) -> None:
    office.book = changed_playbook(mail={})
    substitute = {"absent": "kuznetsova", "acts": "petrov", "since": "2026-12-01", "until": "2026-12-05"}
    content = office.book.model_dump(mode="json") | {"substitutes": [substitute]}
    office.book = StaffedPlaybook.model_validate(content)
    office.came("PP-1")
    for minute in range(3):
        await office.look(at(10, minute))
    assert {notice.person for notice in office.sent(at(10, 5))} == {"kuznetsova", "petrov"}
    await office.look(at(11))
    assert office.sent(at(12)) == [], "once a day"


async def test_in_a_digest_it_stands_beside_what_deals_wait_for(office: Office) -> None:
    office.came("PP-1")
    await office.look(at(16))
    [notice] = office.sent(at(9, 30, day=2))
    deal = notice.model_copy(
        update={"key": "deal-7:1", "deal": "7", "kind": "payment_expected", "data": {"number": "7"}}
    )
    letter = LETTERS.write([notice, deal])
    assert "Деньги без сделки\n\n- Чьи это деньги? Ждёт платежей: 1" in letter.text
    assert "Сделка 7" in letter.text
