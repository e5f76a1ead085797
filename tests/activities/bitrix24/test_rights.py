"""What a portal does not allow is not lost: a deal goes on, is told of the right that is missing, and its card hears all once it is back."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

import records
from activities.crm.deferring import CrmDeferred
from activities.crm.delivery import CrmDelivery
from activities.playbooks import KnownPlaybooks
from adapters.crm.bitrix24.client import Portal
from adapters.crm.bitrix24.port import Bitrix24Crm
from adapters.crm.bitrix24.text import without_mark
from domain.deal.batches import FactBatch
from domain.deal.snapshot import Snapshot
from domain.effects import Delivered
from domain.facts import DeliveryDeferred, DeliveryRefused
from domain.playbook.book import StaffedPlaybook
from domain.view.deal_view import deal_view
from domain.view.untold import with_untold
from domain.words import Language
from records.deferred import DeferredWrites
from records.queries import RecordQueries
from starter.cli.drawing import explained
from starter.doctor.database import deferred
from starter.settings import Settings
from tests.activities.bitrix24.conftest import OpenBudget, furnished
from tests.doubles.bitrix24 import CONTACT, DEAL, Double
from tests.support.memory import OpenDeal, World, sample_order
from workflows.rehearsal import Down

NUMBER = "1"
LINES = -1
"""The smart process of lines, whatever its number."""


@dataclass
class Office:
    """A deal on the in-memory host whose CRM is the portal, with the real delivery between them."""

    there: Double
    crm: Bitrix24Crm
    settings: Settings
    box: DeferredWrites
    book: StaffedPlaybook
    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    def __post_init__(self) -> None:
        self.world = World()
        self.world.activities["crm.deliver"] = self._deliver
        self._loop = asyncio.get_running_loop()
        self._delivery = CrmDelivery(self.crm, KnownPlaybooks(self._today), self.box, settle_seconds=0)
        self.again = CrmDeferred(self.crm, self.box, now=lambda: self.now)

    async def _today(self) -> StaffedPlaybook:
        return self.world.book

    def _deliver(self, batch: FactBatch) -> Delivered:
        """From the thread of the deal."""
        whole = batch.bringing(self.world.book.alone())
        work = ActivityEnvironment().run(self._delivery.deliver, whole)
        try:
            return asyncio.run_coroutine_threadsafe(work, self._loop).result(30)
        except ApplicationError as error:
            raise Down(str(error)) from None

    async def does(self, what: Any, *given: Any) -> Any:
        return await asyncio.to_thread(what, *given)

    async def round(self) -> Any:
        """One of the upkeep, when all that waits is due."""
        self.now += timedelta(minutes=30)
        return await ActivityEnvironment().run(self.again.write_due)

    def why(self, deal: OpenDeal, language: Language) -> str:
        queries = RecordQueries(self.settings.database_url)
        waiting = queries.deferred(NUMBER).get(NUMBER, ())
        queries.close()
        view = with_untold(
            deal_view(Snapshot(deal.state, deal.own_lines()), self.now, language), waiting, language
        )
        return "\n".join(explained(view, language))

    async def doctor(self) -> Any:
        [finding] = [finding async for finding in deferred(self.settings)]
        return finding

    @property
    def shown(self) -> dict[str, Any]:
        """What people see in the portal, whatever order it came in."""
        state = self.there.state
        [card] = state.find(DEAL, originId=NUMBER)
        ours = {
            name: value
            for name, value in card.items()
            if "DW_" in name.upper() or name in ("stageId", "title")
        }
        lines = [i for kind in state.types.values() for i in state.of_type(kind.entity_type).values()]
        return {
            "card": ours | {"client": bool(card.get("companyId") and card.get("contactId"))},
            "requisite": state.requisite_links.get((DEAL, card["id"]), {}).get("REQUISITE_ID"),
            "comments": sorted(without_mark(said) for said in state.comments_of(DEAL, card["id"])),
            "tasks": sorted((t["title"], t["status"], t["responsibleId"]) for t in state.tasks.values()),
            "lines": sorted((line["title"], line["stageId"]) for line in lines),
            "notices": sorted(notice["text"] for notice in state.notices.values()),
        }


@asynccontextmanager
async def an_office(home: Path, book: StaffedPlaybook, *, smart: bool = True) -> AsyncIterator[Office]:
    settings = Settings(home=home)
    await asyncio.to_thread(records.migrate, settings.database_url)
    async with furnished(book, smart=smart) as there:

        async def books() -> StaffedPlaybook:
            return book

        crm = Bitrix24Crm(Portal(there.url, OpenBudget()), books)
        box = DeferredWrites(settings.database_url)
        try:
            yield Office(there, crm, settings, box, book)
        finally:
            box.close()
            await crm.close()


@pytest.fixture
async def office(tmp_path: Path, book: StaffedPlaybook) -> AsyncIterator[Office]:
    async with an_office(tmp_path, book) as office:
        yield office


Missing = list[tuple[dict[str, Any], str]]
"""What is taken away, and how the desk calls it."""

DENIED: dict[str, Missing] = {
    "single writes": [
        ({"deny": {"method": "crm.timeline.comment.add"}}, "comments on cards"),
        ({"deny": {"method": "tasks.task.add"}}, "tasks"),
        ({"deny": {"method": "crm.item.add", "entity_type": CONTACT}}, "contacts"),
        ({"deny": {"method": "crm.item.add", "entity_type": LINES}}, "cards of lines"),
        ({"revoke": "im"}, "permission im"),
    ],
    "what can't be seen": [
        ({"deny": {"method": "crm.timeline.comment.*"}}, "comments on cards"),
        ({"deny": {"method": "crm.item.list", "entity_type": LINES}}, "cards of lines"),
        ({"deny": {"method": "crm.requisite.link.get"}}, "requisites"),
        (
            {
                "deny": {
                    "method": "im.*",
                    "code": "INVALID_CREDENTIALS",
                    "text": "Invalid request credentials",
                }
            },
            "permission im",
        ),
        ({"revoke": "task"}, "permission task"),
    ],
    "others that are needed first": [
        ({"deny": {"method": "crm.timeline.*", "code": "", "text": "Доступ запрещен."}}, "comments on cards"),
        ({"deny": {"method": "crm.type.list"}}, "smart processes"),
        ({"deny": {"method": "crm.requisite.link.register"}}, "requisites"),
    ],
    "users": [({"revoke": "user"}, "permission user_basic")],
    "requisites unseen": [({"deny": {"method": "crm.requisite.list"}}, "requisites")],
    "requisites": [({"deny": {"method": "crm.requisite.add"}}, "requisites")],
    "deals": [({"deny": {"method": "crm.item.update", "entity_type": DEAL}}, "deals")],
    "new deals": [({"deny": {"method": "crm.item.add", "entity_type": DEAL}}, "deals")],
    "any new card": [({"deny": {"method": "crm.item.add"}}, "deals")],
    "cards unseen": [({"deny": {"method": "crm.item.*"}}, "deals")],
    "plan": [({"deny": {"text": "REST is available only by subscription", "status": 401}}, "plan")],
}
"""Rights that are missing at once; each must be named. Without a deal's own card nothing else is tried: such stand alone."""


def take_away(there: Double, deny: Mapping[str, Any] | None = None, revoke: str = "") -> None:
    if deny is not None:
        [kind] = there.state.types.values() or [None]
        of_lines = {"entity_type": kind.entity_type} if kind and deny.get("entity_type") == LINES else {}
        there.deny(**{**deny, **of_lines})
    if revoke:
        there.revoke(revoke)


def opened(office: Office) -> OpenDeal:
    return office.world.open(sample_order(), NUMBER)


def lived(deal: OpenDeal) -> None:
    """Until its first line is at the warehouse: assignments opened, overdue and closed, an approval asked and given, stages, money."""
    deal.skip(timedelta(days=7))
    deal.agree()
    deal.to("line-1:acceptance")


def named(rights: set[str], words: str) -> set[str]:
    return {right for right in rights if right in words}


@pytest.fixture(scope="module")
async def usual(book: StaffedPlaybook, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the card shows at that moment where every right is there."""
    async with an_office(tmp_path_factory.mktemp("usual"), book) as office:
        deal = await office.does(opened, office)
        await office.does(lived, deal)
        return office.shown


@pytest.mark.long
@pytest.mark.parametrize("missing", DENIED.values(), ids=DENIED)
async def test_what_was_not_allowed_is_told_once_it_is(
    office: Office, usual: dict[str, Any], missing: Missing
) -> None:
    rights = {right for _, right in missing}
    for without, _ in missing:
        take_away(office.there, **without)
    deal = await office.does(opened, office)
    await office.does(lived, deal)
    assert "line-1:acceptance" in deal.asked(), "the deal goes on"
    assert named(rights, office.why(deal, "en")) == rights
    assert "Не хватает права" in office.why(deal, "ru")
    found = await office.doctor()
    assert not found.ok
    assert named(rights, found.words.en) == rights
    assert deal.facts(DeliveryRefused) == []
    trail = "; ".join(fact.data["missing"]["en"] for fact in deal.facts(DeliveryDeferred))
    assert named(rights, trail) == rights

    in_vain = await office.round()
    assert (in_vain.written, in_vain.refused) == (0, 0)
    office.there.allow()
    while (done := await office.round()).written:
        assert done.refused == 0
    assert (await office.doctor()).ok
    assert "CRM" not in office.why(deal, "en")
    assert office.shown == usual
    assert (await office.round()).written == 0
    assert office.shown == usual, "once"


@pytest.mark.parametrize("method", ["crm.timeline.comment.*", "crm.item.productrow.*"])
async def test_so_it_is_where_lines_are_rows_of_goods(
    tmp_path: Path, book: StaffedPlaybook, method: str
) -> None:
    """A line's status is a comment there: of several that were not allowed, the last is told."""
    async with an_office(tmp_path, book, smart=False) as office:
        office.there.deny(method)
        deal = await office.does(opened, office)
        await office.does(lived, deal)
        assert "line-1:acceptance" in deal.asked()
        office.there.allow()
        while (await office.round()).written:
            pass
        assert (await office.doctor()).ok
        assert len(office.there.state.rows) == 3
        statuses = [said for said in office.shown["comments"] if said.startswith("1. ")]
        assert statuses
        assert len(set(statuses)) == len(statuses)


async def test_an_owner_who_is_no_administrator_of_the_crm_leaves_lines_waiting(
    office: Office, usual: dict[str, Any]
) -> None:
    """He may not list smart processes: that there is none does not follow."""
    office.there.state.users[1].admin = False
    deal = await office.does(opened, office)
    await office.does(lived, deal)
    assert "smart processes" in office.why(deal, "en")
    assert (office.shown["lines"], len(office.there.state.rows)) == ([], 0)
    assert office.shown["comments"] == usual["comments"], "all else is written"
    office.there.state.users[1].admin = True
    while (await office.round()).written:
        pass
    assert office.shown == usual


async def test_a_list_of_smart_processes_that_is_late_is_waited_for(
    office: Office, usual: dict[str, Any]
) -> None:
    busy = {"code": "OPERATION_TIME_LIMIT", "text": "Method is blocked due to operation time limit."}
    office.there.faults.add("inner", method="crm.type.list", **busy)
    deal = await office.does(opened, office)
    await office.does(lived, deal)
    assert office.there.faults.fired["inner"] == 1
    assert office.shown == usual


async def test_what_was_seen_once_is_known_though_it_may_not_be_listed_any_more(
    office: Office, usual: dict[str, Any]
) -> None:
    deal = await office.does(opened, office)
    office.there.deny("crm.type.list")
    office.crm._maps.forget()
    await office.does(lived, deal)
    assert office.shown == usual


async def test_a_late_write_undoes_nothing_newer(office: Office) -> None:
    """The right is back, and the deal writes its next stage before the upkeep comes round with the older one."""
    office.there.deny("crm.item.update", DEAL)
    deal = await office.does(opened, office)
    await office.does(deal.agree)
    assert stage(office) == "NEW"
    office.there.allow()
    await office.does(deal.to, "line-1:acceptance")
    assert (now := stage(office)) != "NEW"
    done = await office.round()
    assert (done.deferred, done.refused) == (0, 0)
    assert stage(office) == now


async def test_what_is_not_allowed_is_tried_again_at_a_slower_and_slower_pace(office: Office) -> None:
    office.there.deny("crm.timeline.comment.*")
    deal = await office.does(opened, office)
    await office.does(deal.agree)
    tried = []
    for _ in range(60):
        office.now += timedelta(minutes=1)
        asked = len(office.there.calls)
        await ActivityEnvironment().run(office.again.write_due)
        tried.append(len(office.there.calls) > asked)
    assert 5 <= sum(tried) <= 8, "an hour of rounds"
    assert sum(tried[30:]) <= 2


def stage(office: Office) -> str:
    return str(office.shown["card"]["stageId"]).partition(":")[2]
