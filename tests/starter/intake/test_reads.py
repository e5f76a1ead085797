"""How often the CRM is asked about a deal: hints are many, and each look costs requests of the portal's few."""

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from activities.errors import CrmUnavailable
from domain.crm.mirror import SeenDeal
from domain.deal.snapshot import Snapshot
from domain.words import Stage, same
from records.arrivals import InboxEvent, Source
from starter.errors import NotFoundError
from starter.intake.crm import CrmReader
from tests.factories import a_deal


class Portal:
    """Serves `CrmSource`, as far as a look needs it."""

    def __init__(self, *, ours: bool) -> None:
        self.asked = Counter[str]()
        self.down = False
        self.foreign = set[str]()
        self.ours = ours

    async def deal_of(self, thing: str, id: str) -> str | None:
        self.asked[f"deal of {thing}"] += 1
        await asyncio.sleep(0.01)
        return None if id in self.foreign else "7"

    async def read(self, ref: str) -> SeenDeal:
        self.asked["read"] += 1
        await asyncio.sleep(0.01)
        if self.down:
            raise CrmUnavailable("the portal is down")
        return SeenDeal(ref=ref, number="1042", ours=self.ours, changed_at=datetime.now(UTC))


class Nothing:
    """No deal was seen before."""

    def get(self, ref: str) -> None:
        return None

    def put(self, ref: str, content: SeenDeal, at: datetime) -> None:
        pass

    def forget(self, ref: str) -> None:
        pass

    def holder(self, thing: str) -> None:
        return None


def a_reader(portal: Portal) -> CrmReader:
    async def state(number: str) -> Any:
        portal.asked["state"] += 1
        if not portal.ours:
            raise NotFoundError(same("no such deal"))
        return Snapshot(a_deal("1042", stage=Stage.PAID))

    async def desk() -> Any:
        return SimpleNamespace(state=state)

    books: Any = None
    return CrmReader(portal, desk, Nothing(), books, "bitrix24")  # type: ignore[arg-type]


def a_hint(
    task: int,
    came: timedelta = timedelta(),
    replayed: timedelta = timedelta(),
    subject: str = "",
    source: Source = "bitrix24",
) -> InboxEvent:
    now = datetime.now(UTC)
    about = (str(task), "ONTASKUPDATE", subject or f"crm-task:{task}", {})
    tried = now + (replayed or came)
    return InboxEvent(task, source, *about, now + came, 1, "new", 0, tried, None, same(""), None, None)


async def test_a_hint_is_answered_by_a_look_that_began_after_it_came() -> None:
    portal = Portal(ours=False)
    reader = a_reader(portal)
    before, after = timedelta(seconds=-5), timedelta(seconds=5)
    outcomes = await asyncio.gather(*(reader.look(a_hint(task, before)) for task in range(10)))
    assert Counter(outcome.words.en for outcome in outcomes) == {
        "A deal of another funnel": 1,
        "The deal has been read since": 9,
    }
    await reader.look(a_hint(1, after))
    assert portal.asked["read"] == 2, "what happened later was not seen"
    await reader.look(a_hint(1, before, replayed=after))
    assert portal.asked["deal of task"] == 10
    assert portal.asked["read"] == 3, "somebody wants to know"


async def test_a_look_that_failed_answers_nothing() -> None:
    portal = Portal(ours=False)
    reader, before = a_reader(portal), timedelta(seconds=-5)
    portal.down = True
    for _ in range(2):
        with pytest.raises(CrmUnavailable):
            await reader.look(a_hint(1, before))
    assert portal.asked["read"] == 2


async def test_a_deal_that_has_ended_is_asked_once() -> None:
    portal = Portal(ours=True)
    reader = a_reader(portal)
    for task in range(5):
        assert (await reader.look(a_hint(task))).deal == "1042"
    assert portal.asked == {"deal of task": 5, "deal of deal": 1, "read": 1, "state": 1}


async def test_what_is_somebody_elses_is_asked_about_once_in_a_while() -> None:
    portal = Portal(ours=True)
    portal.foreign = {"1", "8"}
    reader = a_reader(portal)
    for about in ("crm-task:1", "crm:8"):
        for _ in range(3):
            assert (await reader.look(a_hint(1, subject=about))).status == "ignored"
    assert portal.asked == {"deal of task": 1, "deal of deal": 1}
    await reader.look(a_hint(1, timedelta(minutes=5)))
    assert portal.asked["deal of task"] == 1
    await reader.look(a_hint(1, timedelta(minutes=15)))
    assert portal.asked["deal of task"] == 2


async def test_a_deal_that_came_into_the_funnel_is_not_somebody_elses_for_long() -> None:
    portal = Portal(ours=True)
    portal.foreign = {"8"}
    reader = a_reader(portal)
    await reader.look(a_hint(1, subject="crm:8"))
    portal.foreign = set()
    assert (await reader.look(a_hint(1, subject="crm:8"))).deal is None
    found = await reader.look(a_hint(2, subject="crm:8", source="poll"))
    assert found.deal == "1042", "a comparison with the CRM knows better"
    portal.foreign = {"7"}
    await reader.look(a_hint(1, subject="crm:7"))
    portal.foreign = set()
    told = await reader.look(a_hint(2, subject="crm:7")._replace(kind="ROBOT"))
    assert told.deal == "1042", "a robot runs on the deals that matter"
    portal.foreign = {"9"}
    await reader.look(a_hint(3, subject="crm:9"))
    portal.foreign = set()
    assert (await reader.look(a_hint(3, timedelta(seconds=30), subject="crm:9"))).deal == "1042"
