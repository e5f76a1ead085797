"""Questions about papers: refused documents, obligations to the customs, serial numbers that are there already."""

from domain.calendar import Span
from domain.playbook.forms import FieldType, FormField
from domain.playbook.kinds import (
    OBLIGATION,
    REFUSED_DOCUMENT,
    SERIAL_NUMBER,
    AssignmentKind,
)
from domain.words import Role, Text

PAPERS = {
    REFUSED_DOCUMENT: AssignmentKind(
        title=Text(ru="Решить, что с отклонённым документом", en="Settle the refused document"),
        role=Role.MANAGER,
        due=Span.model_validate("2wd"),
        form=(
            FormField(
                name="outcome",
                type=FieldType.CHOICE,
                title=Text(ru="Решение", en="What is done"),
                choices=("corrected", "adjusted", "returned"),
                example="corrected",
            ),
            FormField(
                name="changes",
                title=Text(ru="Что исправлено", en="What was changed"),
                required=False,
                required_when={"outcome": "corrected"},
                example="Исправлено количество",
            ),
        ),
    ),
    OBLIGATION: AssignmentKind(
        title=Text(ru="Исполнить обязательство перед таможней", en="Meet the obligation to the customs"),
        role=Role.MANAGER,
        due=Span.model_validate("30cd"),
        form=(
            FormField(
                name="met_on",
                type=FieldType.DATE,
                title=Text(ru="Когда исполнено", en="Met on"),
                earliest=-90,
                latest=0,
            ),
            FormField(
                name="confirmed_by",
                title=Text(ru="Чем подтверждено", en="Confirmed by"),
                help=Text(
                    ru="Номер корректировки декларации или письма таможни",
                    en="Number of the corrected declaration, or of the customs' letter",
                ),
                example="КДТ 10702030/161126/0088410/01",
            ),
        ),
    ),
    SERIAL_NUMBER: AssignmentKind(
        title=Text(
            ru="Разобраться с повторным серийным номером",
            en="Look into a serial number that is there already",
        ),
        role=Role.LOGISTICS,
        due=Span.model_validate("1wd"),
        form=(
            FormField(
                name="explanation",
                title=Text(ru="Почему номер тот же", en="Why the number is the same"),
                help=Text(
                    ru="Если номер внесён неверно, исправьте приёмку, deal correct, и задание снимется само",
                    en="If it was entered wrong, correct the acceptance, deal correct, and nothing more is asked",
                ),
                example="Клиент вернул прибор, он продаётся снова",
            ),
        ),
    ),
}
