"""An operator terminates a deal's workflow: it is told within a look, to whom it concerns, with what lets it go on."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from temporalio.client import Client, WorkflowExecutionStatus, WorkflowHandle
from temporalio.testing import WorkflowEnvironment

from activities.watchdog import DealWatchdog
from domain.deal.messages import Reassign
from domain.deal.stopped import Ending
from domain.effects import Notice
from domain.view.model import Blocker
from records.post import WaitingPost
from records.queries import RecordQueries
from records.stopped import StoppedProcesses
from starter.answers import MessageRefused
from starter.desk import DealDesk
from starter.errors import NotFoundError, RefusedError
from starter.revival import ProcessStopped
from tests.conftest import STOPPED
from tests.factories import a_batch, a_deal
from tests.support.deal import OpenDeal
from tests.support.orders import a_good, an_order
from tests.support.stand import Stand, fresh_number
from tests.support.stand import stand as a_stand
from tests.support.waiting import eventually
from workflows.names import DEAL_WORKFLOW, TASK_QUEUE, deal_id, line_id
from workflows.temporal.converter import DATA_CONVERTER


class Watch:
    """One look of `Upkeep`, and what it leaves in the records and in the post."""

    def __init__(self, stand: Stand) -> None:
        url = stand.settings.database_url
        self.records, self.queries, self.post = StoppedProcesses(url), RecordQueries(url), WaitingPost(url)
        self.watchdog = DealWatchdog(stand.client, self.records, self.queries, self.post)

    async def look(self) -> dict[str, Ending]:
        """The stopped deals. The list of running ones comes late to Temporal's visibility; a look does not mind."""
        await self.watchdog.watch()
        return {one.deal: one.ending for one in self.records.all()}

    def mail(self, number: str) -> list[Notice]:
        claimed: list[Notice] = []
        while notices := self.post.claim(datetime.now(UTC) + timedelta(days=7), timedelta(days=30)):
            claimed += notices
        return [notice for notice in claimed if notice.deal == number]

    def close(self) -> None:
        for opened in (self.records, self.queries, self.post):
            opened.close()


@pytest.fixture
def watch(stand: Stand) -> Iterator[Watch]:
    made = Watch(stand)
    yield made
    made.close()


async def terminated(deal: OpenDeal, reason: str = "clean-up") -> None:
    await deal.caught_up()
    await deal.handle.terminate(reason=reason)
    await eventually(lambda: _listed_as_terminated(deal))  # a look would find it a round later


async def _listed_as_terminated(deal: OpenDeal) -> bool:
    query = f'WorkflowId = "{deal.handle.id}" AND ExecutionStatus = "Running"'
    return [run async for run in deal.stand.client.list_workflows(query)] == []


async def test_it_is_told_to_manager_and_director_once_and_goes_on_to_the_end_once_revived(
    stand: Stand, watch: Watch
) -> None:
    deal = await stand.open(an_order(a_good(payment="prepaid_100")))
    await deal.to("line-1:reservation")
    assert deal.number not in await watch.look()
    await terminated(deal)

    assert (await watch.look())[deal.number] is Ending.TERMINATED
    told = watch.mail(deal.number)
    assert sorted(notice.person for notice in told) == ["ivanova", "petrov"]
    assert {notice.kind for notice in told} == {"deal_stopped"}
    assert "clean-up" in told[0].data["reason"]
    [listed] = watch.queries.deals(text=deal.number)
    assert listed.stopped_at is not None
    await watch.look()
    assert watch.mail(deal.number) == [], "one mail for one stop"

    view = await deal.view()
    first = view.blockers[0]
    assert (first.subject, first.kind, first.who) == ("deal", "silence", ("ivanova", "petrov"))
    for said in ("terminated", "tests", "clean-up", f"deal revive {deal.number}"):
        assert said in first.what
    assert view.next_due is not None
    assert view.next_due.what == first.what

    assert await stand.desk.revive(deal.number)
    assert deal.number not in await watch.look()
    [listed] = watch.queries.deals(text=deal.number)
    assert listed.stopped_at is None
    assert not _stops(await deal.view())
    await deal.robot()
    await deal.stage("PAID")


async def test_what_is_sent_to_a_stopped_deal_is_told_so_and_is_taken_once_it_goes_on(stand: Stand) -> None:
    deal = await stand.open(an_order())
    await terminated(deal)
    message = Reassign(id="r-1", actor="petrov", to="sidorov")
    with pytest.raises(ProcessStopped, match=f"clean-up; let it go on: deal revive {deal.number}"):
        await stand.desk.send(deal.number, message)
    assert [await stand.desk.revive(deal.number) for _ in range(3)] == [True, False, False]
    assert not (await stand.desk.send(deal.number, message)).repeated
    assert (await deal.view()).manager == "sidorov"


async def test_a_line_goes_on_without_its_deal_and_is_shown_so_and_the_deal_hears_of_it_once_revived(
    stand: Stand,
) -> None:
    deal = await stand.open(an_order(a_good(payment="state_contract")))
    await deal.to("line-1:credit")
    await terminated(deal)
    await deal.approve("line-1:credit", "petrov")
    view = await deal.until(lambda view: view.lines[0].status == "PROCESSING")
    assert "line 1 goes on without it" in view.blockers[0].otherwise
    assert await stand.desk.revive(deal.number)
    await deal.to("line-1:reservation")
    assert "petrov approval.approved line-1:credit" in await deal.story("approval.approved")


async def test_only_what_was_stopped_is_revived(stand: Stand) -> None:
    deal = await stand.open(an_order())
    assert not await stand.desk.revive(deal.number), "it runs already"
    await deal.cancel("ivanova")
    await deal.result()
    with pytest.raises(MessageRefused, match="closed already"):
        await stand.desk.revive(deal.number)
    with pytest.raises(NotFoundError):
        await stand.desk.revive("no-such")


async def test_a_deal_that_could_not_begin_is_shown_with_its_reason_and_not_revived(
    stand: Stand, watch: Watch
) -> None:
    number = fresh_number()
    await _start(
        stand, number, {"number": number, "order": {"manager": "nobody", "client": {"contact": "A"}}}
    )
    handle = stand.client.get_workflow_handle(deal_id(number))
    await eventually(handle.describe, lambda run: run.status is WorkflowExecutionStatus.FAILED)
    view = await stand.desk.show(number)
    assert view.number == number
    assert "could not begin: " in view.blockers[0].what
    with pytest.raises(RefusedError, match="under another number"):
        await stand.desk.revive(number)
    assert number not in await watch.look(), "the records have never heard of it"


async def test_a_deal_that_ran_out_of_time_before_its_first_task_is_revived_too(
    stand: Stand, watch: Watch
) -> None:
    number = fresh_number()
    start = {"number": number, "order": an_order()}
    handle = await _start(stand, number, start, queue=uuid4().hex, execution_timeout=timedelta(seconds=1))
    await eventually(handle.describe, lambda run: run.status is WorkflowExecutionStatus.TIMED_OUT)
    stand.records.real.apply(a_batch(a_deal(number)))
    assert (await watch.look())[number] is Ending.TIMED_OUT
    assert await stand.desk.revive(number)


async def test_a_deal_that_temporal_does_not_hold_is_missed_and_nobody_gets_a_mail_for_each(
    stand: Stand, watch: Watch
) -> None:
    number = fresh_number()
    stand.records.real.apply(a_batch(a_deal(number)))
    assert (await watch.look())[number] is Ending.MISSING
    missed_at = watch.records.all()
    await watch.look()
    assert watch.records.all() == missed_at, "since it was first missed"
    assert watch.mail(number) == []
    desk = DealDesk(stand.client, archive=watch.queries, language="en")
    assert "no longer in Temporal" in (await desk.show(number)).blockers[0].what
    with pytest.raises(RefusedError, match="backup"):
        await desk.revive(number)


async def test_a_deal_that_was_stopped_before_it_took_up_what_came_is_shown_as_the_records_have_it(
    temporal: WorkflowEnvironment, tmp_path: Path
) -> None:
    target = temporal.client.service_client.config.target_host
    client = await Client.connect(target, namespace=STOPPED, data_converter=DATA_CONVERTER)
    async with a_stand(client, tmp_path) as running:
        deal = await running.open(an_order())
        await deal.caught_up()
    await deal.handle.signal("pay", {})
    await deal.handle.terminate(reason="clean-up")
    with closing(RecordQueries(running.settings.database_url)) as archive:
        unattended = DealDesk(client, archive=archive, language="en", answer_seconds=20)
        assert (await unattended.show(deal.number)).blockers[0].kind == "silence", (
            "no worker runs, and it is told all the same"
        )

    async with a_stand(client, tmp_path) as running:
        with closing(RecordQueries(running.settings.database_url)) as archive:
            desk = DealDesk(client, archive=archive, language="en", answer_seconds=5)
            view = await desk.show(deal.number)
            assert view.number == deal.number
            assert f"clean-up; let it go on: deal revive {deal.number}" in view.blockers[0].what
        with pytest.raises(ProcessStopped, match=f"deal revive {deal.number}"):
            await DealDesk(client, language="en", answer_seconds=5).show(deal.number)


async def test_a_foreign_workflow_in_the_place_of_a_stopped_deal_is_named_by_every_view_until_it_ends(
    stand: Stand, watch: Watch
) -> None:
    deal = await stand.open(an_order())
    await terminated(deal)
    foreign = await stand.client.start_workflow("Billing", id=deal.handle.id, task_queue=uuid4().hex)

    view = await deal.view()
    assert (view.number, view.client.contact) == (deal.number, "Анна Смирнова")
    said = view.blockers[0].what
    assert "a foreign process runs in place of the deal's: Billing" in said
    assert f"terminate --workflow-id deal-{deal.number}, then deal revive {deal.number}" in said
    assert (await watch.look())[deal.number] is Ending.FOREIGN
    assert sorted(notice.person for notice in watch.mail(deal.number)) == ["ivanova", "petrov"]
    [listed] = watch.queries.deals(text=deal.number)
    assert listed.stopped_at is not None
    with pytest.raises(RefusedError, match="Billing; end it"):
        await stand.desk.revive(deal.number)
    desk = DealDesk(stand.client, archive=watch.queries, language="en", answer_seconds=2)
    with pytest.raises(ProcessStopped, match="Billing; end it"):
        await desk.send(deal.number, Reassign(id="r-1", actor="petrov", to="sidorov"))

    await foreign.terminate()
    assert "the deal's process was terminated" in (await deal.view()).blockers[0].what
    assert await stand.desk.revive(deal.number)
    await deal.until(lambda view: not _stops(view))
    await stand.desk.send(deal.number, Reassign(id="r-1", actor="petrov", to="sidorov"))


async def test_a_message_to_a_line_that_was_stopped_is_worth_another_try(stand: Stand) -> None:
    deal = await stand.open(an_order(a_good(payment="state_contract")))
    await deal.to("line-1:payment-terms")
    await stand.client.get_workflow_handle(line_id(deal.number, 1)).terminate(reason="clean-up")
    with pytest.raises(Exception, match="its deal starts it again"):
        await deal.send("complete", actor="ivanova", assignment="line-1:payment-terms")


def _stops(view: object) -> list[Blocker]:
    return [b for b in view.blockers if (b.subject, b.kind) == ("deal", "silence")]  # type: ignore[attr-defined]


async def _start(
    stand: Stand, number: str, start: dict[str, object], queue: str = TASK_QUEUE, **options: timedelta
) -> WorkflowHandle[object, object]:
    stand.opened.append(number)
    return await stand.client.start_workflow(
        DEAL_WORKFLOW,
        start,
        id=deal_id(number),
        task_queue=queue,
        **options,  # type: ignore[arg-type]
    )
