"""Which form an assignment has, and what is wrong with answers to it."""

from collections.abc import Mapping
from datetime import date
from functools import partial
from typing import Any

from domain.deal.certificates import CERTIFICATE, certificate_problems, with_certificate, with_known
from domain.deal.clearance import clearance_problems, naming
from domain.deal.contract_numbers import number_problems
from domain.deal.lots import lot_problems, with_tracking
from domain.deal.paper_dates import date_problems
from domain.deal.pieces import serial_problems
from domain.deal.refunds import refund_form
from domain.deal.refusals import refusal_form
from domain.deal.state import DealState, LineState, ProcessState
from domain.goods.certificates import certificate_number
from domain.goods.quantity import Number
from domain.playbook.book import Playbook
from domain.playbook.form_answers import AnswerProblem, answer_problems, check_form, of_unit
from domain.playbook.forms import FieldType, Form, FormField
from domain.playbook.kinds import REFUND, REFUSED_DOCUMENT
from domain.words import Text

PAYMENT = "payment"
"""The answer that chooses another payment type, once terms were refused."""
_TITLE = Text(ru="Тип оплаты", en="Payment type")
_HELP = Text(
    ru="с другим типом договор согласуют заново", en="with another one the contract is put to approval again"
)


def form_of(deal: DealState, line: int, kind: str, id: str = "") -> Form:
    """A line's payment terms ask what its payment type does; the order is composed with a file. `id` is the assignment's."""
    if kind in ("", "order"):
        return ()
    if kind == "payment-terms" and line in deal.lines:
        return terms_form(deal.lines[line], deal.book, id)
    form = deal.book.assignment(kind).form
    if kind == REFUSED_DOCUMENT:
        return refusal_form(form, deal.lines.get(line, deal), deal.book, id)
    if kind == REFUND:
        return refund_form(form, deal, id)
    if line not in deal.lines:
        return form
    of_line = deal.lines[line]
    return with_tracking(of_line, kind, with_certificate(of_line, kind, form))


def terms_form(line: LineState, book: Playbook, id: str) -> Form:
    """What the payment type asks for; once the terms before were refused, also whether it should be another type."""
    form = of_unit(book.payments[line.good.payment].form, line.good.unit)
    _, _, round = id.partition("#")
    if not line.refused(int(round or 1)):
        return form
    return (_other(line, book), *(_if_it_stays(field, line.good.payment) for field in form))


def answers_to(form: Form, given: Mapping[str, str | None]) -> dict[str, str | None]:
    """Who chooses no other payment type, where one could be, stays with the one there is."""
    answers = {name: said for name, said in given.items() if name != PAYMENT or said}
    stays = {field.name: field.example for field in form if field.name == PAYMENT and field.choice_titles}
    return {**stays, **answers}


def checked(
    process: ProcessState,
    book: Playbook,
    kind: str,
    form: Form,
    given: Mapping[str, Any],
    today: date,
    *,
    id: str = "",
) -> dict[str, str]:
    """The answers as they are kept, to the question with this `id`. Raises the Refusal of those that the form, or what else is known
    of the process, do not let be."""
    given, besides = with_known(process, kind, given), partial(_besides, process, book, kind, form, today, id)
    answers = check_form(form, given, today, quantity_of(process), besides)
    if number := certificate_number(answers.get(CERTIFICATE, "")):
        answers[CERTIFICATE] = number
    return naming(process, form, kind, id, answers)


def problems_of(
    process: ProcessState,
    book: Playbook,
    kind: str,
    form: Form,
    given: Mapping[str, Any],
    today: date,
    *,
    id: str = "",
) -> list[AnswerProblem]:
    """All that `checked` would refuse, field by field."""
    given, besides = with_known(process, kind, given), partial(_besides, process, book, kind, form, today, id)
    return answer_problems(form, given, today, quantity_of(process), besides)


def _besides(
    process: ProcessState,
    book: Playbook,
    kind: str,
    form: Form,
    today: date,
    id: str,
    answers: Mapping[str, str],
) -> list[AnswerProblem]:
    """By the dates of other papers, by what is declared to customs, by lots and serial numbers, by who the client is, by the certificate."""
    return [
        *date_problems(process, book, kind, answers, today),
        *clearance_problems(process, form, kind, id, answers, today),
        *lot_problems(process, form, kind, answers, today),
        *serial_problems(process, form, kind, answers),
        *number_problems(process, form, answers),
        *certificate_problems(process, kind, form, answers, today),
    ]


def quantity_of(process: ProcessState) -> Number:
    """How much an answer is about: as many values a list has."""
    return process.good.quantity if isinstance(process, LineState) else 1


def _other(line: LineState, book: Playbook) -> FormField:
    titles = {code: term.title for code, term in book.payments.items()}
    return FormField(
        name=PAYMENT,
        type=FieldType.CHOICE,
        title=_TITLE,
        help=_HELP,
        choices=(line.good.payment, *(code for code in titles if code != line.good.payment)),
        choice_titles=titles,
        example=line.good.payment,
    )


def _if_it_stays(field: FormField, payment: str) -> FormField:
    """Another payment type asks for other things, later."""
    if field.name == PAYMENT or not field.required:
        return field
    return field.model_copy(update={"required": False, "required_when": {PAYMENT: payment}})
