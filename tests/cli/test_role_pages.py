"""The commands of the pages for each role, run as they stand there on a deal that has come as far as they need."""

import re
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from domain.bank.payment import BankPayment, Match
from domain.wording import day
from domain.words import same
from records.bank_payments import BankPayments
from starter.rooms import ROOT
from tests.docs.test_commands import shown
from tests.starter.conftest import run_deal
from tests.support.memory import OpenDeal
from tests.support.memory_desk import MemoryDesk
from tests.support.statements import DIALECTS, Author, written

PAGES = sorted((ROOT / "docs" / "roles").glob("*.md"))
COMMANDS = [(page.stem, words) for page in PAGES for words in shown(page)]
DAY = re.compile(r"\d{4}-\d\d-\d\d")


@pytest.mark.usefixtures("recorded")
@pytest.mark.parametrize(
    ("page", "words"), COMMANDS, ids=lambda one: one if isinstance(one, str) else " ".join(one)
)
def test_a_command_of_a_roles_page_goes_well(
    desk: MemoryDesk,
    three_goods: OpenDeal,
    page: str,
    words: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "playbooks").symlink_to(ROOT / "playbooks")
    for word in words:
        if word.endswith(".pdf"):
            Path(word).write_bytes(b"%PDF-1.7")
    bring(three_goods, words)
    then = timedelta(days=0 if words[0] == "sign" else 9)
    on = day(three_goods.state.book.calendar.today(desk.world.now) + then, "ru")
    outcome = run_deal(*(DAY.sub(on, word) for word in words))
    assert outcome.code == 0, outcome.err


def bring(deal: OpenDeal, words: list[str]) -> None:
    match words:
        case ["complete" | "decide", _, question, *_]:
            deal.to(question)
        case ["sign", _, "contract", *_]:
            deal.qualify()
            deal.approve("contract", "client", "petrov")
        case ["sign" | "refuse", _, paper, *_]:
            ready = {"id": paper, "can_sign": True}
            deal.robot(
                leave=lambda id: id == paper or _of_another_shipment(id, paper),
                until=lambda view: any(ready.items() <= document.items() for document in view["documents"]),
            )
        case ["pay" | "amend" | "split", *_] | ["cancel", _, "--line", *_]:
            deal.agree()
        case ["correct", _, question, *_]:
            deal.to(question)
            deal.complete(question)
        case ["money", "import", file, *_]:
            deal.agree()
            Path(file).write_bytes(written(Author(1).write(5).papers, DIALECTS[0]))
        case ["money", "assign" | "dismiss", payment, *_]:
            kept = BankPayments(f"sqlite:///{Path('records.db').absolute()}")
            money = BankPayment(key=payment, amount=Decimal(1000), currency="RUB")
            kept.put([(money, Match(why=same("?")))], deal.world.now)
            kept.close()
        case ["acknowledge", *_]:
            deal.skip(timedelta(days=9))


def _of_another_shipment(id: str, paper: str) -> bool:
    """Lines that leave with one paper on one day share their УПД."""
    return paper.endswith(":upd") and id.endswith(":shipment") and id.split(":")[0] != paper.split(":")[0]
