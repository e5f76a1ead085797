"""`deal money import`: shown first, applied once, and broken files change nothing."""

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from domain.facts import PaymentReceived
from tests.cli.conftest import Run
from tests.cli.test_unknown_money import waiting
from tests.starter.conftest import run_deal
from tests.support.memory import OpenDeal
from tests.support.memory_desk import MemoryDesk
from tests.support.orders import a_good, an_order
from tests.support.statements import DIALECTS, Paper, written


def a_paper(deal: OpenDeal, purpose: str, number: str = "118", amount: str = "1000.00") -> Paper:
    on = date.fromisoformat(deal.view().opened_at.date().isoformat())
    account = "40702810900000000118"
    return Paper(number, on, Decimal(amount), purpose, 'ООО "Образец"', "9900000017", account)


@pytest.fixture
def statement(recorded: None, three_goods: OpenDeal, tmp_path: Path) -> Path:
    """Two payments: of the deal, and of nobody; one goes out."""
    three_goods.agree()
    papers = [
        a_paper(three_goods, f"Оплата по сделке {three_goods.number}, аванс"),
        a_paper(three_goods, "Оплата по счету ХХ-5", "119"),
        a_paper(three_goods, "Налог", "120"),
    ]
    papers[1].inn, papers[1].account, papers[2].way = "", "40702810900000000119", "out"
    file = tmp_path / "kl_to_1c.txt"
    file.write_bytes(written(papers, DIALECTS[1]))
    return file


def test_it_is_shown_first_and_applied_once(three_goods: OpenDeal, statement: Path, done: Run) -> None:
    shown = done("money", "import", statement)
    assert three_goods.number in shown.out
    assert "--apply" in shown.err
    assert (three_goods.state.ledger.payments, waiting()) == ([], [])
    for _ in range(2):
        done("money", "import", statement, "--apply", "--as", "kuznetsova")
    [payment] = three_goods.state.ledger.payments
    assert payment.id == payment.key == f"40702810900000000118/{payment.day}/118/1000.00"
    assert (payment.payer_inn, payment.actor.person) == ("9900000017", "kuznetsova")
    assert [one["document"] for one in waiting()] == ["119"]
    told = done("money", "import", statement, "-o", "json").data
    assert told["counts"] == {"matched": 0, "waits": 0, "known": 2, "sent": 1, "own": 0}


def test_what_was_sent_to_a_client_is_told_as_it_may_be_a_refund(
    three_goods: OpenDeal, statement: Path, done: Run
) -> None:
    told = done("money", "import", statement, "-o", "json", "--lang", "en").data
    [sent] = [one for one in told["documents"] if one["fate"] == "sent"]
    assert (sent["candidates"], "deal complete N" in sent["why"]) == ([three_goods.number], True)
    assert "deal complete N" in done("money", "import", statement).out


def test_an_outgoing_payment_closes_the_refund_of_its_sum_once(
    recorded: None, three_goods: OpenDeal, tmp_path: Path, done: Run
) -> None:
    three_goods.agree()
    three_goods.pay("500.00", id="pp-1")
    three_goods.cancel("petrov")
    three_goods.complete("surplus", outcome="return")
    paper = a_paper(three_goods, "Возврат по отменённой сделке", "77", "500.00")
    paper.way = "out"
    other = a_paper(three_goods, "Возврат другой суммы", "78", "400.00")
    other.way = "out"
    file = tmp_path / "kl_to_1c.txt"
    file.write_bytes(written([other, paper], DIALECTS[1]))
    assert done("money", "import", file, "-o", "json").data["refunds"] == []
    assert "refund" in three_goods.asked()
    [closed] = done("money", "import", file, "--apply", "--as", "accountant", "-o", "json").data["refunds"]
    assert (closed["deal"], closed["closed"]) == (three_goods.number, True)
    [refunded] = [e for e in three_goods.state.ledger.entries if e.kind == "refunded"]
    assert (refunded.id.split("/")[2:], refunded.day) == (["77", "500.00"], paper.on)
    assert three_goods.result().stage == "CANCELLED"
    again = done("money", "import", file, "--apply", "--as", "accountant", "-o", "json").data
    assert again["refunds"] == []


def test_two_refunds_of_one_sum_are_left_to_a_person(
    recorded: None, three_goods: OpenDeal, tmp_path: Path, done: Run
) -> None:
    three_goods.agree()
    for payment in ("pp-1", "pp-2"):
        three_goods.pay("5000000.00" if payment == "pp-1" else "500.00", id=payment)
    three_goods.say("refund", actor="kuznetsova", payment="pp-2", amount="250.00", reason="дважды")
    three_goods.say("refund", actor="kuznetsova", payment="pp-2", amount="250.00", reason="ещё раз")
    paper = a_paper(three_goods, "Возврат", "77", "250.00")
    paper.way = "out"
    file = tmp_path / "kl_to_1c.txt"
    file.write_bytes(written([paper], DIALECTS[1]))
    told = done("money", "import", file, "--apply", "--as", "accountant", "-o", "json", "--lang", "en").data
    [left] = told["refunds"]
    assert (left["closed"], "several refunds" in left["words"]) == (False, True)
    assert {"refund", "refund#2"} <= three_goods.asked()


def test_the_day_on_which_the_payers_bank_took_it_comes_along(
    recorded: None, desk: MemoryDesk, tmp_path: Path, done: Run
) -> None:
    """A contract may count by the rate of that day; the value date is that of our bank."""
    credited = desk.world.now.date()
    debited = credited - timedelta(days=1)
    desk.world.rates.rates = {credited: "91.5043", debited: "90.00"}
    deal = desk.world.open(an_order(a_good(), currency="EUR", rate={"day": "debited"}))
    deal.agree()
    paper = a_paper(deal, f"Оплата по сделке {deal.number}", amount="9000.00")
    paper.on = debited
    file = tmp_path / "kl_to_1c.txt"
    both = next(dialect for dialect in DIALECTS if dialect.dates == "both")
    file.write_bytes(written([paper], both))
    done("money", "import", file, "--apply", "--as", "kuznetsova")
    [told] = deal.read(PaymentReceived)
    assert (told.day, told.rate_on, told.amount) == (credited, debited, Decimal("100.00"))


def test_what_was_entered_by_hand_with_its_payment_order_is_known(
    three_goods: OpenDeal, statement: Path, done: Run
) -> None:
    order = ("--id", "ПП-118", "--account", "40702810900000000118", "--document", "00118")
    done("pay", three_goods.number, "--amount", "1000", *order, "--as", "kuznetsova")
    told = done("money", "import", statement, "--apply", "--as", "accountant", "-o", "json").data
    assert (told["counts"]["known"], told["counts"]["matched"]) == (1, 0)
    assert len(three_goods.state.ledger.payments) == 1


def test_what_was_entered_by_hand_without_it_waits_for_a_person(
    three_goods: OpenDeal, statement: Path, done: Run
) -> None:
    done("pay", three_goods.number, "--amount", "1000", "--id", "ПП-118", "--as", "kuznetsova")
    done("money", "import", statement, "--apply", "--as", "accountant")
    assert any("ПП-118" in one["why"] for one in waiting())
    assert len(three_goods.state.ledger.payments) == 1


def test_a_statement_interrupted_before_the_deals_heard_goes_on(
    three_goods: OpenDeal, statement: Path, done: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr("starter.cli.statements._posted", lambda cashier: 1 / 0)
        assert run_deal("money", "import", statement, "--apply", "--as", "kuznetsova").code == 1
    assert {one["status"] for one in waiting()} == {"posting", "waiting"}
    done("money", "import", statement, "--apply", "--as", "kuznetsova")
    assert len(three_goods.state.ledger.payments) == 1


def test_a_broken_file_changes_nothing(statement: Path) -> None:
    whole = statement.read_bytes()
    statement.write_bytes(whole[: len(whole) * 2 // 3])
    broken = run_deal("money", "import", statement, "--apply", "--as", "kuznetsova")
    assert (broken.code, "строка" in broken.err, waiting()) == (2, True, [])
    missing = run_deal("money", "import", "nothing.txt")
    assert (missing.code, "nothing.txt" in missing.err) == (2, True)


def test_the_accountant_alone_applies_it(statement: Path) -> None:
    assert run_deal("money", "import", statement, "--apply", "--as", "ivanova").code == 4


def test_both_languages_show_it(statement: Path, desk: MemoryDesk) -> None:
    assert "Documents: 3; to deals 1" in run_deal("money", "import", statement, "--lang", "en").out
    assert "Документов: 3; в сделки 1" in run_deal("money", "import", statement).out
