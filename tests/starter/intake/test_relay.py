"""What the relay promises: each event once, in order of its subject, and none given up."""

import asyncio
from collections import Counter
from datetime import timedelta

import pytest

import starter.intake.relay
from activities.errors import CrmBusy, CrmRefused, CrmUnavailable
from domain.words import Text, same
from records.arrivals import InboxEvent
from records.errors import RecordsUnavailable
from starter.errors import UnreachableError
from starter.intake.outcome import Outcome, TryAgain
from starter.intake.relay import AT_ONCE, Relay
from tests.starter.intake.conftest import Box, relaying, running

DONE = Outcome("done", same("told"), "C1")


async def test_what_waits_is_handed_on_and_finished_with_words(box: Box) -> None:
    async def handle(event: InboxEvent) -> Outcome:
        return Outcome("refused", same("no such deal"), "41")

    seq = box.put()
    async with relaying(box, handle):
        event = await box.outcome(seq)
    assert (event.status, event.outcome.en, event.deal, event.attempts) == (
        "refused",
        "no such deal",
        "41",
        1,
    )


async def test_a_subjects_events_go_one_after_the_other_and_subjects_side_by_side(box: Box) -> None:
    under_way, at_once, order = Counter[str](), [0], list[str]()

    async def handle(event: InboxEvent) -> Outcome:
        under_way[event.subject] += 1
        assert under_way[event.subject] == 1
        at_once[0] = max(at_once[0], under_way.total())
        await asyncio.sleep(0.02)
        order.append(event.key)
        under_way[event.subject] -= 1
        return DONE

    seqs = [box.put(subject=f"crm:{n % 20}", key=f"{n % 20}-{n:03}") for n in range(60)]
    async with relaying(box, handle):
        for seq in seqs:
            await box.outcome(seq)
    for n in range(20):
        mine = [key for key in order if key.startswith(f"{n}-")]
        assert mine == sorted(mine)
        assert len(mine) == 3
    assert 1 < at_once[0] <= AT_ONCE


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (UnreachableError(same("Temporal does not answer")), "Temporal does not answer"),
        (CrmUnavailable("the portal is down"), "The CRM does not answer, or refuses: “the portal is down”"),
        (
            CrmRefused("Access denied: it may pass"),
            "The CRM does not answer, or refuses: “Access denied: it may pass”",
        ),
        (RecordsUnavailable(same("the records are locked")), "the records are locked"),
        (TryAgain(Text(ru="рано", en="too early")), "too early"),
        (ValueError("Анна Смирнова, +7495"), "Fault ValueError: see the log"),
    ],
)
async def test_while_something_is_down_an_event_is_tried_again_and_says_why(
    box: Box, error: Exception, words: str
) -> None:
    down = [True]

    async def handle(event: InboxEvent) -> Outcome:
        if down[0]:
            raise error
        return DONE

    first, second = box.put(), box.put()
    async with relaying(box, handle):
        waiting = await box.tried(first, 3)
        assert (waiting.status, waiting.outcome.en) == ("retry", words)
        assert box.event(second).attempts == 0, "it waits behind the first"
        down[0] = False
        assert (await box.outcome(first)).status == "done"
        assert (await box.outcome(second)).status == "done"


async def test_one_subject_that_waits_holds_up_no_other(box: Box) -> None:
    async def handle(event: InboxEvent) -> Outcome:
        if event.subject == "crm:bad":
            raise CrmUnavailable("down")
        return DONE

    bad = [box.put(subject="crm:bad") for _ in range(3)]
    good = [box.put(subject=f"crm:{n}") for n in range(30)]
    async with relaying(box, handle):
        for seq in good:
            await box.outcome(seq)
    assert {box.event(seq).status for seq in bad} == {"retry", "new"}


async def test_a_crm_that_asks_to_wait_is_left_alone_so_long(box: Box) -> None:
    async def handle(event: InboxEvent) -> Outcome:
        raise CrmBusy("wait", timedelta(hours=1))

    seq = box.put()
    async with relaying(box, handle):
        event = await box.tried(seq)
    assert event.next_try_at - event.received_at > timedelta(minutes=59)


async def test_pauses_grow_to_a_limit(box: Box) -> None:
    async def handle(event: InboxEvent) -> Outcome:
        return DONE

    relay = Relay(box.real, handle, lambda event: False)
    assert [relay._pause(n) for n in (1, 2, 3, 8, 5000)] == [0.5, 1.0, 2.0, 60.0, 60.0]


async def test_a_burst_of_hints_is_one_look_and_leaves_five_hundred_traces(box: Box) -> None:
    looks = list[int]()

    async def handle(event: InboxEvent) -> Outcome:
        looks.append(event.seq)
        return DONE

    seqs = box.burst(500)
    async with relaying(box, handle, is_hint=lambda event: True):
        last = await box.outcome(seqs[-1])
    assert looks == [seqs[-1]]
    assert last.status == "done"
    statuses = Counter((event.status, event.outcome.en) for event in box.real.events("ignored", limit=500))
    assert statuses == {("ignored", f"Read together with event {seqs[-1]}"): 499}


async def test_hints_are_not_read_across_a_message_between_them(box: Box) -> None:
    told = list[int]()

    async def handle(event: InboxEvent) -> Outcome:
        told.append(event.seq)
        return DONE

    kinds = ["hint", "hint", "message", "hint"]
    seqs = [box.put(kind=kind) for kind in kinds]
    async with relaying(box, handle, is_hint=lambda event: event.kind == "hint"):
        await box.outcome(seqs[-1])
    assert told == [seqs[1], seqs[2], seqs[3]]


async def test_a_nudge_is_heard_at_once(box: Box) -> None:
    told = asyncio.Event()

    async def handle(event: InboxEvent) -> Outcome:
        told.set()
        return DONE

    async with relaying(box, handle) as relay:
        await asyncio.sleep(0.1)
        box.put()
        relay.wake()
        await asyncio.wait_for(told.wait(), 0.3)


async def test_a_stop_lets_what_is_under_way_end_and_gives_the_rest_back(box: Box) -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def handle(event: InboxEvent) -> Outcome:
        begun.set()
        await go_on.wait()
        return DONE

    first, second = box.put(), box.put()
    stop = asyncio.Event()
    relay = Relay(box.real, handle, lambda event: False)
    task = asyncio.create_task(relay.run(stop))
    await begun.wait()
    stop.set()
    relay.wake()
    await asyncio.sleep(0.05)
    go_on.set()
    await asyncio.wait_for(task, 5)
    assert box.event(first).status == "done"
    assert (box.event(second).status, box.event(second).claimed_until) == ("new", None)


async def test_a_relay_killed_after_its_message_went_out_repeats_it_and_finishes(box: Box) -> None:
    """Its lease ends, and another takes the event: whoever is told knows the message by its id."""
    told, once = list[str](), asyncio.Event()

    async def handle(event: InboxEvent) -> Outcome:
        told.append(event.key)
        once.set()
        if len(told) == 1:
            raise asyncio.CancelledError  # the process dies here
        return DONE

    seq = box.put(key="a")
    async with relaying(box, handle):
        await once.wait()
    assert box.event(seq).finished_at is None
    box.real.release([seq])  # as the end of its lease does
    async with relaying(box, handle):
        await box.outcome(seq)
    assert told == ["a", "a"]


async def test_what_takes_long_is_taken_over_by_nobody(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(starter.intake.relay, "LEASE", timedelta(seconds=0.5))
    monkeypatch.setattr(starter.intake.relay, "RENEW_SECONDS", 0.1)
    told = list[str]()

    async def handle(event: InboxEvent) -> Outcome:
        told.append(event.key)
        await asyncio.sleep(1.2)
        return DONE

    seq = box.put(key="a")
    async with relaying(box, handle), relaying(box, handle):
        await box.outcome(seq)
    assert told == ["a"]


async def test_an_inbox_that_is_down_is_read_again_when_it_is_back(box: Box) -> None:
    class Down:
        def __init__(self) -> None:
            self.failures = 2

        def __getattr__(self, name: str) -> object:
            return getattr(box.real, name)

        def claim(self, *args: object) -> object:
            if self.failures:
                self.failures -= 1
                raise RecordsUnavailable(same("locked"))
            return box.real.claim(*args)  # type: ignore[arg-type]

    async def handle(event: InboxEvent) -> Outcome:
        return DONE

    seq = box.put()
    async with running(Relay(Down(), handle, lambda event: False, longest_pause=0.05)):  # type: ignore[arg-type]
        assert (await box.outcome(seq)).status == "done"
