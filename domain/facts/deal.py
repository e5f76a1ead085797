"""The deal as a whole: how it begins, moves, changes hands and ends."""

from datetime import date
from decimal import Decimal
from typing import Literal

from pydantic import AwareDatetime

from domain.facts.declare import Crm, FactData, Mail, Person, To
from domain.words import NoticeKind, Role, Source, Stage, Text


class DealOpened(FactData):
    kind = "deal.opened"
    sentence = Text(
        ru="сделка открыта, менеджер {manager}[, из {origin}][: {wish}][ (не хватает: {missing})]",
        en="the deal is opened, manager {manager}[, from {origin}][: {wish}][ (missing: {missing})]",
    )
    crm = (Crm.STAGE, Crm.COMMENT)

    manager: Person
    playbook: str
    lines: int
    wish: str = ""
    origin: str = ""
    missing: tuple[str, ...] = ()


class ClientQualified(FactData):
    kind = "client.qualified"
    sentence = Text(ru="клиент {outcome}[ — {reason}]", en="the client is {outcome}[ — {reason}]")

    outcome: Literal["qualified", "disqualified"]
    reason: str = ""


class OrderComposed(FactData):
    kind = "order.composed"
    sentence = Text(
        ru="заказ составлен, позиций: {lines}, на {amount}",
        en="the order is composed, lines: {lines}, for {amount}",
    )
    crm = (Crm.STAGE, Crm.COMMENT)

    lines: int
    amount: Decimal
    currency: str


class StageChanged(FactData):
    """`source`: of a deal that has nothing but services, whose stages read otherwise."""

    kind = "stage.changed"
    sentence = Text(ru="стадия «{stage}» (была «{before}»)", en="stage “{stage}” (was “{before}”)")
    crm = (Crm.STAGE, Crm.COMMENT)

    stage: Stage
    before: Stage
    source: Source | None = None


class DealPaid(FactData):
    kind = "deal.paid"
    sentence = Text(
        ru="сделка оплачена и закрыта: {amount}, получено {paid}[, списано {forgiven}]",
        en="the deal is paid and closed: {amount}, {paid} received[, {forgiven} written off]",
    )
    mail = Mail(NoticeKind.DEAL_PAID, (To.MANAGER, To.DIRECTOR, To.CLIENT))

    amount: Decimal
    paid: Decimal
    forgiven: Decimal | None = None
    currency: str


class DealLost(FactData):
    kind = "deal.lost"
    sentence = Text(ru="сделка проиграна[: {reason}]", en="the deal is lost[: {reason}]")
    mail = Mail(NoticeKind.DEAL_LOST, (To.DIRECTOR,))

    reason: Text | None = None


class DealCancelled(FactData):
    kind = "deal.cancelled"
    sentence = Text(ru="сделка отменена[: {reason}]", en="the deal is cancelled[: {reason}]")
    mail = Mail(NoticeKind.DEAL_CANCELLED, (To.CLIENT, To.MANAGER, To.DIRECTOR))

    reason: Text | None = None


class CancelRequested(FactData):
    kind = "deal.cancel_requested"
    sentence = Text(
        ru="запрошена отмена сделки[: {reason}]", en="cancelling the deal is requested[: {reason}]"
    )

    reason: str


class DealReassigned(FactData):
    kind = "deal.reassigned"
    sentence = Text(ru="сделку ведёт {to} (раньше {before})", en="{to} has the deal now (before: {before})")

    before: Person
    to: Person


class RoleGiven(FactData):
    """In this deal `to` is asked whatever is asked of the role."""

    kind = "deal.role_given"
    sentence = Text(
        ru="роль «{role}» в этой сделке теперь у {to}", en="the role “{role}” in this deal is {to}'s now"
    )

    role: Role
    to: Person


class DateCorrected(FactData):
    """What was entered was wrong; `what` names it. Both values stay on the trail."""

    kind = "date.corrected"
    sentence = Text(
        ru="исправлена дата «{what}»: {after} вместо {before}[ — {reason}]",
        en="the date “{what}” is corrected: {after} instead of {before}[ — {reason}]",
    )
    line_reports = True

    what: Text
    before: date
    after: date
    reason: str


class TrailBranched(FactData):
    """An operator reset the workflow: the facts after `since_seq` belong to a branch that was abandoned, and stay visible."""

    kind = "deal.branched"
    sentence = Text(
        ru="оператор вернул процесс сделки назад: после записи {since_seq} история пошла иначе, оставленных записей: {facts_abandoned}"
        " (последняя {at})",
        en="an operator reset the deal's process: after fact {since_seq} it went another way, facts abandoned: {facts_abandoned}"
        " (the last of {at})",
    )
    crm = (Crm.NOTIFY, Crm.COMMENT)

    since_seq: int
    at: AwareDatetime
    facts_abandoned: int
