"""`deal money N`: what came, where it stands, and what is owed, in both languages."""

from io import StringIO

import pytest
from rich.console import Console

from domain.deal.snapshot import Snapshot
from domain.view.deal_view import deal_view
from domain.words import Language
from starter.cli.money_drawing import drawn, money_rows
from tests.support.memory import World
from tests.support.orders import a_good, an_order

SHOWN: dict[Language, tuple[str, ...]] = {
    "ru": ("Пришло", "pp-1", "аванс: 500,00", "отозван банком", "Где стоит", "Причитается", "Остаток"),
    "en": (
        "Came",
        "pp-1",
        "the advance: ₽500.00",
        "taken back by the bank",
        "Where it stands",
        "Owed",
        "Balance",
    ),
}


@pytest.mark.parametrize("language", ["ru", "en"])
def test_the_money_of_a_deal_is_shown_kopeck_by_kopeck(language: Language) -> None:
    world = World()
    deal = world.open(an_order(a_good(), a_good(payment="prepaid_50")))
    deal.agree()
    deal.pay("2500.00", id="pp-1", line=1)
    deal.pay("1.00", id="pp-2", line=2)
    deal.reverse("pp-2")
    view = deal_view(Snapshot(deal.state, deal.own_lines()), world.now, language)
    screen = Console(file=StringIO(), width=120)
    screen.print(drawn(view, language), crop=False)
    words = screen.file.getvalue().replace("\xa0", " ")  # type: ignore[attr-defined]
    assert [word for word in SHOWN[language] if word not in words] == []
    assert {place["place"]: place["amount"] for place in money_rows(view)["money"]} == {
        "line-1:prepayment": "2000.00",
        "advance": "500.00",
    }
