"""The certificate of every medical device, asked at the order, the declaration and the shipment; it must hold on that day."""

from datetime import timedelta

import pytest

from tests.support.memory import NOW, OpenDeal, World, day, refused
from tests.support.orders import a_good, an_order

ORDER, DECLARATION, SHIPMENT = "line-1:supplier-order", "line-1:customs-declaration", "line-1:shipment"
SUPPLIER = {"supplier_order": "PO-1", "ready_on": day(10)}
DECLARED = {"declaration": "10702030/161126/0088410", "broker": "ООО «Брокер Образец»"}
DEVICE = {"medical_device": True, "certified_on": "2023-06-15", "registration_certificate": "РЗН 2023/12345"}


def opened(world: World, **good: object) -> OpenDeal:
    return world.open(an_order(a_good(source="import", payment="deferred_30", **good)))


def fields(deal: OpenDeal, id: str) -> dict[str, bool]:
    [asked] = [asked for asked in deal.view().assignments if asked.id == id]
    return {field.name: field.required for field in asked.form}


def test_what_the_order_knows_is_taken_where_nothing_is_said(world: World) -> None:
    deal = opened(world, **DEVICE)
    deal.to(ORDER)
    assert fields(deal, ORDER)["registration_certificate"] is False
    deal.complete(ORDER, **SUPPLIER)
    deal.to(DECLARATION)
    deal.complete(DECLARATION, **DECLARED)
    deal.to(SHIPMENT)
    deal.complete(SHIPMENT, shipping_document="УПД-1", shipped_on=day(0))
    for id in (ORDER, DECLARATION, SHIPMENT):
        said = deal.line().assignments[id].answers
        assert (said["registration_certificate"], said["certified_on"]) == ("РЗН 2023/12345", "2023-06-15")


@pytest.mark.parametrize("said", ["нет", "no", "-", "РЗН 2023/0", ""])
def test_a_device_whose_certificate_nobody_knows_is_not_ordered_without(world: World, said: str) -> None:
    deal = opened(world, medical_device=True)
    deal.to(ORDER)
    assert fields(deal, ORDER)["registration_certificate"] is True
    with refused("bad_form", "Registration certificate"):
        deal.complete(ORDER, **SUPPLIER, registration_certificate=said)
    deal.complete(ORDER, **SUPPLIER, registration_certificate="рзн 2024/777")
    assert deal.line().assignments[ORDER].answers["registration_certificate"] == "РЗН 2024/777"
    deal.to(DECLARATION)
    assert fields(deal, DECLARATION)["registration_certificate"] is False, "the answer before is known"


def test_one_that_has_expired_meanwhile_is_named_and_another_one_goes_on(world: World) -> None:
    deal = opened(world, **DEVICE, certified_until=day(20))
    deal.to(ORDER)
    deal.complete(ORDER, **SUPPLIER)
    deal.to(DECLARATION)
    deal.skip(timedelta(days=30))
    with refused("bad_form", "РЗН 2023/12345 was valid until 13 Dec 2026", "enter the one in force"):
        deal.complete(DECLARATION, **DECLARED)
    with refused("bad_form", "valid until"):
        deal.complete(DECLARATION, **DECLARED, registration_certificate="РЗН 2025/9", certified_until=day(1))
    deal.complete(DECLARATION, **DECLARED, registration_certificate="РЗН 2025/9")
    said = deal.line().assignments[DECLARATION].answers
    assert "certified_until" not in said, "another one does not take over the days of the one before"
    deal.to(SHIPMENT)
    deal.complete(SHIPMENT, shipping_document="УПД-1", shipped_on=day(30))
    assert deal.line().assignments[SHIPMENT].answers["registration_certificate"] == "РЗН 2025/9"


def test_a_shipment_is_judged_by_its_own_day(world: World) -> None:
    deal = opened(world, **DEVICE, certified_until=(NOW + timedelta(days=5)).date().isoformat())
    deal.to(SHIPMENT)
    deal.skip(timedelta(days=9))
    with refused("bad_form", "was valid until"):
        deal.complete(SHIPMENT, shipping_document="УПД-1", shipped_on=day(6))
    deal.complete(SHIPMENT, shipping_document="УПД-1", shipped_on=day(5))


@pytest.mark.parametrize("source", ["import", "dealer", "stock"])
def test_nobody_asks_it_of_what_is_no_device(world: World, source: str) -> None:
    deal = world.open(an_order(a_good(source=source, payment="deferred_30", medical_device=False)))
    asked = (ORDER, DECLARATION, SHIPMENT) if source == "import" else (SHIPMENT,)
    for id in asked:
        deal.to(id)
        assert "registration_certificate" not in fields(deal, id)


def test_a_wrong_number_is_corrected_and_judged_as_it_was_then(world: World) -> None:
    deal = opened(world, medical_device=True)
    deal.to(ORDER)
    deal.complete(ORDER, **SUPPLIER, registration_certificate="РЗН 2024/777")
    with refused("bad_form", "no number of a registration certificate"):
        deal.correct(ORDER, registration_certificate="нет")
    deal.correct(ORDER, registration_certificate="РЗН 2024/778")
    assert deal.line().assignments[ORDER].answers["registration_certificate"] == "РЗН 2024/778"
