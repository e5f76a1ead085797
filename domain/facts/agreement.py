"""What is sold, and that it is agreed."""

from decimal import Decimal

from domain.facts.declare import FactData, Mail, To
from domain.order.change import Change
from domain.words import NoticeKind, Text


class OfferMade(FactData):
    """A version of what is sold; approvals bind to its `digest`."""

    kind = "offer.made"
    sentence = Text(
        ru="предложение, версия {version}: {amount}, позиций: {lines}",
        en="the offer, version {version}: {amount}, lines: {lines}",
    )

    version: int
    digest: str
    amount: Decimal
    currency: str
    lines: int


class OfferChanged(FactData):
    """A new draft takes the place of the one before; its total is `amount`, and was `before`."""

    kind = "offer.changed"
    sentence = Text(
        ru="новое предложение: {changes}; всего {amount}, было {before}[ — «{comment}»]",
        en="a new offer: {changes}; {amount} in all, it was {before}[ — “{comment}”]",
    )
    changes: tuple[Change, ...]
    amount: Decimal
    before: Decimal
    currency: str
    comment: str = ""


class PaymentTypeChosen(FactData):
    """After a refusal: the line is to be paid otherwise. The contract is put to approval again."""

    kind = "line.payment_chosen"
    sentence = Text(
        ru="другой тип оплаты: {after} вместо {before}",
        en="another payment type: {after} instead of {before}",
    )
    line_reports = True

    before: Text
    after: Text


class ContractAgreed(FactData):
    kind = "contract.agreed"
    sentence = Text(
        ru="договор согласован всеми, версия {version}", en="the contract is agreed by all, version {version}"
    )
    mail = Mail(NoticeKind.CONTRACT_AGREED, (To.CLIENT, To.MANAGER))

    version: int
