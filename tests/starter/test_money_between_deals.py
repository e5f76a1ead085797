"""Money that one deal gives to another, on its whole way: the records post it, once, and what is not taken waits for a person.

Deals in memory, the real records, the real cashier.
"""

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import pytest

from domain.bank.keys import came_from, id_elsewhere
from domain.bank.payment import BankPayment
from domain.deal.ledger import balances
from domain.facts import PaymentReceived
from domain.refusals import Refusal
from domain.words import same
from records import migrate
from records.bank_payments import BankPayments, KeptPayment
from records.queries import RecordQueries
from records.store import RecordStore
from starter.answers import MessageRefused
from starter.cashier import Taken, cashier_of
from tests.support.memory import OpenDeal, World, day
from tests.support.memory_desk import MemoryDesk
from tests.support.orders import a_good, an_order


class House:
    """Deals of one company, and its money."""

    def __init__(self, file: Path) -> None:
        url = f"sqlite:///{file}"
        migrate(url)
        self.world = World()
        self.world.now = datetime.now(UTC)  # the records' moments are of the real day
        self.told: list[Any] = []
        self.store, self.kept, self.records = RecordStore(url), BankPayments(url), RecordQueries(url)
        sink = self.world.records

        def tell(batch: Any) -> Any:
            self.store.apply(batch)
            self.told.append(batch)
            return sink(batch)

        self.world.activities["records.deliver"] = tell
        self.desk = MemoryDesk(self.world)
        self.cashier = cashier_of(self.desk, self.kept, self.records, "accountant")

    def open(self, **order: Any) -> OpenDeal:
        deal = self.world.open({**an_order(a_good()), **order})
        deal.agree()
        return deal

    def post(self) -> list[tuple[KeptPayment, Taken]]:
        return asyncio.run(self.cashier.resume())

    def waiting(self) -> list[KeptPayment]:
        return [one for one in self.kept.open() if one.status == "waiting"]

    def close(self) -> None:
        for one in (self.store, self.kept, self.records):
            one.close()


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    house = House(tmp_path / "records.db")
    yield house
    house.close()


def overpaid(house: House, by: str = "500.00") -> OpenDeal:
    deal = house.open()
    payer = {"payer": "ООО «Клиника»", "payer_inn": "9900000017", "account": "40702810900000000118"}
    deal.pay(Decimal("2000.00") + Decimal(by), id="pp-1", date=day(-2), purpose="по счёту 7", **payer)
    return deal


def stands(deal: OpenDeal) -> dict[str, str]:
    return {place: str(amount) for place, amount in balances(deal.state.ledger.entries).items()}


def end(deal: OpenDeal) -> None:
    deal.robot()
    assert deal.state.stage.final


# --- from one to the other -------------------------------------------------------------------------------------------


def test_it_comes_with_its_day_its_payer_and_its_purpose_and_says_from_where(house: House) -> None:
    ours, theirs = overpaid(house), house.open()
    ours.move("pp-1", amount="300.00", to_deal=theirs.number, line=1, id="mv-1")
    [(_, taken)] = house.post()
    assert taken.ok
    [came] = theirs.state.ledger.payments
    paid = ours.state.ledger.payments[0]
    assert (came.id, came.amount, came.line) == (f"deal:{ours.number}:mv-1", Decimal("300.00"), 1)
    for name in ("day", "payer", "payer_inn", "account", "note", "currency"):
        assert getattr(came, name) == getattr(paid, name), name
    assert came.actor.person == "kuznetsova", "whoever moved it"
    assert stands(theirs) == {"line-1:prepayment": "300.00"}
    [fact] = theirs.read(PaymentReceived)
    assert fact.from_deal == ours.number
    assert [payment.from_deal for payment in theirs.view().payments] == [ours.number]
    assert house.kept.open() == []


def test_money_from_another_deal_is_not_taken_for_a_payment_that_a_person_entered(house: House) -> None:
    ours, theirs = overpaid(house), house.open()
    ours.move("pp-1", to_deal=theirs.number)
    house.post()
    told = {
        "key": "B-9",
        "amount": "500.00",
        "currency": "RUB",
        "day": str(day(-2)),
        "purpose": f"сделка {theirs.number}",
    }
    payer = {
        "account": "40702810900000000118",
        "document": "9",
        "document_date": str(day(-2)),
        "order_key": "o-9",
    }
    taken = asyncio.run(
        house.cashier.take(BankPayment.model_validate({**told, **payer, "payer_inn": "9900000017"}))
    )
    assert (taken.ok, taken.deal) == (True, theirs.number)


def test_the_deal_that_gave_it_may_have_closed_meanwhile(house: House) -> None:
    ours, theirs = overpaid(house), house.open()
    ours.complete("surplus", outcome="another-deal", to_deal=theirs.number)
    end(ours)
    house.post()
    assert stands(theirs) == {"line-1:prepayment": "500.00"}


def test_however_often_it_is_told_it_counts_once(house: House) -> None:
    """The records are rebuilt, and lost and rebuilt; the round of the background comes between the deal and its row; the deal has closed."""
    ours, theirs = overpaid(house), house.open()
    ours.move("pp-1", to_deal=theirs.number)
    [on_way] = house.kept.on_the_way()
    house.post()
    for batch in list(house.told):
        house.store.apply(batch)
    assert house.post() == []
    end(theirs)
    with house.kept._engine.begin() as connection:  # as an answer that was lost, or records that were
        connection.exec_driver_sql("DELETE FROM bank_payments")
    for batch in list(house.told):
        house.store.apply(batch)
    assert [one.payment for one in house.kept.on_the_way()] == [on_way.payment]
    house.post()
    assert house.kept.open() == [], "it has closed, and has it"
    assert len([p for p in theirs.state.ledger.payments if p.id == on_way.payment.key]) == 1


# --- what is not taken -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("to", "why"), [("none", "777"), ("closed", "closed"), ("euros", "euros"), ("line", "no line 9")]
)
def test_what_the_other_deal_does_not_take_waits_for_the_accountant_with_the_reason(
    house: House, to: str, why: str
) -> None:
    ours, other = overpaid(house), house.open(currency="EUR" if to == "euros" else "RUB")
    if to == "closed":
        end(other)
    number, line = ("777" if to == "none" else other.number), (9 if to == "line" else None)
    ours.move("pp-1", to_deal=number, line=line, id="mv-1")
    house.post()
    [one] = house.waiting()
    said = one.match.why.en
    assert why in said
    assert f"deal {number} did not take this money of deal {ours.number}" in said
    assert (one.payment.key, one.payment.amount) == (f"deal:{ours.number}:mv-1", Decimal("500.00"))
    assert house.post() == [], "it waits for a person"
    third = house.open()
    asyncio.run(house.cashier.assign(one.payment.key, third.number, None))
    assert stands(third)["line-1:prepayment"] == "500.00"
    assert house.kept.open() == []


def test_a_payment_of_another_sum_under_its_number_does_not_take_its_place(house: House) -> None:
    ours, theirs = overpaid(house), house.open()
    theirs.pay("1.00", id=f"deal:{ours.number}:mv-1")
    ours.move("pp-1", to_deal=theirs.number, id="mv-1")
    house.post()
    [one] = house.waiting()
    assert one.payment.amount == Decimal("500.00")


# --- what the bank takes back ------------------------------------------------------------------------------------------


def test_what_the_bank_takes_back_is_taken_back_where_it_is_now(house: House) -> None:
    ours, theirs, third = overpaid(house), house.open(), house.open()
    ours.move("pp-1", to_deal=theirs.number, id="mv-1")
    house.post()
    theirs.move(f"deal:{ours.number}:mv-1", id="free")
    theirs.move(f"deal:{ours.number}:mv-1", amount="200.00", to_deal=third.number, id="on")
    house.post()
    assert stands(third) == {"line-1:prepayment": "200.00"}
    ours.reverse("pp-1")
    for _ in range(2):
        house.post()
    assert [stands(deal) for deal in (ours, theirs, third)] == [{}, {}, {}]
    assert house.kept.open() == []
    assert any(b.kind == "payment" for b in third.view().blockers)


def test_what_never_got_there_is_not_asked_about_once_the_bank_has_it_back(house: House) -> None:
    ours = overpaid(house)
    ours.move("pp-1", to_deal="777", id="mv-1")
    house.post()
    assert len(house.waiting()) == 1
    ours.reverse("pp-1")
    house.post()
    assert house.kept.open() == []


def test_a_reversal_waits_for_the_money_that_is_still_on_its_way(house: House) -> None:
    ours, theirs = overpaid(house), house.open()
    ours.move("pp-1", to_deal=theirs.number, id="mv-1")
    ours.reverse("pp-1")
    assert [one.payment.kind for one in house.kept.on_the_way()] == ["received", "reversed"]
    house.post()
    assert (stands(theirs), house.kept.open()) == ({}, [])
    assert theirs.state.ledger.reversal(f"deal:{ours.number}:mv-1")


def test_it_waits_too_where_the_other_deal_can_not_take_money_yet(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours, theirs = overpaid(house), house.open()
    ours.move("pp-1", to_deal=theirs.number, id="mv-1")
    ours.reverse("pp-1")

    async def too_early(number: str, message: Any) -> Any:
        raise MessageRefused(same("its playbook is not there yet"), "en", "too_early")

    with monkeypatch.context() as early:
        early.setattr(house.desk, "send", too_early)
        assert [taken.ok for _, taken in house.post()] == [False, False]
    assert len(house.kept.on_the_way()) == 2
    house.post()
    assert (stands(theirs), house.kept.open()) == ({}, [])
    assert theirs.state.ledger.reversal(f"deal:{ours.number}:mv-1")


def test_it_goes_back_from_whom_a_person_gave_it_to(house: House) -> None:
    ours, third = overpaid(house), house.open()
    ours.move("pp-1", to_deal="777", id="mv-1")
    house.post()
    asyncio.run(house.cashier.assign(f"deal:{ours.number}:mv-1", third.number, None))
    ours.reverse("pp-1")
    house.post()
    assert (stands(third), house.kept.open()) == ({}, [])


def test_a_deal_that_gives_nothing_back_is_asked_about(house: House) -> None:
    ours, theirs = overpaid(house), house.open()
    ours.move("pp-1", to_deal=theirs.number, id="mv-1")
    house.post()
    end(theirs)
    ours.reverse("pp-1")
    house.post()
    [one] = house.waiting()
    assert (one.payment.kind, one.payment.amount) == ("reversed", Decimal("500.00"))
    assert f"deal {theirs.number} does not give it up" in one.match.why.en
    assert "closed" in one.match.why.en


@pytest.mark.parametrize("all_of_it", [False, True])
def test_of_a_deal_that_has_closed_the_money_in_others_is_taken_back_all_the_same(
    house: House, all_of_it: bool
) -> None:
    """The bank's word about the first deal comes by its webhook, or by a person's hand."""
    ours, theirs = house.open(), house.open()
    ours.pay("2000.00", id="pp-0")
    ours.pay("500.00", id="pp-1")
    ours.move("pp-1", amount=None if all_of_it else "300.00", to_deal=theirs.number, id="mv-1")
    end(ours)
    house.post()
    back = house.kept.open()
    assert back == []
    told = BankPayment.model_validate(
        {
            "kind": "reversed",
            "key": "st-1",
            "amount": 0,
            "currency": "RUB",
            "reverses": "pp-1",
            "purpose": "ошибка",
        }
    )
    taken = asyncio.run(house.cashier.take(told))
    assert taken.ok is all_of_it
    house.post()
    assert stands(theirs) == {}
    waits = [one.match.why.en for one in house.waiting()]
    assert len(waits) == (0 if all_of_it else 1)
    assert all(f"had gone to deals {theirs.number}" in why for why in waits)


# --- over all deals --------------------------------------------------------------------------------------------------


class Company:
    """Deals that are paid too much, give to each other, close, and whose payments the bank takes back, in any order."""

    def __init__(self, house: House, seed: int) -> None:
        self.house, self.dice = house, Random(seed)
        self.deals = [house.open() for _ in range(3)]
        self.count = 0

    def step(self) -> str:
        self.count += 1
        deal = self.dice.choice(self.deals)
        do = self.dice.choice([self.pay, self.give, self.give, self.give, self.reverse, self.decide])
        with suppress(Refusal, MessageRefused):
            do(deal)
        if self.dice.random() < 0.5:
            self.house.post()
        if self.dice.random() < 0.1:
            self.assign()
        if self.dice.random() < 0.02:
            end(deal)
        return f"step {self.count}, {do.__name__} of {deal.number}"

    def pay(self, deal: OpenDeal) -> None:
        if not deal.process.outcome:
            deal.pay(str(self.dice.choice((700, 1300, 2000, 2600))), id=f"pp-{self.count}")

    def give(self, deal: OpenDeal) -> None:
        payments = deal.state.ledger.payments
        if payments and not deal.process.outcome:
            to = self.dice.choice([other.number for other in self.deals if other is not deal] + ["777"])
            payment, amount = self.dice.choice(payments).id, self.dice.choice((None, "120.50"))
            if self.dice.random() < 0.5:
                with suppress(Refusal):
                    deal.move(payment, amount=amount, id=f"free-{self.count}")
            deal.move(payment, amount=amount, to_deal=to, id=f"mv-{self.count}")

    def reverse(self, deal: OpenDeal) -> None:
        """By the bank, which knows its own payments only, whether the deal is open or not."""
        known = [p.id for p in deal.state.ledger.payments if not came_from(p.id)]
        if known and self.dice.random() < 0.4:
            told = {"kind": "reversed", "key": f"st-{self.count}", "reverses": self.dice.choice(known)}
            asyncio.run(
                self.house.cashier.take(
                    BankPayment.model_validate({**told, "amount": 0, "currency": "RUB", "purpose": "отзыв"})
                )
            )

    def decide(self, deal: OpenDeal) -> None:
        asked = [id for id in deal.asked() if id.startswith("surplus")] if not deal.process.outcome else []
        for id in asked:
            deal.complete(id, outcome=self.dice.choice(("keep", "another-deal")), to_deal="777")

    def assign(self) -> None:
        for one in self.house.waiting():
            if one.payment.kind == "received":
                with suppress(MessageRefused):
                    deal = self.dice.choice(self.deals).number
                    asyncio.run(self.house.cashier.assign(one.payment.key, deal, None))

    def adds_up(self) -> None:
        """What banks told of is what deals have, and what is on its way between them."""
        bank = stand = Decimal(0)
        for deal in self.deals:
            ledger = deal.state.ledger
            own = [p for p in ledger.payments if not came_from(p.id) and not ledger.reversal(p.id)]
            bank += sum((payment.amount for payment in own), Decimal(0))
            here = balances(ledger.entries).items()
            stand += sum((amount for place, amount in here if not place.startswith("deal:")), Decimal(0))
            if deal.process.outcome:
                assert not balances(ledger.entries).get("advance"), "no closed deal holds a kopeck"
        rows = self.house.kept.open()
        on_way = sum((r.payment.amount for r in rows if r.payment.kind == "received"), Decimal(0))
        back = sum((r.payment.amount for r in rows if came_from(r.payment.reverses)), Decimal(0))
        # a deal that has closed still says that it has what the bank took back of it; the rest of the word waits
        unheard = self.taken_back_of_closed()
        assert bank - unheard == stand + on_way - back, (bank, unheard, stand, on_way, back)

    def taken_back_of_closed(self) -> Decimal:
        """So much of a closed deal's payments other deals gave, or give, back."""
        with self.house.kept._reader.begin() as connection:
            rows = connection.exec_driver_sql("SELECT reverses FROM bank_payments WHERE kind = 'reversed'")
            gone = {row.reverses for row in rows}
        return sum(
            (
                entry.amount
                for deal in self.deals
                for entry in deal.state.ledger.entries
                if entry.to_deal
                and id_elsewhere(deal.number, entry.id) in gone
                and not deal.state.ledger.reversal(entry.payment)
            ),
            Decimal(0),
        )


@pytest.mark.parametrize("seed", range(8))
def test_whatever_happens_no_kopeck_is_lost_or_made_between_deals(house: House, seed: int) -> None:
    company = Company(house, seed)
    for _ in range(60):
        did = company.step()
        try:
            company.adds_up()
        except AssertionError as error:
            raise AssertionError(f"{did}: {error}") from error
