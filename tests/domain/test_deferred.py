"""What waits for a right, after each delivery: nothing is lost, nothing old comes after what is newer."""

from datetime import UTC, datetime, timedelta

import pytest

from domain.deferred import Deferred, settle
from domain.effects import (
    AddComment,
    CloseTask,
    CrmWrite,
    Delivered,
    Notify,
    OpenTask,
    PutLine,
    SetFields,
    SetStage,
)
from domain.words import LineStatus, Stage, same

NOW = datetime(2026, 11, 27, 9, tzinfo=UTC)
TASKS, CARDS = same("tasks"), same("cards")


def key(n: int, what: str) -> str:
    return f"deal-7:{n}:d{n}:{what}"


def stage(n: int, to: Stage = Stage.CUSTOMS) -> SetStage:
    return SetStage(key=key(n, "stage"), deal="7", stage=to)


def fields(n: int, **said: str) -> SetFields:
    return SetFields(key=key(n, "fields"), deal="7", fields=said)


def line(n: int, number: int = 1) -> PutLine:
    return PutLine(
        key=key(n, f"line-{number}"),
        deal="7",
        line=number,
        sku="S",
        name="УЗИ",
        quantity=1,
        amount="1.00",
        status=LineStatus.SENT,
    )


def opening(n: int, task: str = "customs@1:ivanova") -> OpenTask:
    return OpenTask(key=key(n, "task"), deal="7", task=task, title="Таможня", person="ivanova", due_at=NOW)


def closing(n: int, task: str = "customs@1:ivanova") -> CloseTask:
    return CloseTask(key=key(n, f"done-{task}"), deal="7", task=task)


def comment(n: int) -> AddComment:
    return AddComment(key=key(n, "comment"), deal="7", text=f"{n}")


def waiting(*writes: CrmWrite) -> list[Deferred]:
    return [Deferred(write=write, missing=TASKS, since=NOW - timedelta(days=1)) for write in writes]


def after(before: list[Deferred], *writes: CrmWrite, forbidden: tuple[CrmWrite, ...] = ()) -> list[str]:
    """The keys that wait once `writes` were delivered."""
    done = Delivered(count=len(writes), forbidden={write.key: CARDS for write in forbidden})
    return [one.write.key for one in settle(before, writes, done, NOW).deferred]


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        (stage(1), stage(2)),
        (line(1), line(2)),
        (opening(1), opening(2)),
        (opening(1), closing(2)),
        (closing(1), closing(2)),
        (fields(1, paid="1"), fields(2, paid="2")),
        (comment(1), comment(1).model_copy(update={"key": "deal-7:9:d1:comment"})),
    ],
    ids=["stage", "line", "task opened anew", "task closed", "closed twice", "field", "the same comment"],
)
def test_what_is_carried_out_makes_the_older_old(older: CrmWrite, newer: CrmWrite) -> None:
    assert after(waiting(older), newer) == []


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        (stage(1), line(2)),
        (line(1, 1), line(2, 2)),
        (opening(1), opening(2, "order@1:ivanova")),
        (comment(1), comment(2)),
        (comment(1), stage(2)),
        (Notify(key=key(1, "notice"), deal="7", person="ivanova", text="а"), comment(2)),
    ],
)
def test_other_things_wait_on(older: CrmWrite, newer: CrmWrite) -> None:
    assert after(waiting(older), newer) == [older.key]


def test_of_fields_only_those_written_since_are_old() -> None:
    before = waiting(fields(1, paid="1", due="2026-12-01"))
    done = Delivered(count=1)
    [left] = settle(before, [fields(2, paid="2")], done, NOW).deferred
    assert isinstance(left.write, SetFields)
    assert left.write.fields == {"due": "2026-12-01"}


def test_a_newer_one_that_is_forbidden_too_takes_the_place_of_the_older() -> None:
    assert after(waiting(stage(1)), stage(2), forbidden=(stage(2),)) == [stage(2).key]


def test_a_task_that_could_not_be_opened_is_closed_after_it() -> None:
    """The CRM knows no such task, and refuses to close it for ever: that is put right."""
    done = Delivered(count=2, forbidden={opening(1).key: TASKS}, refused={closing(2).key: "no such task"})
    settled = settle([], [opening(1), closing(2)], done, NOW)
    assert [one.write.key for one in settled.deferred] == [opening(1).key, closing(2).key]
    assert settled.told.refused == {}
    later = Delivered(count=1, refused={closing(2).key: "no such task"})
    waits = settle(waiting(opening(1)), [closing(2)], later, NOW)
    assert [one.write.key for one in waits.deferred] == [opening(1).key, closing(2).key]


def test_what_waited_is_written_in_order_and_what_comes_after_stays() -> None:
    before = waiting(opening(1), closing(2), comment(3))
    writes = [one.write for one in before]
    done = Delivered(count=3, forbidden={closing(2).key: TASKS})
    assert [one.write.key for one in settle(before, writes, done, NOW).deferred] == [closing(2).key]
    some = settle(before, writes, Delivered(count=1), NOW)
    assert [one.write.key for one in some.deferred] == [closing(2).key, comment(3).key]


def test_another_try_in_vain_is_counted_from_the_first() -> None:
    before = waiting(comment(1))
    [one] = settle(before, [comment(1)], Delivered(count=1, forbidden={comment(1).key: CARDS}), NOW).deferred
    assert (one.tries, one.since, one.missing) == (2, before[0].since, CARDS)


def test_what_is_refused_for_ever_after_all_waits_no_longer() -> None:
    done = Delivered(count=1, refused={comment(1).key: "the card is gone"})
    settled = settle(waiting(comment(1)), [comment(1)], done, NOW)
    assert (settled.deferred, settled.told.refused) == ([], done.refused)


def test_a_right_is_named_once_until_it_is_back() -> None:
    forbidden = {comment(2).key: TASKS, comment(3).key: TASKS}
    first = settle([], [comment(2), comment(3)], Delivered(count=2, forbidden=forbidden), NOW)
    assert first.told.forbidden == {comment(2).key: TASKS}
    again = Delivered(count=1, forbidden={comment(4).key: TASKS})
    assert settle(first.deferred, [comment(4)], again, NOW).told.forbidden == {}
