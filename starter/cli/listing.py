"""Deals and open questions in rows: as tables, and as JSON."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from rich.text import Text as Styled

from domain.wording import about, late, moment, money
from domain.words import ROLE_LABELS, Language, Role, Text, stage_label, status_label
from records.listing import InboxItem, ListedDeal

if TYPE_CHECKING:
    from starter.cli.layout import Rows

Names = Mapping[str, str]
NOBODY: Names = {}
"""Without names people go by their ids."""


def deal_rows(deals: Iterable[ListedDeal]) -> list[dict[str, Any]]:
    return [
        {
            **_plain(deal),
            "outstanding": str(deal.outstanding),
            "advance": str(deal.advance),
            "lines": [_plain(line) for line in deal.lines],
        }
        for deal in deals
    ]


def inbox_rows(items: Iterable[InboxItem], language: Language) -> list[dict[str, Any]]:
    return [{**_plain(item), "title": item.title.to(language), "subject": _subject(item)} for item in items]


def deals_drawn(deals: Iterable[ListedDeal], language: Language, names: Names = NOBODY) -> "Rows":
    from starter.cli.layout import Rows

    headers = {
        "ru": ("№", "клиент", "стадия", "позиции", "сумма", "оплачено", "менеджер", "ждём", "срок"),
        "en": ("no.", "client", "stage", "lines", "amount", "paid", "manager", "awaiting", "due"),
    }
    rows = [
        (
            deal.number,
            deal.client,
            _stage(deal, language),
            _lines(deal, language),
            money(deal.amount, deal.currency, language) if deal.lines else "",
            money(deal.paid, deal.currency, language) if deal.paid else "",
            _name(deal.manager, language, names),
            ", ".join(_name(person, language, names) for person in deal.awaiting),
            _due(deal.next_due_at, deal.overdue, language),
        )
        for deal in deals
    ]
    return Rows(rows, headers[language], held=(0, 4, 5, 8), whole=names.values())


def inbox_drawn(items: Iterable[InboxItem], language: Language, names: Names = NOBODY) -> "Rows":
    from starter.cli.layout import Rows

    headers = {
        "ru": ("сделка", "клиент", "о чём", "код", "что сделать", "кто", "срок", "директор знает"),
        "en": ("deal", "client", "about", "id", "what to do", "who", "due", "director told"),
    }
    rows = [
        (
            item.deal,
            item.client,
            about(item.line).to(language) if item.deal else _MONEY.to(language),
            item.id,
            _to_do(item, language),
            _name(item.person, language, names),
            _due(item.due_at, item.overdue, language),
            _escalated(item, language),
        )
        for item in items
    ]
    return Rows(rows, headers[language], held=(0, 3, 6), whole=names.values())


def _name(person: str, language: Language, names: Names) -> str:
    if person in set(Role):
        return ROLE_LABELS[Role(person)].to(language)
    return names.get(person, person)


def _escalated(item: InboxItem, language: Language) -> str:
    """For how many days."""
    if item.escalated_days is None:
        return ""
    words = (
        Text(ru="{days} дн.", en="for {days} d") if item.escalated_days else Text(ru="сегодня", en="today")
    )
    return words.to(language).format(days=item.escalated_days)


def _stage(deal: ListedDeal, language: Language) -> Styled:
    stage = Styled(stage_label(deal.stage, deal.sources).to(language))
    if deal.stopped_at:
        words = Text(ru="процесс остановлен, см. deal show", en="process stopped, see deal show")
        stage.append(f" ({words.to(language)})", style="red")
    return stage


_MONEY = Text(ru="деньги", en="money")
_TO_DO = {
    "approval": Text(ru="{title}, версия {version}", en="{title}, version {version}"),
    "document": Text(ru="подписать: {title}", en="sign: {title}"),
    "payment": Text(ru="оплатить: {title}", en="pay: {title}"),
}


def _to_do(item: InboxItem, language: Language) -> str:
    words = _TO_DO.get(item.kind, Text(ru="{title}", en="{title}"))
    return words.to(language).format(title=item.title.to(language), version=item.version)


def _lines(deal: ListedDeal, language: Language) -> str:
    """How many stand where."""
    counts = Counter(status_label(line.status, line.source).to(language) for line in deal.lines)
    return ", ".join(f"{count} {status}" for status, count in counts.items())


def _due(at: datetime | None, overdue: bool, language: Language) -> Styled:
    if at is None:
        return Styled()
    if overdue:
        return Styled(f"{moment(at, language)}, {late(at, datetime.now(UTC), language)}", style="red")
    return Styled(moment(at, language))


def _subject(item: InboxItem) -> str:
    if item.kind == "money":
        return "money"
    return f"line {item.line}" if item.line else "deal"


def _plain(row: Any) -> dict[str, Any]:
    def plain(value: Any) -> Any:
        if isinstance(value, datetime):
            return value.isoformat()
        return value if value is None or isinstance(value, bool | int | tuple) else str(value)

    return {name: plain(value) for name, value in row._asdict().items()}
