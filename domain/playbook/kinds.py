"""The kinds of assignments and approvals: what a playbook says of each, and the names of those that the process asks for."""

from pydantic import Field

from domain.base import Value
from domain.calendar import Span
from domain.playbook.forms import Form
from domain.words import Availability, Role, Text


class AssignmentKind(Value):
    """A task of one person. `due_available` replaces `due` for lines whose goods are available (shorter lead time)."""

    title: Text
    role: Role
    due: Span
    due_available: Span | None = None
    form: Form = ()

    def due_for(self, availability: Availability | None) -> Span:
        return (
            self.due_available if availability is Availability.AVAILABLE and self.due_available else self.due
        )


class ApprovalKind(Value):
    """`object` is what is approved, as it reads after «просим согласовать» and “please review”; the title in quotes without it."""

    title: Text
    object: Text | None = None
    roles: tuple[Role, ...] = Field(min_length=1)
    due: Span


MAIL_ADDRESS = "mail-address"
DEAL_MANAGER = "deal-manager"
QUESTION = "question"
LATE_DELIVERY = "delivery-late"
DATE_AMENDMENT = "delivery-amendment"
NEW_DATE = "delivery-date"
SUPPLEMENT = "supplement"
REFUSED_DOCUMENT = "document-refused"
SECURITY_RETURN = "security-return"
RATE = "rate"
SURPLUS = "surplus"
REFUND = "refund"
REFUNDING = "refunding"
"""The approval of a refund."""
LETTER_OF_CREDIT = "letter-of-credit"
OBLIGATION = "customs-obligation"
SERVICE_PLAN = "service-plan"
SERVICE_RENDERED = "service-rendered"
SERIAL_NUMBER = "serial-number"

ASSIGNMENT_KINDS = (
    "qualification",
    "order",
    "contract-revision",
    "payment-terms",
    "supplier-order",
    "reservation",
    "dispatch",
    "arrival",
    "customs-declaration",
    "customs-release",
    "acceptance",
    "claim",
    "shipment",
    "delivery",
)

APPROVAL_KINDS = ("contract", "credit", "cancellation", "amendment", "rescheduling")
