"""How to pay, beside the words of a mail: the requisites as rows, and the code that a bank's program reads."""

from collections.abc import Iterable
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


Rows = tuple[tuple[str, str], ...]


class Payment(NamedTuple):
    """`payee` is the same for all that one company is paid; `order` is of this payment."""

    payee: Rows
    order: Rows
    picture: Picture

    @property
    def rows(self) -> Rows:
        return self.payee + self.order


def payment_of(notice: Notice, requisites: Requisites | None, id: str = QR) -> Payment | None:
    """`id` is the picture's, its own for each in a mail."""
    what, language = notice.to_pay, notice.language
    if what is None or requisites is None:
        return None
    picture = Picture(id, png(qr_text(requisites, what.amount, what.purpose)))
    return Payment(payee_rows(requisites, language), _order_rows(what, language), picture)


def payment_rows(requisites: Requisites, what: ToPay, language: Language) -> Rows:
    return payee_rows(requisites, language) + _order_rows(what, language)


def payee_rows(requisites: Requisites, language: Language) -> Rows:
    rows = (
        (_TO, requisites.name),
        (_INN, requisites.inn),
        (_KPP, requisites.kpp),
        (_ACCOUNT, requisites.account),
        (_BANK, requisites.bank),
        (_BIC, requisites.bic),
        (_CORRESPONDENT, requisites.correspondent),
    )
    return _said(rows, language)


def _order_rows(what: ToPay, language: Language) -> Rows:
    return _said(((_PURPOSE, what.purpose), (_SUM, money(what.amount, CURRENCY, language))), language)


def _said(rows: Iterable[tuple[Text, str]], language: Language) -> Rows:
    return tuple((label.to(language), value) for label, value in rows if value)
