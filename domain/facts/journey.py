"""A line on its way: its status, its checks, what holds it up; and its process, when that falls silent."""

from datetime import date
from decimal import Decimal

from pydantic import AwareDatetime

from domain.facts.declare import SILENT, Crm, FactData, Mail, Person, To
from domain.goods.quantity import Quantity
from domain.words import LineStatus, NoticeKind, Source, Text, UnitOfMeasure


class LineStatusChanged(FactData):
    """`source`: of a service, whose statuses read otherwise."""

    kind = "line.status"
    sentence = Text(
        ru="статус «{status}» (было «{before}»)[: {reason}]",
        en="status “{status}” (was “{before}”)[: {reason}]",
    )
    mail = Mail(NoticeKind.LINE_SHIPPED, (To.CLIENT,))
    line_reports = True

    status: LineStatus
    before: LineStatus
    reason: Text | None = None
    source: Source | None = None

    def mailed(self, manager: str) -> Mail | None:
        return self.mail if self.status is LineStatus.SHIPPED else None


class _Check(FactData):
    """A recurring look at what may change unseen, the `count`th."""

    line_reports = True
    mail = Mail(NoticeKind.STATUS_CHECK, (To.MANAGER,))

    count: int
    assignee: Person

    def told_to_crm(self) -> tuple[Crm, ...]:
        """The first one only: the card would hold nothing else."""
        return self.crm if self.count == 1 else SILENT


class CustomsCheck(_Check):
    kind = "customs.check"
    sentence = Text(
        ru="проверка статуса на таможне № {count} — {assignee}",
        en="customs status check no. {count}: {assignee}",
    )


class EtaCheck(_Check):
    kind = "eta.check"
    sentence = Text(
        ru="ожидаемая дата прошла, проверка доставки № {count} — {assignee}",
        en="the ETA has passed, delivery check no. {count}: {assignee}",
    )


class EtaMoved(FactData):
    kind = "eta.moved"
    sentence = Text(
        ru="новая ожидаемая дата {eta}[ (была {before})][: {reason}]",
        en="the ETA moves to {eta}[ (was {before})][: {reason}]",
    )
    crm = (Crm.OPEN_TASK,)
    line_reports = True

    eta: date
    before: date | None = None
    reason: str = ""


class GoodsDamaged(FactData):
    kind = "goods.damaged"
    sentence = Text(ru="груз принят с повреждениями[: {remarks}]", en="the goods came damaged[: {remarks}]")
    mail = Mail(NoticeKind.GOODS_DAMAGED, (To.MANAGER,))
    line_reports = True

    remarks: str


class LineSplit(FactData):
    """So much of a line goes on by itself as line `part`, from where they stand (`status`); the line keeps `left`."""

    kind = "line.split"
    sentence = Text(
        ru="позиция {line} разделена: {quantity}[ {unit}] — позиция {part}, осталось {left}[ {unit}][; серийные номера: {serials}][: {reason}]",
        en="line {line} is split: {quantity}[ {unit}] are line {part}, {left}[ {unit}] stay[; serial numbers: {serials}][: {reason}]",
    )
    crm = (Crm.NOTIFY, Crm.COMMENT)

    line: int
    part: int
    quantity: Quantity
    left: Quantity
    unit: UnitOfMeasure = UnitOfMeasure.PIECE
    status: LineStatus
    serials: str = ""
    reason: str = ""


class SplitRefused(FactData):
    """What had happened meanwhile left nothing to split; no line has the number `part`."""

    kind = "line.split_refused"
    sentence = Text(
        ru="позиция {line} не разделена ({quantity}[ {unit}]): {reason}",
        en="line {line} is not split ({quantity}[ {unit}]): {reason}",
    )
    crm = (Crm.NOTIFY, Crm.COMMENT)
    line_reports = True

    line: int
    part: int
    quantity: Quantity
    unit: UnitOfMeasure = UnitOfMeasure.PIECE
    reason: Text


class LineSilent(FactData):
    """The line's workflow no longer runs. `since` is the last the deal heard of it."""

    kind = "line.silent"
    sentence = Text(
        ru="процесс позиции {line} молчит с {since}: {reason}",
        en="the process of line {line} is silent since {since}: {reason}",
    )
    mail = Mail(NoticeKind.LINE_SILENT, (To.MANAGER, To.DIRECTOR))
    crm = (Crm.NOTIFY, Crm.COMMENT)

    line: int
    since: AwareDatetime
    reason: Text
    assignee: Person


class LineRestarted(FactData):
    kind = "line.restarted"
    sentence = Text(
        ru="процесс позиции {line} запущен заново: {reason}",
        en="the process of line {line} is started again: {reason}",
    )

    line: int
    reason: Text


class LineReopened(FactData):
    """A line that was settled goes on: money that it was settled with has gone."""

    kind = "line.reopened"
    sentence = Text(
        ru="позиция {line} снова открыта: не хватает {outstanding}",
        en="line {line} is open again: {outstanding} is missing",
    )
    crm = (Crm.NOTIFY, Crm.COMMENT)

    line: int
    outstanding: Decimal
    currency: str


class ForeignWorkflow(FactData):
    """A workflow that is not ours sits under the line's id, so the line can't be started."""

    kind = "line.foreign"
    sentence = Text(
        ru="позиция {line} не запущена: под её именем в Temporal работает чужой процесс",
        en="line {line} is not started: a foreign process runs in Temporal under its name",
    )
    mail = Mail(NoticeKind.LINE_FOREIGN, (To.MANAGER, To.DIRECTOR))
    crm = (Crm.NOTIFY, Crm.COMMENT)

    line: int
    workflow_id: str
    assignee: Person
