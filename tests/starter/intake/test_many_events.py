"""What a burst of a portal's events costs in requests: a portal lets through two a second."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest

from activities.crm.port import carry_out
from activities.playbook import load_playbook
from adapters.crm.bitrix24.client import Portal
from adapters.crm.bitrix24.codes import COMPANY, CONTACT
from adapters.crm.bitrix24.port import Bitrix24Crm
from domain.deal.outbox import Outbox
from domain.deal.snapshot import Snapshot
from domain.effects import PutLine, SetFields
from domain.playbook.book import StaffedPlaybook
from domain.words import LineStatus, Stage
from records.arrivals import Arrival
from starter.intake.crm import CrmReader
from starter.intake.intake import is_hint
from starter.web.bitrix24 import understood
from tests.activities.bitrix24.conftest import OpenBudget, furnished
from tests.doubles.bitrix24 import DEAL, Double
from tests.factories import a_deal
from tests.starter.intake.conftest import Box, relaying
from tests.support.waiting import eventually

BOOK = load_playbook("playbooks/default.yaml", today=date(2026, 11, 24))


async def books() -> StaffedPlaybook:
    return BOOK


@pytest.fixture
async def there() -> AsyncIterator[Double]:
    async with furnished(BOOK) as portal:
        yield portal


@asynccontextmanager
async def crm_of(there: Double) -> AsyncIterator[Bitrix24Crm]:
    crm = Bitrix24Crm(Portal(there.url, OpenBudget()), books)
    yield crm
    await crm.close()


async def desk() -> Any:
    """Each deal has ended: nothing is told to it."""

    async def state(number: str) -> Snapshot:
        return Snapshot(a_deal(number, stage=Stage.PAID, closed_at=datetime.now(UTC) - timedelta(hours=1)))

    return SimpleNamespace(state=state)


def arrival(name: str, data: dict[str, Any]) -> Arrival:
    """As the web stores it."""
    hint = understood(name, {"event": name, "data": data})
    return Arrival("bitrix24", uuid4().hex, name, hint.subject, hint.body, datetime.now(UTC))


def task_changed(id: int) -> Arrival:
    return arrival("ONTASKUPDATE", {"FIELDS_BEFORE": {"ID": str(id)}, "FIELDS_AFTER": {"ID": str(id)}})


def deal_changed(id: int) -> Arrival:
    return arrival("ONCRMDEALUPDATE", {"FIELDS": {"ID": str(id)}})


async def cost(
    there: Double, crm: Bitrix24Crm, box: Box, events: list[Arrival], reader: CrmReader | None = None
) -> int:
    """Requests until the inbox is empty again."""
    reader, before = reader or CrmReader(crm, desk, box.seen, books, "bitrix24"), len(there.calls)
    await asyncio.to_thread(box.real.accept_all, events)
    async with relaying(box, reader.look, is_hint):
        await eventually(lambda: asyncio.to_thread(box.real.waiting), lambda left: left.events == 0)
    assert {event.attempts for event in box.real.events(limit=500)} == {1}
    return len(there.calls) - before


async def test_other_peoples_events_are_cheap(there: Double, box: Box) -> None:
    other = there.as_user(2)
    tasks = [other.add_task(f"своя {n}", 2) for n in range(250)]
    deals = [other.add_deal(f"чужая {n}") for n in range(40)]
    events = [task_changed(tasks[n % 250]) for n in range(420)] + [deal_changed(id) for id in deals] * 2
    assert len(events) == 500
    async with crm_of(there) as crm:
        await crm.ready()
        assert await cost(there, crm, box, events) <= 12
        assert await cost(there, crm, box, [arrival("ONTASKUPDATE", {"FIELDS_AFTER": {"ID": "9"}})]) <= 1


@pytest.mark.parametrize("card", ["company", "contact", "requisite"])
async def test_events_of_other_peoples_clients_are_cheap(there: Double, box: Box, card: str) -> None:
    other = there.as_user(2)
    ids = [other.add(COMPANY if card == "company" else CONTACT, title=f"чужая {n}") for n in range(250)]
    if card == "requisite":
        ids = [other.add_requisite(CONTACT, id, NAME="чужие") for id in ids]
    name = f"ONCRM{card.upper()}UPDATE"
    events = [arrival(name, {"FIELDS": {"ID": str(ids[n % 250])}}) for n in range(500)]
    async with crm_of(there) as crm:
        await crm.ready()
        assert await cost(there, crm, box, events) <= 12


async def test_own_events_are_read_together_and_each_deal_once(there: Double, box: Box) -> None:
    async with crm_of(there) as crm:
        category = (await crm._maps.get()).category
        paid = {"category": category, "stageId": f"C{category}:WON"}
        ids = [there.as_user(2).add_deal(f"{n}", **paid) for n in range(49)]
        events = [deal_changed(ids[n % 49]) for n in range(500)]
        assert await cost(there, crm, box, events) <= 10, "two for whose they are, seven deals to a request"


async def test_a_finished_deals_card_that_is_moved_by_hand_goes_back_once_with_words(
    there: Double, box: Box
) -> None:
    async with crm_of(there) as crm:
        category = (await crm._maps.get()).category
        id = there.as_user(2).add_deal("Своя", category=category, stageId=f"C{category}:WON")
        reader = CrmReader(crm, desk, box.seen, books, "bitrix24")
        there.as_user(2).move_deal(id, f"C{category}:DW_SHIPPED")
        for _ in range(2):
            await cost(there, crm, box, [deal_changed(id)], reader)
        assert there.state.items[DEAL][id]["stageId"] == f"C{category}:WON"
        [comment] = there.state.comments_of(DEAL, id)
        assert "сделка завершена, карточка возвращена в «Оплата заказа»" in str(comment)


@pytest.mark.parametrize("known", [True, False], ids=["looked at before", "after the desk was started anew"])
async def test_a_finished_deals_card_in_another_funnel_comes_back_once_with_words(
    there: Double, box: Box, known: bool
) -> None:
    async with crm_of(there) as crm:
        hand, category = there.as_user(2), (await crm._maps.get()).category
        id = hand.add_deal("Своя", category=category, stageId=f"C{category}:WON")
        await carry_out(crm, SetFields(key="deal-x:1:fields", deal=f"B24-{id}", fields={"client": "Клиника"}))
        reader = CrmReader(crm, desk, box.seen, books, "bitrix24")
        if known:
            await cost(there, crm, box, [deal_changed(id)], reader)
        hand.fill_deal(id, categoryId=0)
        for _ in range(2):
            await cost(there, crm, box, [deal_changed(id)], reader)
        card = there.state.items[DEAL][id]
        assert (card["categoryId"], card["stageId"]) == (category, f"C{category}:WON")
        [comment] = there.state.comments_of(DEAL, id)
        assert "в другую воронку, а сделка завершена, карточка возвращена в «Оплата заказа»" in str(comment)


@pytest.mark.parametrize(
    "ending",
    [{"closed_at": datetime.now(UTC) + timedelta(hours=1)}, {"outbox": Outbox(crm=[3])}],
    ids=["moved before its end", "the CRM has not heard of the end"],
)
async def test_a_card_that_only_lags_behind_its_deals_end_was_moved_by_nobody(
    there: Double, box: Box, ending: dict[str, Any]
) -> None:
    closed: dict[str, Any] = {"closed_at": datetime.now(UTC) - timedelta(hours=1), **ending}

    async def state(number: str) -> Snapshot:
        return Snapshot(a_deal(number, stage=Stage.LOST, **closed))

    async def ending_desk() -> Any:
        return SimpleNamespace(state=state)

    async with crm_of(there) as crm:
        id = there.as_user(2).add_deal("Своя", category=(await crm._maps.get()).category)
        stands = there.state.items[DEAL][id]["stageId"]
        reader = CrmReader(crm, ending_desk, box.seen, books, "bitrix24")
        await cost(there, crm, box, [deal_changed(id)], reader)
        assert there.state.items[DEAL][id]["stageId"] == stands
        assert there.state.comments_of(DEAL, id) == []


async def test_an_item_of_another_smart_process_costs_no_request(there: Double, box: Box) -> None:
    async with crm_of(there) as crm:
        number = f"B24-{there.as_user(2).add(DEAL, title='x', categoryId=(await crm._maps.get()).category)}"
        line = {"line": 1, "sku": "S", "name": "N", "quantity": 1, "amount": "10.00", "currency": "RUB"}
        status = LineStatus.AWAITING_RELEASE
        await crm.carry_out_all([PutLine(key=f"deal-{number}:1:line", deal=number, status=status, **line)])
        [lines] = there.state.types.values()
        [item] = there.state.items[lines.entity_type]
        other = {"FIELDS": {"ID": str(item), "ENTITY_TYPE_ID": "9998"}}
        assert await cost(there, crm, box, [arrival("ONCRMDYNAMICITEMUPDATE", other)]) == 0
        ours = {"FIELDS": {"ID": str(item), "ENTITY_TYPE_ID": str(lines.entity_type)}}
        assert await cost(there, crm, box, [arrival("ONCRMDYNAMICITEMUPDATE", ours)]) > 0


async def test_what_the_portal_refuses_of_one_deal_is_not_refused_of_those_read_with_it(
    there: Double,
) -> None:
    async with crm_of(there) as crm:
        category = (await crm._maps.get()).category
        first, second = (there.as_user(2).add_deal(f"{n}", category=category) for n in range(2))
        there.faults.add("inner", method="crm.item.productrow.list", code="ACCESS_DENIED")
        refused, read = await asyncio.gather(
            crm.read(str(first)), crm.read(str(second)), return_exceptions=True
        )
        assert "ACCESS_DENIED" in repr(getattr(refused, "code", "")), refused
        assert not isinstance(read, BaseException)
        assert read
        assert read.ref == str(second)
