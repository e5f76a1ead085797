"""What a company hears of deals that nobody touches: at most one letter a person and working day."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.support.mail_room import MailRoom
from tests.support.memory import World, sample_order
from tests.support.orders import a_good, a_lead, an_order

DEALS, DAYS = 30, 28


@pytest.fixture
def room(world: World, tmp_path: Path) -> Iterator[MailRoom]:
    made = MailRoom(world, tmp_path)
    yield made
    made.close()


def test_thirty_deals_left_alone_for_four_weeks_write_a_person_one_letter_a_working_day(
    world: World, room: MailRoom
) -> None:
    for n in range(DEALS):
        _open(world, n)
        room.pass_time(timedelta(minutes=10))
    answered = len(room.sent)
    room.pass_time(timedelta(days=DAYS))
    calendar = world.book.calendar
    letters = Counter(
        (sent.letter.to.addr_spec, calendar.today(sent.at), sent.letter.kind) for sent in room.sent[answered:]
    )
    by_day: Counter[tuple[str, date]] = Counter()
    for (to, day, _), count in letters.items():
        by_day[to, day] += count
    assert all(calendar.is_working(day) for _, day in by_day)
    assert {whom: count for whom, count in by_day.items() if count > 1} == {}
    readers = {to.partition("@")[0] for to, _ in by_day}
    assert {"ivanova", "petrov", "orlov", "kuznetsova", "anna"} <= readers, "and everybody hears of it"
    assert room.box.overdue(world.now) == 0, "nothing waits longer than it should"


def _open(world: World, n: int) -> None:
    """A deal that stands somewhere on its way."""
    match n % 6:
        case 0:
            world.open(a_lead() if n % 12 else an_order())
        case 1:
            world.open(sample_order()).to("contract")
        case 2:
            world.open(sample_order()).to("line-1:supplier-order", "line-2:credit")
        case 3:
            deal = world.open(an_order(a_good(source="dealer", payment="state_contract")))
            deal.to("line-1:arrival")
        case 4:
            deal = world.open(an_order(a_good(source="import", payment="state_contract")))
            deal.to("line-1:customs-release")
        case 5:
            deal = world.open(an_order(a_good(payment="deferred_30"), a_good(payment="prepaid_100")))
            deal.to("line-1:delivery", "line-2:delivery")
            deal.complete("line-1:delivery")
            deal.complete("line-2:delivery")
