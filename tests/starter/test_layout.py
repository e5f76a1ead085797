"""What `deal show` looks like on narrow screens: nothing that belongs together is torn apart."""

import re
from datetime import timedelta
from io import StringIO

import pytest
from rich.console import Console

from domain.deal.snapshot import Snapshot
from domain.view.deal_view import deal_view
from domain.words import Language
from starter.cli.drawing import drawn
from starter.cli.layout import wrapped
from tests.support.memory import OpenDeal, World
from tests.support.orders import a_good, a_lead, an_order

BOTH = pytest.mark.parametrize("language", ["ru", "en"])
AMOUNT = re.compile(r"\d{1,3}(?:\xa0\d{3})*,\d\d\xa0₽|₽[\d,]+\.\d\d")
MOMENT = re.compile(r"\d\d\.\d\d\.\d{4} \d\d:\d\d|\d{1,2} [A-Z][a-z]{2} \d{4} \d\d:\d\d")


@pytest.fixture
def world() -> World:
    return World()


def shown(deal: OpenDeal, language: Language, width: int) -> str:
    view = deal_view(Snapshot(deal.state, deal.own_lines()), deal.world.now, language)
    screen = Console(file=StringIO(), width=width, highlight=False)
    screen.print(drawn(view, language, suggest=False))
    return screen.file.getvalue()  # type: ignore[attr-defined, no-any-return]


@BOTH
def test_amounts_and_moments_are_whole_at_any_width(world: World, language: Language) -> None:
    goods = [
        a_good(unit_price="1234567.80", name=name) for name in ("Аппарат УЗИ экспертного класса", "Монитор")
    ]
    deal = world.open(an_order(*goods))
    deal.to("line-1:reservation")
    world.skip(timedelta(days=5))
    whole = shown(deal, language, 500)
    for width in (60, 80, 120):
        narrow = shown(deal, language, width)
        assert sorted(AMOUNT.findall(narrow)) == sorted(AMOUNT.findall(whole))
        assert sorted(MOMENT.findall(narrow)) == sorted(MOMENT.findall(whole))
        assert max(map(len, narrow.splitlines())) <= width
    assert re.search("просрочено \\d+\xa0д" if language == "ru" else "overdue \\d+\xa0day", whole)


def test_a_lead_shows_the_wish_and_how_to_reach_who_has_it(world: World) -> None:
    deal = world.open(a_lead(wish="Нужен томограф"))
    words = shown(deal, "ru", 80)
    for known in (
        "Нужен томограф",
        "ООО «Клиника Образец»",
        "9900000017",
        "Анна Смирнова",
        "+7",
        "anna@clinic",
    ):
        assert known in words
    assert "0,00" not in words
    assert "✔" not in words


def test_what_is_not_paid_at_all_has_no_mark_of_payment(world: World) -> None:
    deal = world.open(an_order(a_good()))
    deal.to("line-1:payment-terms")
    assert "✔ 0,00" not in shown(deal, "ru", 200)


def test_a_sentence_wraps_at_no_amount_and_no_moment() -> None:
    words = "Срок 04.12.2026 18:00, осталось 1\xa0250\xa0000,00\xa0₽, due 4 Dec 2026 18:00"
    for width in range(24, 60):
        lines = wrapped(words, width)
        assert "1\xa0250\xa0000,00\xa0₽" in lines
        assert "04.12.2026\xa018:00" in lines
        assert "4\xa0Dec\xa02026\xa018:00" in lines
