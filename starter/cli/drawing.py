"""A deal drawn for a person."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from domain.view.model import Blocker, DealView, LineView, Progress
from domain.wording import moment, money
from domain.words import Language

_MARKS: dict[Progress, tuple[str, str]] = {
    "passed": ("✔", "green"),
    "current": ("●", "bold cyan"),
    "to_come": ("○", "dim"),
}


def drawn(view: DealView, language: Language, *, suggest: bool = True) -> RenderableType:
    """Its suggested commands are lines as long as they are: to be printed uncropped, and never in a live display."""
    return Group(*_Drawing(view, language, suggest).parts())


def explained(view: DealView, language: Language) -> Iterator[str]:
    """A sentence for each blocker: what is missing, who must act, since when, due when, and what if not; then how it is done."""
    drawing = _Drawing(view, language)
    if view.closed:
        yield drawing.say(
            ru=f"Сделка {view.number} закрыта: {view.stage_label}.",
            en=f"Deal {view.number} is closed: {view.stage_label}.",
        )
    for blocker in view.blockers:
        yield drawing.sentence(blocker)
        yield from (f"  {command}" for command in blocker.how)


class _Drawing:
    def __init__(self, view: DealView, language: Language, suggest: bool = False) -> None:
        self.view, self.language, self.suggest = view, language, suggest

    def say(self, *, ru: str, en: str) -> str:
        return ru if self.language == "ru" else en

    def parts(self) -> Iterator[RenderableType]:
        yield self._head()
        yield self._stages()
        yield self._money()
        if self.view.lines:
            yield self._titled(self.say(ru="Строки", en="Lines"), self._lines())
        if self.view.blockers:
            yield self._titled(self.say(ru="Что мешает", en="What blocks"), self._blockers())
        if self.suggest and not self.view.stands_still and (to_do := list(self._to_do())):
            yield self._titled(self.say(ru="Что сделать", en="What to do"))
            yield from (Text(f"  {how}", style="dim", no_wrap=True, overflow="ignore") for how in to_do)
        if self.view.milestones:
            yield self._titled(self.say(ru="К оплате", en="To be paid"), self._milestones())

    def sentence(self, blocker: Blocker) -> str:
        about, who = self.subject(blocker.subject), self.people(blocker.who)
        since, due = self.at(blocker.since), self.at(blocker.due_at)
        late = self.say(ru=", просрочено", en=", overdue") if blocker.overdue else ""
        return self.say(
            ru=f"{about}: {blocker.what}. Действует {who}; ждём с {since}, срок {due}{late}. "
            f"Иначе: {blocker.otherwise}.",
            en=f"{about}: {blocker.what}. {who} must act; waiting since {since}, due {due}{late}. "
            f"If not: {blocker.otherwise}.",
        )

    def at(self, at: datetime) -> str:
        return moment(at, self.language, self.view.zone, seconds=self.view.paced)

    def people(self, who: Iterable[str]) -> str:
        return ", ".join(f"{self.view.people[p].name} ({p})" if p in self.view.people else p for p in who)

    def subject(self, subject: str) -> str:
        if subject == "deal":
            return self.say(ru="Сделка", en="Deal")
        return subject.replace("line", self.say(ru="Строка", en="Line"))

    def _head(self) -> Text:
        view = self.view
        client = view.client.name or view.client.contact
        title = self.say(ru=f"Сделка {view.number}", en=f"Deal {view.number}")
        manager = self.say(ru="менеджер", en="manager")
        head = Text.assemble((title, "bold"), f" · {client} · {manager} {self.people([view.manager])}")
        if view.lines:
            head.append(
                self.say(
                    ru=f" · договор, версия {view.contract_version}",
                    en=f" · contract v{view.contract_version}",
                )
            )
        if view.reason:
            head.append(f" · {view.reason}", style="red")
        return head

    def _stages(self) -> Text:
        line = Text()
        for n, step in enumerate(self.view.stages):
            mark, style = _MARKS[step.progress]
            line.append(" ─ " if n else "", style="dim")
            line.append(f"{mark} {step.label}", style=style)
        return line

    def _money(self) -> Text:
        totals = self.view.totals
        parts = [
            (self.say(ru="сумма", en="amount"), totals.amount),
            (self.say(ru="в т. ч. НДС", en="of it VAT"), totals.vat),
            (self.say(ru="оплачено", en="paid"), totals.paid),
            (self.say(ru="осталось", en="outstanding"), totals.outstanding),
            (self.say(ru="аванс", en="advance"), totals.advance),
        ]
        return Text(
            " · ".join(f"{name} {money(amount, totals.currency, self.language)}" for name, amount in parts)
        )

    def _lines(self) -> Table:
        table = Table(box=None, padding=(0, 2, 0, 0), show_header=False)
        for line in self.view.lines:
            table.add_row(
                str(line.number),
                f"{line.name} × {line.quantity}",
                self._route(line),
                Text(
                    line.status_label + (self.say(ru=", задержан", en=", held") if line.held else ""),
                    style="cyan",
                ),
                f"{line.payment_title}, {line.delivery_title}",
                money(line.amount, self.view.totals.currency, self.language),
                Text(f"✔ {money(line.paid, self.view.totals.currency, self.language)}", style="green"),
                self._due(line.due_at),
            )
        return table

    def _route(self, line: LineView) -> Text:
        return Text.assemble(*(_MARKS[step.progress] for step in line.route))

    def _due(self, at: datetime | None) -> Text:
        if at is None:
            return Text()
        return Text(self.say(ru="до ", en="by ") + self.at(at), style="red" if at < self.view.as_of else "")

    def _blockers(self) -> Table:
        table = Table(box=None, padding=(0, 2, 0, 0), show_header=False)
        for blocker in self.view.blockers:
            what = f"{self.subject(blocker.subject)}: {blocker.what}"
            table.add_row("•", what, self.people(blocker.who), self._due(blocker.due_at))
        return table

    def _to_do(self) -> Iterator[str]:
        view = self.view
        yield from (assignment.how for assignment in view.assignments)
        yield from (ask.how for approval in view.approvals for ask in approval.awaiting)
        yield from (document.how for document in view.documents if document.how)
        yield from (milestone.how for milestone in view.milestones if milestone.due_at)

    def _milestones(self) -> Table:
        table = Table(box=None, padding=(0, 2, 0, 0), show_header=False)
        for milestone in self.view.milestones:
            table.add_row(
                self.subject(f"line {milestone.line}"),
                milestone.title,
                money(milestone.outstanding, self.view.totals.currency, self.language),
                self._due(milestone.due_at),
            )
        return table

    def _titled(self, title: str, *parts: RenderableType) -> RenderableType:
        return Group(Text(f"\n{title}", style="bold"), *(Padding(part, (0, 0, 0, 2)) for part in parts))
