"""Facts: the audit trail. One thing that happened, in one ordered trail per deal."""

from enum import StrEnum
from typing import NamedTuple

from pydantic import AwareDatetime

from domain.base import Value
from domain.words import Role, Text


class Actor(Value):
    """Who acted. `behalf` is the absent person whom a substitute acted for; both names are on the fact."""

    person: str
    name: str
    role: Role | None = None
    behalf: str | None = None

    def __str__(self) -> str:
        return f"{self.name} (for {self.behalf})" if self.behalf else self.name


DESK = Actor(person="desk", name="Dealwright")


class FactKind(StrEnum):
    DEAL_OPENED = "deal.opened"
    CLIENT_QUALIFIED = "client.qualified"
    ORDER_COMPOSED = "order.composed"
    STAGE_CHANGED = "stage.changed"
    DEAL_PAID = "deal.paid"
    DEAL_LOST = "deal.lost"
    DEAL_CANCELLED = "deal.cancelled"
    CANCEL_REQUESTED = "deal.cancel_requested"
    DEAL_REASSIGNED = "deal.reassigned"
    CONTRACT_AGREED = "contract.agreed"
    LINE_STATUS = "line.status"
    LINE_SILENT = "line.silent"
    LINE_RESTARTED = "line.restarted"
    ASSIGNMENT_OPENED = "assignment.opened"
    ASSIGNMENT_COMPLETED = "assignment.completed"
    ASSIGNMENT_WITHDRAWN = "assignment.withdrawn"
    ASSIGNMENT_REASSIGNED = "assignment.reassigned"
    ASSIGNMENT_REMINDED = "assignment.reminded"
    ASSIGNMENT_ESCALATED = "assignment.escalated"
    APPROVAL_OPENED = "approval.opened"
    APPROVAL_VOTED = "approval.voted"
    APPROVAL_APPROVED = "approval.approved"
    APPROVAL_REJECTED = "approval.rejected"
    APPROVAL_WITHDRAWN = "approval.withdrawn"
    APPROVAL_REMINDED = "approval.reminded"
    APPROVAL_ESCALATED = "approval.escalated"
    PAYMENT_RECEIVED = "payment.received"
    PAYMENT_ADVANCE = "payment.advance"
    MILESTONE_DUE = "milestone.due"
    MILESTONE_PAID = "milestone.paid"
    MILESTONE_REMINDED = "milestone.reminded"
    MILESTONE_ESCALATED = "milestone.escalated"
    DOCUMENT_READY = "document.ready"
    DOCUMENT_SIGNED = "document.signed"
    DOCUMENT_REMINDED = "document.reminded"
    DOCUMENT_ESCALATED = "document.escalated"
    CUSTOMS_CHECK = "customs.check"
    CUSTOMS_HELD = "customs.held"
    CUSTOMS_RELEASED = "customs.released"
    ETA_CHECK = "eta.check"
    ETA_MOVED = "eta.moved"
    GOODS_DAMAGED = "goods.damaged"
    MAIL_BOUNCED = "mail.bounced"
    ADDRESS_MENDED = "address.mended"
    CRM_RETURNED = "crm.returned"
    MESSAGE_REFUSED = "message.refused"
    DELIVERY_REFUSED = "delivery.refused"


class Fact(Value):
    """One thing that happened. `seq` is its place in the deal's trail, from 1, without gaps; the deal gives it.

    `data` holds words and codes only, never objects; what has a title in both languages has `title_ru` and `title_en`.
    """

    seq: int = 0
    at: AwareDatetime
    actor: Actor = DESK
    kind: FactKind
    subject: str = "deal"
    data: dict[str, str] = {}


class Subject(NamedTuple):
    """What a fact, an assignment or a blocker is about: the deal, or one of its lines."""

    line: int | None = None

    def __str__(self) -> str:
        return f"line {self.line}" if self.line else "deal"

    def id(self, kind: str) -> str:
        return f"line-{self.line}:{kind}" if self.line else kind


def titled(title: Text) -> dict[str, str]:
    return {"title_ru": title.ru, "title_en": title.en}
