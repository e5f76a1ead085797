"""The answers to a form as they are kept; and the way on where a part of what was expected has come."""

from collections.abc import Mapping
from datetime import date

from domain.deal.assignment_form import answers_to, checked, quantity_of
from domain.deal.state import LineState, ProcessState
from domain.playbook.book import Playbook
from domain.playbook.form_answers import pieces
from domain.playbook.forms import FieldType, Form
from domain.refusals import Refusal


def checked_answers(
    process: ProcessState,
    book: Playbook,
    kind: str,
    form: Form,
    given: Mapping[str, str | None],
    today: date,
    *,
    id: str = "",
) -> dict[str, str]:
    """All that is wrong is said in one `Refusal`; of fewer pieces than the line has, how the line is split."""
    answers = answers_to(form, given)
    try:
        return checked(process, book, kind, form, answers, today, id=id)
    except Refusal as refusal:
        came, quantity = _came(form, answers), quantity_of(process)
        if not isinstance(process, LineState) or not 0 < came < quantity:
            raise
        raise Refusal(
            "bad_form",
            en="{problem}. Where only {came} of {all} came: result “only a part came”, or deal split {deal} {line} {rest}",
            ru="{problem}. Если пришло только {came} из {all}: результат «пришла часть» или deal split {deal} {line} {rest}",
            problem=refusal.text,
            came=came,
            all=quantity,
            deal=process.deal,
            line=process.number,
            rest=quantity - came,
        ) from None


def _came(form: Form, answers: Mapping[str, str | None]) -> int:
    """As many pieces as a list names that may name fewer."""
    lists = (field.name for field in form if field.type is FieldType.PIECES and field.counted_by)
    titles = {title.casefold(): f.name for f in form for title in (f.title.ru, f.title.en)}
    said = {titles.get(name.casefold(), name): answer for name, answer in answers.items()}
    return max((len(pieces(said.get(name) or "")) for name in lists), default=0)
