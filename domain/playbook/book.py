"""The playbook: the company's reference books as one versioned file. A deal keeps the version it started with."""

from datetime import date
from typing import Any

from pydantic import Field

from domain.base import Value
from domain.calendar import WorkingCalendar
from domain.playbook.built_in import BUILT_IN, BUILT_IN_APPROVALS
from domain.playbook.kinds import ApprovalKind, AssignmentKind
from domain.playbook.people import People
from domain.playbook.quiet import MailHabits
from domain.playbook.routes import DEFAULT_ROUTES, Route
from domain.playbook.terms import (
    Amendments,
    Checks,
    DeliveryMethod,
    DeliveryPromise,
    DocumentKind,
    LotRules,
    MoneyRules,
    PaymentTerm,
    Reminders,
    Rescheduling,
    VatRate,
)
from domain.words import Language, Source


class Playbook(Value):
    """The reference books, well formed; that they agree with each other and with the process is for `domain.playbook.check` to see."""

    version: str = Field(min_length=1, max_length=100)
    company: str
    language: Language = "ru"
    currencies: tuple[str, ...] = ("RUB",)
    calendar: WorkingCalendar = WorkingCalendar()
    vat: dict[str, VatRate]
    routes: dict[Source, Route] = DEFAULT_ROUTES
    payments: dict[str, PaymentTerm]
    deliveries: dict[str, DeliveryMethod]
    documents: dict[str, DocumentKind]
    assignments: dict[str, AssignmentKind]
    approvals: dict[str, ApprovalKind]
    reminders: Reminders
    rescheduling: Rescheduling = Rescheduling()
    checks: Checks
    promise: DeliveryPromise = DeliveryPromise()
    amendments: Amendments = Amendments()
    money: MoneyRules = MoneyRules()
    lots: LotRules = LotRules()
    mail: MailHabits = MailHabits()

    def vat_on(self, code: str, day: date) -> str:
        """The code that holds on a day for what was agreed with this one: VAT is judged by the day of the shipment."""
        for _ in self.vat:
            rate = self.vat[code]
            if rate.valid_until is None or day <= rate.valid_until or rate.followed_by not in self.vat:
                break
            code = rate.followed_by
        return code

    def route(self, source: Source) -> Route:
        """The steps of a line from this source."""
        return self.routes.get(source) or DEFAULT_ROUTES[source]

    def assignment(self, kind: str) -> AssignmentKind:
        return self.assignments.get(kind) or BUILT_IN[kind]

    def approval(self, kind: str) -> ApprovalKind:
        return self.approvals.get(kind) or BUILT_IN_APPROVALS[kind]

    def _vat_and_followers(self, code: str) -> list[str]:
        found: list[str] = []
        following: str | None = code
        while following in self.vat and following not in found:
            found.append(following)
            following = self.vat[following].followed_by
        return found

    def for_line(self, payment: str, vat: str) -> "Playbook":
        """The part a line lives by: small enough to ride in the start of each of two hundred lines. Where credit may be refused,
        it may come to another payment type."""
        return self.model_copy(
            update={
                "mail": MailHabits(),
                "payments": self.payments
                if self.payments[payment].credit
                else {payment: self.payments[payment]},
                "vat": {code: self.vat[code] for code in self._vat_and_followers(vat)},
                "assignments": {
                    k: v for k, v in self.assignments.items() if k not in ("qualification", "order")
                },
                "approvals": {k: v for k, v in self.approvals.items() if k != "cancellation"},
            }
        )


class StaffedPlaybook(Playbook, People):
    """A playbook and the people of today: what a deal starts with, and what it works by on any day of its life."""

    def alone(self) -> Playbook:
        return Playbook.model_construct(**fields_of(self, Playbook))

    def staff(self) -> People:
        return People.model_construct(**fields_of(self, People))


def fields_of(value: Value, model: type[Value]) -> dict[str, Any]:
    return {name: getattr(value, name) for name in model.model_fields}
