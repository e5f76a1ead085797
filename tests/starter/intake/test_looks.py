"""How often the CRM is asked about a deal: hints are many, and each look costs requests of the portal's few."""

import asyncio
from collections import Counter
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from domain.mirror import SeenDeal
from domain.words import Stage
from records.arrivals import InboxEvent
from starter.intake.crm import CrmReader


class Portal:
    """Serves `CrmSource`, as far as a look needs it."""

    def __init__(self, *, ours: bool) -> None:
        self.asked = Counter[str]()
        self._ours = ours

    async def deal_of(self, thing: str, id: str) -> str:
        return "7"

    async def read(self, ref: str) -> SeenDeal:
        self.asked["read"] += 1
        await asyncio.sleep(0.01)
        return SeenDeal(ref=ref, number="1042", ours=self._ours, changed_at=datetime.now(UTC))


def a_reader(portal: Portal) -> CrmReader:
    async def state(number: str) -> Any:
        portal.asked["state"] += 1
        return SimpleNamespace(stage=Stage.PAID), []

    async def desk() -> Any:
        return SimpleNamespace(state=state)

    nothing: Any = None
    return CrmReader(portal, desk, nothing, nothing, "bitrix24", "en")  # type: ignore[arg-type]


def a_hint(task: int) -> InboxEvent:
    now = datetime.now(UTC)
    subject = f"b24:task:{task}"
    return InboxEvent(
        task, "bitrix24", str(task), "ONTASKUPDATE", subject, {}, now, 1, "new", 0, now, None, "", None, None
    )


async def test_a_look_that_began_after_a_hint_came_answers_it() -> None:
    portal = Portal(ours=False)
    reader = a_reader(portal)
    outcomes = await asyncio.gather(*(reader.look(a_hint(task)) for task in range(10)))
    assert portal.asked["read"] == 2, "the first began before the others came"
    assert Counter(outcome.words for outcome in outcomes) == {
        "A deal of another funnel": 2,
        "The deal has been read since": 8,
    }
    await reader.look(a_hint(11))
    assert portal.asked["read"] == 3


async def test_a_deal_that_has_ended_is_asked_once() -> None:
    portal = Portal(ours=True)
    reader = a_reader(portal)
    for task in range(5):
        assert (await reader.look(a_hint(task))).deal == "1042"
    assert portal.asked == {"read": 1, "state": 1}
