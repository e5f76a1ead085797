"""Services: installed and trained without a supplier, customs or a warehouse; closed by their act, and no hindrance to the goods."""

from datetime import date, timedelta

import pytest

from activities.projections.crm_fields import line_fields
from domain.deal.open_items import open_items
from domain.facts import DeliveryLate, LineStatusChanged, StageChanged
from domain.view.item_words import tell_item
from domain.view.model import Blocker
from domain.words import Stage
from tests.support.memory import OpenDeal, World, day, refused
from tests.support.orders import a_good, an_order

PLAN, DONE = "line-1:service-plan", "line-1:service-rendered"


def a_service(**changes: object) -> dict[str, object]:
    return a_good(sku="TRAIN-1", name="Обучение врачей", source="service", quantity=1, **changes)


def the_statuses(deal: OpenDeal, line: int) -> list[str]:
    own = [fact for fact in deal.facts(LineStatusChanged) if fact.subject == f"line {line}"]
    return [fact.read().status for fact in own]


def test_a_service_is_planned_rendered_and_closed_by_its_act(world: World) -> None:
    deal = world.open(an_order(a_service()))
    deal.to(PLAN)
    assert deal.line().status == "PROCESSING"
    deal.complete(PLAN, performer="Сергей Волков", agreed_on=day(7))
    [asked] = [a for a in deal.view().assignments if a.id == DONE]
    assert asked.due_at.date().isoformat() == day(7), "by the end of the agreed day"
    deal.skip(timedelta(days=7))
    deal.complete(DONE, rendered_on=day(6))
    line = deal.line()
    assert (line.status, set(line.moments) >= {"ready_to_ship", "shipped", "accepted"}) == ("SHIPPED", True)
    assert list(line.documents) == ["line-1:service-act"], "no УПД, no waybill, no warranty"
    [shown] = deal.view().lines
    assert (shown.status_label, deal.view().stage_label) == ("rendered", "Services rendered")
    with refused("before_issue"):
        deal.sign("line-1:service-act", signed_on=day(5))
    deal.robot()
    assert deal.state.stage is Stage.PAID
    assert the_statuses(deal, 1) == ["PROCESSING", "SHIPPED", "SETTLED"]
    kinds = {asked.kind for asked in deal.line().assignments.values()}
    assert kinds == {"payment-terms", "service-plan", "service-rendered"}


@pytest.mark.parametrize(
    ("payment", "document"), [("corporate_contract", "upd"), ("state_contract", "eis-acceptance")]
)
def test_its_money_counts_from_the_signature_that_its_payment_type_names(
    world: World, payment: str, document: str
) -> None:
    deal = world.open(an_order(a_service(payment=payment)))
    deal.robot(until=lambda view: view["lines"][0]["status"] == "SHIPPED")
    assert f"line-1:{document}" in deal.line().documents
    deal.robot()
    assert deal.state.stage is Stage.PAID


def test_its_money_gates_it_as_it_does_goods(world: World) -> None:
    deal = world.open(an_order(a_service(payment="prepaid_50")))
    deal.to(PLAN)
    deal.complete(PLAN, performer="Сергей Волков", agreed_on=day(1))
    assert DONE not in deal.asked(), "the balance before the rendering has not come"
    deal.pay("500.00", line=1)
    assert DONE in deal.asked()


def test_installation_waits_for_its_device_and_holds_up_nothing_meanwhile(world: World) -> None:
    device = a_good(payment="deferred_30", delivery="carrier")
    deal = world.open(an_order(device, a_service(payment="deferred_30", after=1)))
    deal.to("line-2:service-plan")
    deal.complete("line-2:service-plan", performer="Сергей Волков", agreed_on=day(3))
    deal.to("line-1:delivery")
    assert "line-2:service-rendered" not in deal.asked(), "the device is not there yet"
    assert deal.state.stage is Stage.SHIPPED, "the service holds the deal in no earlier stage"
    assert deal.view().stage_label == "Shipped to the client", "there are goods, too"
    deal.complete("line-1:delivery", delivered_on=day(0), received_by="Анна")
    assert "line-2:service-rendered" in deal.asked()
    deal.complete("line-2:service-rendered", rendered_on=day(0))
    deal.robot()
    assert deal.state.stage is Stage.PAID
    stages = [fact.read().stage for fact in deal.facts(StageChanged)]
    assert stages == sorted(stages, key=list(Stage).index), "never back"


def test_a_device_that_is_taken_out_is_waited_for_no_more(world: World) -> None:
    device = a_good(payment="deferred_30")
    deal = world.open(an_order(device, a_service(payment="deferred_30", after=1)))
    deal.to("line-2:service-plan")
    deal.complete("line-2:service-plan", performer="Сергей Волков", agreed_on=day(0))
    assert "line-2:service-rendered" not in deal.asked()
    deal.amend(remove=[1], reason="клиент передумал")
    deal.approve("amendment", *[ask.person for a in deal.view().approvals for ask in a.awaiting])
    assert "line-2:service-rendered" in deal.asked()


def test_a_part_of_a_device_that_is_split_off_is_waited_for_too(world: World) -> None:
    deal = world.open(an_order(a_good(payment="deferred_30"), a_service(payment="deferred_30", after=1)))
    deal.to("line-1:shipment", "line-2:service-plan")
    deal.complete("line-2:service-plan", performer="Сергей Волков", agreed_on=day(0))
    deal.split(1, 1)
    deal.complete("line-1:shipment", shipping_document="УПД-1", shipped_on=day(0))
    deal.complete("line-1:delivery", delivered_on=day(0), received_by="Анна")
    assert "line-2:service-rendered" not in deal.asked()
    deal.complete("line-3:shipment", shipping_document="УПД-2", shipped_on=day(0))
    deal.complete("line-3:delivery", delivered_on=day(0), received_by="Анна")
    assert "line-2:service-rendered" in deal.asked()


def forecasts(deal: OpenDeal) -> dict[int, date]:
    return {line.number: line.expected.delivered_on for line in deal.view().lines if line.expected}


def test_it_is_forecast_no_earlier_than_the_device_it_waits_for(world: World) -> None:
    device = a_good(source="import", payment="deferred_30")
    deal = world.open(an_order(device, a_service(payment="deferred_30", after=1, deliver_by=day(80))))
    deal.to("line-1:supplier-order", "line-2:service-plan")
    found = forecasts(deal)
    assert found[2] >= found[1] > date.fromisoformat(day(20))
    deal.complete("line-2:service-plan", performer="Сергей Волков", agreed_on=day(3))
    assert forecasts(deal) == found, "it is not the engineer who is waited for"
    deal.complete("line-1:supplier-order", ready_on=day(90))
    found = forecasts(deal)
    assert found[2] >= found[1] > date.fromisoformat(day(90))
    assert "line-2:delivery-late" in deal.asked()
    [late] = deal.read(DeliveryLate)
    assert (late.expected, late.reason.en[:40]) == (found[2], "the goods that the service follows reach")


def test_who_must_act_where_it_waits_is_told(world: World) -> None:
    device = a_good(payment="deferred_30", delivery="carrier")
    deal = world.open(an_order(device, a_service(payment="deferred_30", after=1)))
    deal.to("line-1:reservation", "line-2:service-plan")
    assert not waits_for(deal), "it is its own manager who is waited for"
    deal.complete("line-2:service-plan", performer="Сергей Волков", agreed_on=day(3))
    [blocker] = waits_for(deal)
    assert (blocker.what, blocker.who) == (
        "waits for the delivery of line 1: Reserve in stock",
        ("orlov",),
    )
    assert blocker.due_at == next(a.due_at for a in deal.view().assignments if a.id == "line-1:reservation")
    assert tell_item(deal.state, open_items(deal.state)[-1]).startswith(
        "Позиция 2: ожидает доставки позиции 1:"
    )
    card = line_fields(deal.state, deal.line(2))
    assert (card["awaiting"], card["due"]) == ("Игорь Орлов", blocker.due_at.isoformat())
    deal.to("line-1:delivery")
    assert waits_for(deal)[0].what == "waits for the delivery of line 1: Confirm the delivery"
    deal.complete("line-1:delivery", delivered_on=day(0), received_by="Анна")
    assert not waits_for(deal)


def waits_for(deal: OpenDeal) -> list[Blocker]:
    return [
        blocker for blocker in deal.view().blockers if (blocker.kind, blocker.subject) == ("line", "line 2")
    ]


def test_the_day_it_was_rendered_is_corrected(world: World) -> None:
    deal = world.open(an_order(a_service(payment="deferred_30")))
    deal.to(PLAN)
    deal.complete(PLAN, performer="Сергей Волков", agreed_on=day(3))
    deal.correct(PLAN, agreed_on=day(5))
    [asked] = [a for a in deal.view().assignments if a.id == DONE]
    assert asked.due_at.date().isoformat() == day(5)
    deal.skip(timedelta(days=5))
    deal.complete(DONE, rendered_on=day(5))
    due = deal.view().milestones[0].due_at
    deal.correct(DONE, rendered_on=day(2))
    assert due
    assert deal.view().milestones[0].due_at == due - timedelta(days=3)


@pytest.mark.parametrize("kind", ["cancel", "amend"])
def test_a_service_is_changed_and_called_off_like_goods(world: World, kind: str) -> None:
    deal = world.open(an_order(a_service(payment="deferred_30"), a_good(payment="deferred_30")))
    deal.to(PLAN)
    if kind == "cancel":
        deal.cancel("ivanova")
        deal.approve("cancellation", "petrov")
        assert deal.state.stage is Stage.CANCELLED
        return
    deal.amend(settings={"line-1.unit_price": "900.00"}, reason="скидка")
    assert str(deal.line().amount) == "900.00"
