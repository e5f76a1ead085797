"""The registration certificate of a medical device, asked for at the order, the declaration and the shipment.

What is known of it, by the order or by the answer before, stands as the answer where nothing else is said; it must hold on the day of the
paper. An expired one is refused with the way on: the number and the last day of the one in force.
"""

from collections.abc import Mapping
from contextlib import suppress
from datetime import date
from typing import Any

from domain.calendar import in_range
from domain.deal.state import LineState, ProcessState
from domain.goods.certificates import EXAMPLE, Certificate, certificate_number, number_problem
from domain.playbook.form_answers import AnswerProblem
from domain.playbook.forms import FieldType, Form, FormField
from domain.wording import worded
from domain.words import Text

CERTIFICATE, ISSUED, UNTIL = "registration_certificate", "certified_on", "certified_until"
ASKED_AT: Mapping[str, str] = {"supplier-order": "", "customs-declaration": "", "shipment": "shipped_on"}
"""The questions that ask for it; where one tells a day, it must hold on that day, else on that of the answer."""

_NUMBER = FormField(
    name=CERTIFICATE,
    title=Text(ru="Регистрационное удостоверение", en="Registration certificate"),
    help=Text(
        ru="РЗН, ФСЗ, ФСР или реестровая запись. Известное по заказу подставится само",
        en="Its number, or the registry entry. What the order knows is taken where this is left empty",
    ),
    required=False,
    example=EXAMPLE,
)
_ISSUED_ON = FormField(
    name=ISSUED,
    type=FieldType.DATE,
    title=Text(ru="Дата удостоверения", en="Date of the certificate"),
    required=False,
    days=-365,
    latest=0,
)
_VALID_UNTIL = FormField(
    name=UNTIL,
    type=FieldType.DATE,
    title=Text(ru="Удостоверение действует до", en="The certificate is valid until"),
    help=Text(ru="Бессрочное — оставьте пустым", en="Leave it empty for one without an end"),
    required=False,
    days=365,
)


def known_certificate(line: LineState) -> Certificate | None:
    """As it was answered last, or else as the order has it."""
    for asked in reversed(line.assignments.values()):
        number = asked.answers.get(CERTIFICATE, "") if asked.closed and not asked.withdrawn else ""
        if certificate_number(number):
            return _answered(asked.answers)
    good = line.good
    if good.is_medical_device and good.registration_certificate:
        return Certificate(
            number=good.registration_certificate,
            issued_on=good.certified_on,
            valid_until=good.certified_until,
        )
    return None


def _answered(answers: Mapping[str, str]) -> Certificate:
    return Certificate(
        number=answers[CERTIFICATE], issued_on=_day(answers, ISSUED), valid_until=_day(answers, UNTIL)
    )


def _day(answers: Mapping[str, Any], name: str) -> date | None:
    with suppress(ValueError):
        day = date.fromisoformat(str(answers.get(name) or ""))
        return day if in_range(day) else None
    return None


def with_certificate(line: ProcessState, kind: str, form: Form) -> Form:
    """The form as this line's good needs it: a medical device's certificate is asked, that of nothing else."""
    if kind not in ASKED_AT or not isinstance(line, LineState):
        return form
    own = {field.name: field for field in form}
    others = tuple(field for field in form if field.name not in (CERTIFICATE, ISSUED, UNTIL))
    if not line.good.is_medical_device:
        return others if line.good.medical_device is False else form
    known = known_certificate(line)
    number = own.get(CERTIFICATE, _NUMBER).model_copy(
        update={"required": known is None, "required_when": {}, "example": known.number if known else EXAMPLE}
    )
    dates = (own.get(ISSUED, _ISSUED_ON), own.get(UNTIL, _VALID_UNTIL))
    return (*others, number, *dates)


def with_known(process: ProcessState, kind: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """The answers, with the certificate that is known where none is said. Another one brings its own days, or has none."""
    if kind not in ASKED_AT or not isinstance(process, LineState) or not process.good.is_medical_device:
        return dict(given)
    known = known_certificate(process)
    said = certificate_number(str(given.get(CERTIFICATE) or ""))
    if known is None or (given.get(CERTIFICATE) and said != known.number):
        return dict(given)
    days = {ISSUED: known.issued_on, UNTIL: known.valid_until}
    told = {name: day.isoformat() for name, day in days.items() if day and not given.get(name)}
    return {**given, **told, CERTIFICATE: known.number}


def certificate_problems(
    process: ProcessState, kind: str, form: Form, answers: Mapping[str, str], today: date
) -> list[AnswerProblem]:
    """What of the certificate in these answers will not do on the day of the paper."""
    field = next((field for field in form if field.name == CERTIFICATE), None)
    said = answers.get(CERTIFICATE, "")
    if kind not in ASKED_AT or field is None or not said:
        return []
    if wrong := number_problem(said, today):
        return [AnswerProblem(CERTIFICATE, wrong, field)]
    certificate, day = _answered(answers), _day(answers, ASKED_AT[kind]) or today
    if certificate.valid_until and certificate.valid_until < day:
        words = worded(
            ru="{number} действовало до {until}, а нужно на {day}: укажите действующее удостоверение и его срок",
            en="{number} was valid until {until}, and it is needed on {day}: enter the one in force, with its last day",
            number=certificate.number,
            until=certificate.valid_until,
            day=day,
        )
        return [AnswerProblem(CERTIFICATE, words, field)]
    if certificate.issued_on and certificate.issued_on > day:
        words = worded(
            ru="{number} выдано {issued}, позже {day}",
            en="{number} was issued on {issued}, after {day}",
            number=certificate.number,
            issued=certificate.issued_on,
            day=day,
        )
        return [AnswerProblem(ISSUED, words, field)]
    return []
