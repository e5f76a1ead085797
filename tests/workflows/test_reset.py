"""An operator resets a deal's workflow: nothing that happened is lost from the records, and the deal goes on beside it."""

from decimal import Decimal
from uuid import uuid4

from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.enums.v1 import EventType, ResetReapplyType
from temporalio.api.workflowservice.v1 import ResetWorkflowExecutionRequest

from activities.todays_people import TodaysPeople
from domain.effects import AddComment
from domain.facts import TrailBranched, verify
from domain.facts.content import content
from domain.playbook.book import StaffedPlaybook
from records.queries import RecordQueries
from records.seen import SeenDeals
from tests.support.deal import OpenDeal
from tests.support.orders import a_good, an_order
from tests.support.stand import Stand, default_playbook
from tests.support.waiting import eventually


async def test_what_a_reset_abandons_stays_and_what_follows_it_has_its_effect(stand: Stand) -> None:
    deal = await stand.open(an_order())
    await deal.qualify()
    await deal.until_asked("contract")
    await deal.caught_up()
    here = await _last_workflow_task(deal)
    await deal.approve("contract", "petrov")
    lost = (await deal.caught_up()).head

    await _reset(deal, here)
    await deal.reject("contract", "petrov", "дорого")
    await eventually(lambda: deal.facts(TrailBranched.kind))
    await deal.caught_up()

    queries = RecordQueries(stand.settings.database_url)
    placed, head = queries.branches(deal.number), queries.head(deal.number)
    queries.close()
    assert [fact.digest for fact, abandoned in placed if abandoned] == [lost]
    live = [fact for fact, abandoned in placed if not abandoned]
    assert [fact.kind for fact in live[-4:]] == [
        "approval.voted",
        "approval.rejected",
        "assignment.opened",
        "deal.branched",
    ]
    assert verify(live, head) == []
    assert live[-1].data["since_seq"] == live[-4].seq - 1
    assert live[-1].data["facts_abandoned"] == 1

    told = [write.identity for write in stand.crm.taken if isinstance(write, AddComment)]
    assert len(told) == len(set(told)), "what was told is not told again"
    assert {f"deal-{deal.number}:{content(fact)}:comment" for fact, _ in placed} <= set(told)


async def test_a_reset_to_the_first_task_that_applies_everything_anew_loses_nothing_and_tells_nobody_twice(
    stand: Stand,
) -> None:
    deal = await stand.open(an_order(a_good(quantity=2, unit_price="6200.00", payment="prepaid_100")))
    await deal.to("line-1:payment-terms")
    await deal.complete("line-1:payment-terms")
    await deal.pay("12400.00", line=1)
    before = await deal.caught_up()
    assert before.received == Decimal("12400.00")
    comments, mails = _comments(deal), [mail.message_id for mail in stand.mail.real.sent()]

    await _reset(deal, await _first_workflow_task(deal), ResetReapplyType.RESET_REAPPLY_TYPE_ALL_ELIGIBLE)
    await eventually(lambda: deal.facts(TrailBranched.kind))
    after = await deal.caught_up()
    assert (after.stage, after.received, after.advance) == (before.stage, before.received, before.advance)
    assert after.milestones == before.milestones
    assert [m.message_id for m in stand.mail.real.sent()] == mails, "nobody is written to twice"
    assert [text for text in _comments(deal) if text not in comments] == _comments(deal)[len(comments) :]
    assert len(_comments(deal)) == len(comments) + 1, "the one that says that there is a new branch"

    await deal.robot()
    assert (await deal.result()).paid == Decimal("12400.00")


async def test_a_deal_that_was_reset_by_hand_hears_who_works_here_today(stand: Stand) -> None:
    """From the next look of the upkeep; a look that repeats changes nothing, nor does one at deals nobody has reset."""
    deal, other = await stand.open(an_order()), await stand.open(an_order())
    before = await deal.state()
    await _reset(deal, await _first_workflow_task(deal))

    async def today() -> StaffedPlaybook:
        raw = default_playbook().model_dump(mode="json")
        hired = {"belov": raw["people"]["orlov"] | {"name": "Олег Белов"}}
        return StaffedPlaybook.model_validate(raw | {"people": raw["people"] | hired})

    seen = SeenDeals(stand.settings.database_url)
    upkeep = TodaysPeople(stand.client, today, seen)
    await eventually(upkeep.tell_reset_deals, lambda told: told.reset > 0)  # Temporal's list comes late
    await eventually(deal.state, lambda now: now.people is not None and "belov" in now.people.people)
    assert "belov" not in before.people.people
    await upkeep.tell_reset_deals()
    await deal.caught_up()
    seen.close()
    assert [f.data["person"] for f in await deal.facts("person.joined")] == ["belov"]
    assert await other.facts("person.joined") == []


def _comments(deal: OpenDeal) -> list[str]:
    written = [write for write in deal.stand.crm.taken if write.deal == deal.number]
    return [write.text for write in written if isinstance(write, AddComment)]


async def _last_workflow_task(deal: OpenDeal) -> int:
    return max(await _workflow_tasks(deal))


async def _first_workflow_task(deal: OpenDeal) -> int:
    return min(await _workflow_tasks(deal))


async def _workflow_tasks(deal: OpenDeal) -> list[int]:
    history = await deal.handle.fetch_history()
    done = EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED
    return [event.event_id for event in history.events if event.event_type == done]


async def _reset(
    deal: OpenDeal,
    to: int,
    reapply: ResetReapplyType.ValueType = ResetReapplyType.RESET_REAPPLY_TYPE_NONE,
) -> None:
    client, handle = deal.stand.client, deal.handle
    run = (await handle.describe()).run_id
    await client.workflow_service.reset_workflow_execution(
        ResetWorkflowExecutionRequest(
            namespace=client.namespace,
            workflow_execution=WorkflowExecution(workflow_id=handle.id, run_id=run),
            reason="a wrong decision",
            workflow_task_finish_event_id=to,
            request_id=str(uuid4()),
            reset_reapply_type=reapply,
        )
    )
