"""What steps read of people's answers: each outcome with its own answers, typed."""

from datetime import date

import pytest

from domain.playbook.book import Playbook
from domain.playbook.built_in import BUILT_IN
from domain.playbook.form_answers import check_form, examples
from domain.playbook.forms import FieldType, Form, FormField
from domain.playbook.questions import (
    ANSWERS,
    Acceptance,
    Accepted,
    Answers,
    Arrival,
    Arrived,
    Damaged,
    Delayed,
    Disqualified,
    Qualification,
    Qualified,
    SupplierOrder,
)
from domain.refusals import Refusal

TODAY = date(2026, 11, 23)


def test_a_single_outcome_is_read_as_its_kind() -> None:
    assert SupplierOrder.read({"ready_on": "2026-12-05", "supplier_order": "PO-1"}).ready_on == date(
        2026, 12, 5
    )


@pytest.mark.parametrize(
    ("kind", "answers", "read"),
    [
        (
            Arrival,
            {"outcome": "delayed", "eta": "2026-12-05"},
            Delayed(outcome="delayed", eta=date(2026, 12, 5)),
        ),
        (
            Arrival,
            {"outcome": "arrived", "arrived_on": "2026-12-01", "eta": "2026-12-05"},
            Arrived(outcome="arrived", arrived_on=date(2026, 12, 1)),
        ),
        (Qualification, {"outcome": "qualified", "need": "УЗИ"}, Qualified(outcome="qualified")),
        (
            Qualification,
            {"outcome": "disqualified", "reason": "дорого"},
            Disqualified(outcome="disqualified", reason="дорого"),
        ),
        (Acceptance, {"result": "damaged", "remarks": "бой"}, Damaged(result="damaged", remarks="бой")),
    ],
)
def test_the_outcome_that_was_chosen_is_read_with_its_answers(
    kind: type[Answers], answers: dict[str, str], read: Answers
) -> None:
    assert kind.read(answers) == read


def test_a_list_is_read_as_one_value_per_piece() -> None:
    match Acceptance.read({"result": "accepted", "serial_numbers": "A1, B7..B9"}):
        case Accepted(serial_numbers=numbers):
            assert numbers == ("A1", "B7", "B8", "B9")
        case other:
            pytest.fail(f"read as {other}")


def outcomes() -> list[type[Answers]]:
    return [outcome for kind in ANSWERS.values() for outcome in kind.outcomes()]


@pytest.mark.parametrize("outcome", outcomes(), ids=lambda outcome: outcome.__name__)
def test_every_answer_says_what_it_is_needed_for(outcome: type[Answers]) -> None:
    for base in (outcome, *outcome.__bases__):
        for name, field in base.model_fields.items():
            assert field.description or name in outcome.chosen_by(), f"{base.__name__}.{name}"


@pytest.mark.parametrize("kind", ANSWERS)
def test_every_outcome_can_be_read_from_the_default_forms_own_examples(playbook: Playbook, kind: str) -> None:
    form = playbook.assignment(kind).form
    for outcome in ANSWERS[kind].outcomes():
        accepted = check_form(form, examples(form, TODAY, 3, outcome.chosen_by()), TODAY, 3)
        assert isinstance(ANSWERS[kind].read(accepted), outcome)


def test_a_mail_address_is_asked_for_as_one() -> None:
    form: Form = BUILT_IN["mail-address"].form
    assert check_form(form, {"email": " anna@clinic.example "}, TODAY) == {"email": "anna@clinic.example"}
    for wrong in ("anna", "anna@clinic", "a b@clinic.example", "<anna@clinic.example>", f"{'a' * 250}@b.ru"):
        with pytest.raises(Refusal, match="an e-mail address is needed"):
            check_form(form, {"email": wrong}, TODAY)


def test_an_address_needs_no_example_of_its_own() -> None:
    field = FormField(name="email", type=FieldType.EMAIL, title=BUILT_IN["mail-address"].title)
    assert field.example_for(TODAY, 1) == "anna@clinic.example"
