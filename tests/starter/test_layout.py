"""What drawings and sentences look like on narrow screens: nothing that belongs together is torn apart."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console, RenderableType

from activities.playbook import load_people, people_beside
from domain.deal.snapshot import Snapshot
from domain.view.deal_view import deal_view
from domain.words import Language, LineStatus, Source, Stage, Text, same
from records.arrivals import InboxEvent
from records.listing import InboxItem, ListedDeal, ListedLine
from starter.cli.drawing import drawn
from starter.cli.event_listing import events_drawn
from starter.cli.listing import deals_drawn, inbox_drawn
from starter.cli.people_drawing import drawn as people_drawn
from starter.cli.terminal import Terminal
from starter.cli.wrapping import said_whole, wrapped
from starter.rooms import ROOT
from tests.starter.conftest import run_deal
from tests.support.memory import OpenDeal, World
from tests.support.orders import a_good, a_lead, an_order

BOTH = pytest.mark.parametrize("language", ["ru", "en"])
AMOUNT = re.compile(r"\d{1,3}(?:\xa0\d{3})*,\d\d\xa0₽|₽[\d,]+\.\d\d")
MOMENT = re.compile(r"(?:\d\d\.\d\d\.\d{4}|\d{1,2} [A-Z][a-z]{2} \d{4})(?: \d\d:\d\d)?")


@pytest.fixture
def world() -> World:
    return World()


def shown(deal: OpenDeal, language: Language, width: int) -> str:
    view = deal_view(Snapshot(deal.state, deal.own_lines()), deal.world.now, language)
    return printed(drawn(view, language, suggest=False), width)


def printed(drawing: RenderableType, width: int) -> str:
    screen = Console(file=StringIO(), width=width, highlight=False)
    screen.print(drawing)
    return screen.file.getvalue()  # type: ignore[attr-defined, no-any-return]


def nothing_is_torn(narrow: str, whole: str, width: int, *names: str) -> None:
    for held in (AMOUNT, MOMENT, *map(re.compile, map(re.escape, names))):
        assert sorted(held.findall(narrow)) == sorted(held.findall(whole))
    assert "…" not in narrow
    assert max(map(len, narrow.splitlines())) <= width


@BOTH
@pytest.mark.parametrize("asked", [True, False], ids=["form", "money"])
def test_amounts_and_moments_are_whole_at_any_width(world: World, language: Language, asked: bool) -> None:
    goods = [
        a_good(unit_price="1234567.80", name=name) for name in ("Аппарат УЗИ экспертного класса", "Монитор")
    ]
    deal = world.open(an_order(*goods))
    deal.to("line-1:payment-terms")
    if not asked:
        deal.complete("line-1:payment-terms")
    world.skip(timedelta(days=5))
    whole = shown(deal, language, 500)
    for width in (60, 80, 120):
        nothing_is_torn(shown(deal, language, width), whole, width, "Ольга Иванова", "Анна Смирнова")
    assert re.search("просрочено \\d+\xa0д" if language == "ru" else "overdue \\d+\xa0day", whole)


@BOTH
def test_a_rehearsal_tears_nothing(language: Language) -> None:
    """In the columns that the environment says."""
    order = ROOT / "playbooks" / "orders" / "three-goods.yaml"
    args = ("rehearse", order, "--lang", language, "--late", "manager=3,client=2,logistics=2")
    whole = run_deal(*args, COLUMNS="500").out
    assert AMOUNT.search(whole)
    for width in (60, 80, 100, 120):
        narrow = run_deal(*args, COLUMNS=str(width)).out
        nothing_is_torn(narrow, whole, width, "Игорь Орлов", "Анна Смирнова")


@BOTH
def test_events_of_the_inbox_tear_nothing(language: Language) -> None:
    at = datetime(2026, 11, 28, 10, tzinfo=UTC)
    event = InboxEvent(
        *(2147483647, "payments", "key", "payment.received", "deal-7", {}, at, 1, "done", 1, at, "7"),
        *(same("Оплата 1\xa0250\xa0000,00\xa0₽ по сделке 7 принята: ПП 15 от 27.11.2026"), at, None),
    )
    whole = printed(events_drawn([event], language), 500)
    for width in (60, 80, 100):
        narrow = printed(events_drawn([event], language), width)
        nothing_is_torn(narrow, whole, width, "payment.received", "2147483647")


@BOTH
def test_deals_and_open_questions_tear_nothing(language: Language) -> None:
    at, sums = datetime(2026, 11, 28, 10, tzinfo=UTC), (Decimal("2906402.00"), Decimal("1262400.00"))
    names = {"ivanova": "Ольга Иванова", "orlov": "Игорь Орлов", "petrov": "Андрей Петров"}
    lines = tuple(
        ListedLine(n, LineStatus.AWAITING_RELEASE, Source.STOCK, "A", "Монитор", sums[0]) for n in (1, 2)
    )
    deal = ListedDeal(
        *(
            "7",
            Stage.CONTRACT_APPROVAL,
            "ООО «Клиника Образец»",
            "ivanova",
            *sums,
            sums[1],
            "RUB",
            at,
            at,
            at,
        ),
        *(None, None, False, tuple(names), lines),
    )
    item = InboxItem(
        *("payment", "7", deal.client, deal.stage, 1, "line-1:prepayment", 1, Text(ru="Аванс", en="Advance")),
        *("client", "orlov", at, at, False),
    )
    for width in (60, 80, 100):
        for drawing in (deals_drawn([deal], language, names), inbox_drawn([item], language, names)):
            nothing_is_torn(printed(drawing, width), printed(drawing, 500), width, *names.values())


def test_what_is_asked_at_a_terminal_keeps_amounts_and_moments() -> None:
    said = "К оплате: Предоплата 50 %, 1\xa0250\xa0000,00\xa0₽, срок 28 Nov 2026 18:00"
    for width in range(24, 60):
        screen = Console(file=StringIO(), width=width, markup=False)
        Terminal("ru", console=screen).say(said)
        nothing_is_torn(screen.file.getvalue(), said, width)  # type: ignore[attr-defined]


@BOTH
def test_the_people_keep_their_names_and_addresses(language: Language) -> None:
    people = load_people(people_beside(ROOT / "playbooks" / "default.yaml"))
    for width in (60, 80):
        lines = printed(people_drawn(people, language), width)
        nothing_is_torn(lines, lines, width)
        for person in people.people.values():
            assert person.name in lines
            assert person.email in lines


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
        assert "04.12.2026 18:00" in lines
        assert "4 Dec 2026 18:00" in lines


def test_lines_are_as_long_as_they_may_be_and_names_are_whole() -> None:
    words = "Согласовать: Игорь Орлов, до 4 Dec 2026"
    assert wrapped(words, 20, whole=["Игорь Орлов"]) == "Согласовать:\nИгорь Орлов, до\n4 Dec 2026"
    assert wrapped(words, 20, indent=2) == "Согласовать: Игорь\n  Орлов, до\n  4 Dec 2026"
    assert wrapped("a" * 25 + "\nb c", 20) == "a" * 20 + "\naaaaa\nb c"


@pytest.mark.parametrize("width", [60, 80])
@pytest.mark.parametrize(
    ("command", "kept"),
    [
        (("playbook", "check", "/nowhere/book.yaml"), "/nowhere/book.yaml"),
        (("show", "99", "--lang", "xx"), "--help"),
        (("list", "--stage", "9"), ""),
    ],
)
def test_errors_are_wrapped_too_and_a_command_in_them_is_not_torn(
    tmp_path: Path, command: tuple[str, ...], kept: str, width: int
) -> None:
    narrow = run_deal(*command, COLUMNS=str(width), DEALWRIGHT_HOME=str(tmp_path)).err
    whole = run_deal(*command, DEALWRIGHT_HOME=str(tmp_path)).err
    assert narrow.split() == whole.split()
    assert max(map(len, narrow.splitlines())) <= width
    assert kept in narrow


@pytest.mark.parametrize("width", [30, 60])
def test_a_command_that_no_line_has_room_for_is_left_to_the_terminal(width: int) -> None:
    command = "deal complete 1042 line-1:payment-terms --field advance_on=27.11.2026"
    words = f"Так не выйдет, попробуйте иначе, вот так: {command} и всё"
    assert command in said_whole(words, width)
    shorter = "Сделка 7 сломана: `deal revive 7` оживит её, а потом посмотрите, что с ней, по `deal show 7`."
    assert said_whole(shorter, width).count("`deal revive 7`") == 1
