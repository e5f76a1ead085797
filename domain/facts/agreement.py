"""What is sold, and that it is agreed."""

from decimal import Decimal

from domain.facts.declare import FactData, Mail, To
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


class ContractAgreed(FactData):
    kind = "contract.agreed"
    sentence = Text(
        ru="договор согласован всеми, версия {version}", en="the contract is agreed by all, version {version}"
    )
    mail = Mail(NoticeKind.CONTRACT_AGREED, (To.CLIENT, To.MANAGER))

    version: int
