"""Between the desk and the world: what was refused, what came back, what did not arrive."""

from typing import Literal

from domain.facts.declare import SILENT, Act, Crm, FactData, Person
from domain.words import Text


class MessageRefused(FactData):
    """A message that is not allowed changed nothing but the trail. `tried` is the beginning of it."""

    kind = "message.refused"
    sentence = Text(ru="отказ, действие «{message}»: {reason}", en="refused, “{message}”: {reason}")
    crm = SILENT
    line_reports = True

    message: Act
    code: str
    reason: Text
    tried: str = ""


class FloodRefused(FactData):
    """More messages at once than can be taken: all that were refused, in one fact."""

    kind = "message.flood_refused"
    sentence = Text(
        ru="отказано сразу во многих действиях: {count}[ ({messages})] — {reason}",
        en="many messages refused at once: {count}[ ({messages})] — {reason}",
    )
    crm = SILENT
    line_reports = True

    count: int
    messages: tuple[Act, ...] = ()
    reason: Text


class DeliveryRefused(FactData):
    """A write that an outside system will never take; `key` is its idempotency key."""

    kind = "delivery.refused"
    sentence = Text(
        ru="внешняя система не приняла запись[: {reason}]",
        en="a write was not accepted outside[: {reason}]",
    )
    crm = SILENT

    key: str
    reason: str = ""


class DeliveryDeferred(FactData):
    """The CRM does not take some writes of this deal for want of a right, `missing`: they are made once it is given. `key` is the
    first of them; of the others of this right nothing is said until it was there again."""

    kind = "delivery.deferred"
    sentence = Text(
        ru="CRM не принимает часть записей, не хватает права: {missing}; стол запишет их, когда его дадут",
        en="the CRM does not take some writes, the missing right: {missing}; the desk writes them once it is given",
    )
    crm = SILENT

    key: str
    missing: Text


class MailBounced(FactData):
    kind = "mail.bounced"
    sentence = Text(
        ru="письмо на адрес {email} не доставлено[ ({name})][: {reason}]",
        en="mail to {email} came back[ ({name})][: {reason}]",
    )

    person: Person
    name: str = ""
    email: str
    reason: str = ""


class AddressCorrected(FactData):
    kind = "address.corrected"
    sentence = Text(
        ru="адрес исправлен[ ({name})]: {email}[, писем отправлено снова: {again}]",
        en="the address is corrected[ ({name})]: {email}[, mails sent again: {again}]",
    )

    person: Person
    name: str = ""
    email: str
    again: int = 0


class CrmReturned(FactData):
    """What `did` (a person's name) did in the CRM does not count, and the CRM is put right. `id` is what it was done to."""

    kind = "crm.returned"
    sentence = Text(
        ru="сделанное в CRM[ ({did})] не принято: {what}[ — {reason}]",
        en="what was done in the CRM[ ({did})] does not count: {what}[: {reason}]",
    )

    done: Literal["stage", "funnel", "line", "task", "answer", "manager"]
    id: str
    did: str = ""
    what: Text
    reason: Text | None = None


class CrmCardChanged(FactData):
    """What became of the deal's card in the CRM, and what its manager can do. Whoever `did` it is named."""

    kind = "crm.card_changed"
    sentence = Text(ru="карточка в CRM[ ({did})]: {what}", en="the card in the CRM[ ({did})]: {what}")
    crm = (Crm.COMMENT, Crm.NOTIFY)

    change: Literal["deleted", "restored", "goods", "client", "unbound", "lacks", "whole"]
    did: str = ""
    what: Text

    def told_to_crm(self) -> tuple[Crm, ...]:
        match self.change:
            case "deleted":
                return (Crm.NOTIFY,)
            case "restored":
                return (Crm.STAGE, Crm.COMMENT)
            case "lacks":
                return (Crm.COMMENT,)
            case _:
                return self.crm
