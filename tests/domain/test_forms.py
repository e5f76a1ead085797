"""Forms: what counts as an answer, and examples that are accepted as they stand."""

import re
import time
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from domain.playbook.book import Playbook
from domain.playbook.check import form_problems
from domain.playbook.check.patterns import pattern_problems
from domain.playbook.form_answers import MAX_PIECES, check_form, examples, needed_with, pieces
from domain.playbook.forms import Form, FormField
from domain.playbook.kinds import ASSIGNMENT_KINDS
from domain.refusals import Refusal

TODAY = date(2026, 11, 23)
TITLE = {"ru": "Поле", "en": "Field"}


def form(*fields: dict[str, Any]) -> Form:
    return tuple(
        FormField.model_validate(
            {"title": TITLE, "example": "" if field.get("type") == "date" else "x", **field}
        )
        for field in fields
    )


def answer(one: dict[str, Any], value: Any, quantity: int = 1) -> str:
    checked = check_form(form({"name": "it", **one}), {"it": value}, TODAY, quantity)
    return checked["it"]


def refusal(one: dict[str, Any], value: Any, quantity: int = 1) -> str:
    with pytest.raises(Refusal) as caught:
        answer(one, value, quantity)
    assert caught.value.code == "bad_form"
    assert caught.value.to("ru") != caught.value.to("en")
    return caught.value.to("en")


DECLARATION = {"pattern": "[0-9]{8}/([0-9]{6})/[0-9]{7}", "date_in": 1, "example": "10702030/161126/0088410"}
PAST = {"type": "date", "earliest": -90, "latest": 0}
FUTURE = {"type": "date", "earliest": 1, "days": 10}
LIST = {"type": "list", "example": "SN-"}


@pytest.mark.parametrize(
    ("field", "value", "kept"),
    [
        ({}, "  слова ", "слова"),
        ({}, "две\nстроки", "две\nстроки"),
        ({"type": "number"}, "3", "3"),
        ({"type": "number"}, "3000000,50", "3000000,50"),
        ({"type": "choice", "choices": ["yes", "no"]}, "no", "no"),
        (PAST, "2026-11-23", "2026-11-23"),
        (PAST, date(2026, 11, 1), "2026-11-01"),
        (PAST, "23.11.2026", "2026-11-23"),
        (PAST, "23 Nov 2026", "2026-11-23"),
        ({"type": "number"}, "5 000 000", "5000000"),
        ({"type": "number"}, "12\N{NO-BREAK SPACE}400,00", "12400,00"),
        ({"type": "number"}, "1,250,000.00", "1250000.00"),
        ({"type": "choice", "choices": ["qualified", "disqualified"]}, "Не подходит", "disqualified"),
        (FUTURE, "2026-11-24", "2026-11-24"),
        (DECLARATION, "10702030/261016/0088410", "10702030/261016/0088410"),
        (DECLARATION, "10702030/290224/0088410", "10702030/290224/0088410"),  # a leap year
    ],
)
def test_an_answer_is_kept_trimmed(field: dict[str, Any], value: Any, kept: str) -> None:
    assert answer(field, value) == kept


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ({}, "", "“Field” is missing, for example x"),
        ({}, "   ", "“Field” is missing"),
        ({}, None, "“Field” is missing"),
        ({}, "x" * 4001, "longer than 4000"),
        ({}, "a\x00b", "control characters"),
        ({}, "a\ud800", "control characters"),
        ({"type": "number"}, "много", "a number is needed"),
        ({"type": "number"}, "-5", "a number is needed"),
        ({"type": "number"}, "٣", "a number is needed"),
        ({"type": "number"}, "1" * 13, "a number is needed"),
        ({"type": "choice", "choices": ["yes", "no"]}, "maybe", "one of yes, no"),
        ({}, "<номер счёта>", "<номер счёта> only shows where the value goes"),
        ({"type": "choice", "choices": ["yes", "no"]}, "yes|no", "one of yes, no"),
        ({"type": "number"}, "5 00 000", "a number is needed"),
        (PAST, "31.02.2026", "a date is needed, for example 23 Nov 2026"),
        (PAST, "20261123", "a date is needed"),
        (PAST, "2026-W48-1", "a date is needed"),
        (PAST, "2026-02-30", "a date is needed"),
        (PAST, "2026-11-24", "24 Nov 2026 is after 23 Nov 2026"),
        (PAST, "2026-08-01", "1 Aug 2026 is before 25 Aug 2026"),
        (FUTURE, "2026-11-23", "23 Nov 2026 is before 24 Nov 2026, for example 3 Dec 2026"),
        (DECLARATION, "10702030/310226/0088410", "310226 is no date DDMMYY"),
        (DECLARATION, "10702030/001126/0088410", "001126 is no date DDMMYY"),
        (DECLARATION, "1070203/161126/0088410", "not in the right form"),
        (DECLARATION, "10702030/161126/0088410/1", "not in the right form"),
        (DECLARATION, "10702030-161126-0088410", "not in the right form"),
    ],
)
def test_what_is_no_answer_is_refused_with_an_example(field: dict[str, Any], value: Any, words: str) -> None:
    assert words in refusal(field, value)


def test_a_field_that_the_form_has_not_is_refused() -> None:
    with pytest.raises(Refusal, match=r"this form has no field “colour” \(it has: Field\)"):
        check_form(form({"name": "it"}), {"it": "x", "colour": "red"}, TODAY)


def test_all_that_is_wrong_is_said_at_once() -> None:
    fields = form({"name": "one"}, {"name": "two", **PAST}, {"name": "three", "type": "number"})
    with pytest.raises(Refusal) as caught:
        check_form(fields, {"two": "вчера", "three": "x", "four": "4"}, TODAY)
    assert len(str(caught.value).split("; ")) == 4


class TestRequiredWhen:
    held = form(
        {"name": "outcome", "type": "choice", "choices": ["released", "hold"]},
        {"name": "reason", "required": False, "required_when": {"outcome": "hold"}},
    )

    def test_it_is_required_where_the_answer_asks_for_it(self) -> None:
        with pytest.raises(Refusal, match="“Field” is missing"):
            check_form(self.held, {"outcome": "hold"}, TODAY)
        assert check_form(self.held, {"outcome": "hold", "reason": "код"}, TODAY)["reason"] == "код"
        assert needed_with(self.held, {"outcome": "hold"}) == ["outcome", "reason"]

    def test_it_is_optional_elsewhere(self) -> None:
        assert check_form(self.held, {"outcome": "released"}, TODAY) == {"outcome": "released"}
        assert check_form(self.held, {"outcome": "released", "reason": ""}, TODAY) == {"outcome": "released"}
        assert needed_with(self.held, {"outcome": "released"}) == ["outcome"]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("A1", ["A1"]),
        ("A1, A2;A3\nA4", ["A1", "A2", "A3", "A4"]),
        ("A1..A3", ["A1", "A2", "A3"]),
        ("SN-0009..SN-0011", ["SN-0009", "SN-0010", "SN-0011"]),
        ("7..9, X", ["7", "8", "9", "X"]),
        ("A3..A1", ["A3..A1"]),
        ("A1..B3", ["A1..B3"]),
        ("A1 .. A2", ["A1", "A2"]),
        (",, ,", []),
        ("", []),
    ],
)
def test_pieces_are_listed_or_counted(text: str, values: list[str]) -> None:
    assert pieces(text) == values


@pytest.mark.parametrize(
    ("value", "quantity", "words"),
    [
        ("SN-1", 2, "1 values for 2 pieces"),
        ("SN-1..SN-3", 2, "3 values for 2 pieces"),
        ("SN-1, SN-1", 2, "the same value stands twice"),
        ("SN-1..SN-2, SN-2", 3, "the same value stands twice"),
        ("x" * 101, 1, "longer than 100 characters"),
        ("SN-1, SN\x07", 2, "control characters"),
    ],
)
def test_a_list_has_one_value_per_piece(value: str, quantity: int, words: str) -> None:
    assert words in refusal(LIST, value, quantity)


@pytest.mark.parametrize(
    "bomb",
    [
        "A1..A999999999",
        ",".join(f"A{n}0000..A{n}9999" for n in range(1, 2000)),
        "1" * 200_000,
        "A1..A" + "9" * 5000,
        "." * 100_000,
    ],
    ids=["long run", "many runs", "digits", "huge number", "dots"],
)
def test_a_list_that_would_fill_the_memory_is_refused_quickly(bomb: str) -> None:
    assert len(pieces(bomb)) <= 2 * MAX_PIECES
    assert refusal(LIST, bomb, 40)


@given(st.integers(1, MAX_PIECES))
def test_the_example_of_a_list_fits_any_quantity(quantity: int) -> None:
    field = form({"name": "it", **LIST})[0]
    example = field.example_for(TODAY, quantity)
    assert answer(LIST, example, quantity) == example
    assert len(example) < 40


class TestDefaultPlaybook:
    """Every example of every form is accepted as it stands."""

    def forms(self, playbook: Playbook) -> dict[str, Form]:
        terms = {f"payment {code}": term.form for code, term in playbook.payments.items()}
        return {kind: playbook.assignments[kind].form for kind in ASSIGNMENT_KINDS} | terms

    @pytest.mark.parametrize("quantity", [1, 2, 40, 10_000])
    @pytest.mark.parametrize("day", [TODAY, date(2026, 12, 31), date(2028, 2, 29)])
    def test_all_fields_or_only_the_required_ones(self, playbook: Playbook, day: date, quantity: int) -> None:
        for fields in self.forms(playbook).values():
            everything = {field.name: field.example_for(day, quantity) for field in fields}
            assert check_form(fields, everything, day, quantity) == everything
            required = {name: everything[name] for name in needed_with(fields, everything)}
            assert check_form(fields, required, day, quantity) == required

    def test_every_other_choice_has_examples_too(self, playbook: Playbook) -> None:
        for fields in self.forms(playbook).values():
            for field in fields:
                for choice in field.choices or ():
                    check_form(fields, examples(fields, TODAY, 3, {field.name: choice}), TODAY, 3)

    def test_fields_have_the_names_that_the_process_reads(self, playbook: Playbook) -> None:
        names = {kind: [f.name for f in fields] for kind, fields in self.forms(playbook).items()}
        assert names == {
            "qualification": [
                *("outcome", "need", "budget", "decision_maker", "delivery_region", "licence", "reason")
            ],
            "order": [],
            "contract-revision": ["changes"],
            "payment-terms": [],
            "supplier-order": ["supplier_order", "ready_on"],
            "reservation": ["reservation", "place"],
            "dispatch": ["carrier", "waybill", "eta"],
            "arrival": ["outcome", "arrived_on", "eta"],
            "customs-declaration": ["declaration", "quantities", "broker", "registration_certificate"],
            "customs-release": [
                *("outcome", "declarations", "released_on", "reason", "obligation", "obligation_until")
            ],
            "acceptance": [
                *("result", "came", "serial_numbers", "lots", "lot_quantities", "lot_expires_on"),
                *("eta", "accepted_on", "remarks"),
            ],
            "claim": ["claim", "resolution"],
            "shipment": ["shipping_document", "shipped_on"],
            "delivery": ["delivered_on", "received_by"],
            "payment prepaid_100": ["invoice", "invoiced_on"],
            "payment prepaid_50": ["invoice", "invoiced_on"],
            "payment deferred_30": ["credit_limit"],
            "payment letter_of_credit": ["bank", "number", "expires_on", "documents"],
            "payment leasing": ["lessor", "contract", "advance_payer"],
            "payment instalments": ["schedule"],
            "payment state_contract": [
                "registry_number",
                "ikz",
                "treasury_account",
                "security",
                "security_until",
            ],
            "payment corporate_contract": ["registry_number"],
        }

    @pytest.mark.parametrize(
        ("kind", "field", "days"),
        [
            *(("arrival", "arrived_on", 1), ("customs-release", "released_on", 1)),
            *(("shipment", "shipped_on", 1), ("delivery", "delivered_on", 1)),
            *(("supplier-order", "ready_on", -1), ("dispatch", "eta", -1), ("arrival", "eta", -1)),
            *(("payment letter_of_credit", "expires_on", 0), ("payment prepaid_100", "invoiced_on", 1)),
        ],
    )
    def test_what_happened_is_not_to_come_and_what_is_to_come_has_not_passed(
        self, playbook: Playbook, kind: str, field: str, days: int
    ) -> None:
        fields = self.forms(playbook)[kind]
        answers = {f.name: f.example_for(TODAY, 1) for f in fields}
        answers[field] = (TODAY + timedelta(days=days)).isoformat()
        with pytest.raises(Refusal, match=r": .* is (before|after) "):
            check_form(fields, answers, TODAY)

    def test_the_procurement_code_has_36_digits(self, playbook: Playbook) -> None:
        fields = self.forms(playbook)["payment state_contract"]
        answers = {f.name: f.example_for(TODAY, 1) for f in fields}
        assert len(answers["ikz"]) == 36
        with pytest.raises(Refusal, match=r"^“Procurement code \(IKZ\)”: not in the right form"):
            check_form(fields, answers | {"ikz": "1" * 35}, TODAY)


@pytest.mark.parametrize(
    ("field", "words"),
    [
        ({"type": "choice"}, "a choice needs choices"),
        ({"example": ""}, "a text needs an example"),
        ({"date_in": 1}, "date_in is a group of the pattern, and there is none"),
        ({"required_when": {"outcome": "hold"}}, "required_when needs required: false"),
        ({"name": "Дата"}, "pattern"),
        ({"choices": ["a"]}, "choices is for choice, and its type is text"),
        (
            {"type": "list", "pattern": "[0-9]"},
            "pattern is for text or number or email, and its type is list",
        ),
        ({"earliest": 0}, "earliest is for date, and its type is text"),
        ({"type": "date", "example": "2026-12-01"}, "example is for text or number"),
        ({"type": "date", "days": 4000}, "less than or equal to 3650"),
    ],
)
def test_a_field_that_can_not_work_is_refused(field: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        form({"name": "it", **field})


CHOICE = {"name": "it", "type": "choice", "choices": ["a"], "example": "a"}


@pytest.mark.parametrize(
    ("fields", "place", "words"),
    [
        ([{"name": "it"}, {"name": "it"}], "f.it", "two fields have the same name"),
        ([{"name": "it"}] * 41, "f", "more than 40 fields"),
        ([{"name": "it", "pattern": "["}], "f.it.pattern", "no regular expression"),
        ([{"name": "it", "pattern": "x{99999999999}"}], "f.it.pattern", "no regular expression"),
        ([{"name": "it", "pattern": "x" * 201}], "f.it.pattern", "longer than 200 characters"),
        (
            [{"name": "it", "pattern": "x", "date_in": 1}],
            "f.it.pattern",
            "a group of the pattern, and that has 0",
        ),
        ([{"name": "it", "pattern": "[0-9]+"}], "f", "“Field”: not in the right form"),
        (
            [{"name": "it", "pattern": "(1)?x", "date_in": 1, "example": "x"}],
            "f",
            "“Field”:  is no date DDMMYY",
        ),
        ([CHOICE | {"example": "b"}], "f", "“Field”: one of a"),
        ([CHOICE | {"choices": ["a", "b", "a"]}], "f.it.choices", "“a” stands twice"),
        ([CHOICE | {"choices": ["a", " "]}], "f.it.choices", "an empty choice"),
        ([CHOICE | {"choices": ["a", "b "]}], "f.it.choices", "“b ” has spaces around it"),
        ([CHOICE | {"choices": ["a", "b" * 101]}], "f.it.choices", "longer than 100"),
        ([CHOICE | {"choices": [*map(str, range(101)), "a"]}], "f.it.choices", "more than 100 choices"),
        ([{"name": "it", "type": "date", "latest": 0, "days": 1}], "f", "is after"),
        (
            [{"name": "it", "type": "date", "earliest": 1, "latest": 0}],
            "f.it.earliest",
            "1\N{NO-BREAK SPACE}day from today is after latest",
        ),
        (
            [{"name": "it", "required": False, "required_when": {"no": "1"}}],
            "f.it.required_when",
            "no field “no”",
        ),
        (
            [{"name": "it", "required": False, "required_when": {"it": "1"}}],
            "f.it.required_when",
            "can't be needed by its own answer",
        ),
        (
            [CHOICE, {"name": "why", "required": False, "required_when": {"it": "b"}}],
            "f.why.required_when",
            "it is never “b”: one of a",
        ),
        ([{"name": "it", "type": "list", "example": "A, "}], "f", "2 values for 1 pieces"),
    ],
)
def test_a_form_that_can_not_be_answered_is_found_with_its_place(
    fields: list[dict[str, Any]], place: str, words: str
) -> None:
    assert words in {problem.place: problem.text.en for problem in form_problems(form(*fields), "f")}[place]


class TestPatterns:
    @pytest.mark.parametrize(
        "pattern",
        [
            "(x+)+y",
            "(x|x)*y",
            "(?:x?){30}y",
            "x*x*x*x*y",
            "((x{0,9}){0,9}){0,9}",
            "(?=x)x",
            r"(x)\1",
            "(?<!y)x",
        ],
    )
    def test_one_that_could_take_for_ever_is_refused(self, pattern: str) -> None:
        (problem,) = pattern_problems(pattern, None)
        assert "for ever" in problem.en or "write it without" in problem.en

    @pytest.mark.parametrize(
        ("pattern", "longest"),
        [
            ("[0-9]{8}/([0-9]{6})/[0-9]{7}", "1" * 200),
            (r"(?i)[^\s@]+@[^\s@]+\.[a-z]{2,}", "a@" * 100),
            ("(?:[A-ZА-Я]{2}-)?[0-9]{1,6}(?:/[0-9]{1,3}){0,3}", "1" * 200),
            ("x*x*x*y", "x" * 200),
            ("(?:a|b|ab){0,9}x*y", "ab" * 100),
        ],
    )
    def test_no_answer_keeps_one_that_is_allowed_busy(self, pattern: str, longest: str) -> None:
        assert not list(pattern_problems(pattern, None))
        begun = time.process_time()
        re.fullmatch(pattern, longest)
        assert time.process_time() - begun < 0.5

    def test_a_longer_answer_is_not_even_compared(self) -> None:
        fields = form({"name": "it", "pattern": "x+", "example": "x"})
        with pytest.raises(Refusal, match="longer than 200 characters"):
            check_form(fields, {"it": "x" * 201}, TODAY)


@pytest.mark.parametrize("day", ["0001-01-01", "1999-12-31", "2101-01-01", "9999-12-31"])
def test_no_date_comes_near_the_ends_of_the_calendar(day: str) -> None:
    fields = form({"name": "it", "type": "date"})
    with pytest.raises(Refusal, match="no date of the years 2000 to 2100"):
        check_form(fields, {"it": day}, TODAY)
