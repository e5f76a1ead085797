"""The embedded CRM rings, the web stores, the relay tells: from a person's act in the CRM to the running workflow."""

import httpx

from activities.reconcile import CrmReconcile
from adapters.crm.embedded.ringer import Ringer
from domain.facts import AssignmentCompleted
from domain.words import Stage
from starter.intake.poll import Poll
from starter.secrets import load_secrets
from starter.web.app import create_app
from starter.web.door import Door
from starter.web.services import Services
from tests.starter.intake.conftest import Front
from tests.support.orders import CLIENT, a_good

ORDER = {"client": CLIENT, "lines": [a_good()]}


def a_ringer(front: Front) -> Ringer:
    """Through the real web, without a network between."""
    settings = front.office.settings
    secrets = load_secrets(settings)
    door = Door(front.box.real, front.relay.wake)
    app = create_app(Services(settings, secrets, front.box.real, door, front.desk, front.relay))
    client = httpx.AsyncClient(transport=httpx.ASGITransport(app))
    return Ringer(front.crm, "http://127.0.0.1", secrets.crm_hook[0], client)


async def test_what_a_person_does_in_the_crm_reaches_the_workflow_by_webhook(front: Front) -> None:
    ringer = a_ringer(front)
    ivanova = front.person("ivanova")
    await ringer.ring()
    number = await ivanova.add_deal(ORDER)
    assert await ringer.ring() == 1
    deal = await front.opened(number)
    await ivanova.fill(number, {"qualification.outcome": "disqualified", "qualification.reason": "бюджет"})
    await ivanova.move(number, Stage.CUSTOMS)
    await ivanova.complete(number, "qualification@1:ivanova")
    assert await ringer.ring() == 3
    await deal.stage("LOST")
    await deal.result()
    assert (await deal.story(AssignmentCompleted.kind)) == ["ivanova assignment.completed qualification"]
    assert {event.source for event in front.box.real.events(deal=number)} == {"crm"}
    await ringer.close()


async def test_what_no_webhook_told_is_found_by_the_next_look(front: Front) -> None:
    number = await front.person().add_deal(ORDER)
    reconcile = CrmReconcile(front.crm, Poll(front.box.real), front.box.seen)
    assert (await reconcile.reconcile()).new >= 1
    await front.opened(number)
    [event] = [e for e in front.box.real.events(deal=number) if e.status == "done"]
    assert event.source == "poll"
