"""An operator resets a deal's workflow: nothing that happened is lost from the records, and the deal goes on beside it."""

from uuid import uuid4

from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.enums.v1 import EventType, ResetReapplyType
from temporalio.api.workflowservice.v1 import ResetWorkflowExecutionRequest

from domain.facts import TrailBranched, verify
from records.queries import RecordQueries
from tests.support.deal import OpenDeal
from tests.support.orders import an_order
from tests.support.stand import Stand
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

    written = stand.crm.keys(deal.number)
    assert len(written) == len(set(written)), "what was done is not done again"
    assert {f"deal-{deal.number}:{fact.key}:comment" for fact, _ in placed} <= set(written)


async def _last_workflow_task(deal: OpenDeal) -> int:
    history = await deal.handle.fetch_history()
    done = EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED
    return max(event.event_id for event in history.events if event.event_type == done)


async def _reset(deal: OpenDeal, to: int) -> None:
    client, handle = deal.stand.client, deal.handle
    run = (await handle.describe()).run_id
    await client.workflow_service.reset_workflow_execution(
        ResetWorkflowExecutionRequest(
            namespace=client.namespace,
            workflow_execution=WorkflowExecution(workflow_id=handle.id, run_id=run),
            reason="a wrong decision",
            workflow_task_finish_event_id=to,
            request_id=str(uuid4()),
            reset_reapply_type=ResetReapplyType.RESET_REAPPLY_TYPE_NONE,
        )
    )
