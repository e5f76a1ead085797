"""A timeline drawn for a person."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal

from rich.console import Group, RenderableType
from rich.text import Text

from domain.view.timeline.model import Overdue, StageSpan, StatusSpan, Timeline, Week, Workload
from domain.wording import Measured, day, moment, money
from domain.words import ROLE_LABELS, Language
from domain.zones import zone
from starter.cli.layout import NOTHING, Prose, Rows


def drawn(timeline: Timeline, language: Language) -> RenderableType:
    return Group(*_Drawing(timeline, language).parts())


class _Drawing:
    def __init__(self, timeline: Timeline, language: Language) -> None:
        self.timeline, self.language = timeline, language

    def parts(self) -> Iterator[RenderableType]:
        yield from self._head()
        yield self._stages()
        yield self._lines()
        yield self._weeks()
        yield self._workload()
        yield self._overdue()

    def say(self, *, ru: str, en: str) -> str:
        return ru if self.language == "ru" else en

    def _head(self) -> Iterator[Prose]:
        found = self.timeline
        title = self.say(ru="Репетиция", en="Rehearsal")
        yield Prose(Text.assemble((title, "bold"), f" · {found.client} · {self._money(found.amount)}"))
        since, until, worked = (
            self._day(found.started_at),
            self._day(found.ended_at),
            self._number(found.working_days),
        )
        yield Prose(
            self.say(
                ru=f"{since} – {until}, дней: {found.calendar_days}, рабочих: {worked} · {found.stage_label}",
                en=f"{since} – {until}, days: {found.calendar_days}, working days: {worked} · {found.stage_label}",
            )
        )

    def _stages(self) -> RenderableType:
        names = self.say(ru="стадия/с/рабочих дней", en="stage/since/working days")
        rows = [(s.label, self._day(s.since), self._days(s)) for s in self.timeline.stages]
        return self._table(self.say(ru="Стадии", en="Stages"), names, rows, held=(1,), numbers=1)

    def _lines(self) -> RenderableType:
        names = self.say(ru="№/товар/статус/с/рабочих дней", en="no./good/status/since/working days")
        rows = [
            (
                *(
                    (
                        str(line.number),
                        f"{line.name} × {Measured(line.quantity, line.unit).times(self.language)}",
                    )
                    if n == 0
                    else ("", "")
                ),
                *(span.label, self._day(span.since), self._days(span)),
            )
            for line in self.timeline.lines
            for n, span in enumerate(line.statuses)
        ]
        return self._table(self.say(ru="Позиции", en="Lines"), names, rows, held=(0, 3), numbers=1)

    def _weeks(self) -> RenderableType:
        names = self.say(
            ru="неделя с/срок оплаты/придёт/останется/напоминаний/проверок/эскалаций",
            en="week of/falls due/comes/outstanding/reminders/checks/escalations",
        )
        title = self.say(ru="Деньги и напоминания по неделям", en="Money and reminders by week")
        return self._table(
            title, names, map(self._week, self.timeline.weeks), held=range(7), numbers=6, head=1
        )

    def _week(self, week: Week) -> tuple[str, ...]:
        counts = week.reminders, week.checks, week.escalations
        sums = self._money(week.due), self._money(week.received)
        return (day(week.monday, self.language), *sums, self._money(week.outstanding), *map(_count, counts))

    def _workload(self) -> RenderableType:
        names = self.say(
            ru="кто/роль/заданий/согласований/подписей/оплат/напоминаний/проверок/просрочек/эскалаций",
            en="who/role/assignments/approvals/signatures/payments/reminders/checks/overdue/escalations",
        )
        title = self.say(ru="Кого сколько просят", en="Who is asked how much")
        return self._table(
            title, names, map(self._asked, self.timeline.workload), held=(0,), numbers=8, head=1
        )

    def _asked(self, one: Workload) -> tuple[str, ...]:
        asked = one.assignments, one.approvals, one.signatures, one.payments
        called = one.reminders, one.checks, one.overdue, one.escalations
        roles = ", ".join(ROLE_LABELS[role].to(self.language) for role in one.roles)
        return (one.name, roles, *map(_count, (*asked, *called)))

    def _overdue(self) -> RenderableType:
        if not self.timeline.overdue:
            return Text(self.say(ru="\nНикто не опаздывает.", en="\nNobody is late."))
        names = self.say(
            ru="срок/о чём/что/кто/на рабочих дней/напоминаний/эскалаций",
            en="due/about/what/who/working days late/reminders/escalations",
        )
        title, rows = self.say(ru="Просрочено", en="Overdue"), map(self._late, self.timeline.overdue)
        return self._table(title, names, rows, held=(0, 1), numbers=3)

    def _late(self, item: Overdue) -> tuple[str, ...]:
        about = (
            self.say(ru=f"Позиция {item.line}", en=f"Line {item.line}")
            if item.line
            else self.say(ru="Сделка", en="Deal")
        )
        who = ", ".join(self.timeline.people[person] for person in item.who)
        due = moment(item.due_at, self.language, self.timeline.zone)
        counts = _count(item.reminders), _count(item.escalations)
        return (due, about, item.title, who, self._number(item.working_days), *counts)

    def _table(
        self,
        title: str,
        names: str,
        rows: Iterable[tuple[str, ...]],
        *,
        held: Iterable[int],
        numbers: int,
        head: int = 2,
    ) -> RenderableType:
        """The last so many columns are `numbers`; the first ones are the `head` of a card."""
        table = Rows(
            rows,
            names.split("/"),
            held=held,
            whole=self.timeline.people.values(),
            numbers=numbers,
            head=head,
            style="dim",
            dense=True,
        )
        return Group(Text(f"\n{title}", style="bold"), table)

    def _day(self, at: datetime) -> str:
        return day(at.astimezone(zone(self.timeline.zone)), self.language)

    def _money(self, amount: Decimal) -> str:
        return money(amount, self.timeline.currency, self.language) if amount else NOTHING

    def _days(self, span: StageSpan | StatusSpan) -> str:
        return self._number(span.working_days) if span.until else ""

    def _number(self, number: float) -> str:
        return f"{number:g}".replace(".", self.say(ru=",", en="."))


def _count(number: int) -> str:
    return str(number) if number else NOTHING
