"""Who answers what, and when, in a rehearsal."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from activities.files import read_document
from activities.playbook import load_playbook
from domain.deal.messages import Complete, Decide, Pay, Sign, Waive
from domain.zones import zone
from starter.rooms import ROOT
from workflows.cast import Answer, Cast
from workflows.rehearsal import Rehearsal, RehearsedDeal

FRIDAY = datetime(2026, 11, 27, 6, tzinfo=UTC)  # nine in the morning in Moscow
TODAY = FRIDAY.date()
PLAYBOOK = load_playbook(ROOT / "playbooks" / "default.yaml", today=TODAY)

Opened = Callable[[], RehearsedDeal]


@pytest.fixture
def order() -> dict[str, Any]:
    document: dict[str, Any] = read_document(ROOT / "playbooks" / "orders" / "three-goods.yaml")
    return document


@pytest.fixture
def opened(order: dict[str, Any]) -> Opened:
    return lambda: Rehearsal(PLAYBOOK, FRIDAY).open(order)


def on_the_wall(answer: Answer) -> str:
    return f"{answer.at.astimezone(zone('Europe/Moscow')):%a %d.%m. %H:%M:%S}"


def answers(
    deal: RehearsedDeal, line: int | None = None, late: Mapping[str, float] | None = None
) -> list[Answer]:
    process = deal.line(line) if line else deal.state
    return list(Cast(late).answers(process, deal.state))


def go_on(deal: RehearsedDeal, kind: str, line: int | None = None, cast: Cast | None = None) -> None:
    """Everybody who is asked for it answers when they would."""
    cast = cast or Cast()
    process = deal.line(line) if line else deal.state
    for n, answer in enumerate(list(cast.answers(process, deal.state))):
        if (answer.item.id or "").rpartition(":")[2] == kind:
            deal.world.run_until(answer.at)
            today = PLAYBOOK.calendar.today(deal.world.now)
            message = cast.message(answer, process, deal.state, f"{kind}-{line}-{n}", today)
            deal.send(message, line if message.of_lines else None)


def test_a_question_is_answered_just_before_its_deadline(opened: Opened) -> None:
    (answer,) = answers(opened())
    assert on_the_wall(answer) == "Fri 27.11. 17:59:59"
    assert answer.person == "ivanova"


@pytest.mark.parametrize(
    ("late", "answered"),
    [
        ({"manager": 1.5}, "Mon 30.11. 13:29:59"),  # the weekend is nobody's lead time
        ({"manager": 0.5}, "Fri 27.11. 13:29:59"),
        ({"manager": 3, "ivanova": 2}, "Mon 30.11. 17:59:59"),  # the person goes before the role
        ({"director": 2, "client": 2}, "Fri 27.11. 17:59:59"),
    ],
)
def test_lateness_stretches_the_lead_time_in_working_hours(
    opened: Opened, late: dict[str, float], answered: str
) -> None:
    (answer,) = answers(opened(), late=late)
    assert on_the_wall(answer) == answered


def test_each_role_answers_an_approval_in_its_own_time(opened: Opened) -> None:
    deal = opened()
    go_on(deal, "qualification")
    asked = answers(deal, late={"client": 2})
    assert {a.person: on_the_wall(a) for a in asked} == {
        "client": "Mon 07.12. 17:59:58",
        "petrov": "Wed 02.12. 17:59:58",
    }


def test_nobody_takes_longer_for_goods_that_are_being_made_or_are_under_way(opened: Opened) -> None:
    deal = opened()
    go_on(deal, "qualification")
    go_on(deal, "contract")
    deal.send(Waive(id="w-1", actor="petrov", document="contract", reason="a known client"))
    for kind in ("payment-terms", "credit", "supplier-order"):
        go_on(deal, kind, line=2)
    dispatch = [a for a in answers(deal, 2) if a.item.kind == "assignment"]
    late_dispatch = [a for a in answers(deal, 2, late={"manager": 2}) if a.item.kind == "assignment"]
    assert list(map(on_the_wall, dispatch)) == ["Fri 18.12. 17:59:59"]  # ready on the 17th, and a working day
    assert list(map(on_the_wall, late_dispatch)) == ["Mon 21.12. 17:59:59"]
    go_on(deal, "dispatch", line=2)
    assert list(map(on_the_wall, answers(deal, 2))) == [
        "Fri 01.01. 17:59:59"
    ]  # the ETA, though it is a day off


def test_forms_are_answered_with_what_they_need_by_their_examples_of_that_day(opened: Opened) -> None:
    deal = opened()
    (answer,) = answers(deal)
    message = Cast().message(answer, deal.state, deal.state, "m-1", TODAY)
    assert isinstance(message, Complete)
    assert set(message.fields) == {"outcome", "need", "budget", "decision_maker", "delivery_region"}
    assert deal.send(message).words_en == "Done: Qualify the client"
    go_on(deal, "contract")
    (terms,) = (a for a in answers(deal, 1) if a.item.kind == "assignment")
    message = Cast().message(terms, deal.line(1), deal.state, "m-2", date(2026, 12, 3))
    assert isinstance(message, Complete)
    assert message.fields == {"invoice": "СЧ-1042", "invoiced_on": "2026-12-03"}


def test_papers_are_signed_and_money_comes_by_the_accountant(opened: Opened) -> None:
    deal = opened()
    go_on(deal, "qualification")
    go_on(deal, "contract")
    papers = [Cast().message(paper, deal.state, deal.state, "m-1", TODAY) for paper in answers(deal)]
    assert papers == [Sign(id="m-1", actor=who, document="contract") for who in ("petrov", "client")]
    line = deal.line(1)
    money = next(a for a in answers(deal, 1) if a.item.kind == "payment")
    assert on_the_wall(money) == "Wed 09.12. 17:59:59"
    assert Cast().message(money, line, deal.state, "m-2", TODAY) == Pay(
        id="m-2", actor="kuznetsova", amount=Decimal("1250000.00"), currency="RUB", line=1
    )


def test_a_vote_is_on_the_version_that_is_asked_about(opened: Opened) -> None:
    deal = opened()
    go_on(deal, "qualification")
    votes = [Cast().message(a, deal.state, deal.state, "m-1", TODAY) for a in answers(deal)]
    assert votes == [
        Decide(id="m-1", actor=person, approval="contract", approve=True, version=1)
        for person in ("client", "petrov")
    ]
