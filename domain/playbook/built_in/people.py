"""Questions about people: who manages the deal, where mail goes, and what a voter asks."""

from domain.calendar import Span
from domain.playbook.forms import FieldType, FormField
from domain.playbook.kinds import (
    DEAL_MANAGER,
    MAIL_ADDRESS,
    QUESTION,
    AssignmentKind,
)
from domain.words import Role, Text

PEOPLE = {
    DEAL_MANAGER: AssignmentKind(
        title=Text(ru="Назначить менеджера сделки", en="Name the deal's manager"),
        role=Role.DIRECTOR,
        due=Span.model_validate("1wd"),
        form=(
            FormField(
                name="manager",
                title=Text(ru="Новый менеджер", en="The new manager"),
                help=Text(
                    ru="Имя, e-mail или имя в списке людей", en="Name, e-mail, or id in the people's file"
                ),
                example="ivanova",
            ),
        ),
    ),
    MAIL_ADDRESS: AssignmentKind(
        title=Text(ru="Исправить адрес почты", en="Mend the mail address"),
        role=Role.MANAGER,
        due=Span.model_validate("1wd"),
        form=(
            FormField(
                name="email",
                type=FieldType.EMAIL,
                title=Text(ru="Верный адрес", en="The right address"),
                example="anna@clinic.example",
            ),
        ),
    ),
    QUESTION: AssignmentKind(
        title=Text(ru="Ответить на вопрос", en="Answer a question"),
        role=Role.MANAGER,
        due=Span.model_validate("4wh"),
        form=(
            FormField(
                name="answer",
                title=Text(ru="Ответ", en="The answer"),
                help=Text(ru="Его увидит тот, кто спросил", en="Whoever asked reads it"),
                example="Да, доставка и монтаж включены в цену",
            ),
        ),
    ),
}
