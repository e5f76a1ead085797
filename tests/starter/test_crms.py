"""Another CRM takes an adapter and one registration: its settings, its door, its commands and its findings come with it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from temporalio.testing import ActivityEnvironment
from typer.testing import CliRunner

from activities.crm.delivery import CrmDelivery
from activities.crm.port import CrmPort
from activities.playbooks import KnownPlaybooks
from domain.deal.batches import FactBatch
from domain.effects import Delivered
from domain.playbook.book import StaffedPlaybook
from domain.words import Stage
from records import migrate
from records.inbox_events import EventInbox
from starter.cli.app import commands_app
from starter.crms import BITRIX24, CRMS, OWN_SOURCES, CrmKind, open_crm, register, registered, sources
from starter.doctor import world as outside
from starter.errors import UsageError
from starter.intake import chat_poll
from starter.intake.building import build_relay
from starter.secrets import load_secrets
from starter.settings import Settings, load_settings
from starter.web.app import create_app
from starter.web.door import Door
from starter.web.services import Services
from tests.starter.conftest import run_deal
from tests.support.board import Board, board_kind
from tests.support.deferred import KeptAside
from tests.support.memory import OpenDeal, World, sample_order
from tests.support.memory_desk import MemoryDesk
from tests.support.waiting import eventually

KEY = "chalk"


@pytest.fixture
def board() -> Board:
    return Board()


@pytest.fixture
def kind(board: Board, monkeypatch: pytest.MonkeyPatch) -> Iterator[CrmKind]:
    monkeypatch.setenv("DEALWRIGHT_CRM", "board")
    monkeypatch.setenv("DEALWRIGHT_BOARD_KEY", KEY)
    with registered(board_kind(board)) as kind:
        yield kind


@dataclass
class Office:
    """Deals on the in-memory host, with the desk's own web, relay and delivery between them and the CRM of the settings."""

    settings: Settings
    inbox: EventInbox
    web: httpx.AsyncClient
    world: World

    async def hint(self, id: str, thing: str = "deal") -> str:
        """What became of it."""
        answer = await self.web.post(f"/webhooks/board/{thing}/{id}", headers={"x-key": KEY})
        answer.raise_for_status()
        seq = answer.json()["seq"]

        async def look() -> Any:
            return await asyncio.to_thread(self.inbox.get, seq)

        event = await eventually(look, lambda event: event.finished_at)
        assert event.source == "board"
        return f"{event.status}: {event.outcome.en}"

    @property
    def deal(self) -> OpenDeal:
        [deal] = self.world.deals
        return deal


def delivering(port: CrmPort, book: Callable[[], StaffedPlaybook]) -> Callable[[FactBatch], Delivered]:
    """The real activity, in a thread of its own: the deal waits for it."""
    thread = ThreadPoolExecutor(1)

    async def today() -> StaffedPlaybook:
        return book()

    delivery = CrmDelivery(port, KnownPlaybooks(today), KeptAside())

    def deliver(batch: FactBatch) -> Delivered:
        work = ActivityEnvironment().run(delivery.deliver, batch.bringing(book().alone()))
        return thread.submit(asyncio.run, work).result(30)

    return deliver


@pytest.fixture
async def office(kind: CrmKind, tmp_path: Path) -> AsyncIterator[Office]:
    settings, world = load_settings(home=tmp_path), World()
    await asyncio.to_thread(migrate, settings.database_url)
    inbox = EventInbox(settings.database_url)

    async def books() -> StaffedPlaybook:
        return world.book

    world.activities["crm.deliver"] = delivering(open_crm(settings, books), lambda: world.book)

    async def desk() -> Any:
        return MemoryDesk(world, "en")

    async with build_relay(settings, inbox, desk) as relay:
        door, stop = Door(inbox, relay.wake), asyncio.Event()
        app = create_app(Services(settings, load_secrets(settings), inbox, door, desk, relay))
        running = asyncio.create_task(relay.run(stop))
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://desk.example") as web:
            yield Office(settings, inbox, web, world)
        stop.set()
        relay.wake()
        await running
        door.close()
    inbox.close()


async def test_a_deal_goes_through_a_crm_of_ones_own_from_its_first_hint_to_paid(
    office: Office, board: Board
) -> None:
    order = {name: value for name, value in sample_order().items() if name != "number"}
    ref = board.put(order, by="ivanova")
    assert (await office.hint(ref)).startswith("done")
    deal, card = office.deal, board.cards[ref]
    assert deal.number == card.number
    assert any("Ольга Иванова" in said for said in card.comments.values()), "what to do, without tasks"

    asked = next(a for a in deal.view().assignments if a.id == "qualification")
    board.write(ref, "ivanova", **{f"qualification__{f.name}": f.example for f in asked.form if f.required})
    assert (await office.hint(ref)).startswith("done")
    assert "contract" in deal.asked(), "the form was filled on the card"
    told = len(card.comments)
    board.move(ref, "sidorov", Stage.SHIPPED)
    assert (await office.hint(ref)).startswith("refused")
    assert (card.stage, len(card.comments) > told) == (Stage.CONTRACT_APPROVAL, True), "put back, with words"
    assert sum("по ссылке из письма" in said for said in card.comments.values()) == 1, (
        "no task asks for it here"
    )
    deal.approve("contract", "client", "petrov")

    deal.robot()
    assert deal.state.stage is card.stage is Stage.PAID
    assert sorted(card.lines) == sorted(deal.state.lines)
    assert card.fields["blockers"] == ""
    assert len(card.comments) > 10


async def test_its_tasks_and_clients_lead_to_deals_and_those_of_others_are_remembered(
    office: Office, board: Board
) -> None:
    order = {name: value for name, value in sample_order().items() if name not in ("number", "client")}
    ref = board.put(order, by="ivanova")
    board.stickers, board.clients = {"7": ref}, {ref: "clinic"}
    assert (await office.hint("7", "task")).startswith("done")
    await office.hint(ref)  # what it lacks is found out now
    board.cards[ref].order = {**order, "client": sample_order()["client"]}
    board.cards[ref].touch("ivanova")
    assert (await office.hint("clinic", "company")).startswith("done")

    for id, thing in (("8", "task"), ("garage", "contact"), ("99", "deal"), ("5", "lead")):
        before = len(board.asked)
        for _ in range(3):
            assert (await office.hint(id, thing)).startswith("ignored")
        assert len(board.asked) - before == (thing != "lead"), f"a {thing} of others is asked about once"
    before = len(board.asked)
    await office.hint("99", "bell")
    assert len(board.asked) == before + 1, "its bell rings of what matters"


async def test_its_door_is_its_own(office: Office, board: Board) -> None:
    ref = board.put({}, by="ivanova")
    turned_away = await office.web.post(f"/webhooks/board/deal/{ref}", headers={"x-key": "another"})
    assert turned_away.status_code == 403
    assert office.inbox.events() == []


async def test_doctor_asks_it_and_lets_it_speak(kind: CrmKind, board: Board, tmp_path: Path) -> None:
    settings = load_settings(home=tmp_path)
    found = [finding async for finding in outside.crm(settings)]
    assert [(f.what, f.ok) for f in found] == [("CRM board", True), ("board", True)]
    board.down = True
    silent, _ = [finding async for finding in outside.crm(settings)]
    assert (silent.ok, silent.words.en) == (False, "the board has been wiped")


def test_its_settings_reach_the_processes_of_the_desk(kind: CrmKind, tmp_path: Path) -> None:
    given = load_settings(home=tmp_path).environment()
    assert (given["DEALWRIGHT_CRM"], given["DEALWRIGHT_BOARD_KEY"]) == ("board", KEY)


def test_its_commands_stand_with_those_of_the_desk(kind: CrmKind) -> None:
    assert CliRunner().invoke(commands_app(), ["board"]).output == "wiped\n"
    assert CliRunner().invoke(commands_app("board"), ["board"]).output == "wiped\n"


def test_events_of_it_can_be_asked_for(kind: CrmKind) -> None:
    assert "board" in sources()


@pytest.mark.parametrize("source", sorted({*OWN_SOURCES, chat_poll.SOURCE}))
def test_events_of_every_door_of_the_desk_can_be_asked_for(source: str, tmp_path: Path) -> None:
    migrate(f"sqlite:///{tmp_path / 'records.db'}")
    assert run_deal("inbox-events", "--source", source, DEALWRIGHT_HOME=str(tmp_path)).code == 0


def test_a_crm_that_nobody_registered_is_refused_with_the_names_of_those_there_are() -> None:
    assert "board" not in CRMS
    with pytest.raises(UsageError) as refused:
        load_settings(crm="board")
    assert "DEALWRIGHT_CRM" in refused.value.text.en
    for name in CRMS:
        assert name in refused.value.text.en


def test_no_two_have_one_name(board: Board) -> None:
    with pytest.raises(ValueError, match="bitrix24"):
        register(CrmKind("bitrix24", open=lambda settings, books: board, source="x"))
    assert CRMS["bitrix24"] is BITRIX24
