"""What the inbox promises: nothing twice, nothing lost, and in order for each subject."""

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from domain.crm.mirror import SeenDeal
from domain.words import Stage, same
from records.arrivals import Accepted, Arrival, InboxEvent
from records.engine import sqlite_file
from records.errors import RecordsUnavailable
from records.inbox_events import EventInbox
from records.seen import SeenDeals

NOON = datetime(2026, 3, 2, 9, tzinfo=UTC)
LEASE = timedelta(seconds=30)


@pytest.fixture
def inbox(url: str) -> Iterator[EventInbox]:
    inbox = EventInbox(url)
    yield inbox
    inbox.close()


def put(inbox: EventInbox, key: str, subject: str = "crm:1", **changes: object) -> Accepted:
    new = Arrival("crm", key, "deal.changed", subject, {"id": key}, NOON)._replace(**changes)  # type: ignore[arg-type]
    return inbox.accept_all([new])[0]


def claimed(inbox: EventInbox, after: float = 0, limit: int = 10) -> list[str]:
    return [event.key for event in inbox.claim(NOON + timedelta(seconds=after), limit, LEASE)]


def only(inbox: EventInbox) -> InboxEvent:
    (event,) = inbox.events()
    return event


def test_an_event_is_there_as_it_came(inbox: EventInbox) -> None:
    body = {"data": {"name": "ООО «Клиника»", "odd": "\x00 \ud800"}}
    accepted = inbox.accept("crm", "msg_1", "deal.changed", "crm:7", body, NOON, "41")

    event = inbox.get(accepted.seq)
    assert event is not None
    assert (event.source, event.key, event.kind, event.subject) == ("crm", "msg_1", "deal.changed", "crm:7")
    assert (event.status, event.times, event.deal, event.received_at) == ("new", 1, "41", NOON)
    assert event.body["data"]["name"] == "ООО «Клиника»"


def test_a_key_that_comes_again_only_counts(inbox: EventInbox) -> None:
    first, again = put(inbox, "a"), put(inbox, "a")
    assert (first.repeated, again.repeated, again.differs) == (False, True, False)
    assert first.seq == again.seq
    assert only(inbox).times == 2


def test_a_key_that_comes_again_with_another_body_says_so_and_the_first_stands(inbox: EventInbox) -> None:
    put(inbox, "a")
    assert put(inbox, "a", body={"id": "other"}) == Accepted(only(inbox).seq, repeated=True, differs=True)
    assert only(inbox).body == {"id": "a"}


def test_a_repeated_key_does_not_wake_what_is_finished(inbox: EventInbox) -> None:
    seq = put(inbox, "a").seq
    inbox.finish([seq], "done", same("told deal 1"), NOON, "1")
    put(inbox, "a")
    assert claimed(inbox) == []


def test_sources_have_keys_of_their_own(inbox: EventInbox) -> None:
    put(inbox, "a")
    assert not put(inbox, "a", source="payments").repeated


def test_a_burst_from_many_threads_is_stored_whole(inbox: EventInbox) -> None:
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda n: put(inbox, f"k{n % 250}", f"crm:{n % 7}"), range(500)))
    assert inbox.waiting().events == 250
    assert {event.times for event in inbox.events(limit=500)} == {2}


def test_one_claim_takes_all_of_a_subject_in_order(inbox: EventInbox) -> None:
    for key in "abc":
        put(inbox, key)
    put(inbox, "other", "crm:2")
    assert claimed(inbox, limit=1) == ["a", "b", "c"]
    assert claimed(inbox) == ["other"]


def test_what_comes_while_its_subject_is_worked_on_waits_for_it(inbox: EventInbox) -> None:
    first = put(inbox, "a").seq
    claimed(inbox)
    put(inbox, "b")
    assert claimed(inbox) == []
    inbox.finish([first], "done", same(""), NOON)
    assert claimed(inbox) == ["b"]


def test_a_relay_that_died_loses_its_lease_and_not_its_events(inbox: EventInbox) -> None:
    put(inbox, "a")
    assert claimed(inbox) == ["a"]
    assert claimed(inbox, after=29) == []
    assert claimed(inbox, after=30) == ["a"]


def test_a_relay_that_lives_keeps_what_it_has_in_work(inbox: EventInbox) -> None:
    kept, given_back = put(inbox, "a").seq, put(inbox, "b", "crm:2").seq
    assert claimed(inbox) == ["a", "b"]
    inbox.release([given_back])
    inbox.renew([kept, given_back], NOON + timedelta(seconds=60))
    assert claimed(inbox, after=59) == ["b"]
    assert claimed(inbox, after=60) == ["a"]


def test_two_relays_never_have_the_same_event(inbox: EventInbox, url: str) -> None:
    for n in range(60):
        put(inbox, f"k{n}", f"crm:{n % 20}")
    relays = [EventInbox(url) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        taken = [
            key for keys in pool.map(lambda n: claimed(relays[n % 4], limit=3), range(12)) for key in keys
        ]
    for relay in relays:
        relay.close()
    assert len(taken) == len(set(taken)) == 60


def test_what_waits_for_another_try_holds_up_its_own_subject_only(inbox: EventInbox) -> None:
    first = put(inbox, "a").seq
    claimed(inbox)
    inbox.retry([first], same("Temporal does not answer"), NOON + timedelta(seconds=5))
    put(inbox, "b")
    put(inbox, "other", "crm:2")
    assert claimed(inbox, after=1) == ["other"]
    assert claimed(inbox, after=5) == ["a", "b"]
    event = inbox.get(first)
    assert event is not None
    assert (event.status, event.attempts, event.outcome.en) == ("retry", 1, "Temporal does not answer")


def test_what_is_released_is_claimed_again(inbox: EventInbox) -> None:
    seq = put(inbox, "a").seq
    claimed(inbox)
    inbox.release([seq])
    assert claimed(inbox) == ["a"]
    assert only(inbox).attempts == 0


def test_what_is_finished_says_what_became_of_it_and_stays(inbox: EventInbox) -> None:
    seq = put(inbox, "a").seq
    claimed(inbox)
    inbox.finish([seq], "ignored", same("another funnel"), NOON, "B24-1")
    inbox.finish([seq], "done", same("too late"), NOON)
    event = only(inbox)
    assert (event.status, event.outcome.en, event.deal, event.finished_at) == (
        *("ignored", "another funnel", "B24-1"),
        NOON,
    )


def test_how_far_a_queue_was_read_is_its_greatest_key(inbox: EventInbox) -> None:
    for key in ("3:0009", "3:0011", "3:0010", "13:0099", "33:0099", "3_:0100"):
        put(inbox, key, source="chat")
    put(inbox, "3:0999")
    assert inbox.last_key("chat", "3:") == "3:0011"
    assert inbox.last_key("chat", "4:") is None


def test_more_events_than_a_statement_takes_are_finished_at_once(inbox: EventInbox) -> None:
    inbox.accept_all([Arrival("poll", str(n), "deal.changed", "crm:1", {}, NOON) for n in range(1201)])
    events = inbox.claim(NOON, 1, LEASE)
    inbox.finish([event.seq for event in events], "done", same(""), NOON)
    assert (len(events), inbox.waiting().events) == (1201, 0)


def test_what_was_ignored_at_the_door_leaves_a_trace_and_no_work(inbox: EventInbox) -> None:
    put(inbox, "a", ignored=same("ONCRMCONTACTADD is nothing of a deal"))
    assert (only(inbox).status, claimed(inbox)) == ("ignored", [])


def test_a_replayed_event_is_worked_on_again(inbox: EventInbox) -> None:
    seq = put(inbox, "a").seq
    inbox.finish([seq], "refused", same("no such deal"), NOON)
    assert inbox.replay(seq, NOON)
    assert claimed(inbox) == ["a"]
    assert not inbox.replay(seq + 1, NOON)


def test_a_replayed_event_waits_for_those_of_its_subject_that_are_worked_on(inbox: EventInbox) -> None:
    old = put(inbox, "a").seq
    inbox.finish([old], "done", same(""), NOON)
    put(inbox, "b")
    assert claimed(inbox) == ["b"]
    inbox.replay(old, NOON)
    assert claimed(inbox) == []


def test_the_list_is_filtered_and_paged_newest_first(inbox: EventInbox) -> None:
    for n in range(5):
        put(inbox, f"k{n}", source="crm" if n % 2 else "payments", deal=str(n))
    page = inbox.events(limit=2)
    assert [event.key for event in page] == ["k4", "k3"]
    assert [event.key for event in inbox.events(limit=2, before=page[-1].seq)] == ["k2", "k1"]
    assert [event.key for event in inbox.events(source="crm")] == ["k3", "k1"]
    assert [event.key for event in inbox.events(deal="2")] == ["k2"]
    assert inbox.events(status="done") == []


def test_what_waits_is_counted_with_the_age_of_the_oldest(inbox: EventInbox) -> None:
    assert inbox.waiting() == (0, None)
    put(inbox, "a", at=NOON - timedelta(hours=2))
    put(inbox, "b")
    assert inbox.waiting() == (2, NOON - timedelta(hours=2))


def test_what_is_accepted_outlives_a_power_cut(inbox: EventInbox, url: str) -> None:
    if not sqlite_file(url):
        pytest.skip("PostgreSQL writes through by itself")
    with inbox._engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2  # FULL


def test_nothing_is_accepted_while_the_database_is_locked(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if not (file := sqlite_file(url)):
        pytest.skip("a lock of SQLite's")
    monkeypatch.setattr("records.sqlite.BUSY_MS", 50)
    inbox, holder = EventInbox(url), sqlite3.connect(file, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(RecordsUnavailable):
        put(inbox, "a")
    holder.close()
    assert not put(inbox, "a").repeated
    inbox.close()


def test_the_last_sight_of_a_deal_is_kept(url: str) -> None:
    seen = SeenDeals(url)
    deal = SeenDeal(ref="7", number="B24-7", stage=Stage.NEW, changed_at=NOON)
    assert seen.get("7") is None
    seen.put("7", deal, NOON)
    moved = deal.model_copy(update={"stage": Stage.LOST})
    seen.put("7", moved, NOON)
    assert seen.get("7") == moved
    seen.forget("7")
    assert seen.get("7") is None
    seen.close()


def test_a_poll_finds_where_it_stopped(url: str) -> None:
    seen = SeenDeals(url)
    assert seen.cursor("crm") is None
    seen.move("crm", NOON)
    seen.move("crm", NOON + LEASE)
    assert (seen.cursor("crm"), seen.cursor("other")) == (NOON + LEASE, None)
    seen.close()
