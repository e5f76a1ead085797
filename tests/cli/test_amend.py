"""`deal amend` and `deal cancel --line`: what is agreed changes by a command, and first it is said what would follow."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.starter.conftest import run_deal
from tests.support.memory import OpenDeal, default_playbook
from tests.support.memory_desk import MemoryDesk
from tests.support.orders import a_good, an_order

CHAIR = a_good(sku="CHAIR", name="Кресло", quantity=1, unit_price="300000.00")
SCANNER = a_good(sku="SCAN", name="Сканер", quantity=1, unit_price="500000.00")


@pytest.fixture
def deal(desk: MemoryDesk) -> OpenDeal:
    """Two prepaid goods, agreed; what each asks for is entered, nothing is paid."""
    deal = desk.world.open(an_order(SCANNER, CHAIR))
    deal.agree()
    deal.complete("line-1:payment-terms")
    deal.complete("line-2:payment-terms", invoice="СЧ-2")
    return deal


def plain(words: str) -> str:
    return " ".join(words.replace("\xa0", " ").split())


def test_one_line_is_taken_out_of_an_agreed_order(deal: OpenDeal, done: Run) -> None:
    answer = done("cancel", deal.number, "--line", 2, "--reason", "второе кресло не нужно", "--as", "ivanova")
    assert "на согласовании (клиент, директор): всего 500 000,00 ₽, было 800 000,00 ₽" in plain(answer.out)
    shown = plain(done("why", deal.number).out)
    assert "Изменилось в версии 2: второе кресло не нужно; убрана позиция 2, Кресло" in shown
    assert "Пока в силе версия 1" in shown
    for person in ("client", "petrov"):
        done("decide", deal.number, "amendment", "approve", "--version", 2, "--as", person)
    view = deal.view()
    assert [line.status for line in view.lines] == ["AWAITING_RELEASE", "CANCELLED"]
    assert (str(view.totals.amount), view.in_force) == ("500000.00", 2)
    assert {milestone.line for milestone in view.milestones} == {1}
    deal.robot()
    assert str(deal.result().paid) == "500000.00"


def test_the_preview_says_what_follows_and_sends_nothing(deal: OpenDeal, done: Run) -> None:
    deal.pay("500000.00", line=1)
    deal.to("line-1:shipment")
    before = deal.state.model_dump_json()
    change = ("--set", "line-1.unit_price=450 000", "--remove", 2, "--reason", "скидка", "--as", "ivanova")
    told = plain(done("amend", deal.number, *change, "--preview").out)
    assert "Всего 450 000,00 ₽, сейчас 800 000,00 ₽; согласуют: клиент, директор" in told
    assert "Позиция 1, «Предоплата»: 450 000,00 ₽ вместо 500 000,00 ₽, срок" in told
    assert "Освобождается" in told
    assert "Позиция 1, Сканер, другая цена: задание сообщить складу" in told
    data = json.loads(done("amend", deal.number, *change, "--preview", "-o", "json").out)
    assert (data["after"], data["ended"], data["roles"]) == ("450000.00", [2], ["client", "director"])
    assert deal.state.model_dump_json() == before


def test_what_was_put_to_approval_is_taken_back(deal: OpenDeal, done: Run) -> None:
    done("cancel", deal.number, "--line", 2, "--reason", "не нужно", "--as", "ivanova")
    answer = done(
        "amend", deal.number, "--withdraw", "--reason", "второе кресло всё же нужно", "--as", "ivanova"
    )
    assert "Изменение, версия 2, отозвано: в силе версия 1" in answer.out
    assert deal.state.open_approvals == []


def test_from_a_file_a_line_is_added(deal: OpenDeal, done: Run, tmp_path: Path) -> None:
    file = tmp_path / "order.json"
    file.write_text(json.dumps({"lines": [SCANNER, CHAIR, a_good(sku="L", name="Лампа", quantity=1)]}))
    done("amend", deal.number, file, "--reason", "нужна лампа", "--as", "ivanova")
    deal.approve("amendment", "client")
    assert deal.state.lines[3].good.name == "Лампа"


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--reason", "x"), 2, "Нужно одно:"),
        (("--set", "line-1.quantity=3"), 2, "--reason"),
        (("--set", "line-1.quantity=1", "--reason", "x"), 4, "ничего не изменится"),
        (("--remove", 1, "--remove", 2, "--reason", "x"), 4, "deal cancel N"),
        (("--remove", 9, "--reason", "x", "--preview"), 4, "Позиции 9 нет"),
    ],
)
def test_what_will_not_do_is_told(deal: OpenDeal, words: tuple[str | int, ...], code: int, said: str) -> None:
    outcome = run_deal("amend", deal.number, *map(str, words), "--as", "ivanova")
    assert (outcome.code, said in outcome.err) == (code, True), outcome.err
    assert deal.state.contract_version == 1


def test_a_vote_on_an_offer_that_has_changed_says_which(deal: OpenDeal, done: Run) -> None:
    done("amend", deal.number, "--set", "line-1.unit_price=510000", "--reason", "дороже", "--as", "ivanova")
    asked = run_deal("decide", deal.number, "amendment", "approve", "--as", "client")
    assert asked.code == 2
    assert "теперь на согласовании версия 2. Дороже; позиция 1, Сканер: цена" in plain(asked.err)
    done("amend", deal.number, "--set", "line-1.unit_price=520000", "--reason", "ещё", "--as", "ivanova")
    late = run_deal("decide", deal.number, "amendment", "approve", "--version", "2", "--as", "client")
    assert (late.code, "версия 2 уже не на согласовании: теперь версия 3" in plain(late.err)) == (4, True)
    [how] = [seat.how for seat in deal.view().approvals[0].awaiting]
    assert "--version 3" in how


def test_a_promised_day_that_has_passed_does_not_stand_in_the_way_of_another_change(
    desk: MemoryDesk, done: Run
) -> None:
    promised = default_playbook().calendar.today(datetime.now(UTC)) - timedelta(days=3)
    desk.world.now = datetime.now(UTC) - timedelta(days=30)
    deal = desk.world.open(an_order(SCANNER | {"deliver_by": promised.isoformat()}))
    deal.agree()
    desk.world.now = datetime.now(UTC)
    change = ("--set", "line-1.unit_price=490000", "--reason", "скидка", "--as", "ivanova")
    done("amend", deal.number, *change)
    assert str(deal.line().amount) == "490000.00"
