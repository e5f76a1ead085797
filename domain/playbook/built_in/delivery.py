"""Questions about what is delivered when: late goods, amended dates, services, and what the supplier is told."""

from domain.calendar import Span
from domain.playbook.forms import FieldType, FormField
from domain.playbook.kinds import (
    DATE_AMENDMENT,
    LATE_DELIVERY,
    NEW_DATE,
    SERVICE_PLAN,
    SERVICE_RENDERED,
    SUPPLEMENT,
    ApprovalKind,
    AssignmentKind,
)
from domain.words import Role, Text

DELIVERY = {
    LATE_DELIVERY: AssignmentKind(
        title=Text(
            ru="Поставка опаздывает: решить, что делать", en="The delivery is late: decide what to do"
        ),
        role=Role.MANAGER,
        due=Span.model_validate("1wd"),
        form=(
            FormField(
                name="outcome",
                type=FieldType.CHOICE,
                title=Text(ru="Что делаем", en="What is done"),
                choices=("inform", "speed_up", "amend"),
                choice_titles={
                    "inform": Text(ru="сообщить клиенту новую дату", en="tell the client a new date"),
                    "speed_up": Text(ru="ускорить", en="speed it up"),
                    "amend": Text(ru="изменить договор", en="amend the contract"),
                },
                example="inform",
            ),
            FormField(
                name="new_date",
                type=FieldType.DATE,
                title=Text(ru="Новая дата", en="New date"),
                required=False,
                required_when={"outcome": "inform"},
                days=30,
                earliest=0,
            ),
            FormField(
                name="explanation",
                title=Text(ru="Что сообщить клиенту", en="What the client is told"),
                required=False,
                required_when={"outcome": "inform"},
                example="Завод перенёс готовность товара",
            ),
            FormField(
                name="measures",
                title=Text(ru="Что предпринято", en="What is undertaken"),
                required=False,
                example="Везём авиатранспортом",
            ),
        ),
    ),
    DATE_AMENDMENT: AssignmentKind(
        title=Text(ru="Изменить дату поставки в договоре", en="Amend the date of delivery in the contract"),
        role=Role.MANAGER,
        due=Span.model_validate("3wd"),
        form=(
            FormField(
                name="reason",
                title=Text(ru="Почему договор не меняют", en="Why the contract is not amended"),
                help=Text(
                    ru="Только если изменения не будет: когда новая дата действует, задание закроется само",
                    en="Only if there will be no amendment: once the new date is in force, this closes by itself",
                ),
                example="Клиент не согласен на новую дату",
            ),
        ),
    ),
    SUPPLEMENT: AssignmentKind(
        title=Text(ru="Сообщить об изменении заказа", en="Tell of the changed order"),
        role=Role.MANAGER,
        due=Span.model_validate("1wd"),
        form=(
            FormField(
                name="supplement",
                title=Text(ru="Номер дополнительного соглашения", en="Number of the supplementary agreement"),
                help=Text(
                    ru="С поставщиком, или письмо, которым ему сообщили",
                    en="With the supplier, or the letter that told them",
                ),
                example="ДС-1 к PO-2026-318",
            ),
        ),
    ),
    SERVICE_PLAN: AssignmentKind(
        title=Text(ru="Назначить исполнителя и дату", en="Name who renders the service, and when"),
        role=Role.MANAGER,
        due=Span.model_validate("2wd"),
        form=(
            FormField(
                name="performer",
                title=Text(ru="Исполнитель", en="Who renders it"),
                example="Инженер Сергей Волков",
            ),
            FormField(
                name="agreed_on",
                type=FieldType.DATE,
                title=Text(ru="Согласованная дата", en="Agreed date"),
                help=Text(ru="Когда клиент ждёт исполнителя", en="When the client expects them"),
                days=5,
                earliest=0,
            ),
        ),
    ),
    SERVICE_RENDERED: AssignmentKind(
        title=Text(ru="Подтвердить оказание услуги", en="Confirm that the service is rendered"),
        role=Role.MANAGER,
        due=Span.model_validate("1wd"),
        form=(
            FormField(
                name="rendered_on",
                type=FieldType.DATE,
                title=Text(ru="Дата оказания", en="Rendered on"),
                earliest=-90,
                latest=0,
            ),
            FormField(
                name="result",
                title=Text(ru="Что сделано", en="What was done"),
                required=False,
                example="Смонтирован, обучены два врача",
            ),
        ),
    ),
}

DELIVERY_APPROVALS = {
    NEW_DATE: ApprovalKind(
        title=Text(ru="Согласование новой даты поставки", en="Approval of a new delivery date"),
        object=Text(ru="новую дату поставки", en="the new date of delivery"),
        roles=(Role.DIRECTOR,),
        due=Span.model_validate("1wd"),
    ),
}
