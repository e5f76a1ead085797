"""What is sold, and that it is agreed."""

from decimal import Decimal

from domain.facts.declare import Crm, FactData, Mail, To
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


class AmendmentMade(FactData):
    """What is agreed is to change: version `version` of the offer says how. Nobody need agree where nobody loses or pays."""

    kind = "amendment.made"
    sentence = Text(
        ru="изменение согласованного, версия {version}: {changes}; всего {amount}, было {before} — «{reason}»",
        en="an amendment, version {version}: {changes}; {amount} in all, it was {before} — “{reason}”",
    )

    version: int
    changes: tuple[Change, ...]
    amount: Decimal
    before: Decimal
    currency: str
    reason: str


class AmendmentInForce(FactData):
    kind = "amendment.in_force"
    sentence = Text(
        ru="изменение в силе: версия {version} вместо {before}, всего {amount}",
        en="the amendment is in force: version {version} instead of {before}, {amount} in all",
    )
    mail = Mail(NoticeKind.CONTRACT_AGREED, (To.CLIENT, To.MANAGER))

    version: int
    digest: str
    before: int
    amount: Decimal
    currency: str


class AmendmentDropped(FactData):
    """It was rejected, or something else has taken its place; `in_force` is what still holds."""

    kind = "amendment.dropped"
    sentence = Text(
        ru="изменение, версия {version}, не состоялось[: {reason}]; в силе версия {in_force}",
        en="the amendment, version {version}, comes to nothing[: {reason}]; version {in_force} is in force",
    )

    version: int
    digest: str
    in_force: int
    reason: Text | None = None


class LineAmended(FactData):
    kind = "line.amended"
    sentence = Text(
        ru="новые условия по версии {version}[: {changes}]", en="new terms by version {version}[: {changes}]"
    )
    line_reports = True

    version: int
    changes: tuple[Change, ...] = ()
    currency: str = ""


class LineKept(FactData):
    """The line had come too far by the time the amendment reached it."""

    kind = "line.kept"
    sentence = Text(
        ru="изменение, версия {version}, опоздало, всё остаётся как было: позиция {reason}",
        en="the amendment, version {version}, came too late, all stays as it was: the line {reason}",
    )
    crm = (Crm.NOTIFY, Crm.COMMENT)
    line_reports = True

    version: int
    reason: Text


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
