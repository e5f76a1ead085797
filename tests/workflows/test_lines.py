"""What happens to goods on their way, and what may not happen before money."""

from datetime import UTC, datetime, timedelta

import pytest

from domain.facts import (
    ApprovalApproved,
    AssignmentCompleted,
    AssignmentOpened,
    CustomsHeld,
    CustomsReleased,
    DocumentSigned,
    EtaMoved,
    GoodsDamaged,
    LineStatusChanged,
    MilestonePaid,
)
from tests.support.orders import a_good, an_order
from tests.support.stand import Stand

TODAY = datetime.now(UTC).date()


@pytest.mark.parametrize(
    ("source", "way"),
    [
        ("import", ["PROCESSING", "SENT", "AT_CUSTOMS", "AT_WAREHOUSE", "SHIPPED", "SETTLED"]),
        ("dealer", ["PROCESSING", "SENT", "AT_WAREHOUSE", "SHIPPED", "SETTLED"]),
        ("stock", ["PROCESSING", "AT_WAREHOUSE", "SHIPPED", "SETTLED"]),
    ],
)
async def test_a_line_goes_its_whole_route_and_no_other(stand: Stand, source: str, way: list[str]) -> None:
    deal = await stand.open(an_order(a_good(source=source)))
    await deal.robot()
    statuses = [fact.data["status"] for fact in await deal.facts(LineStatusChanged.kind)]
    assert statuses == way


async def test_lines_do_not_wait_for_each_other_and_the_stage_is_where_the_slowest_stands(
    stand: Stand,
) -> None:
    slow, quick = a_good(source="import", payment="prepaid_50"), a_good(source="stock")
    deal = await stand.open(an_order(slow, quick))
    await deal.robot(
        leave=lambda id: id == "line-1:payment-terms",
        until=lambda view: view["lines"][1]["status"] == "SETTLED",
    )
    view = await deal.view()
    assert (view.stage, view.lines[0].status) == ("PREPAYMENT", "AWAITING_RELEASE")
    await deal.to("line-1:customs-release")
    assert (await deal.stage("CUSTOMS")).lines[1].status == "SETTLED"
    await deal.robot()


async def test_customs_may_hold_the_goods_and_release_them_later(stand: Stand) -> None:
    deal = await stand.open(an_order(a_good(source="import", payment="state_contract")))
    await deal.to("line-1:customs-release")
    await deal.complete("line-1:customs-release", outcome="hold", reason="код ТН ВЭД")
    view = await deal.until_asked("line-1:customs-release-2")
    assert (view.lines[0].held, view.lines[0].status) == (True, "AT_CUSTOMS")
    await deal.complete("line-1:customs-release-2")
    view = await deal.until_asked("line-1:acceptance")
    assert not view.lines[0].held
    held, released = await deal.facts(CustomsHeld.kind, CustomsReleased.kind)
    assert (held.actor.person, held.data["reason"]) == ("ivanova", "код ТН ВЭД")
    assert (released.actor.person, released.kind) == ("ivanova", CustomsReleased.kind)
    await deal.caught_up()
    assert ("customs_held", "petrov@dealwright.example") in stand.mail.sent(deal.number)


async def test_damaged_goods_go_through_a_claim_and_are_accepted_again(stand: Stand) -> None:
    deal = await stand.open(an_order(a_good(source="dealer", payment="state_contract", quantity=1)))
    await deal.to("line-1:acceptance")
    await deal.complete("line-1:acceptance", "orlov", result="damaged", remarks="разбит экран")
    assert await deal.asked() == {"line-1:claim"}
    await deal.complete("line-1:claim")
    await deal.complete("line-1:acceptance-2", "orlov", result="accepted", serial_numbers="SN-77")
    await deal.until_asked("line-1:shipment")
    about = (GoodsDamaged.kind, AssignmentCompleted.kind)
    assert (await deal.story(*about))[-4:] == [
        "orlov assignment.completed line-1:acceptance",
        "orlov goods.damaged line 1",
        "ivanova assignment.completed line-1:claim",
        "orlov assignment.completed line-1:acceptance-2",
    ]


async def test_an_arrival_may_be_late_and_is_asked_about_again_by_its_new_date(stand: Stand) -> None:
    deal = await stand.open(an_order(a_good(source="dealer", payment="state_contract")))
    await deal.to("line-1:arrival")
    late = TODAY + timedelta(days=30)
    await deal.complete("line-1:arrival", outcome="delayed", eta=str(late))
    view = await deal.until_asked("line-1:arrival-2")
    assert view.lines[0].eta is not None
    assert abs((view.lines[0].eta.date() - late).days) <= 1
    assert view.assignments[0].due_at == view.lines[0].eta
    (moved,) = await deal.facts(EtaMoved.kind)
    assert moved.data["eta"] == str(late)
    await deal.complete("line-1:arrival-2")
    await deal.until_asked("line-1:acceptance")


async def test_nothing_is_ordered_before_the_prepayment(stand: Stand) -> None:
    deal = await stand.open(an_order(a_good(source="import", payment="prepaid_50")))
    await deal.agree()
    await deal.complete("line-1:payment-terms")
    assert await deal.asked() == set()
    view = await deal.view()
    assert [(b.kind, b.id, b.who) for b in view.blockers if b.kind == "payment"] == [
        ("payment", "line-1:prepayment", ("client", "ivanova"))
    ]
    await deal.pay("999.99", line=1)
    assert await deal.asked() == set()
    await deal.pay("0.01", line=1)
    await deal.until_asked("line-1:supplier-order")


async def test_nothing_ships_unpaid_nobody_is_even_asked_to(stand: Stand) -> None:
    deal = await stand.open(an_order(a_good(payment="prepaid_50")))
    await deal.to("line-1:acceptance")
    await deal.complete("line-1:acceptance")
    assert await deal.asked() == set()
    assert "line-1:shipment" not in (await deal.line()).assignments
    await deal.pay("1000.00", line=1)
    await deal.until_asked("line-1:shipment")
    assert (await deal.story(MilestonePaid.kind, LineStatusChanged.kind))[
        -1
    ] == "desk milestone.paid line-1:balance"


async def test_goods_leave_before_their_money_only_on_a_credit_that_is_on_record(stand: Stand) -> None:
    deal = await stand.open(an_order(a_good(payment="deferred_30")))
    await deal.to("line-1:shipment")
    facts = await deal.facts()
    kinds = [(f.kind, f.data.get("id")) for f in facts]
    approved = kinds.index((ApprovalApproved.kind, "line-1:credit"))
    assert facts[approved].actor.person == "petrov"
    assert approved < kinds.index((AssignmentOpened.kind, "line-1:shipment"))
    assert (await deal.view()).totals.paid == 0


async def test_documents_are_signed_by_who_must_once_there_is_something_to_sign(stand: Stand) -> None:
    deal = await stand.open(an_order(a_good(payment="state_contract", delivery="carrier")))
    await deal.to("line-1:delivery")
    view = await deal.view()
    signers = {d.id: (d.signer, d.can_sign, d.signed) for d in view.documents}
    assert signers["line-1:upd"] == ("client", True, False)
    assert signers["line-1:waybill"] == ("orlov", True, False)
    assert signers["line-1:eis-acceptance"] == ("client", False, False)
    await deal.send("sign", actor="client", document="line-1:upd")
    await deal.send("sign", actor="orlov", document="line-1:waybill")
    signed = [s for s in await deal.story(DocumentSigned.kind) if "line-1" in s]
    assert signed == ["client document.signed line-1:upd", "orlov document.signed line-1:waybill"]
