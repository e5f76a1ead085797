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
from domain.words import Stage
from records.arrivals import InboxEvent
from starter.intake.crm import CrmReader
from tests.factories import a_deal


class Portal:
    """Serves `CrmSource`, as far as a look needs it."""

    def __init__(self, *, ours: bool) -> None:
        self.asked = Counter[str]()
        self.down = False
        self._ours = ours

    async def deal_of(self, thing: str, id: str) -> str:
        self.asked["deal_of"] += 1
        return "7"

    async def read(self, ref: str) -> SeenDeal:
        self.asked["read"] += 1
        await asyncio.sleep(0.01)
        if self.down:
            raise CrmUnavailable("the portal is down")
        return SeenDeal(ref=ref, number="1042", ours=self._ours, changed_at=datetime.now(UTC))


def a_reader(portal: Portal) -> CrmReader:
    async def state(number: str) -> Any:
        portal.asked["state"] += 1
        return Snapshot(a_deal(stage=Stage.PAID))

    async def desk() -> Any:
        return SimpleNamespace(state=state)

    nothing: Any = None
    return CrmReader(portal, desk, nothing, nothing, "bitrix24", "en")  # type: ignore[arg-type]


def a_hint(task: int, came: timedelta = timedelta(), replayed: timedelta = timedelta()) -> InboxEvent:
    now = datetime.now(UTC)
    about = (str(task), "ONTASKUPDATE", f"b24:task:{task}", {})
    return InboxEvent(
        task, "bitrix24", *about, now + came, 1, "new", 0, now + (replayed or came), None, "", None, None
    )


async def test_a_hint_is_answered_by_a_look_that_began_after_it_came() -> None:
    portal = Portal(ours=False)
    reader = a_reader(portal)
    before, after = timedelta(seconds=-5), timedelta(seconds=5)
    outcomes = await asyncio.gather(*(reader.look(a_hint(task, before)) for task in range(10)))
    assert Counter(outcome.words for outcome in outcomes) == {
        "A deal of another funnel": 1,
        "The deal has been read since": 9,
    }
    await reader.look(a_hint(1, after))
    assert portal.asked["read"] == 2, "what happened later was not seen"
    await reader.look(a_hint(1, before, replayed=after))
    assert portal.asked == {"deal_of": 10, "read": 3}, "somebody wants to know"


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
    assert portal.asked == {"deal_of": 5, "read": 1, "state": 1}
