"""Money that came, and what must be paid."""

from datetime import date
from decimal import Decimal

from pydantic import AwareDatetime

from domain.facts.declare import SILENT, Crm, FactData, Mail, Person, Ringing, To
from domain.words import NoticeKind, Text

_EXPECTED = Mail(NoticeKind.PAYMENT_EXPECTED, (To.ACCOUNTANT,))


class InRoubles(FactData):
    """Money that the deal counts in another currency than it came in: `paid` roubles at `rate`, which the bank set on `rate_on`, with
    the contract's per cent. `by_rate` says it in words."""

    paid: Decimal | None = None
    rate: Decimal | None = None
    rate_on: date | None = None
    by_rate: Text | None = None


class PaymentAwaitsRate(FactData):
    """Roubles came; they are counted once the rate of the day `rate_on` is known."""

    kind = "payment.awaits_rate"
    sentence = Text(
        ru="пришло {amount} от {day} (платёж {payment}): сумма будет засчитана по курсу на {rate_on}",
        en="{amount} came on {day} (payment {payment}): it is counted at the rate of {rate_on}",
    )
    crm = SILENT

    payment: str
    amount: Decimal
    currency: str
    day: date
    rate_on: date


class PaymentReceived(InRoubles):
    """`payment` is the bank's own number; `put` says how much of it stands on which milestone. `from_deal`: another deal had it before."""

    kind = "payment.received"
    sentence = Text(
        ru="пришла оплата {amount} от {day} (платёж {payment})[, из сделки {from_deal}][, плательщик {payer}][, {by_rate}][: {purpose}]",
        en="a payment of {amount} came on {day} (payment {payment})[, from deal {from_deal}][, paid by {payer}][, {by_rate}][: {purpose}]",
    )
    mail = Mail(NoticeKind.PAYMENT_RECEIVED, (To.MANAGER,))

    payment: str
    amount: Decimal
    currency: str
    day: date
    purpose: str = ""
    payer: str = ""
    payer_inn: str = ""
    from_deal: str = ""
    put: dict[str, Decimal] = {}


class PaymentAdvance(FactData):
    """The part of a payment that is beyond what was owed."""

    kind = "payment.advance"
    sentence = Text(
        ru="аванс {amount}: деньги сверх того, что причиталось",
        en="an advance of {amount}: money beyond what was owed",
    )

    payment: str
    amount: Decimal
    currency: str


class PaymentReversed(InRoubles):
    """The bank took a payment back, on the value date `day`; it stood on the places of `taken`."""

    kind = "payment.reversed"
    sentence = Text(
        ru="банк отозвал платёж {payment} на {amount}, {day}[ — {by_rate}]: {reason}",
        en="the bank took payment {payment} of {amount} back on {day}[, {by_rate}]: {reason}",
    )
    mail = Mail(NoticeKind.PAYMENT_REVERSED, (To.MANAGER, To.DIRECTOR))
    crm = (Crm.NOTIFY, Crm.COMMENT)

    payment: str
    amount: Decimal
    currency: str
    day: date
    reason: str
    taken: dict[str, Decimal] = {}


class PaymentCorrected(FactData):
    """Payment `payment` was entered wrong: it is taken back, and entered anew as `entered`, in its own words and on its own day."""

    kind = "payment.corrected"
    sentence = Text(
        ru="исправлен платёж {payment}: {after} вместо {before} — {reason}",
        en="payment {payment} is corrected: {after} instead of {before} — {reason}",
    )
    mail = Mail(NoticeKind.PAYMENT_CORRECTED, (To.MANAGER,))
    crm = (Crm.NOTIFY, Crm.COMMENT)

    payment: str
    entered: str
    amount: Decimal
    currency: str
    day: date
    before: Text
    after: Text
    reason: str
    taken: dict[str, Decimal] = {}
    put: dict[str, Decimal] = {}


class AboutMoney(FactData):
    """What becomes of money that came. `payment` is the one it came by; `taken` and `put` say from where to where, by place."""

    payment: str
    amount: Decimal
    currency: str
    taken: dict[str, Decimal] = {}
    put: dict[str, Decimal] = {}


class MoneyMoved(AboutMoney):
    kind = "money.moved"
    sentence = Text(
        ru="зачтено {amount}[ из платежа {payment}]: {source} → {target}[: {reason}]",
        en="{amount}[ of payment {payment}] is moved: {source} → {target}[: {reason}]",
    )

    payment: str = ""
    source: Text
    target: Text
    reason: str = ""


class MoneyMovedToDeal(AboutMoney, InRoubles):
    """Free money of a payment goes to deal `to`, for its line `line` if one is said. There it is payment `entered`, with the value
    date `day`, the purpose and the payer that it has here."""

    kind = "money.moved_to_deal"
    sentence = Text(
        ru="{amount} из платежа {payment} переданы в сделку {to}[ — {by_rate}][: {reason}]",
        en="{amount} of payment {payment} went to deal {to}[, {by_rate}][: {reason}]",
    )

    to: str
    entered: str
    day: date
    line: int | None = None
    purpose: str = ""
    payer: str = ""
    payer_inn: str = ""
    account: str = ""
    reason: str = ""


class MoneyRecalled(AboutMoney):
    """The bank took a payment back, on the value date `day`, of which some was in deal `to`, as payment `entered`: it is taken back there."""

    kind = "money.recalled"
    sentence = Text(
        ru="{amount} из платежа {payment} были переданы в сделку {to}: их отзывают и там",
        en="{amount} of payment {payment} had gone to deal {to}: it is taken back there, too",
    )

    to: str
    entered: str
    day: date
    reason: str = ""


class MoneyRefunded(AboutMoney, InRoubles):
    """Money went back to the client, on the value date `day`."""

    kind = "money.refunded"
    sentence = Text(
        ru="клиенту возвращено {amount} из платежа {payment}, {day}[ — {by_rate}][: {reason}]",
        en="{amount} of payment {payment} went back to the client on {day}[, {by_rate}][: {reason}]",
    )

    day: date
    reason: str = ""


class MoneyWrittenOff(AboutMoney):
    """A surplus that the company keeps (of a payment), or a rest that it forgives (of none)."""

    kind = "money.written_off"
    sentence = Text(
        ru="списано {amount}[ из платежа {payment}]: {reason}",
        en="{amount}[ of payment {payment}] is written off: {reason}",
    )

    payment: str = ""
    reason: str


class AboutMilestone(FactData):
    line_reports = True

    id: str
    title: Text
    amount: Decimal
    currency: str


class MilestoneDue(AboutMilestone):
    kind = "milestone.due"
    sentence = Text(
        ru="к оплате «{title}»: {amount}, срок {due}", en="“{title}” is to be paid: {amount}, due {due}"
    )
    mail = Mail(NoticeKind.PAYMENT_DUE, (To.CLIENT,))
    second_mail = _EXPECTED
    crm = SILENT

    outstanding: Decimal
    due: AwareDatetime

    def mailed(self, manager: str) -> Mail | None:
        return self.mail if self.outstanding else None


class MilestonePaid(AboutMilestone):
    """It was paid on the day `on`, the value date of the last money that it took."""

    kind = "milestone.paid"
    sentence = Text(
        ru="оплачено «{title}»: {amount}, деньги от {on}[, дней просрочки: {days_late}]",
        en="“{title}” is paid: {amount}, the money is of {on}[, days late: {days_late}]",
    )

    on: date
    days_late: int | None = None


class MilestoneUnpaid(AboutMilestone):
    """What was paid is so no longer: money was reversed, refunded or moved."""

    kind = "milestone.unpaid"
    sentence = Text(
        ru="«{title}» больше не оплачено: осталось {outstanding} из {amount}",
        en="“{title}” is no longer paid: {outstanding} of {amount} is missing",
    )
    crm = (Crm.NOTIFY, Crm.COMMENT)

    outstanding: Decimal


class MilestoneReminded(AboutMilestone, Ringing):
    kind = "milestone.reminded"
    sentence = Text(
        ru="напоминание об оплате «{title}»: осталось {outstanding}, срок {due}[, уже {times}-й раз]",
        en="reminder: “{title}” is to be paid, {outstanding} is missing, due {due}[, {times} times by now]",
    )
    mail = Mail(NoticeKind.PAYMENT_REMINDED, (To.CLIENT, To.MANAGER))
    second_mail = _EXPECTED

    outstanding: Decimal
    due: AwareDatetime


class MilestoneEscalated(AboutMilestone, Ringing):
    kind = "milestone.escalated"
    sentence = Text(
        ru="оплата «{title}» просрочена: осталось {outstanding}, срок был {due} — сообщено: {to}[, уже {times}-й раз]",
        en="“{title}” is not paid in time: {outstanding} is missing, due {due}: told to {to}[, {times} times by now]",
    )
    mail = Mail(NoticeKind.PAYMENT_ESCALATED, (To.DIRECTOR, To.MANAGER))
    crm = (Crm.NOTIFY, Crm.COMMENT)

    outstanding: Decimal
    due: AwareDatetime
    overdue: bool = True
    to: Person
