"""What the playbook asks of a portal, before any portal is there."""

from datetime import date

import pytest

from activities.playbook import load_playbook
from activities.projections.crm_fields import crm_fields, line_fields
from adapters.crm.bitrix24 import codes
from adapters.crm.bitrix24.blueprint import Blueprint, blueprint
from adapters.crm.bitrix24.fields import Field, Purpose
from domain.playbook.book import Playbook
from domain.playbook.forms import FormField
from domain.words import LineStatus, Stage, Text
from starter.rooms import ROOT
from tests.factories import a_deal, a_line, a_playbook

TYPE_ID = 1234567
"""A smart process's own id, longer than any portal will give."""


@pytest.fixture(scope="module")
def book() -> Playbook:
    return load_playbook(ROOT / "playbooks" / "default.yaml", today=date(2026, 11, 23))


@pytest.fixture(scope="module")
def plan(book: Playbook) -> Blueprint:
    return blueprint(book)


def test_every_field_that_the_desk_shows_of_a_deal_has_its_place(plan: Blueprint) -> None:
    shown = set(crm_fields(a_deal(lines=[a_line()])))
    assert shown == {field.name for field in plan.deal_fields if field.purpose is Purpose.SHOWN}


def test_every_field_that_the_desk_shows_of_a_line_has_its_place(plan: Blueprint) -> None:
    deal = a_deal(lines=[a_line()])
    assert set(line_fields(deal, deal.lines[1])) - {field.name for field in plan.line_fields} == set()


def test_what_a_line_shows_of_its_order_is_an_option_of_the_field_it_was_entered_in() -> None:
    deal = a_deal(lines=[a_line()])
    shown, plan = line_fields(deal, deal.lines[1]), blueprint(a_playbook())
    for name in ("payment", "delivery", "source", "availability", "vat"):
        field = plan.line_field(name)
        assert field is not None
        assert field.option(shown[name]) is not None, name


def test_codes_fit_into_a_portal_and_are_all_different(plan: Blueprint) -> None:
    for found in (_codes(plan.deal_fields, None), _codes(plan.line_fields, TYPE_ID)):
        assert len(set(found)) == len(found)
        assert [code for code in found if len(code) > codes.LONGEST or not code.startswith("UF_CRM_")] == []


def _codes(fields: tuple[Field, ...], type_id: int | None) -> list[str]:
    return [field.code(type_id) for field in fields]


def test_a_code_that_was_cut_is_the_same_every_time_and_not_its_neighbours() -> None:
    long = codes.line_field(TYPE_ID, "F_customs-declaration_registration_certificate_of_the_first")
    other = codes.line_field(TYPE_ID, "F_customs-declaration_registration_certificate_of_the_second")
    assert long != other
    assert long == codes.line_field(TYPE_ID, "F_customs-declaration_registration_certificate_of_the_first")


def test_there_is_a_stage_for_each_of_ours_and_the_failures_come_last(plan: Blueprint) -> None:
    assert [stage.code for stage in plan.stages] == [codes.STAGES[stage] for stage in Stage]
    assert [stage.code for stage in plan.statuses] == [codes.STATUSES[status] for status in LineStatus]
    for stages in (plan.stages, plan.statuses):
        assert [s.sort for s in stages] == sorted({s.sort for s in stages})
        assert "".join(s.semantics or "P" for s in stages).rstrip("F").rstrip("S").strip("P") == ""


def test_forms_of_the_deal_are_on_the_deal_and_all_others_on_the_line(plan: Blueprint) -> None:
    assert plan.deal_field("F_qualification_need") is not None
    assert plan.deal_field("F_mail-address_email") is not None, "also where the playbook does not word it"
    assert plan.line_field("F_arrival_eta") is not None
    assert plan.line_field("F_qualification_need") is None


def test_payment_terms_ask_what_any_payment_type_does(plan: Blueprint, book: Playbook) -> None:
    asked = {field.name for term in book.payments.values() for field in term.form}
    assert {
        f.name.removeprefix("F_payment-terms_") for f in plan.line_fields if "payment-terms" in f.name
    } == asked


def test_payment_types_that_mean_different_things_by_one_name_share_a_text(book: Playbook) -> None:
    day = FormField.model_validate({"name": "number", "type": "date", "title": Text(ru="Дата", en="Date")})
    terms = book.payments | {
        "leasing": book.payments["leasing"].model_copy(update={"form": (day,)}),
    }
    field = blueprint(book.model_copy(update={"payments": terms})).line_field("F_payment-terms_number")
    assert field is not None
    assert field.kind == "string"


def test_each_approval_has_its_question_and_its_comment_where_it_belongs(plan: Blueprint) -> None:
    for kind, field, other in (
        ("contract", plan.deal_field, plan.line_field),
        ("cancellation", plan.deal_field, plan.line_field),
        ("credit", plan.line_field, plan.deal_field),
    ):
        question = field(codes.answer_name(kind))
        assert question is not None
        assert [option.code for option in question.options] == ["waiting", "approve", "reject"]
        assert field(codes.comment_name(kind)) is not None
        assert other(codes.answer_name(kind)) is None


def test_the_mark_of_the_lines_comes_first(plan: Blueprint) -> None:
    assert plan.line_fields[0].code(7) == codes.line_field(7, codes.LINES_MARK)


def test_reference_books_hold_what_the_playbook_does_and_no_addresses(
    plan: Blueprint, book: Playbook
) -> None:
    books = {one.code: [element.code for element in one.elements] for one in plan.books}
    assert books["dealwright_payments"] == list(book.payments)
    assert books["dealwright_people"] == list(book.people)
    assert books["dealwright_sources"] == ["import", "dealer", "stock", "service"]
    assert not any("@" in element.title.ru for one in plan.books for element in one.elements)
