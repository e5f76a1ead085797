"""Numbers of a contract that hold their customer's INN: it is the client's, or they are another contract's."""

from collections.abc import Mapping

from domain.deal.state import ProcessState
from domain.order.numbers import inn_in_ikz, inn_in_registry_number
from domain.playbook.form_answers import AnswerProblem
from domain.playbook.forms import Form
from domain.wording import worded

_INN_OF = {"ikz": inn_in_ikz, "registry": inn_in_registry_number}


def number_problems(process: ProcessState, form: Form, answers: Mapping[str, str]) -> list[AnswerProblem]:
    """A client of another country has no INN to compare with."""
    own, found = process.client.inn, list[AnswerProblem]()
    for field in form:
        answer = answers.get(field.name, "")
        inside = _INN_OF[field.number](answer) if field.number and answer else None
        if own and inside and inside != own:
            words = worded(
                en="the INN inside it is {inside}, and the client's is {own}",
                ru="внутри него ИНН {inside}, а у клиента {own}",
                inside=inside,
                own=own,
            )
            found.append(AnswerProblem(field.name, words, field))
    return found
