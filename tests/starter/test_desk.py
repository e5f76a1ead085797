"""The one client: starting, telling, showing, and what it says when that fails."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import PollWorkflowTaskQueueRequest
from temporalio.client import Client

from domain.deal.messages import Cancel, Complete, Decide, Pay, Sign
from domain.deal.state import DealState, LineState
from domain.deferred import Deferred
from domain.words import LineStatus, Stage, same
from records.errors import RecordsUnavailable
from starter.answers import MessageRefused
from starter.desk import Archive, DealDesk, DuplicateNumber
from starter.errors import NotFoundError, UnreachableError, UsageError
from tests.factories import a_deal, a_line
from tests.support.stand import Stand, fresh_number, sample_order
from workflows.names import deal_id


class Shelf:
    """An archive of deals that Temporal does not hold."""

    def __init__(self, *deals: DealState, highest: int = 0) -> None:
        self.deals = {deal.deal: deal for deal in deals}
        self.highest = highest

    def highest_number(self) -> int:
        return self.highest

    def snapshot(self, deal: str) -> tuple[DealState, list[LineState]] | None:
        found = self.deals.get(deal)
        return found and (found, list(found.lines.values()))

    def deferred(self, deal: str) -> dict[str, list[Deferred]]:
        return {}


class Down:
    def highest_number(self) -> int:
        raise RecordsUnavailable(same("down"))

    def snapshot(self, deal: str) -> tuple[DealState, list[LineState]] | None:
        raise RecordsUnavailable(same("down"))

    def deferred(self, deal: str) -> dict[str, list[Deferred]]:
        raise RecordsUnavailable(same("down"))


def desk(client: Client, archive: Archive | None = None, **more: Any) -> DealDesk:
    return DealDesk(client, archive=archive, language="en", **more)


def lead(number: str) -> dict[str, Any]:
    return sample_order("lead") | {"number": number}


async def test_a_machine_that_starts_a_deal_again_finds_it(office: Stand) -> None:
    number = fresh_number()
    assert await office.desk.start(lead(number)) == number
    assert await office.desk.start(lead(number)) == number
    with pytest.raises(DuplicateNumber, match=r"^number: "):
        await office.desk.start(lead(number), must_be_new=True)


async def test_a_closed_deal_is_found_and_never_started_again(office: Stand) -> None:
    deal = await office.open(sample_order("lead"))
    await deal.cancel("ivanova")
    await deal.result()
    run = await deal.handle.describe()
    assert await office.desk.start(lead(deal.number)) == deal.number
    assert (await deal.handle.describe()).run_id == run.run_id
    with pytest.raises(MessageRefused) as refused:
        await office.desk.send(deal.number, Cancel(id="again", actor="ivanova", reason="again"))
    assert refused.value.code == "closed"


async def test_numbers_go_on_from_the_highest_and_pass_by_those_taken(client: Client) -> None:
    first = 10_000_000 + uuid4().int % 80_000_000
    taken = a_deal(str(first + 1))
    with_numbers = desk(client, Shelf(taken, highest=first), task_queue="nobody")
    order = sample_order("lead")
    assert [await with_numbers.start(order) for _ in range(2)] == [str(first + 2), str(first + 3)]
    for number in (first + 2, first + 3):
        await client.get_workflow_handle(deal_id(str(number))).terminate()


async def test_a_number_that_only_the_records_know_is_taken(client: Client) -> None:
    old = a_deal(fresh_number(), stage=Stage.PAID)
    with pytest.raises(DuplicateNumber):
        await desk(client, Shelf(old)).start(lead(old.deal), must_be_new=True)
    assert await desk(client, Shelf(old)).start(lead(old.deal)) == old.deal


async def test_records_that_are_down_keep_no_numbered_deal_from_starting(
    client: Client, office: Stand
) -> None:
    number = fresh_number()
    assert await desk(client, Down()).start(lead(number), must_be_new=True) == number
    await client.get_workflow_handle(deal_id(number)).terminate()


async def test_the_records_answer_for_what_temporal_no_longer_holds(client: Client) -> None:
    old = a_deal(fresh_number(), stage=Stage.PAID, lines=[a_line(status=LineStatus.SETTLED)])
    reader = desk(client, Shelf(old))
    view = await reader.show(old.deal)
    assert (view.stage, view.lines[0].status) == (Stage.PAID, LineStatus.SETTLED)
    with pytest.raises(MessageRefused):
        await reader.send(old.deal, Sign(id="s", actor="client", document="contract"))
    with pytest.raises(MessageRefused):
        await reader.send(old.deal, Sign(id="s", actor="client", document="line-1:upd"))


async def test_what_nobody_knows_is_not_found(client: Client) -> None:
    with pytest.raises(NotFoundError):
        await desk(client).show("no-such")
    with pytest.raises(NotFoundError):
        await desk(client).send("no-such", Sign(id="s", actor="client", document="line-1:upd"))


async def test_without_a_worker_every_call_ends_with_words(client: Client) -> None:
    lonely = desk(client, task_queue=f"nobody-{uuid4()}", answer_seconds=1.0)
    number = await lonely.start(lead(fresh_number()))
    with pytest.raises(UnreachableError, match="No worker"):
        await lonely.show(number)
    with pytest.raises(UnreachableError, match="No worker"):
        await lonely.send(number, Cancel(id="x", actor="ivanova", reason="test"))
    await client.get_workflow_handle(deal_id(number)).terminate()


async def test_a_worker_that_is_merely_busy_is_called_busy(client: Client) -> None:
    queue = f"busy-{uuid4()}"
    busy = desk(client, task_queue=queue, answer_seconds=1.0)
    number = await busy.start(lead(fresh_number()))
    polling = client.workflow_service.poll_workflow_task_queue(
        PollWorkflowTaskQueueRequest(
            namespace=client.namespace, task_queue=TaskQueue(name=queue), identity="busy"
        )
    )
    await polling  # it takes the deal's first task, and never ends it
    with pytest.raises(UnreachableError, match="busy"):
        await busy.show(number)
    with pytest.raises(UnreachableError, match="busy"):
        await busy.send(number, Cancel(id="x", actor="ivanova", reason="test"))
    await client.get_workflow_handle(deal_id(number)).terminate()


async def test_a_refusal_comes_in_both_languages_with_its_code(office: Stand) -> None:
    deal = await office.open(sample_order("lead"))
    with pytest.raises(MessageRefused) as refused:
        await office.desk.send(deal.number, Complete(id="c", actor="kuznetsova", assignment="qualification"))
    assert refused.value.code == "not_allowed"
    assert "Ольга Иванова" in refused.value.words
    assert refused.value.text.ru != refused.value.text.en


async def test_the_same_id_with_other_content_is_refused(office: Stand) -> None:
    deal = await office.open(sample_order())
    first = Pay(id="pp-1", actor="accountant", amount="10.00", currency="RUB")  # type: ignore[arg-type]
    assert not (await office.desk.send(deal.number, first)).repeated
    again = await office.desk.send(deal.number, first)
    assert again.id == "pp-1"
    with pytest.raises(MessageRefused):
        await office.desk.send(deal.number, first.model_copy(update={"amount": first.amount + 1}))
    assert (await deal.view()).totals.paid == 10


async def test_a_lines_message_goes_to_the_line(office: Stand) -> None:
    deal = await office.open(sample_order("stock-only"))
    with pytest.raises(NotFoundError, match="no line 1 at work"):
        await office.desk.send(
            deal.number, Decide(id="d", actor="petrov", approval="line-1:credit", approve=True)
        )
    await deal.agree()
    view = await deal.until_asked("line-1:payment-terms")
    await deal.complete("line-1:payment-terms")
    assert view.lines[0].status is LineStatus.AWAITING_RELEASE
    assert "complete" in " ".join((await deal.line()).receipts)
    assert not any("payment-terms" in key for key in (await deal.state()).receipts)


async def test_a_line_that_was_terminated_is_shown_as_silent(office: Stand) -> None:
    deal = await office.open(sample_order("stock-only"))
    await deal.agree()
    await deal.line_handle(1).terminate()
    view = await deal.until(lambda view: any(b.kind == "silence" for b in view.blockers))
    [silence] = [b for b in view.blockers if b.kind == "silence"]
    assert silence.subject == "line 1"
    assert silence.due_at - silence.since >= timedelta(days=1)


async def test_when_no_number_is_free_the_desk_says_so(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("starter.desk.NUMBERS_TRIED", 1)
    taken = a_deal("1")
    with pytest.raises(UsageError, match="none was free"):
        await desk(client, Shelf(taken)).start(sample_order("lead"))
