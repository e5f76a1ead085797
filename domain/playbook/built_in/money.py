"""Questions about money: rates, what is left over, what goes back, securities and letters of credit."""

from domain.calendar import Span
from domain.playbook.forms import FieldType, FormField
from domain.playbook.kinds import (
    LETTER_OF_CREDIT,
    RATE,
    REFUND,
    REFUNDING,
    SECURITY_RETURN,
    SURPLUS,
    ApprovalKind,
    AssignmentKind,
)
from domain.words import Role, Text

MONEY = {
    RATE: AssignmentKind(
        title=Text(ru="Внести курс Банка России", en="Enter the Bank of Russia's rate"),
        role=Role.ACCOUNTANT,
        due=Span.model_validate("4wh"),
        form=(
            FormField(
                name="rate",
                type=FieldType.NUMBER,
                title=Text(ru="Курс, рублей за единицу", en="Rate, roubles for one"),
                help=Text(
                    ru="На этот день, как его установил Банк России; процент договора стол добавит сам",
                    en="Of that day, as the Bank of Russia has set it; the contract's per cent the desk adds itself",
                ),
                example="91.5043",
            ),
        ),
    ),
    SURPLUS: AssignmentKind(
        title=Text(
            ru="Решить, что с деньгами клиента сверх договора", en="Decide on the client's surplus money"
        ),
        role=Role.ACCOUNTANT,
        due=Span.model_validate("2wd"),
        form=(
            FormField(
                name="outcome",
                type=FieldType.CHOICE,
                title=Text(ru="Что с ними делаем", en="What becomes of it"),
                help=Text(
                    ru="На другую позицию деньги перекладывает deal money move",
                    en="deal money move puts it on another line",
                ),
                choices=("return", "another-deal", "keep"),
                choice_titles={
                    "return": Text(ru="вернуть клиенту", en="return it to the client"),
                    "another-deal": Text(ru="передать другой сделке", en="give it to another deal"),
                    "keep": Text(ru="оставить на счёте клиента", en="keep it on the client's account"),
                },
                example="return",
            ),
            FormField(
                name="to_deal",
                title=Text(ru="Номер другой сделки", en="The other deal's number"),
                required=False,
                required_when={"outcome": "another-deal"},
                pattern=r"[A-Za-z0-9][A-Za-z0-9_.-]{0,49}",
                example="1043",
            ),
            FormField(
                name="reason",
                title=Text(ru="Основание", en="Why"),
                required=False,
                example="Письмо клиента от 23.11.2026",
            ),
        ),
    ),
    REFUND: AssignmentKind(
        title=Text(ru="Вернуть деньги клиенту", en="Pay the client back"),
        role=Role.ACCOUNTANT,
        due=Span.model_validate("3wd"),
        form=(
            FormField(
                name="payment",
                title=Text(ru="Номер исходящего платежа", en="Number of the outgoing payment"),
                example="318",
            ),
            FormField(
                name="paid_on",
                type=FieldType.DATE,
                title=Text(ru="Дата списания", en="Paid on"),
                earliest=-90,
                latest=0,
            ),
        ),
    ),
    SECURITY_RETURN: AssignmentKind(
        title=Text(ru="Вернуть обеспечение контракта", en="Get the contract's security back"),
        role=Role.ACCOUNTANT,
        due=Span.model_validate("30cd"),
        form=(
            FormField(
                name="returned_on",
                type=FieldType.DATE,
                title=Text(ru="Дата возврата", en="Returned on"),
                earliest=-90,
                latest=0,
            ),
        ),
    ),
    LETTER_OF_CREDIT: AssignmentKind(
        title=Text(ru="Продлить аккредитив", en="Have the letter of credit prolonged"),
        role=Role.MANAGER,
        due=Span.model_validate("2wd"),
        form=(
            FormField(
                name="expires_on",
                type=FieldType.DATE,
                title=Text(ru="Теперь действует до", en="Now valid until"),
                help=Text(ru="По извещению банка", en="As the bank has advised"),
                days=240,
                earliest=1,
            ),
        ),
    ),
}

MONEY_APPROVALS = {
    REFUNDING: ApprovalKind(
        title=Text(ru="Согласование возврата денег клиенту", en="Approval of a refund to the client"),
        object=Text(ru="возврат денег клиенту", en="the refund to the client"),
        roles=(Role.DIRECTOR,),
        due=Span.model_validate("1wd"),
    ),
}
