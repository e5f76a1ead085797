"""Serial numbers are unique per good over all deals: the warehouse is asked about one that is there already."""

from datetime import timedelta

from domain.facts import AssignmentEscalated, SerialRepeated
from domain.view.sentences import sentence
from tests.support.memory import OpenDeal, World, refused
from tests.support.orders import a_good, an_order

ACCEPT = "line-1:acceptance"


def accepted(world: World, serials: str, *, sku: str = "US-900") -> OpenDeal:
    quantity = serials.count(",") + 1
    deal = world.open(an_order(a_good(sku=sku, quantity=quantity, payment="state_contract")))
    deal.to(ACCEPT)
    deal.complete(ACCEPT, serial_numbers=serials)
    return deal


def test_a_number_that_another_deal_has_is_asked_about_by_what_it_looks_like(world: World) -> None:
    first = accepted(world, "АВ-0012, AB-0013")
    second = accepted(world, "ab 0012, AB-12")
    assert first.asked() == {"line-1:shipment"}
    assert second.asked() == {"line-1:shipment", "serial-number"}
    [told] = second.facts(SerialRepeated)
    assert "erial number ab 0012 of line 1 is there already: deal 1, line 1, at the warehouse" in sentence(
        told, "en"
    )
    asked = second.state.assignments["serial-number"]
    assert (asked.assignee, "«ab 0012»" in asked.title.ru) == ("orlov", True)


def test_a_number_typed_wrong_is_corrected_and_nothing_more_is_asked(world: World) -> None:
    accepted(world, "A1")
    deal = accepted(world, "a-1")
    deal.correct(ACCEPT, "orlov", serial_numbers="A2")
    assert deal.asked() == {"line-1:shipment"}
    assert deal.state.assignments["serial-number"].withdrawn


def test_a_piece_that_came_back_is_explained_on_record(world: World) -> None:
    accepted(world, "A1")
    deal = accepted(world, "A1")
    deal.complete("serial-number", "orlov", explanation="прибор вернули")
    deal.correct(ACCEPT, "orlov", remarks="царапина")
    assert deal.asked() == {"line-1:shipment"}, "it is asked once"
    deal.robot()


def test_another_good_may_have_the_same_number(world: World) -> None:
    accepted(world, "A1")
    assert accepted(world, "A1", sku="MON-12").asked() == {"line-1:shipment"}


def test_goods_of_a_cancelled_deal_may_be_sold_again(world: World) -> None:
    first = accepted(world, "A1")
    first.cancel("petrov")
    assert accepted(world, "A1").asked() == {"line-1:shipment"}


def test_twice_in_one_list_is_refused_at_once(world: World) -> None:
    deal = world.open(an_order(a_good(quantity=2, payment="state_contract")))
    deal.to(ACCEPT)
    with refused("bad_form", "the same value stands twice: “а1”"):
        deal.complete(ACCEPT, serial_numbers="A-1, а1")


def test_while_the_records_are_down_the_deal_goes_on_and_asks_later(world: World) -> None:
    accepted(world, "A1")
    world.records.down = True
    deal = accepted(world, "A1")
    assert deal.asked() == {"line-1:shipment"}
    world.records.down = False
    world.skip_a_while()
    assert deal.asked() == {"line-1:shipment", "serial-number"}
    deal.skip(timedelta(days=9))
    assert "serial-number" in {told.id for told in deal.read(AssignmentEscalated)}


def in_two_lines(world: World, *, other: str = "us-900") -> OpenDeal:
    goods = [a_good(sku=sku, quantity=2, payment="deferred_30") for sku in ("US-900", other)]
    deal = world.open(an_order(*goods))
    deal.to(ACCEPT, "line-2:acceptance")
    deal.complete(ACCEPT, serial_numbers="АВ-1, AB-2")
    return deal


def test_a_number_that_another_line_of_the_deal_has_is_refused_at_once(world: World) -> None:
    deal = in_two_lines(world)
    with refused("bad_form", "line 1 of this deal has “ab 2” already"):
        deal.complete("line-2:acceptance", serial_numbers="AB-3, ab 2")
    deal.complete("line-2:acceptance", serial_numbers="AB-3, AB-4")
    with refused("bad_form", "line 1 of this deal has “ав1” already"):
        deal.correct("line-2:acceptance", "orlov", serial_numbers="AB-3, ав1")
    deal.correct("line-2:acceptance", "orlov", serial_numbers="AB-4, AB-3")
    with refused("bad_form", "line 2 of this deal has “AB3” already"):
        deal.correct(ACCEPT, "orlov", serial_numbers="AB-1, AB3")
    assert "serial-number" not in deal.asked()
    deal.robot()


def test_lines_with_different_goods_may_have_the_same_numbers(world: World) -> None:
    deal = in_two_lines(world, other="MON-12")
    deal.complete("line-2:acceptance", serial_numbers="AB-1, AB-2")
    deal.robot()


def test_a_part_that_is_accepted_by_itself_knows_what_came_before(world: World) -> None:
    deal = world.open(an_order(a_good(quantity=3, payment="state_contract")))
    deal.to(ACCEPT)
    came = {"result": "partial", "came": "2", "serial_numbers": "A1, A2", "eta": "2026-12-30"}
    deal.complete(ACCEPT, **came)
    deal.to("line-2:acceptance")
    with refused("bad_form", "line 1 of this deal has “а-2” already"):
        deal.complete("line-2:acceptance", serial_numbers="а-2")
    deal.complete("line-2:acceptance", serial_numbers="A3")
    deal.robot()


def test_a_line_that_was_taken_out_keeps_no_numbers(world: World) -> None:
    deal = in_two_lines(world)
    deal.say("amend", actor="ivanova", remove=[1], reason="не нужен")
    deal.approve("amendment", "client", "petrov")
    deal.complete("line-2:acceptance", serial_numbers="AB-1, AB-2")
