"""How to pay, beside the words of a mail: the requisites as rows, and the code that a bank's program reads."""

from typing import NamedTuple

from activities.mail.letter import Picture
from activities.mail.qr import png
from domain.effects import Notice
from domain.enclosures import ToPay
from domain.order.payment_order import CURRENCY, qr_text
from domain.playbook.requisites import Requisites
from domain.wording import money
from domain.words import Language, Text

QR = "payment-qr"
_TO, _INN, _KPP = Text(ru="Получатель", en="Payee"), Text(ru="ИНН", en="INN"), Text(ru="КПП", en="KPP")
_ACCOUNT, _BANK = Text(ru="Расчётный счёт", en="Account"), Text(ru="Банк", en="Bank")
_BIC, _CORRESPONDENT = Text(ru="БИК", en="BIC"), Text(ru="Корр. счёт", en="Correspondent account")
_SUM, _PURPOSE = Text(ru="К оплате", en="To be paid"), Text(ru="Назначение платежа", en="Purpose of payment")


class Payment(NamedTuple):
    rows: tuple[tuple[str, str], ...]
    pictures: tuple[Picture, ...]


def payment_of(notice: Notice, requisites: Requisites | None) -> Payment | None:
    if notice.to_pay is None or requisites is None:
        return None
    rows = payment_rows(requisites, notice.to_pay, notice.language)
    picture = Picture(QR, png(qr_text(requisites, notice.to_pay.amount, notice.to_pay.purpose)))
    return Payment(rows, (picture,))


def payment_rows(requisites: Requisites, what: ToPay, language: Language) -> tuple[tuple[str, str], ...]:
    rows = (
        (_TO, requisites.name),
        (_INN, requisites.inn),
        (_KPP, requisites.kpp),
        (_ACCOUNT, requisites.account),
        (_BANK, requisites.bank),
        (_BIC, requisites.bic),
        (_CORRESPONDENT, requisites.correspondent),
        (_PURPOSE, what.purpose),
        (_SUM, money(what.amount, CURRENCY, language)),
    )
    return tuple((label.to(language), value) for label, value in rows if value)
