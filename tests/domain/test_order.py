"""The order that comes in: every refusal by name, each with its place, all at once."""

import re
from collections.abc import Callable
from copy import deepcopy
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from activities.files import read_document
from domain.goods.register import Good, GoodsRegister
from domain.order.changes import Draft
from domain.order.order import MAX_LINES, Client, Order, read_order, vat_of
from domain.order.problems import KINDS, BadOrder
from domain.order.redrafting import with_settings
from domain.playbook.book import Playbook
from domain.wording import day as in_words
from domain.words import Availability, Source

Raw = dict[str, Any]
Spoil = Callable[[Raw], Any]
TODAY = date(2026, 11, 23)


def problems(raw: Any, playbook: Playbook, today: date = TODAY) -> dict[str, str]:
    with pytest.raises(BadOrder) as caught:
        read_order(raw, playbook, today)
    return {problem.place: problem.text.en for problem in caught.value.problems}


def in_client(**values: Any) -> Spoil:
    return lambda raw: raw["client"].update(values)


def in_line(n: int, **values: Any) -> Spoil:
    return lambda raw: raw["lines"][n].update(values)


def without(*path: Any) -> Spoil:
    def spoil(raw: Raw) -> None:
        inner: Any = raw
        for step in path[:-1]:
            inner = inner[step]
        del inner[path[-1]]

    return spoil


REFUSALS: list[tuple[str, Spoil, str, str]] = [
    # the client
    ("no client", without("client"), "client", "is missing: write name, inn, contact"),
    ("client is text", lambda raw: raw.update(client="ООО"), "client", "fields with their values"),
    ("client without contact", without("client", "contact"), "client.contact", "is missing"),
    ("client without name", without("client", "name"), "client.name", "an order with lines needs"),
    ("client without INN", without("client", "inn"), "client.inn", "an order with lines needs"),
    ("INN with a wrong checksum", in_client(inn="9900000010"), "client.inn", "a checksum"),
    ("INN of nine digits", in_client(inn="990000001"), "client.inn", "10 digits"),
    ("INN of letters", in_client(inn="abc"), "client.inn", "10 digits"),
    ("KPP of eight characters", in_client(kpp="77050100"), "client.kpp", "9 characters"),
    ("KPP of letters", in_client(kpp="abcdefghi"), "client.kpp", "9 characters"),
    ("OGRN with a wrong checksum", in_client(ogrn="1027700132196"), "client.ogrn", "a checksum"),
    ("personal INN with a wrong checksum", in_client(inn="990000000110"), "client.inn", "a checksum"),
    ("e-mail without @", in_client(email="anna.clinic.example"), "client.email", "not an e-mail"),
    ("e-mail of two", in_client(email="a@b.example, c@d.example"), "client.email", "not an e-mail"),
    ("phone too short", in_client(phone="12"), "client.phone", "like +74951234567"),
    ("phone of letters", in_client(phone="позвоните"), "client.phone", "like +74951234567"),
    ("INN of zeros", in_client(inn="0000000000"), "client.inn", "a checksum"),
    ("KPP of zeros", in_client(kpp="000000000"), "client.kpp", "9 characters"),
    ("KPP of a sole trader", in_client(inn="990000000041", kpp="990001001"), "client.kpp", "has no KPP"),
    ("OGRN of zeros", in_client(ogrn="0000000000000"), "client.ogrn", "a checksum"),
    ("no country", in_client(country="Атлантида"), "client.country", "two letters"),
    ("abroad without a number", in_client(country="BY"), "client.tax_number", "needs its number there"),
    ("number of no country", in_client(tax_number="190000005"), "client.tax_number", "goes with country"),
    (
        "UNP with a wrong checksum",
        in_client(country="BY", tax_number="190000004"),
        "client.tax_number",
        "UNP",
    ),
    (
        "BIN with a wrong checksum",
        in_client(country="KZ", tax_number="990140000008"),
        "client.tax_number",
        "BIN",
    ),
    ("number too short", in_client(country="AM", tax_number="12"), "client.tax_number", "4 to 30 digits"),
    ("payer without INN", in_client(payer={"name": "АО"}), "client.payer.inn", "the company's INN"),
    (
        "payer with a wrong INN",
        in_client(payer={"name": "АО", "inn": "9900000025"}),
        "client.payer.inn",
        "a checksum",
    ),
    ("payer without a name", in_client(payer={"inn": "9900000024"}), "client.payer.name", "is missing"),
    ("payer of text", in_client(payer="АО"), "client.payer", "fields with their values"),
    (
        "misspelt field of the payer",
        in_client(payer={"name": "АО", "inn": "9900000024", "kp": "1"}),
        "client.payer.kp",
        "kpp?",
    ),
    (
        "consignee with a wrong KPP",
        in_client(consignee={"name": "Ф", "inn": "9900000024", "kpp": "1"}),
        "client.consignee.kpp",
        "9 characters",
    ),
    ("no way to reach", lambda raw: [raw["client"].pop(k) for k in ("email", "phone")], "client", "email or"),
    ("empty contact", in_client(contact="  "), "client.contact", "is empty"),
    ("contact of two lines", in_client(contact="Анна\nСмирнова"), "client.contact", "on one line"),
    ("contact with NUL", in_client(contact="Анна\x00"), "client.contact", "control characters"),
    ("lone surrogate", in_client(contact="Анна\ud800"), "client.contact", "Unicode"),
    ("endless name", in_client(name="К" * 256), "client.name", "longer than 255 characters"),
    # the order
    ("unknown manager", lambda raw: raw.update(manager="smirnov"), "manager", "one of ivanova, sidorov"),
    ("manager who is none", lambda raw: raw.update(manager="petrov"), "manager", "one of ivanova, sidorov"),
    ("unknown currency", lambda raw: raw.update(currency="GBP"), "currency", "one of RUB"),
    ("a rate of roubles", lambda raw: raw.update(rate={"percent": "2"}), "rate", "the prices are in roubles"),
    (
        "a rate of no day",
        lambda raw: raw.update(currency="EUR", rate={"day": "sunday"}),
        "rate.day",
        "credited",
    ),
    (
        "a rate with an unknown field",
        lambda raw: raw.update(currency="EUR", rate={"per_cent": 2}),
        "rate.per_cent",
        "percent",
    ),
    ("number with a slash", lambda raw: raw.update(number="10/42"), "number", "like 1042"),
    ("number in Russian", lambda raw: raw.update(number="Ю-1"), "number", "like 1042"),
    ("number too long", lambda raw: raw.update(number="1" * 51), "number", "at most 50"),
    ("number like a line's id", lambda raw: raw.update(number="1-line-2"), "number", "-line-"),
    ("empty number", lambda raw: raw.update(number=""), "number", "like 1042"),
    ("misspelt field", lambda raw: raw.update(managr="ivanova"), "managr", "did you mean manager?"),
    ("misspelt field of the client", in_client(mail="a@b.example"), "client.mail", "did you mean email?"),
    ("endless wish", lambda raw: raw.update(wish="х" * 4001), "wish", "4000"),
    # the lines
    ("delivery in the past", in_line(0, deliver_by="2026-11-22"), "lines[0].deliver_by", "22 Nov 2026 has"),
    (
        "delivery promised twice",
        in_line(0, deliver_by="2027-02-01", deliver_within="30wd"),
        "lines[0].deliver_within",
        "either deliver_by or",
    ),
    ("a term in hours", in_line(0, deliver_within="8wh"), "lines[0].deliver_within", "1 to 730 days"),
    ("a term of no days", in_line(0, deliver_within=0), "lines[0].deliver_within", "1 to 730 days"),
    ("a term in words", in_line(0, deliver_within="soon"), "lines[0].deliver_within", "30cd"),
    ("nothing to count", in_line(0, deliver_from="contract"), "lines[0].deliver_from", "deliver_within"),
    ("no lines in the list", lambda raw: raw.update(lines=[]), "lines", "an empty list"),
    ("lines left empty", lambda raw: raw.update(lines=None), "lines", "an empty list"),
    ("lines are text", lambda raw: raw.update(lines="US-900"), "lines", "a list is needed"),
    ("too many lines", lambda raw: raw.update(lines=raw["lines"][1:2] * 201), "lines", "more than 200"),
    ("line is text", lambda raw: raw["lines"].append("US-900"), "lines[3]", "fields with their values"),
    ("misspelt field of a line", in_line(0, quantty=1), "lines[0].quantty", "did you mean quantity?"),
    ("quantity of zero", in_line(1, quantity=0), "lines[1].quantity", "greater than zero"),
    ("negative quantity", in_line(1, quantity=-4), "lines[1].quantity", "greater than zero"),
    ("half a piece", in_line(1, quantity="1.5"), "lines[1].quantity", "whole number"),
    ("quantity yes", in_line(1, quantity=True), "lines[1].quantity", "whole number"),
    ("quantity in words", in_line(1, quantity="две"), "lines[1].quantity", "whole number"),
    (
        "half a gram too fine",
        in_line(1, unit="кг", quantity="1.0005"),
        "lines[1].quantity",
        "“kilogram” has at most 3",
    ),
    ("half a pack", in_line(1, unit="упак", quantity="0,5"), "lines[1].quantity", "“pack” has no fractions"),
    ("endless litres", in_line(1, unit="л", quantity=1_000_001), "lines[1].quantity", "1000000"),
    ("no unit", in_line(1, unit="дюйм"), "lines[1].unit", "796 pcs., 006 m,"),
    ("numbers of litres", in_line(1, unit="л", tracking="serial"), "lines[1].tracking", "only whole units"),
    (
        "less than a kopeck",
        in_line(1, unit="г", quantity="0.001", unit_price="1.00"),
        "lines[1].unit_price",
        "less than a kopeck",
    ),
    ("endless quantity", in_line(1, quantity=10_001), "lines[1].quantity", "10000"),
    ("price of zero", in_line(1, unit_price="0.00"), "lines[1].unit_price", "greater than zero"),
    ("negative price", in_line(1, unit_price="-1"), "lines[1].unit_price", "greater than zero"),
    ("three decimals", in_line(1, unit_price="98500.505"), "lines[1].unit_price", "more than two decimals"),
    ("price in words", in_line(1, unit_price="дорого"), "lines[1].unit_price", 'like "98500.50"'),
    ("price with a comma", in_line(1, unit_price="98500,50"), "lines[1].unit_price", 'like "98500.50"'),
    ("price not a number", in_line(1, unit_price="NaN"), "lines[1].unit_price", "a number is needed"),
    ("endless price", in_line(1, unit_price="1e30"), "lines[1].unit_price", "18 digits"),
    ("unknown VAT", in_line(1, vat="18"), "lines[1].vat", "one of 22, 10, exempt"),
    ("VAT of the past", in_line(1, vat="20"), "lines[1].vat", "not in force on 23 Nov 2026"),
    ("unknown payment", in_line(1, payment="barter"), "lines[1].payment", "one of prepaid_100, prepaid_50"),
    ("unknown delivery", in_line(1, delivery="drone"), "lines[1].delivery", "one of pickup, carrier"),
    ("unknown source", in_line(1, source="moon"), "lines[1].source", "one of import, dealer, stock"),
    ("unknown availability", in_line(1, availability="soon"), "lines[1].availability", "one of on_order"),
    (
        "no certificate",
        in_line(0, registration_certificate="нет"),
        "lines[0].registration_certificate",
        "no number of a registration certificate: write one like РЗН 2023/12345",
    ),
    (
        "certificate of tomorrow",
        in_line(0, certified_on="2026-11-24"),
        "lines[0].certified_on",
        "no certificate was issued on that day",
    ),
    (
        "certificate of yesterday",
        in_line(0, certified_until="2026-11-22"),
        "lines[0].certified_until",
        "was valid until 22 Nov 2026",
    ),
    ("goods after goods", in_line(1, after=1), "lines[1].after", "only a service (source: service)"),
    (
        "service after itself",
        in_line(1, source="service", after=2),
        "lines[1].after",
        "a service waits for goods of the same order: write the number of their line, 1, 3",
    ),
    ("no product code", in_line(0, okpd2="26-60"), "lines[0].okpd2", "like 26.60.12.132"),
    (
        "exempt without certificate",
        without("lines", 0, "registration_certificate"),
        "lines[0].registration_certificate",
        "needs a registration certificate, like РЗН",
    ),
    (
        "10 % without certificate",
        without("lines", 2, "registration_certificate"),
        "lines[2].registration_certificate",
        "VAT “10” needs a registration certificate",
    ),
    *(
        (f"line without {field}", without("lines", 1, field), f"lines[1].{field}", "is missing")
        for field in ("sku", "name", "quantity", "unit_price", "vat", "source", "payment", "delivery")
    ),
]


@pytest.mark.parametrize(
    ("spoil", "place", "words"), [case[1:] for case in REFUSALS], ids=[c[0] for c in REFUSALS]
)
def test_refused_with_its_place_and_what_would_be_right(
    order: Raw, playbook: Playbook, spoil: Spoil, place: str, words: str
) -> None:
    spoil(order)
    found = problems(order, playbook)
    assert list(found) == [place]
    assert words in found[place]


def test_every_kind_of_problem_is_declared_once_and_met(order: Raw, playbook: Playbook) -> None:
    """By its code, in both languages; no kind that nothing raises."""
    spoilt = [spoiled(order, spoil) for _, spoil, _, _ in REFUSALS]
    spoilt += [spoiled(order, spoil) for spoil in (in_client(email="a@-b.ru"), in_client(xyzzy=1))]
    spoilt += [
        spoiled(order, in_line(0, unit_price="1e12", quantity=10_000)),
        spoiled(order, in_line(0, sku=[])),
    ]
    met = {}
    for raw in [*spoilt, None]:
        with pytest.raises(BadOrder) as caught:
            read_order(raw, playbook, TODAY)
        met |= {problem.code: problem for problem in caught.value.problems}
    register = GoodsRegister([Good(sku="US-900", name="УЗИ-сканер", vat="22")])
    with pytest.raises(BadOrder) as caught:
        read_order(order, playbook, TODAY, goods=register)
    met |= {problem.code: problem for problem in caught.value.problems}
    with pytest.raises(BadOrder) as caught:
        with_settings(a_draft(order, playbook), {"manager": "sidorov"})
    met |= {problem.code: problem for problem in caught.value.problems}
    assert set(met) == set(KINDS)
    for problem in met.values():
        assert re.search("[а-я]", problem.to("ru")), problem
        assert str(problem) == problem.to("en")


def a_draft(order: Raw, playbook: Playbook) -> Draft:
    read = read_order(order, playbook, TODAY)
    lines = dict(enumerate(read.lines or (), start=1))
    return Draft(client=read.client or Client(contact="?"), currency=read.currency, lines=lines)


def spoiled(order: Raw, spoil: Spoil) -> Raw:
    raw = deepcopy(order)
    spoil(raw)
    return raw


@pytest.mark.parametrize("raw", [None, [], "order", 1042, [{"client": {}}]])
def test_a_file_that_is_no_order_is_refused(playbook: Playbook, raw: Any) -> None:
    assert "the file must hold an order" in problems(raw, playbook)[""]


def test_everything_that_is_wrong_is_said_at_once(orders: Path, playbook: Playbook) -> None:
    found = problems(read_document(orders / "broken.yaml"), playbook)
    assert set(found) == {
        *("number", "manager", "currency", "client.inn", "client.email", "client.phone"),
        *("lines[0].quantity", "lines[0].unit_price", "lines[0].registration_certificate"),
        *(f"lines[1].{field}" for field in ("quantity", "unit_price", "vat", "source")),
        *(f"lines[1].{field}" for field in ("payment", "delivery", "colour")),
    }


def test_problems_stand_in_the_order_of_the_lines(order: Raw, playbook: Playbook) -> None:
    order["lines"] = [order["lines"][1] | {"quantity": 0} for _ in range(11)]
    assert list(problems(order, playbook)) == [f"lines[{n}].quantity" for n in range(11)]


def test_a_good_order_is_taken_as_it_is_written(order: Raw, playbook: Playbook) -> None:
    read = read_order(order, playbook, TODAY)
    assert read.number is None
    assert read.lines is not None
    assert [line.source for line in read.lines] == [Source.IMPORT, Source.DEALER, Source.STOCK]
    assert [str(line.amount) for line in read.lines] == ["2500000.00", "394002.00", "12400.00"]
    assert read.amount == Decimal("2906402.00")
    assert [str(vat_of(line, playbook)) for line in read.lines] == ["0.00", "71049.54", "1127.27"]
    assert read.lines[0].availability is Availability.ON_ORDER
    assert read.lines[1].availability is Availability.AVAILABLE


def test_every_sample_order_but_the_broken_one_is_taken(orders: Path, playbook: Playbook) -> None:
    names = {path.name for path in orders.iterdir()}
    assert names == {"three-goods.yaml", "lead.yaml", "stock-only.yaml", "broken.yaml"}
    for name in names - {"broken.yaml"}:
        read_order(read_document(orders / name), playbook, TODAY)


def test_two_hundred_lines_are_taken(order: Raw, playbook: Playbook) -> None:
    order["lines"] = order["lines"][1:2] * MAX_LINES
    assert len(read_order(order, playbook, TODAY).lines or ()) == MAX_LINES


@pytest.mark.parametrize("inn", ["9900000017", 9900000017, "990000000115"])
def test_the_inn_of_a_company_or_of_a_person_is_taken(order: Raw, playbook: Playbook, inn: Any) -> None:
    order["client"]["inn"] = inn
    client = read_order(order, playbook, TODAY).client
    assert client is not None
    assert client.inn == str(inn)


def test_a_companys_other_numbers_are_taken_too(order: Raw, playbook: Playbook) -> None:
    order["client"] |= {"kpp": 770501001, "ogrn": "1027700132195"}
    client = read_order(order, playbook, TODAY).client
    assert client is not None
    assert (client.kpp, client.ogrn) == ("770501001", "1027700132195")


@pytest.mark.parametrize("phone", ["+74951234567", "8 (495) 123-45-67", 84951234567])
def test_phones_are_kept_in_one_form(order: Raw, playbook: Playbook, phone: Any) -> None:
    order["client"]["phone"] = phone
    client = read_order(order, playbook, TODAY).client
    assert client is not None
    assert client.phone == "+74951234567"


@pytest.mark.parametrize(
    ("day", "in_force", "past"),
    [(date(2025, 12, 31), "20", "22"), (date(2026, 1, 1), "22", "20"), (date(2027, 6, 1), "22", "20")],
)
def test_the_vat_rate_is_the_one_of_the_day(
    order: Raw, playbook: Playbook, day: date, in_force: str, past: str
) -> None:
    order["lines"][1]["vat"] = in_force
    assert read_order(order, playbook, day)
    order["lines"][1]["vat"] = past
    assert f"not in force on {in_words(day, 'en')}" in problems(order, playbook, day)["lines[1].vat"]


@pytest.mark.parametrize(("vat", "needed"), [("22", False), ("10", True), ("exempt", True)])
def test_vat_relief_needs_a_certificate(order: Raw, playbook: Playbook, vat: str, needed: bool) -> None:
    order["lines"] = [order["lines"][1] | {"vat": vat}]
    if needed:
        assert list(problems(order, playbook)) == ["lines[0].registration_certificate"]
    order["lines"][0]["registration_certificate"] = "РЗН 2023/12345"
    assert read_order(order, playbook, TODAY)


class TestLead:
    """A file without lines: a contact, and the wish in words."""

    def test_a_lead_needs_a_contact_and_one_way_to_reach_it(self, playbook: Playbook) -> None:
        lead = read_order({"client": {"contact": "Анна", "phone": "+74951234567"}}, playbook, TODAY)
        assert lead.lines is None
        assert lead.amount == 0

    def test_a_lead_that_can_not_be_reached_is_refused(self, playbook: Playbook) -> None:
        assert "email or phone" in problems({"client": {"contact": "Анна"}}, playbook)["client"]

    def test_a_lead_with_an_inn_has_a_valid_one(self, playbook: Playbook) -> None:
        raw = {"client": {"contact": "Анна", "email": "a@clinic.example", "inn": "123"}}
        assert list(problems(raw, playbook)) == ["client.inn"]

    known = Client(contact="Анна Смирнова", email="anna@clinic.example")

    def test_an_order_composed_later_need_not_repeat_the_client(self, order: Raw, playbook: Playbook) -> None:
        order["client"] = {"name": "ООО «Клиника»", "inn": "9900000017"}
        client = read_order(order, playbook, TODAY, known_client=self.known).client
        assert client is not None
        assert (client.contact, client.inn) == ("Анна Смирнова", "9900000017")

    def test_an_order_needs_the_company_that_the_lead_had_not(self, order: Raw, playbook: Playbook) -> None:
        del order["client"]
        with pytest.raises(BadOrder) as caught:
            read_order(order, playbook, TODAY, known_client=self.known)
        assert [problem.place for problem in caught.value.problems] == ["client.inn", "client.name"]

    @pytest.mark.parametrize("client", ["ООО", ["ООО"], 7])
    def test_a_client_that_is_none_is_refused_beside_a_known_one(
        self, order: Raw, playbook: Playbook, client: Any
    ) -> None:
        order["client"] = client
        with pytest.raises(BadOrder) as caught:
            read_order(order, playbook, TODAY, known_client=self.known)
        assert [problem.place for problem in caught.value.problems] == ["client"]


def test_an_order_survives_the_way_through_json(order: Raw, playbook: Playbook) -> None:
    read = read_order(order, playbook, TODAY)
    assert Order.model_validate_json(read.model_dump_json()) == read


def test_a_taken_order_is_read_again_under_another_playbook(order: Raw, playbook: Playbook) -> None:
    """A deal's payload is not checked against today's playbook: VAT codes come and go."""
    read = read_order(deepcopy(order), playbook, TODAY).model_dump(mode="json")
    read["lines"][0]["vat"] = "gone"
    assert Order.model_validate(read).lines


def test_a_delivery_may_be_promised_for_a_day_or_within_so_many_days(playbook: Playbook, order: Raw) -> None:
    order["lines"][0] |= {"deliver_by": "2027-02-01"}
    order["lines"][1] |= {"deliver_within": 30, "deliver_from": "prepayment"}
    first, second, *_ = read_order(order, playbook, TODAY).lines or ()
    assert (first.deliver_by, first.deliver_within) == (date(2027, 2, 1), None)
    assert (str(second.deliver_within), second.deliver_from) == ("30wd", "prepayment")


def test_a_day_that_stands_in_the_contract_may_have_passed(playbook: Playbook, order: Raw) -> None:
    order["lines"][0] |= {"deliver_by": "2026-11-20"}
    agreed = [date(2026, 11, 20)]
    [first, *_] = read_order(order, playbook, TODAY, agreed=agreed).lines or ()
    assert first.deliver_by == date(2026, 11, 20)


def test_a_service_need_not_say_how_it_is_delivered(order: Raw, playbook: Playbook) -> None:
    in_line(1, source="service", after=1)(order)
    without("lines", 1, "delivery")(order)
    read = read_order(order, playbook, TODAY)
    assert read.lines
    assert (read.lines[1].source, read.lines[1].after) == ("service", 1)
