"""Customs declarations: several for one line, refused, withdrawn, conditional; and the parts of a line that go on by themselves."""

from datetime import date, timedelta

import pytest

from domain.facts import (
    AssignmentEscalated,
    AssignmentOpened,
    CustomsRefused,
    CustomsReleased,
    CustomsReleasedConditionally,
    DeclarationWithdrawn,
)
from domain.view.sentences import sentence
from domain.words import LineStatus
from tests.support.memory import OpenDeal, World, day, refused
from tests.support.orders import a_good, an_order

DECLARE, RELEASE, OBLIGATION = (
    "line-1:customs-declaration",
    "line-1:customs-release",
    "line-1:customs-obligation",
)
A, B, C = "10702030/161126/0088410", "10702030/181126/0088999", "10702030/201126/0089001"


def at_customs(world: World, quantity: int = 4, **more: str) -> OpenDeal:
    deal = world.open(an_order(a_good(source="import", delivery="carrier", quantity=quantity, **more)))
    deal.to(DECLARE)
    return deal


def in_two_lots(world: World, quantities: str = "1, 3") -> OpenDeal:
    deal = at_customs(world)
    deal.complete(DECLARE, declaration=f"{A}, {B}", quantities=quantities)
    return deal


def stands(deal: OpenDeal, line: int = 1) -> list[tuple[str, int, str]]:
    return [(each.number, each.quantity, each.outcome) for each in deal.line(line).declarations]


def test_a_line_may_have_several_declarations_with_their_pieces(world: World) -> None:
    deal = in_two_lots(world)
    assert stands(deal) == [(A, 1, ""), (B, 3, "")]
    deal.complete(RELEASE)
    assert deal.asked() == {"line-1:acceptance"}
    assert stands(deal) == [(A, 1, "released"), (B, 3, "released")]
    assert [f"{A}, {B}"] == [told.declarations for told in deal.read(CustomsReleased)]
    [line] = deal.view().lines
    assert [each.words for each in line.declarations] == [
        f"{A}, 1 pc. (released)",
        f"{B}, 3 pcs. (released)",
    ]
    deal.robot()


def test_how_many_pieces_each_is_for_need_not_be_known(world: World) -> None:
    deal = at_customs(world)
    deal.complete(DECLARE, declaration=f"{A}, {B}")
    assert stands(deal) == [(A, 0, ""), (B, 0, "")]
    with refused("bad_form", "it is not said how much"):
        deal.complete(RELEASE, outcome="refused", declarations=B, reason="код ТН ВЭД")
    deal.correct(DECLARE, quantities="1, 3")
    deal.complete(RELEASE, outcome="refused", declarations=B, reason="код ТН ВЭД")
    assert deal.asked() == {f"{DECLARE}#2", f"{RELEASE}#2"}


@pytest.mark.parametrize(
    ("declaration", "quantities", "words"),
    [
        (f"{A}, {B}", "1", "1 quantities for 2 declarations"),
        (f"{A}, {B}", "2, 3", "5 pcs. in all, and 4 pcs. are to be declared"),
        (f"{A}, {B}", "0, 4", "a quantity of its own"),
        (f"{A}, {A}", "2, 2", "is declared already"),
        ("10702030/010115/0088410", "", "too long ago"),
        ("00000000/161126/0088410", "", "all zeros"),
        ("10702030/161126/0000000", "", "all zeros"),
    ],
)
def test_what_can_not_be_declared(world: World, declaration: str, quantities: str, words: str) -> None:
    deal = at_customs(world)
    with refused("bad_form", words):
        deal.complete(DECLARE, declaration=declaration, quantities=quantities)
    assert deal.asked() == {DECLARE}


def test_pieces_that_are_not_declared_are_asked_about_again(world: World) -> None:
    deal = at_customs(world)
    deal.complete(DECLARE, declaration=A, quantities="1")
    assert deal.asked() == {f"{DECLARE}#2", RELEASE}
    deal.complete(RELEASE)
    assert deal.asked() == {f"{DECLARE}#2"}
    deal.complete(f"{DECLARE}#2", declaration=B)
    deal.complete(f"{RELEASE}#2")
    assert stands(deal) == [(A, 1, "released"), (B, 3, "released")]
    assert deal.line().status is LineStatus.AT_WAREHOUSE


@pytest.mark.parametrize(
    ("outcome", "fact"), [("refused", CustomsRefused), ("withdrawn", DeclarationWithdrawn)]
)
def test_instead_of_one_that_failed_a_new_one_is_asked_for(
    world: World, outcome: str, fact: type[CustomsRefused] | type[DeclarationWithdrawn]
) -> None:
    deal = in_two_lots(world)
    with refused("bad_form", "Reason"):
        deal.say("complete", actor="ivanova", assignment=RELEASE, fields={"outcome": outcome})
    deal.complete(RELEASE, outcome=outcome, declarations=B, reason="неверный код ТН ВЭД")
    assert deal.asked() == {f"{DECLARE}#2", f"{RELEASE}#2"}
    asked = deal.line().assignments[f"{DECLARE}#2"]
    assert asked.title.ru == "Подать таможенную декларацию: 3 шт."
    assert [told.comment for told in deal.read(AssignmentOpened) if told.id == asked.id] == [f"вместо {B}"]
    assert [told.declarations for told in deal.read(fact)] == [B]
    with refused("bad_form", "is declared already"):
        deal.complete(f"{DECLARE}#2", declaration=B)
    with refused("bad_form", "is not waited for"):
        deal.complete(f"{RELEASE}#2", declarations=B)
    deal.complete(f"{RELEASE}#2")
    deal.complete(f"{DECLARE}#2", declaration=C)
    deal.complete(f"{RELEASE}#3")
    assert stands(deal) == [(A, 1, "released"), (B, 3, outcome), (C, 3, "released")]
    deal.robot()


def test_a_refusal_is_told_to_manager_and_director(world: World) -> None:
    deal = at_customs(world)
    deal.complete(DECLARE, declaration=A)
    deal.complete(RELEASE, outcome="refused", reason="неверный код ТН ВЭД")
    assert {("customs_refused", f"{who}@dealwright.example") for who in ("ivanova", "petrov")} <= set(
        world.mail.sent(deal.number)
    )
    [told] = deal.facts(CustomsRefused)
    assert "таможня отказала в выпуске: неверный код ТН ВЭД" in sentence(told, "ru", book=deal.state.book)
    shown = [w.shown["customs"] for w in world.crm.of(deal.number) if w.op == "line"]
    assert shown[-1] == f"{A} (отказано в выпуске)"


def test_what_is_released_goes_on_by_itself_once_the_line_is_split(world: World) -> None:
    deal = in_two_lots(world)
    deal.complete(RELEASE, declarations=A, released_on="2026-11-20")
    [told] = deal.facts(CustomsReleased)
    assert "3 pcs. are not released: the others go on if the line is split" in sentence(told, "en")
    deal.complete(f"{RELEASE}#2", outcome="refused", reason="неверный код ТН ВЭД")
    deal.split(1, 3, reason="одна уже выпущена")
    assert deal.asked() == {"line-1:acceptance", "line-2:customs-declaration#2"}
    assert (stands(deal), stands(deal, 2)) == ([(A, 1, "released")], [(B, 3, "refused")])
    deal.complete("line-2:customs-declaration#2", declaration=C)
    deal.complete("line-2:customs-release#3")
    assert stands(deal, 2) == [(B, 3, "refused"), (C, 3, "released")]
    deal.robot()


def test_a_declaration_is_divided_with_its_pieces(world: World) -> None:
    deal = in_two_lots(world)
    deal.split(1, 2)
    assert (stands(deal), stands(deal, 2)) == ([(A, 1, ""), (B, 1, "")], [(B, 2, "")])
    assert deal.asked() == {RELEASE, "line-2:customs-release"}
    deal.robot()


def test_what_was_released_by_mistake_is_put_right_while_the_line_is_at_the_customs(world: World) -> None:
    deal = in_two_lots(world)
    deal.complete(RELEASE, declarations=A, released_on="2026-11-20")
    held = {"outcome": "hold", "reason": "досмотр"}
    deal.say("correct", actor="ivanova", entry=RELEASE, fields=held, reason="перепутали")
    assert stands(deal) == [(A, 1, "hold"), (B, 3, "")]
    assert deal.line().held
    deal.correct(DECLARE, declaration=f"{C}, {B}")
    assert stands(deal) == [(C, 1, "hold"), (B, 3, "")]
    deal.complete(f"{RELEASE}#2")
    assert deal.line().status is LineStatus.AT_WAREHOUSE


def conditional(world: World, until: str) -> OpenDeal:
    deal = at_customs(world)
    deal.complete(DECLARE, declaration=A)
    deal.complete(RELEASE, outcome="conditional", obligation="представить сертификат", obligation_until=until)
    return deal


def test_a_conditional_release_lets_the_line_go_on_but_not_settle_before_its_obligation_is_met(
    world: World,
) -> None:
    deal = conditional(world, day(200))
    [told] = deal.read(CustomsReleasedConditionally)
    assert (told.obligation, str(told.until)) == ("представить сертификат", day(200))
    assert deal.asked() == {"line-1:acceptance", OBLIGATION}
    deal.robot(
        leave=lambda id: id == OBLIGATION,
        until=lambda view: (
            view["lines"][0]["outstanding"] == "0.00"
            and not [d for d in view["documents"] if d["line"] and not d["signed"]]
        ),
    )
    assert deal.asked() == {OBLIGATION}
    assert deal.line().status is LineStatus.SHIPPED
    deal.complete(OBLIGATION, "ivanova", met_on=day(0), confirmed_by="КДТ 1")
    assert deal.line().status is LineStatus.SETTLED


def test_an_obligation_is_due_by_its_day_and_escalated_until_it_is_met(world: World) -> None:
    deal = conditional(world, day(10))
    line = deal.line()
    assert line.assignments[OBLIGATION].alarm.due_at == line.book.calendar.end_of(
        date.fromisoformat(day(10)), world.now
    )
    deal.correct(RELEASE, "ivanova", "в письме другой срок", obligation_until=day(20))
    due = deal.line().assignments[OBLIGATION].alarm.due_at
    assert line.book.calendar.today(due) == date.fromisoformat(day(20))
    deal.skip(timedelta(days=40))
    assert OBLIGATION in {told.id for told in deal.read(AssignmentEscalated)}


def test_the_part_of_a_line_has_the_obligation_too(world: World) -> None:
    deal = conditional(world, day(30))
    deal.split(1, 1)
    assert {OBLIGATION, "line-2:customs-obligation"} <= deal.asked()
    deal.complete(OBLIGATION, "ivanova", met_on=day(0), confirmed_by="КДТ 1")
    deal.split(1, 1)
    assert "line-3:customs-obligation" not in deal.asked(), "it is met for these pieces"
    assert "line-2:customs-obligation" in deal.asked()


def test_a_release_that_was_not_conditional_after_all_leaves_no_obligation(world: World) -> None:
    deal = conditional(world, day(30))
    deal.correct(RELEASE, "ivanova", "выпуск обычный", outcome="released", released_on=day(0))
    assert deal.asked() == {"line-1:acceptance#2"}
    assert stands(deal) == [(A, 4, "released")]
