"""A card of a portal that is deleted, restored, and moved to another funnel, as the deal hears of it."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from activities.reconcile import CrmReconcile
from adapters.crm.bitrix24.port import Bitrix24Crm
from domain.crm.line_card import put_line
from domain.deal.messages import Message, Receipt, ReportCard, Revert
from domain.deal.snapshot import Snapshot
from domain.deal.tasks import Assignment
from domain.effects import CloseTask, OpenTask, PutLine, SetStage
from domain.words import LineStatus, Stage
from starter.intake.crm import CrmReader
from starter.intake.poll import Poll
from tests.activities.bitrix24.conftest import furnished
from tests.doubles.bitrix24 import DEAL, Double
from tests.doubles.bitrix24.state import COMPANY
from tests.factories import a_deal, a_good, a_line, a_playbook, an_assignment
from tests.starter.intake.conftest import Box
from tests.starter.intake.test_many_events import BOOK, arrival, books, cost, crm_of, deal_changed

NOW = datetime.now(UTC)


@dataclass
class Desk:
    """A deal that runs, and hears everything."""

    heard: list[Message] = field(default_factory=list)
    assignments: list[Assignment] = field(default_factory=list)

    async def __call__(self) -> Any:
        return SimpleNamespace(state=self.state, send=self.send)

    async def state(self, number: str) -> Snapshot:
        asked = {"assignments": self.assignments}
        return Snapshot(a_deal(number, [a_line(1)], playbook=a_playbook(), stage=Stage.NEW, **asked))

    async def send(self, number: str, message: Message) -> Receipt:
        self.heard.append(message)
        return Receipt(id=message.id, at=NOW, words_ru="да", words_en="yes")

    def done(self) -> list[str]:
        return [m.what for m in self.heard if isinstance(m, ReportCard | Revert)]


@dataclass
class Office:
    there: Double
    crm: Bitrix24Crm
    box: Box
    category: int
    desk: Desk = field(default_factory=Desk)

    def __post_init__(self) -> None:
        self.start_anew()
        self.id = self.there.as_user(2).add_deal("Своя", category=self.category)

    def start_anew(self) -> None:
        """A process that has looked at nothing yet."""
        self.reader = CrmReader(self.crm, self.desk, self.box.seen, books, "bitrix24")

    async def hear(self, told: tuple[str, dict[str, Any]]) -> None:
        await cost(self.there, self.crm, self.box, [arrival(*told)], self.reader)

    async def look(self) -> None:
        await cost(self.there, self.crm, self.box, [deal_changed(self.id)], self.reader)

    async def compare(self) -> int:
        """As the schedule does: how many hints were new."""
        found = await CrmReconcile(self.crm, Poll(self.box.real), self.box.seen).reconcile()
        await cost(self.there, self.crm, self.box, [], self.reader)
        return found.new


@pytest.fixture
async def office(box: Box) -> AsyncIterator[Office]:
    async with furnished(BOOK) as there, crm_of(there) as crm:
        yield Office(there, crm, box, (await crm._maps.get()).category)


async def test_a_deal_deleted_and_restored_is_told_once_each(office: Office) -> None:
    await office.look()
    item = office.there.state.items[DEAL][office.id]
    office.there.as_user(2).delete_deal(office.id)
    for _ in range(3):
        await office.look()
    assert office.desk.done() == ["deleted"]
    office.there.state.items[DEAL][office.id] = item
    for _ in range(3):
        await office.look()
    assert office.desk.done() == ["deleted", "restored"]


async def test_a_deletion_that_no_event_told_is_noticed_by_the_comparison(office: Office) -> None:
    await office.look()
    await office.compare()
    office.there.as_user(2).delete_deal(office.id)
    assert [await office.compare() for _ in range(4)][2:] == [0, 0]
    assert office.desk.done() == ["deleted"]


async def test_a_deal_that_is_only_hidden_from_the_desk_is_not_called_deleted(office: Office) -> None:
    await office.look()
    await office.compare()
    office.there.faults.add(
        "inner", times=99, method="crm.item.get", code="ACCESS_DENIED", text="Access denied"
    )
    item = office.there.state.items[DEAL].pop(office.id)
    found = await CrmReconcile(office.crm, Poll(office.box.real), office.box.seen).reconcile()
    assert found.new == 1
    [event] = await asyncio.to_thread(office.box.real.events, "new")
    with pytest.raises(Exception, match="Access denied"):
        await office.reader.look(event)
    assert office.desk.done() == []
    office.there.state.items[DEAL][office.id] = item


async def test_a_card_in_another_funnel_is_told_once(office: Office) -> None:
    await office.look()
    office.there.as_user(2).fill_deal(office.id, categoryId=0)
    await office.look()
    await office.look()
    assert set(office.desk.done()) == {"funnel"}
    assert len({message.id for message in office.desk.heard}) == 1, "said again, it has the effect of once"


async def test_a_card_in_another_funnel_is_noticed_though_no_event_told(office: Office) -> None:
    await office.look()
    for _ in range(2):
        await office.compare()
    office.there.as_user(2).fill_deal(office.id, categoryId=0)
    assert [await office.compare() for _ in range(3)] == [1, 0, 0]
    assert office.desk.done() == ["funnel"]
    # a portal's times are whole seconds
    office.there.state.clock = lambda: datetime.now(UTC) + timedelta(minutes=1)
    put_back = SetStage(key="deal-x:1:stage", deal=f"B24-{office.id}", stage=Stage.NEW)
    assert (await office.crm.carry_out_all([put_back])).refused == {}
    for _ in range(3):
        await office.compare()
    assert office.desk.done() == ["funnel"], "it is back"
    office.there.as_user(2).fill_deal(office.id, categoryId=0)
    for _ in range(3):
        await office.compare()
    assert office.desk.done() == ["funnel"] * 2


async def test_product_rows_and_the_client_changed_after_the_order_are_told_once(office: Office) -> None:
    """Its lines were entered as items of the smart process, so its order has no product rows."""
    hand, known = office.there.as_user(2), await office.crm._maps.get()
    quantity, price = known.line_field("quantity"), known.line_field("unit_price")
    assert known.lines
    assert quantity
    assert price
    said = {quantity.code: 1, price.code: "1000|RUB", f"parentId{DEAL}": office.id}
    hand.add(known.lines.entity_type, title="Черновик", **said)
    await office.look()
    hand.set_rows(office.id, [{"productName": "Ещё одно", "price": 5, "quantity": 2}])
    for _ in range(2):
        await office.look()
    assert office.desk.done() == ["goods"]
    other = hand.add(COMPANY, title="Другая фирма")
    hand.add_requisite(COMPANY, other, NAME="Реквизиты", RQ_INN="7707083893")
    hand.fill_deal(office.id, companyId=other)
    for _ in range(2):
        await office.look()
    assert office.desk.done() == ["goods", "client"]


@pytest.fixture
async def shown(office: Office) -> Office:
    """Its line and its task stand in the portal, and were seen there."""
    number, due = f"B24-{office.id}", NOW + timedelta(days=1)
    good = a_good()
    line = PutLine(
        key=f"deal-{number}:1:l", deal=number, line=1, sku=good.sku, name=good.name, quantity=good.quantity,
        amount=str(good.amount), status=LineStatus.AWAITING_RELEASE,
    )  # fmt: skip
    task = OpenTask(
        key=f"deal-{number}:1:t", deal=number, task="qualification@1:ivanova", person="ivanova", title="Q", due_at=due
    )  # fmt: skip
    assert (await office.crm.carry_out_all([line, task])).count == 2
    office.desk.assignments = [an_assignment("qualification")]
    await office.look()
    await office.compare()
    assert office.desk.done() == []
    return office


async def test_a_lines_item_moved_edited_or_deleted_is_put_back_with_words(shown: Office) -> None:
    hand, known = shown.there.as_user(2), await shown.crm._maps.get()
    quantity = known.line_field("quantity")
    assert known.lines
    assert quantity
    kind, category = known.lines.entity_type, known.lines.category
    [item] = shown.there.state.items[kind]
    of_item = {"FIELDS": {"ID": str(item), "ENTITY_TYPE_ID": str(kind)}}
    changed = ("ONCRMDYNAMICITEMUPDATE", of_item)
    hand.move(kind, item, f"DT{kind}_{category}:SUCCESS")
    await shown.hear(changed)
    assert shown.desk.done() == ["line"]
    hand.move(kind, item, f"DT{kind}_{category}:NEW")
    hand.fill(kind, item, **{quantity.code: 7})
    await shown.hear(changed)
    assert shown.desk.done() == ["line"] * 2
    hand.delete(kind, item)
    shown.start_anew()
    for _ in range(2):
        await shown.hear(("ONCRMDYNAMICITEMDELETE", of_item))
    assert shown.desk.done() == ["line"] * 3
    assert all(isinstance(m, Revert) and m.subject == "1" and m.reason_ru for m in shown.desk.heard)


async def test_a_deleted_task_whose_answer_is_needed_is_put_back_with_words(shown: Office) -> None:
    [id] = shown.there.state.tasks
    del shown.there.state.tasks[id]
    shown.start_anew()
    await shown.hear(("ONTASKDELETE", {"FIELDS_BEFORE": {"ID": str(id)}, "FIELDS_AFTER": "undefined"}))
    [back] = shown.desk.heard
    assert isinstance(back, Revert)
    assert (back.what, back.subject) == ("task", "qualification@1:ivanova")
    assert "задача удалена" in back.reason_ru


async def test_a_finished_deals_card_lines_and_tasks_are_put_back_by_the_comparison_too(
    office: Office,
) -> None:
    """No event told of it: the card stands in another funnel, a line's in another stage, a task is open again."""
    ended = a_deal(
        "1042",
        [a_line(1, status=LineStatus.SETTLED)],
        stage=Stage.PAID,
        closed_at=datetime.now(UTC) - timedelta(hours=1),
        seq=9,
    )

    async def state(number: str) -> Snapshot:
        return Snapshot(ended)

    async def ended_desk() -> Any:
        return SimpleNamespace(state=state)

    there, crm, box = office.there, office.crm, office.box
    there.state.items[DEAL].clear()

    task = OpenTask(
        key="deal-1042:2:task",
        deal="1042",
        task="shipment@1:ivanova",
        title="Отгрузить",
        person="ivanova",
        due_at=datetime.now(UTC),
    )
    closed = CloseTask(key="deal-1042:3:done", deal="1042", task=task.task)
    late = task.model_copy(update={"key": "deal-1042:2:late", "task": "acceptance@1:ivanova"})
    await crm.carry_out_all(
        [
            SetStage(key="deal-1042:1:stage", deal="1042", stage=Stage.PAID),
            put_line("deal-1042:1:line-1", ended, 1, {}),
            task,
            closed,
            late,
        ]
    )
    known, hand = await crm._maps.get(), there.as_user(2)
    assert known.lines
    [deal], [item], [done, not_yet_closed] = (
        list(there.state.items[DEAL]),
        list(there.state.items[known.lines.entity_type]),
        list(there.state.tasks),
    )
    hand.fill_deal(deal, categoryId=0)
    hand.move(known.lines.entity_type, item, f"DT{known.lines.entity_type}_{known.lines.category}:NEW")
    hand.reopen_task(done)
    reader = CrmReader(crm, ended_desk, box.seen, books, "bitrix24")
    for _ in range(3):
        await CrmReconcile(crm, Poll(box.real), box.seen).reconcile()
        await cost(there, crm, box, [], reader)
    card, line = there.state.items[DEAL][deal], there.state.items[known.lines.entity_type][item]
    assert (card["categoryId"], card["stageId"]) == (known.category, f"C{known.category}:WON")
    assert line["stageId"].endswith(":SUCCESS")
    assert there.state.tasks[done]["status"] == 5
    assert there.state.tasks[not_yet_closed]["status"] == 2, "nobody opened it again"
    back, parts = [str(comment) for comment in there.state.comments_of(DEAL, deal)]
    assert "карточка возвращена в «Оплата заказа»" in back
    assert "карточка позиции 1 возвращена в «закрыт»; открытые снова задачи закрыты" in parts
