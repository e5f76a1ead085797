"""Deals and open questions in rows: as tables, and as JSON."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from rich.table import Table
from rich.text import Text as Styled

from domain.wording import moment, money
from domain.words import STAGE_LABELS, STATUS_LABELS, Language, Text
from records.listing import InboxItem, ListedDeal


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


def deals_drawn(deals: Iterable[ListedDeal], language: Language) -> Table:
    names = {
        "ru": ("№", "клиент", "стадия", "строки", "сумма", "оплачено", "менеджер", "ждём", "срок"),
        "en": ("no.", "client", "stage", "lines", "amount", "paid", "manager", "awaiting", "due"),
    }
    table = Table(*names[language], box=None, padding=(0, 2, 0, 0), header_style="bold")
    for deal in deals:
        table.add_row(
            deal.number,
            deal.client,
            _stage(deal, language),
            _lines(deal, language),
            money(deal.amount, deal.currency, language),
            money(deal.paid, deal.currency, language),
            deal.manager,
            ", ".join(deal.awaiting),
            _due(deal.next_due_at, deal.overdue, language),
        )
    return table


def inbox_drawn(items: Iterable[InboxItem], language: Language) -> Table:
    names = {
        "ru": ("сделка", "клиент", "о чём", "id", "что сделать", "кто", "срок", "директор знает"),
        "en": ("deal", "client", "about", "id", "what to do", "who", "due", "director told"),
    }
    table = Table(*names[language], box=None, padding=(0, 2, 0, 0), header_style="bold")
    for item in items:
        table.add_row(
            item.deal,
            item.client,
            _subject(item),
            item.id,
            _to_do(item, language),
            item.person,
            _due(item.due_at, item.overdue, language),
            _escalated(item, language),
        )
    return table


def _escalated(item: InboxItem, language: Language) -> str:
    """For how many days."""
    if item.escalated_days is None:
        return ""
    words = (
        Text(ru="{days} дн.", en="for {days} d") if item.escalated_days else Text(ru="сегодня", en="today")
    )
    return words.to(language).format(days=item.escalated_days)


def _stage(deal: ListedDeal, language: Language) -> Styled:
    stage = Styled(STAGE_LABELS[deal.stage].to(language))
    if deal.stopped_at:
        words = Text(ru="процесс остановлен, см. deal show", en="process stopped, see deal show")
        stage.append(f" ({words.to(language)})", style="red")
    return stage


_TO_DO = {
    "approval": Text(ru="{title} (v{version})", en="{title} (v{version})"),
    "document": Text(ru="подписать: {title}", en="sign: {title}"),
    "payment": Text(ru="оплатить: {title}", en="pay: {title}"),
}


def _to_do(item: InboxItem, language: Language) -> str:
    words = _TO_DO.get(item.kind, Text(ru="{title}", en="{title}"))
    return words.to(language).format(title=item.title.to(language), version=item.version)


def _lines(deal: ListedDeal, language: Language) -> str:
    """How many stand where."""
    counts = Counter(line.status for line in deal.lines)
    return ", ".join(f"{count} {STATUS_LABELS[status].to(language)}" for status, count in counts.items())


def _due(at: datetime | None, overdue: bool, language: Language) -> Styled:
    return Styled(moment(at, language) if at else "", style="red" if overdue else "")


def _subject(item: InboxItem) -> str:
    return f"line {item.line}" if item.line else "deal"


def _plain(row: Any) -> dict[str, Any]:
    def plain(value: Any) -> Any:
        if isinstance(value, datetime):
            return value.isoformat()
        return value if value is None or isinstance(value, bool | int | tuple) else str(value)

    return {name: plain(value) for name, value in row._asdict().items()}
