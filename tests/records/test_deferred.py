"""Writes that wait for a right, deal by deal: claimed by one at a time, in the order they were to be made."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from domain.deferred import Deferred
from domain.effects import AddComment
from domain.words import Text
from records.deferred import DeferredWrites
from records.queries import RecordQueries

NOW = datetime(2026, 11, 27, 9, tzinfo=UTC)
LATER = NOW + timedelta(minutes=1)
NO_TASKS = Text(ru="задачи", en="tasks")


@pytest.fixture
def box(url: str) -> Iterator[DeferredWrites]:
    box = DeferredWrites(url)
    yield box
    box.close()


def one(n: int, deal: str = "7", missing: Text = NO_TASKS) -> Deferred:
    write = AddComment(key=f"deal-{deal}:{n}:abcd:comment", deal=deal, text=f"Таможня \x00 {n}")
    return Deferred(write=write, missing=missing, since=NOW)


def test_what_is_kept_is_given_back_in_order(box: DeferredWrites, queries: RecordQueries) -> None:
    box.settle("7", [], [one(2), one(1)], NOW)
    box.settle("7", [one(2), one(1)], [one(2).model_copy(update={"tries": 2}), one(1), one(3)], NOW)
    found = box.claim("7", NOW, LATER)
    assert found
    assert [w.write.key for w in found] == [one(n).write.key for n in (2, 1, 3)]
    assert found[0] == one(2).model_copy(update={"tries": 2})
    assert queries.deferred() == queries.deferred("7") == {"7": found}
    assert queries.deferred("8") == {}


def test_of_a_deal_that_lacks_nothing_nothing_is_claimed(box: DeferredWrites) -> None:
    assert box.claim("7", NOW, LATER) == []
    assert box.due(NOW) is None


def test_a_deal_is_claimed_by_one_at_a_time(box: DeferredWrites) -> None:
    box.settle("7", [], [one(1)], NOW)
    assert box.claim("7", NOW, LATER)
    assert box.claim("7", NOW, LATER) is None
    assert box.due(NOW) is None
    assert box.due(LATER) == "7", "who claimed it has died"
    assert box.claim("7", LATER, LATER + timedelta(minutes=1))
    box.settle("7", [one(1)], [one(1)], LATER)
    assert box.due(LATER) == "7"


def test_what_is_written_waits_no_longer(box: DeferredWrites, queries: RecordQueries) -> None:
    box.settle("7", [], [one(1), one(2)], NOW)
    box.settle("7", [one(1), one(2)], [one(2)], LATER)
    assert queries.deferred() == {"7": [one(2)]}
    assert (box.due(NOW), box.due(LATER)) == (None, "7")


def test_two_who_keep_something_of_a_deal_at_once_lose_nothing(
    box: DeferredWrites, queries: RecordQueries
) -> None:
    """As when a run that was reset has not ended yet: neither had seen what the other keeps."""
    box.settle("7", [], [one(1)], NOW)
    box.settle("7", [], [one(2)], NOW)
    assert queries.deferred() == {"7": [one(1), one(2)]}


def test_a_right_that_is_back_makes_all_due_that_wait_for_it(box: DeferredWrites) -> None:
    cards = Text(ru="карточки", en="cards")
    box.settle("7", [], [one(1)], LATER)
    box.settle("8", [], [one(1, "8", cards)], LATER)
    box.hasten(cards, NOW)
    assert box.due(NOW) == "8"
