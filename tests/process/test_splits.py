"""A line that is split: each part goes on by itself, from where both stood, with its own money, papers and serial numbers."""

from datetime import timedelta
from decimal import Decimal

import pytest

from domain.facts import (
    ApprovalApproved,
    AssignmentOpened,
    LineSplit,
    LineStatusChanged,
    MilestonePaid,
    MoneyMoved,
    SplitRefused,
)
from domain.order.offer import digest_of
from domain.words import LineStatus, Stage
from tests.process.test_resets import reset
from tests.support.memory import OpenDeal, World, day, refused
from tests.support.orders import a_good, an_order
from tests.support.promises import Promises
from workflows.rehearsal import copied

FOUR = a_good(source="import", payment="prepaid_50", quantity=4, unit_price="100.03")
OPEN_IN = {
    "payment-terms": LineStatus.AWAITING_RELEASE,
    "supplier-order": LineStatus.PROCESSING,
    "dispatch": LineStatus.PROCESSING,
    "arrival": LineStatus.SENT,
    "customs-declaration": LineStatus.AT_CUSTOMS,
    "customs-release": LineStatus.AT_CUSTOMS,
    "acceptance": LineStatus.AT_WAREHOUSE,
    "shipment": LineStatus.AT_WAREHOUSE,
}


@pytest.fixture
def deal(world: World) -> OpenDeal:
    return world.open(an_order(FOUR, a_good()))


@pytest.mark.parametrize("asked", OPEN_IN)
def test_in_every_status_both_parts_go_on_from_where_the_line_stood(deal: OpenDeal, asked: str) -> None:
    promises = Promises(deal)
    deal.to(f"line-1:{asked}")
    due = deal.line(1).assignments[f"line-1:{asked}"].alarm.due_at
    paid, total = deal.state.received, deal.state.amount
    deal.split(1, 1, reason="едет раньше")
    promises.hold()
    assert {f"line-1:{asked}", f"line-3:{asked}"} <= deal.asked()
    assert [deal.line(n).status for n in (1, 3)] == [OPEN_IN[asked]] * 2
    assert [deal.line(n).good.quantity for n in (1, 3)] == [3, 1]
    assert deal.line(3).assignments[f"line-3:{asked}"].alarm.due_at == due, "splitting wins no time"
    assert (deal.state.received, deal.state.amount) == (paid, total)
    assert [fact.actor.person for fact in deal.facts(LineSplit)] == ["orlov"]
    deal.robot()
    promises.hold()
    assert deal.result().paid == total
    assert {document.partition(":")[2] for document in deal.line(3).documents} == {"upd", "warranty"}
    assert all(paper.signed for n in (1, 3) for paper in deal.line(n).documents.values())


def test_a_line_that_waits_for_its_money_waits_in_both_parts(deal: OpenDeal) -> None:
    deal.to("line-1:payment-terms")
    deal.complete("line-1:payment-terms")
    deal.pay("100.00", line=1)
    deal.split(1, 2)
    assert [m.allocated for n in (1, 3) for m in deal.line(n).milestones.values()] == [
        *(Decimal("50.00"), 0),
        *(Decimal("50.00"), 0),
    ]
    assert "line-3:supplier-order" not in deal.asked()
    deal.pay("100.06", id="for-the-invoice", line=1)
    assert {"line-1:supplier-order", "line-3:supplier-order"} <= deal.asked(), "the invoice was for the whole"


def test_what_was_paid_stays_paid_on_both_to_the_kopeck(deal: OpenDeal) -> None:
    deal.to("line-1:supplier-order")
    paid = len(deal.facts(MilestonePaid))
    for _ in range(3):
        deal.split(1, 1)
    lines = [deal.line(n) for n in (1, 3, 4, 5)]
    sums = [[m.amount for m in line.milestones.values()] for line in lines]
    assert [sum(column) for column in zip(*sums, strict=True)] == [Decimal("200.06"), Decimal("200.06")]
    assert all(line.milestones[f"line-{line.number}:prepayment"].paid_at for line in lines)
    assert len(deal.facts(MilestonePaid)) == paid, "nobody is told that it is paid once more"
    moved = deal.read(MoneyMoved)
    assert {(m.payment, *m.taken) for m in moved} == {(moved[0].payment, "line-1:prepayment")}
    assert {f"line-{n}:supplier-order" for n in (1, 3, 4, 5)} <= deal.asked()


def test_credit_covers_both_parts(world: World) -> None:
    deal = world.open(an_order(a_good(payment="deferred_30", quantity=3)))
    deal.to("line-1:reservation")
    deal.split(1, 1)
    assert deal.asked() == {"line-1:reservation", "line-2:reservation"}
    assert deal.line(2).approvals["line-2:credit"].approved
    assert len(deal.facts(ApprovalApproved)) == 2, "contract and credit"


def test_credit_that_is_asked_about_is_asked_for_each(world: World) -> None:
    deal = world.open(an_order(a_good(payment="deferred_30", quantity=3)))
    deal.to("line-1:credit")
    deal.split(1, 1)
    assert deal.asked() == {"line-1:credit", "line-2:credit"}


def test_the_serial_numbers_go_with_their_pieces_and_one_part_ships_first(deal: OpenDeal) -> None:
    deal.to("line-1:acceptance")
    deal.complete("line-1:acceptance", serial_numbers="SN-1..SN-4")
    deal.to("line-1:shipment")
    deal.split(1, 1)
    assert deal.line(1).assignments["line-1:acceptance"].answers["serial_numbers"] == "SN-1, SN-2, SN-3"
    assert deal.line(3).assignments["line-3:acceptance"].answers["serial_numbers"] == "SN-4"
    assert [split.serials for split in deal.read(LineSplit)] == ["SN-4"]
    deal.complete("line-3:shipment")
    assert [deal.line(n).status for n in (1, 3)] == [LineStatus.AT_WAREHOUSE, LineStatus.SHIPPED]
    assert "line-1:shipment" in deal.asked()
    assert {id for id, paper in deal.line(3).documents.items() if paper.ready} == {"line-3:upd"}
    assert not any(paper.ready for paper in deal.line(1).documents.values())


# --- two of four came ------------------------------------------------------------------------------------------------


def test_too_few_serial_numbers_are_refused_with_the_way_on(deal: OpenDeal) -> None:
    deal.to("line-1:acceptance")
    with refused("bad_form", "2 values for 4 pieces", "deal split 1 1 2", "only a part came"):
        deal.complete("line-1:acceptance", serial_numbers="SN-1, SN-2")
    deal.split(1, 2)
    deal.complete("line-1:acceptance", serial_numbers="SN-1, SN-2")


@pytest.mark.parametrize("source", ["import", "dealer", "stock"])
def test_what_came_is_accepted_and_the_rest_waits_for_its_arrival(world: World, source: str) -> None:
    deal = world.open(an_order(FOUR | {"source": source}))
    promises = Promises(deal)
    deal.to("line-1:acceptance")
    deal.complete(
        "line-1:acceptance", result="partial", came="3", serial_numbers="SN-1, SN-2, SN-3", eta=day(3)
    )
    promises.hold()
    arrival = "line-2:arrival" if source == "stock" else "line-2:arrival#2"
    assert deal.asked() == {arrival}
    assert [(deal.line(n).status, deal.line(n).good.quantity) for n in (1, 2)] == [
        (LineStatus.AT_WAREHOUSE, 3),
        (LineStatus.SENT, 1),
    ]
    assert deal.state.stage is Stage.ORDER_SENT
    steps = {step.status: step.progress for step in deal.view().lines[1].route}
    assert (steps[LineStatus.SENT], steps[LineStatus.AT_WAREHOUSE]) == ("current", "to_come")
    world.skip_to(deal.line(2).checks["eta"].next_at)
    assert [fact.subject for fact in deal.facts() if fact.kind == "eta.check"] == ["line 2"]
    deal.complete(arrival, outcome="arrived", arrived_on=day(3))
    assert "line-2:acceptance" in deal.asked(), "customs are behind it"
    deal.robot()
    promises.hold()
    deal.result()
    statuses = [f.read().status for f in deal.facts(LineStatusChanged) if f.subject == "line 2"]
    assert statuses == [LineStatus.AT_WAREHOUSE, LineStatus.SHIPPED, LineStatus.SETTLED]


def test_the_rest_may_come_in_part_again(deal: OpenDeal) -> None:
    deal.to("line-1:acceptance")
    deal.complete("line-1:acceptance", result="partial", came="1", serial_numbers="A1", eta=day(3))
    deal.complete("line-3:arrival#2")
    deal.complete("line-3:acceptance", result="partial", came="2", serial_numbers="A2, A3", eta=day(5))
    assert [deal.line(n).good.quantity for n in (1, 3, 4)] == [1, 2, 1]
    deal.robot()
    deal.result()


@pytest.mark.parametrize("came", ["0", "4", "2.5", ""])
def test_what_is_no_part_is_refused(deal: OpenDeal, came: str) -> None:
    deal.to("line-1:acceptance")
    with refused("bad_form", "Quantity that came"):
        deal.complete("line-1:acceptance", result="partial", came=came, serial_numbers="A1", eta=day(3))


# --- refusals ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("quantity", ["0", "-1", "4", "5", "1.5", "1e30"])
def test_what_leaves_nothing_to_split_is_refused(deal: OpenDeal, quantity: str) -> None:
    deal.to("line-1:acceptance")
    with refused("bad_quantity", "from 1 to 3"):
        deal.split(1, quantity)


def test_what_is_shipped_unknown_or_one_piece_is_not_split(world: World) -> None:
    deal = world.open(an_order(a_good(), a_good(quantity=1)))
    deal.to("line-1:delivery", "line-2:delivery")
    with refused("gone_out", "shipped"):
        deal.split(1, 1)
    with refused("no_line", "1, 2"):
        deal.split(9, 1)
    other = world.open(an_order(a_good(quantity=1)))
    other.to("line-1:reservation")
    with refused("bad_quantity", "is 1 pc."):
        other.split(1, 1)


def test_before_the_contract_is_agreed_the_offer_is_changed_instead(deal: OpenDeal) -> None:
    deal.qualify()
    with refused("not_agreed", "deal offer"):
        deal.split(1, 1)


@pytest.mark.parametrize("actor", ["kuznetsova", "client", "sidorov"])
def test_only_manager_logistics_and_director_split(deal: OpenDeal, actor: str) -> None:
    deal.to("line-1:acceptance")
    with refused("not_allowed"):
        deal.split(1, 1, actor)


def test_a_deal_that_ends_splits_nothing_and_a_split_under_way_ends_with_it(deal: OpenDeal) -> None:
    deal.to("line-1:acceptance")
    deal.signals(
        ("split", {"id": "s-1", "actor": "ivanova", "line": 1, "quantity": 2}),
        ("cancel", {"id": "x-1", "actor": "petrov", "reason": "клиника закрылась"}),
        ("split", {"id": "s-2", "actor": "ivanova", "line": 1, "quantity": 1}),
    )
    assert [fact.data["code"] for fact in deal.refused_facts()] == ["closed"]
    deal.robot()
    assert deal.state.stage is Stage.CANCELLED
    assert [(n, line.status) for n, line in deal.state.lines.items() if n != 2] == [
        *((1, LineStatus.CANCELLED), (3, LineStatus.CANCELLED))
    ]


# --- exactly once --------------------------------------------------------------------------------------------------------


def test_the_same_message_twice_splits_once(deal: OpenDeal) -> None:
    deal.to("line-1:acceptance")
    first = deal.split(1, "2", id="s-1")
    again = deal.split(1, "2.0", id="s-1")
    assert (first.repeated, again.repeated) == (False, True)
    assert sorted(deal.state.lines) == [1, 2, 3]
    with refused("same_id_other_content"):
        deal.split(1, 1, id="s-1")


def test_several_splits_that_come_together_are_carried_out_one_by_one(deal: OpenDeal) -> None:
    deal.to("line-1:acceptance")
    said = [("split", {"id": f"s-{n}", "actor": "ivanova", "line": 1, "quantity": 1}) for n in range(5)]
    deal.signals(*said, said[0])
    assert [deal.line(n).good.quantity for n in (1, 3, 4, 5)] == [1, 1, 1, 1]
    assert [fact.data["code"] for fact in deal.refused_facts()] == ["bad_quantity"] * 2
    assert [split.left for split in deal.read(LineSplit)] == [3, 2, 1]


def test_a_line_that_was_terminated_in_the_middle_is_split_once_it_goes_on(deal: OpenDeal) -> None:
    deal.to("line-1:acceptance")
    process = deal.line_process(1)
    assert process
    process.terminate()
    deal.split(1, 2)
    assert sorted(deal.state.lines) == [1, 2]
    deal.pay("77.00", line=1)
    deal.world.skip_to(deal.state.checks["silent-lines"].next_at)
    deal.world.skip_a_while()
    assert [deal.line(n).good.quantity for n in (1, 3)] == [2, 2]
    assert len(deal.read(LineSplit)) == 1
    Promises(deal).hold()
    deal.robot()
    deal.result()


@pytest.mark.parametrize("after", ["before its report", "after its report"])
def test_a_line_that_goes_on_from_its_last_report_is_not_split_twice(deal: OpenDeal, after: str) -> None:
    deal.to("line-1:acceptance")
    if after == "after its report":
        deal.split(1, 2)
    process = deal.line_process(1)
    assert process
    process.terminate()
    deal.world.skip_to(deal.state.checks["silent-lines"].next_at)
    deal.world.skip_a_while()
    assert deal.line(1).good.quantity == (2 if after == "after its report" else 4)
    deal.split(1, 1)
    assert len(deal.read(LineSplit)) == (2 if after == "after its report" else 1)
    deal.robot()
    deal.result()


def test_a_line_that_was_reset_to_before_the_split_is_cut_anew(deal: OpenDeal) -> None:
    deal.to("line-1:acceptance")
    process = deal.line_process(1)
    assert process
    before = process.case.state.model_copy(deep=True)
    deal.split(1, 2)
    reset(process, before)
    deal.skip(timedelta(days=3))  # something happens: a reminder
    assert [deal.line(n).good.quantity for n in (1, 3)] == [2, 2]
    assert len(deal.read(LineSplit)) == 1
    Promises(deal).hold()
    deal.robot()
    deal.result()


def test_a_deal_that_was_reset_to_before_the_split_takes_the_part_as_it_goes_on(deal: OpenDeal) -> None:
    deal.to("line-1:acceptance")
    before = copied(deal.state)
    deal.split(1, 2)
    deal.complete("line-3:acceptance")
    reset(deal.process, before)
    deal.skip(timedelta(days=3))
    assert [deal.state.lines[n].good.quantity for n in (1, 3)] == [2, 2]
    assert [split.part for split in deal.read(LineSplit)] == [3]
    deal.robot()
    deal.result()


def test_a_line_that_was_shipped_meanwhile_says_so(deal: OpenDeal) -> None:
    deal.to("line-1:shipment")
    process = deal.line_process(1)
    assert process
    deal.signal("complete", _shipped(), 1)
    deal.signals(("split", {"id": "s-1", "actor": "ivanova", "line": 1, "quantity": 2}))
    deal.world.settle()
    [said] = [*deal.read(SplitRefused), *(fact.data["code"] for fact in deal.refused_facts())]
    assert said == "gone_out" or "shipped" in said.reason.en
    assert sorted(deal.state.lines) == [1, 2]
    assert deal.state.awaited_splits(1) == []


def _shipped() -> dict[str, object]:
    fields = {"shipping_document": "УПД-1", "shipped_on": day(0)}
    return {"id": "c-1", "actor": "orlov", "assignment": "line-1:shipment", "fields": fields}


# --- what is agreed --------------------------------------------------------------------------------------------------------


def test_the_offer_in_force_stays_with_its_digest(deal: OpenDeal) -> None:
    deal.to("line-1:acceptance")
    offers, contract = deal.state.offers, deal.state.approvals["contract"].digest
    deal.split(1, 2)
    state = deal.state
    assert [(o.version, o.digest, o.amount) for o in state.offers] == [
        (o.version, o.digest, o.amount) for o in offers
    ]
    assert digest_of(state.draft) == state.offers[-1].digest == contract
    assert state.offers[-1].lines == state.draft.lines
    assert state.lines[3].split_from == 1


def test_a_new_number_is_one_that_no_line_ever_had(deal: OpenDeal) -> None:
    deal.qualify()
    lines = [FOUR, a_good(sku="NEW")]
    deal.say("offer", actor="ivanova", order={"lines": lines})
    deal.say("offer", actor="ivanova", order={"lines": [FOUR]})
    deal.approve("contract", "client", "petrov")
    deal.to("line-1:acceptance")
    gone = max(deal.state.gone_lines)
    deal.split(1, 2)
    assert max(deal.state.lines) == gone + 1


def test_the_crm_has_a_card_for_each_part(deal: OpenDeal) -> None:
    deal.to("line-1:acceptance")
    deal.split(1, 1)
    shown = {w.line: (w.quantity, w.amount) for w in deal.world.crm.of("1") if w.op == "line"}
    assert (shown[1], shown[3]) == ((3, "300.09"), (1, "100.03"))
    assert [fact.subject for fact in deal.facts(AssignmentOpened)][-1] == "line 3"
