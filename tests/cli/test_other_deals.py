"""Money for another deal by command: what the records know of that deal is said before anything is sent."""

from decimal import Decimal
from typing import Any

import pytest

from tests.cli.conftest import Run
from tests.starter.conftest import Outcome, run_deal
from tests.support.memory import OpenDeal
from tests.support.memory_desk import MemoryDesk
from tests.support.orders import a_good, an_order

pytestmark = pytest.mark.usefixtures("recorded")


def overpaid(desk: MemoryDesk) -> OpenDeal:
    deal = desk.world.open(an_order(a_good()))
    deal.agree()
    deal.pay("2500.00", id="pp-1")
    return deal


def another(desk: MemoryDesk, **order: Any) -> OpenDeal:
    deal = desk.world.open({**an_order(a_good()), **order})
    deal.agree()
    return deal


def move(deal: OpenDeal, to: str, *more: Any) -> Outcome:
    command = ("money", "move", deal.number, "pp-1", "--to-deal", to)
    return run_deal(*command, "--as", "kuznetsova", *more, "--lang", "en")


def test_it_is_moved_and_both_deals_show_it(desk: MemoryDesk, done: Run) -> None:
    ours, theirs = overpaid(desk), another(desk)
    said = move(ours, f"deal-{theirs.number}", "--amount", "300", "--reason", "по письму")
    assert (said.code, f"₽300.00 goes to deal {theirs.number}" in said.out) == (0, True)
    shown = done("money", ours.number, "--lang", "en").out
    assert f"deal {theirs.number}: ₽300.00" in shown
    theirs.pay("300.00", id=f"deal:{ours.number}:x")
    assert f"from deal {ours.number}" in done("money", theirs.number, "--lang", "en").out
    assert f"из сделки {ours.number}" in done("money", theirs.number).out


def test_a_deal_that_would_not_take_it_is_named_before_anything_is_sent(desk: MemoryDesk) -> None:
    ours, euros, closed = overpaid(desk), another(desk, currency="EUR"), another(desk)
    closed.robot()
    for to, more, words in (
        ("777", (), "There is no deal “777”"),
        (closed.number, (), "is closed: its money does not change"),
        (euros.number, (), "is paid in euros, and this money is in roubles"),
        (another(desk).number, ("--line", "9"), "has no line 9"),
        (ours.number, (), "is this deal"),
    ):
        said = move(ours, to, *more)
        assert (said.code, words in said.err) == (4, True), (to, said.err)
    assert ours.state.ledger.entries[-1].kind == "received"


def test_so_is_one_that_a_surplus_is_to_go_to(desk: MemoryDesk, done: Run) -> None:
    ours, theirs = overpaid(desk), another(desk)
    answer = ("complete", ours.number, "surplus", "--as", "kuznetsova", "-f", "outcome=another-deal")
    refused = run_deal(*answer, "-f", "to_deal=777", "--lang", "en")
    assert (refused.code, "There is no deal “777”" in refused.err) == (4, True)
    done(*answer, "-f", f"Номер другой сделки={theirs.number}")
    assert ours.state.ledger.entries[-1].put == {f"deal:{theirs.number}": Decimal("500.00")}
