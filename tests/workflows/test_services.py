"""A service on the real server: it waits for the device, is rendered after it, and closes by its act."""

from domain.facts import LineStatusChanged
from domain.view.model import DealView
from tests.support.memory import today
from tests.support.orders import a_good, an_order
from tests.support.stand import Stand


async def test_a_service_waits_for_its_device_and_says_of_whom(stand: Stand) -> None:
    service = a_good(sku="TRAIN-1", source="service", payment="deferred_30", quantity=1, after=1)
    deal = await stand.open(an_order(a_good(payment="deferred_30", delivery="carrier"), service))
    await deal.to("line-1:delivery", "line-2:service-plan")
    await deal.complete("line-2:service-plan", performer="Сергей Волков", agreed_on=str(today()))
    await deal.until(waits_for_line_1)
    assert "line-2:service-rendered" not in await deal.asked()
    await deal.complete("line-1:delivery", delivered_on=str(today()), received_by="Анна")
    await deal.until_asked("line-2:service-rendered")
    await deal.robot()
    assert (await deal.result()).stage == "PAID"
    changes = [fact for fact in await deal.facts(LineStatusChanged.kind) if fact.subject == "line 2"]
    assert [fact.data["status"] for fact in changes] == ["PROCESSING", "SHIPPED", "SETTLED"]


def waits_for_line_1(view: DealView) -> bool:
    return any(
        (b.kind, b.subject, b.what)
        == ("line", "line 2", "waits for the delivery of line 1: Confirm the delivery")
        for b in view.blockers
    )
