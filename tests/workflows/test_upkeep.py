"""Every minute the desk looks for what the CRM's webhook missed, and sends the mail that waited: neither hides the other."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from temporalio import activity
from temporalio.api.common.v1 import Payload
from temporalio.client import Client, Schedule, ScheduleOverlapPolicy, WorkflowFailureError
from temporalio.common import RawValue
from temporalio.exceptions import ApplicationError
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from activities.crm.deferring import CrmDeferred
from activities.errors import CrmUnavailable
from activities.money_letters import MoneyLetters
from activities.postings import Postings
from activities.reconcile import CURSOR, FIRST_LOOK, OVERLAP, CrmReconcile
from activities.todays_people import TodaysPeople
from activities.watchdog import DealWatchdog
from adapters.crm.embedded.crm import EmbeddedCrm
from domain.crm.mirror import Changed, SeenDeal
from domain.deferred import Deferred
from domain.effects import AddComment, Posted
from domain.playbook.book import StaffedPlaybook
from domain.words import same
from records import migrate
from records.deferred import DeferredWrites
from records.inbox_events import EventInbox
from records.post import WaitingPost
from records.queries import RecordQueries
from records.seen import SeenDeals
from records.stopped import StoppedProcesses
from starter.cashier import Taken
from starter.intake.poll import Poll
from starter.upkeep import ensure_upkeep
from tests.conftest import UPKEEP
from tests.support.waiting import eventually
from workflows.names import CRM_QUEUE, MAIL_QUEUE, TASK_QUEUE, UPKEEP_SCHEDULE, UPKEEP_WORKFLOW
from workflows.temporal.converter import DATA_CONVERTER
from workflows.temporal.sandbox import RUNNER
from workflows.temporal.upkeep import Upkeep

NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)


@dataclass
class Portal:
    """Serves `CrmSource`, as far as a look at what changed goes."""

    changes: list[Changed] = field(default_factory=list)
    asked: list[datetime] = field(default_factory=list)
    deleted: set[str] = field(default_factory=set)
    down: bool = False

    async def changed(self, since: datetime) -> list[Changed]:
        if self.down:
            raise CrmUnavailable("the portal is down")
        self.asked.append(since)
        return [change for change in self.changes if change.at >= since]

    async def deal_of(self, thing: str, id: str) -> str | None:
        raise NotImplementedError

    async def read(self, ref: str) -> SeenDeal | None:
        raise NotImplementedError

    async def deals_of(self, card: str, id: str) -> list[str]:
        raise NotImplementedError

    async def gone(self, refs: Sequence[str]) -> set[str]:
        return {ref for ref in refs if ref in self.deleted}


@dataclass
class Office:
    url: str
    portal: Portal
    inbox: EventInbox
    seen: SeenDeals
    reconcile: CrmReconcile
    crm: EmbeddedCrm
    deferred: DeferredWrites

    def changed(self, ref: str, minute: int) -> None:
        self.portal.changes.append(Changed(ref=ref, at=NOON + timedelta(minutes=minute)))

    def waiting(self) -> list[str]:
        return sorted(event.key for event in self.inbox.events("new"))


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    url = f"sqlite:///{tmp_path / 'records.db'}"
    migrate(url)
    portal, inbox, seen = Portal(), EventInbox(url), SeenDeals(url)
    crm, deferred = EmbeddedCrm(tmp_path / "crm.db"), DeferredWrites(url)
    yield Office(url, portal, inbox, seen, CrmReconcile(portal, Poll(inbox), seen), crm, deferred)
    inbox.close()
    seen.close()
    deferred.close()
    await crm.close()


def a_seen(ref: str, **changes: Any) -> SeenDeal:
    return SeenDeal(ref=ref, number=f"B24-{ref}", changed_at=NOON, **changes)


# --- the look ------------------------------------------------------------------------------------------------------------


async def test_what_changed_is_put_into_the_inbox_once(office: Office) -> None:
    office.changed("7", 1)
    office.changed("8", 2)
    first, again = await office.reconcile.reconcile(), await office.reconcile.reconcile()
    assert (first.changed, first.new) == (2, 2)
    assert (again.changed, again.new) == (2, 0)
    office.changed("7", 3)
    assert (await office.reconcile.reconcile()).new == 1
    [*_, oldest] = office.inbox.events()
    assert (oldest.source, oldest.subject, oldest.kind) == ("poll", "crm:7", "deal.changed")
    assert oldest.body["id"] == "7"


async def test_a_deal_that_is_gone_is_noticed_once_for_each_time_it_was_seen(office: Office) -> None:
    for ref in ("7", "8"):
        office.seen.put(ref, a_seen(ref), NOON)
    assert (await office.reconcile.reconcile()).new == 0
    office.portal.deleted = {"7"}
    assert [(await office.reconcile.reconcile()).new for _ in range(2)] == [1, 0]
    [event] = office.inbox.events()
    assert (event.source, event.subject) == ("poll", "crm:7")
    office.seen.put("7", a_seen("7"), NOON + timedelta(minutes=5))  # restored, and deleted again
    assert (await office.reconcile.reconcile()).new == 1
    office.seen.forget("7")
    assert (await office.reconcile.reconcile()).new == 0, "it has ended"


async def test_a_deal_whose_order_lacks_something_is_read_again_now_and_then(office: Office) -> None:
    office.seen.put("7", a_seen("7", lacks=["client, INN: is missing"]), NOON)
    office.seen.put("8", a_seen("8", reason='"lacks":["x"]'), NOON)
    found = [(await office.reconcile.reconcile()).new for _ in range(3)]
    assert found[0] == 1
    assert sum(found) <= 2, "once an hour, and the hour may end here"
    assert {event.subject for event in office.inbox.events()} == {"crm:7"}


async def test_each_look_begins_a_little_before_the_last_change_seen(office: Office) -> None:
    await office.reconcile.reconcile()
    office.changed("7", 10)
    await office.reconcile.reconcile()
    await office.reconcile.reconcile()
    first, _, third = office.portal.asked
    assert datetime.now(UTC) - first >= FIRST_LOOK
    assert third == NOON + timedelta(minutes=10) - OVERLAP


async def test_the_cursor_stays_where_it_was_until_all_is_in_the_inbox(office: Office) -> None:
    class Full:
        def put(self, changed: object, at: datetime) -> int:
            raise OSError("disk full")

    office.changed("7", 1)
    failing = CrmReconcile(office.portal, Full(), office.seen)
    with pytest.raises(ApplicationError, match="disk full"):
        await failing.reconcile()
    assert office.seen.cursor(CURSOR) is None
    assert (await office.reconcile.reconcile()).new == 1
    assert office.seen.cursor(CURSOR) == NOON + timedelta(minutes=1)


# --- the round -----------------------------------------------------------------------------------------------------------


@dataclass
class Post:
    rounds: int = 0
    down: bool = False

    async def today(self) -> StaffedPlaybook:
        raise NotImplementedError

    @activity.defn(name="mail.post")
    async def send_due(self) -> Posted:
        if self.down:
            raise ApplicationError("no mail server", non_retryable=True)
        self.rounds += 1
        return Posted(sent=2)


class OneOfTwo:
    """Of two payments on their way one is taken."""

    async def resume(self, most: int | None) -> list[tuple[str, Taken]]:
        return [("PP-1", Taken(True, same("taken"))), ("PP-2", Taken(False, same("the deal is closed")))]


@pytest.fixture
async def client(temporal: WorkflowEnvironment) -> Client:
    target = temporal.client.service_client.config.target_host
    return await Client.connect(target, namespace=UPKEEP, data_converter=DATA_CONVERTER)


@pytest.fixture
async def post(client: Client, office: Office) -> AsyncIterator[Post]:
    made, box = Post(), WaitingPost(office.url)
    records, archive = StoppedProcesses(office.url), RecordQueries(office.url)
    async with AsyncExitStack() as working:
        for opened in (box, records, archive):
            working.callback(opened.close)
        for worker in (
            Worker(
                client,
                task_queue=TASK_QUEUE,
                workflows=[Upkeep],
                activities=[
                    DealWatchdog(client, records, archive, box).watch,
                    TodaysPeople(client, made.today, office.seen).tell_reset_deals,
                    Postings(OneOfTwo()).post,
                ],
                workflow_runner=RUNNER,
            ),
            Worker(
                client,
                task_queue=CRM_QUEUE,
                activities=[
                    office.reconcile.reconcile,
                    CrmDeferred(office.crm, office.deferred).write_due,
                ],
            ),
            Worker(
                client,
                task_queue=MAIL_QUEUE,
                activities=[made.send_due, MoneyLetters(archive, box, made.today).tell],
            ),
        ):
            await working.enter_async_context(worker)
        yield made


async def a_round(client: Client) -> str:
    told: str = await client.execute_workflow(
        UPKEEP_WORKFLOW, id=f"upkeep-{uuid4().hex}", task_queue=TASK_QUEUE, result_type=str
    )
    return told


async def test_a_round_sees_to_the_crm_and_to_the_mail(client: Client, office: Office, post: Post) -> None:
    office.changed("7", 1)
    comment = AddComment(key="deal-7:1:abcd:comment", deal="7", text="Таможня")
    forbidden = Deferred(write=comment, missing=same("comments"), since=NOON)
    office.deferred.settle("7", [], [forbidden], NOON - timedelta(days=365))
    assert await a_round(client) == (
        "deals: 0 open, 0 stopped, 0 of them new; people: 0 reset deals told of today's; CRM: 1 changed, 1 of it new; deferred: 1 written, 0 refused, 0 still not allowed; mail: 2 sent, 0 refused, 0 put off; money: 1 given to deals, 1 not taken; money nobody knows: 0 waiting"
    )
    assert post.rounds == 1
    card = await office.crm.card("7")
    assert card
    assert [said.text for said in card.comments] == ["Таможня"]


@pytest.mark.parametrize(
    "junk",
    [[5], ["x", {"a": 1}, None], [RawValue(Payload(data=b"\xff", metadata={"encoding": b"binary/zlib"}))]],
)
async def test_a_round_that_is_started_with_junk_is_a_round(
    client: Client, post: Post, junk: list[object]
) -> None:
    async with asyncio.timeout(20):
        await client.execute_workflow(
            UPKEEP_WORKFLOW, args=junk, id=f"upkeep-{uuid4().hex}", task_queue=TASK_QUEUE
        )
    assert post.rounds == 1


async def test_a_crm_that_is_down_holds_up_no_mail_and_the_round_says_so(
    client: Client, office: Office, post: Post
) -> None:
    office.portal.down = True
    office.changed("7", 1)
    with pytest.raises(WorkflowFailureError) as failed:
        await a_round(client)
    assert str(failed.value.cause) == "UpkeepFailed: CRM: the portal is down"
    assert post.rounds == 1
    office.portal.down = False
    await a_round(client)
    assert len(office.waiting()) == 1, "the next round finds what this one missed"


async def test_mail_that_is_down_holds_up_no_look_and_both_are_named(
    client: Client, office: Office, post: Post
) -> None:
    post.down = True
    office.changed("7", 1)
    with pytest.raises(WorkflowFailureError) as failed:
        await a_round(client)
    assert str(failed.value.cause) == "UpkeepFailed: mail: no mail server"
    assert len(office.waiting()) == 1
    office.portal.down = True
    with pytest.raises(WorkflowFailureError, match="Workflow execution failed") as failed:
        await a_round(client)
    assert str(failed.value.cause) == "UpkeepFailed: CRM: the portal is down; mail: no mail server"


# --- the schedule --------------------------------------------------------------------------------------------------------


async def test_the_schedule_is_made_once_and_follows_the_settings(client: Client, post: Post) -> None:
    await asyncio.gather(*(ensure_upkeep(client, timedelta(hours=1)) for _ in range(3)))
    handle = client.get_schedule_handle(UPKEEP_SCHEDULE)

    async def scheduled() -> Schedule:
        """A schedule takes what it is told a moment later."""
        return (await handle.describe()).schedule

    await handle.pause(note="holidays")
    await eventually(scheduled, lambda now: now.state.paused)
    assert (await handle.describe()).info.last_updated_at is None, (
        "an update that changes nothing could undo the pause"
    )
    await ensure_upkeep(client, timedelta(seconds=1))
    second = [timedelta(seconds=1)]
    described = await eventually(
        scheduled, lambda now: [interval.every for interval in now.spec.intervals] == second
    )
    assert described.policy.overlap is ScheduleOverlapPolicy.SKIP
    assert described.state.paused, "whoever paused it meant it"
    assert post.rounds == 0
    await handle.unpause()

    async def rounds() -> int:
        return post.rounds

    await eventually(rounds, lambda count: count >= 2)
    await handle.delete()
