"""A deal drawn for a person."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from domain.facts import Subject
from domain.view.lead_words import lead_words
from domain.view.model import Blocker, DealView, DeliveryView, LineView, Progress, Untold
from domain.view.penalty_words import late_payment_words, penalty_words
from domain.wording import Measured, about, day, file_size, late, moment, money
from domain.words import Language, LineStatus
from starter.cli.layout import Flow, Prose, Rows

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
    yield from drawing.declarations(here=True)
    yield from drawing.deliveries(late=True)
    for blocker in view.blockers:
        yield drawing.sentence(blocker)
        yield from drawing.changes(blocker.id)
        yield from (f"  {command}" for command in blocker.how)
    yield from map(drawing.untold, view.untold)


class _Drawing:
    def __init__(self, view: DealView, language: Language, suggest: bool = False) -> None:
        self.view, self.language, self.suggest = view, language, suggest

    def say(self, *, ru: str, en: str) -> str:
        return ru if self.language == "ru" else en

    def parts(self) -> Iterator[RenderableType]:
        yield self._head()
        yield self._stages()
        if not self.view.lines:
            yield from self._lead()
        yield from map(self._party, self.view.client.parties)
        if self._has_money:
            yield self._money()
        if told := list(self.payments_by_rate()):
            yield self._titled(self.say(ru="Платежи по курсу", en="Payments by rate"), *map(Prose, told))
        if self.view.lines:
            yield self._titled(self.say(ru="Позиции", en="Lines"), self._lines())
        if told := list(self.declarations()):
            yield self._titled(self.say(ru="Таможня", en="Customs"), *map(Prose, told))
        if told := list(self.lots()):
            yield self._titled(self.say(ru="Партии", en="Lots"), *map(Prose, told))
        if told := list(self.deliveries()):
            yield self._titled(self.say(ru="Поставка", en="Delivery"), *map(Prose, told))
        if self.view.blockers:
            yield self._titled(self.say(ru="Что мешает", en="What blocks"), self._blockers())
        for approval in self.view.approvals:
            yield from map(Text, self.changes(approval.id))
        if self.view.untold:
            yield self._titled("CRM", *(Prose(self.untold(one)) for one in self.view.untold))
        if self.suggest and not self.view.stands_still and (to_do := list(self._to_do())):
            yield self._titled(self.say(ru="Что сделать", en="What to do"))
            yield from (Text(f"  {how}", style="dim", no_wrap=True, overflow="ignore") for how in to_do)
        if any(document.files for document in self.view.documents):
            yield self._titled(self.say(ru="Файлы", en="Files"), self._files())
        if self.view.milestones:
            yield self._titled(self.say(ru="К оплате", en="To be paid"), self._milestones())

    def sentence(self, blocker: Blocker) -> str:
        of, who = self.subject(blocker.subject), self.people(blocker.who)
        since, due = self.at(blocker.since), self.at(blocker.due_at)
        late = f", {self.late(blocker.due_at)}" if blocker.overdue else ""
        return self.say(
            ru=f"{of}: {blocker.what}. Действует {who}; ждём с {since}, срок {due}{late}. "
            f"Иначе: {blocker.otherwise}.",
            en=f"{of}: {blocker.what}. {who} must act; waiting since {since}, due {due}{late}. "
            f"If not: {blocker.otherwise}.",
        )

    def declarations(self, *, here: bool = False) -> Iterator[str]:
        """What the customs have said of each; `here`: of the lines that are there."""
        for line in self.view.lines:
            said = "; ".join(each.words for each in line.declarations)
            if said and (not here or line.status is LineStatus.AT_CUSTOMS):
                yield f"{about(line.number).to(self.language)}: {said}."

    def lots(self) -> Iterator[str]:
        for line in self.view.lines:
            if said := "; ".join(lot.words for lot in line.lots):
                yield f"{about(line.number).to(self.language)}: {said}."

    def deliveries(self, *, late: bool = False) -> Iterator[str]:
        """Whether each line comes in time, and what a delay costs; of those that are `late` only, where that is asked."""
        currency = self.view.totals.currency
        for line in self.view.lines:
            told = [line.expected.words] if line.expected and _is_told(line.expected, late=late) else []
            if line.expected:
                told.append(penalty_words(line.expected.penalty, currency, self.language))
            told.append(late_payment_words(line.late_payment, currency, self.language))
            if said := "; ".join(filter(None, told)):
                yield f"{about(line.number).to(self.language)}: {said}."

    def payments_by_rate(self) -> Iterator[str]:
        """How prices are paid in roubles, at which rate each payment came, and what waits for its own."""
        if self.view.paid_by_rate:
            yield self.say(ru=f"Оплата {self.view.paid_by_rate}.", en=f"Paid {self.view.paid_by_rate}.")
        for payment in self.view.payments:
            if payment.by_rate:
                back = self.say(ru=", сторнирован", en=", reversed") if payment.reversed_on else ""
                yield f"{payment.id}: {self.cash(payment.amount)}, {payment.by_rate}{back}."
        for waiting in self.view.waiting:
            cash, on = (
                money(waiting.amount, waiting.currency, self.language),
                day(waiting.rate_day, self.language),
            )
            yield self.say(
                ru=f"{waiting.id}: {cash} ждут курса на {on}.",
                en=f"{waiting.id}: {cash} wait for the rate of {on}.",
            )

    def changes(self, approval: str | None) -> Iterator[str]:
        """How the version that is asked about differs from the one before."""
        for asked in self.view.approvals:
            if asked.id == approval and (asked.changes or asked.comment):
                told = "; ".join(filter(None, (asked.comment, *asked.changes)))
                yield self.say(
                    ru=f"Изменилось в версии {asked.version}: {told}.",
                    en=f"Changed in version {asked.version}: {told}.",
                )
            if asked.id == approval and asked.credit:
                told = "; ".join(asked.credit)
                yield self.say(ru=f"Долг и лимит: {told}.", en=f"What is owed, and the limit: {told}.")
            if asked.id == approval and asked.follows:
                follows = "; ".join(asked.follows)
                yield self.say(
                    ru=f"Что из этого следует: {follows}. Пока в силе версия {self.view.in_force}.",
                    en=f"What follows from it: {follows}. Until then version {self.view.in_force} is in force.",
                )

    def untold(self, one: Untold) -> str:
        since = self.at(one.since)
        return self.say(
            ru=f"CRM не принимает: {one.what}. Не хватает права: {one.missing}; ждём с {since}. Когда его дадут, стол запишет сам.",
            en=f"The CRM does not take: {one.what}. The right that is missing: {one.missing}; waiting since {since}. "
            "Once it is given, the desk writes by itself.",
        )

    def at(self, at: datetime) -> str:
        return moment(at, self.language, self.view.zone, seconds=self.view.paced)

    def people(self, who: Iterable[str]) -> str:
        return ", ".join(self.view.people[p].name if p in self.view.people else p for p in who)

    def subject(self, subject: str) -> str:
        return about(Subject.read(subject).line).to(self.language)

    def late(self, due: datetime) -> str:
        return late(due, self.view.as_of, self.language, self.view.zone)

    def cash(self, amount: Decimal) -> str:
        return money(amount, self.view.totals.currency, self.language)

    @property
    def _names(self) -> list[str]:
        return [person.name for person in self.view.people.values()]

    def _head(self) -> Flow:
        view = self.view
        manager = self.say(ru="менеджер", en="manager")
        parts = [
            Text(self.say(ru=f"Сделка {view.number}", en=f"Deal {view.number}"), style="bold"),
            Text(view.client.name or view.client.contact),
            Text(f"{manager} {self.people([view.manager])}"),
        ]
        if view.lines:
            version = view.in_force or view.contract_version
            parts.append(Text(self.say(ru=f"договор, версия {version}", en=f"contract, version {version}")))
        if view.reason:
            parts.append(Text(view.reason, style="red"))
        return Flow(parts, Text(" · "), self._names)

    def _stages(self) -> Flow:
        marks = [(*_MARKS[step.progress], step.label) for step in self.view.stages]
        return Flow(
            (Text(f"{mark} {label}", style=style) for mark, style, label in marks), Text(" ─ ", "dim")
        )

    def _lead(self) -> Iterator[Prose]:
        """What is asked for, by whom, and how to reach them: all there is to work with until there is an order."""
        for label, value in lead_words(self.view, self.language):
            yield Prose(Text.assemble((f"{label}: ", "dim"), value))

    def _party(self, said: tuple[str, str]) -> Prose:
        """Who pays or gets the goods, where that is not the client."""
        label, value = said
        return Prose(Text.assemble((f"{label}: ", "dim"), value))

    @property
    def _has_money(self) -> bool:
        totals = self.view.totals
        return bool(self.view.lines or totals.amount or totals.paid or totals.advance)

    def _money(self) -> Flow:
        totals = self.view.totals
        parts = [
            (self.say(ru="сумма", en="amount"), totals.amount),
            (self.say(ru="в т. ч. НДС", en="of it VAT"), totals.vat),
            (self.say(ru="оплачено", en="paid"), totals.paid),
            (self.say(ru="осталось", en="outstanding"), totals.outstanding),
            (self.say(ru="аванс", en="advance"), totals.advance),
        ]
        return Flow((Text(f"{name} {self.cash(amount)}") for name, amount in parts), Text(" · "))

    def _lines(self) -> Rows:
        rows = [
            (
                str(line.number),
                f"{line.name} × {Measured(line.quantity, line.unit).times(self.language)}",
                self._route(line),
                Text(
                    line.status_label + (self.say(ru=", задержан", en=", held") if line.held else ""),
                    style="cyan",
                ),
                f"{line.payment_title}, {line.delivery_title}",
                self.cash(line.amount),
                Text(f"✔ {self.cash(line.paid)}", style="green") if line.paid else Text(),
                self._due(line.due_at),
            )
            for line in self.view.lines
        ]
        return Rows(rows, held=(2, 5, 6, 7))

    def _route(self, line: LineView) -> Text:
        return Text.assemble(*(_MARKS[step.progress] for step in line.route))

    def _due(self, at: datetime | None) -> Text:
        if at is None:
            return Text()
        words = self.say(ru="до ", en="by ") + self.at(at)
        if overdue := self.late(at):
            return Text(f"{words}, {overdue}", style="red")
        return Text(words)

    def _blockers(self) -> Rows:
        rows = [
            ("•", f"{self.subject(b.subject)}: {b.what}", self.people(b.who), self._due(b.due_at))
            for b in self.view.blockers
        ]
        return Rows(rows, held=(3,), whole=self._names)

    def _files(self) -> Rows:
        rows = [
            (
                "•",
                f"{about(d.line).to(self.language)}: {d.title}",
                f.name,
                file_size(f.size, self.language),
            )
            for d in self.view.documents
            for f in d.files
        ]
        return Rows(rows, held=(3,))

    def _to_do(self) -> Iterator[str]:
        view = self.view
        yield from (assignment.how for assignment in view.assignments)
        yield from (ask.how for approval in view.approvals for ask in approval.awaiting)
        yield from (document.how for document in view.documents if document.how)
        yield from (milestone.how for milestone in view.milestones if milestone.due_at)

    def _milestones(self) -> Rows:
        rows = [
            (
                self.subject(f"line {milestone.line}"),
                milestone.title,
                self.cash(milestone.outstanding),
                self._due(milestone.due_at),
            )
            for milestone in self.view.milestones
        ]
        return Rows(rows, held=(2, 3))

    def _titled(self, title: str, *parts: RenderableType) -> RenderableType:
        return Group(Text(f"\n{title}", style="bold"), *(Padding(part, (0, 0, 0, 2)) for part in parts))


def _is_told(expected: DeliveryView, *, late: bool) -> bool:
    """Of what is promised: whether it comes late, or all."""
    return bool(expected.late_days if late else expected.promised_on)
