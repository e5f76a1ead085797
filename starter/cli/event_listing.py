"""Events of the inbox in rows: as a table, and as JSON."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from rich.text import Text as Styled

from domain.wording import moment
from domain.words import Language, Text
from records.arrivals import InboxEvent, Status
from starter.cli.layout import Cell, Rows

STATUS_LABELS: dict[Status, Text] = {
    "new": Text(ru="ждёт", en="waits"),
    "retry": Text(ru="повторяется", en="tried again"),
    "done": Text(ru="сделано", en="done"),
    "ignored": Text(ru="не нужно", en="ignored"),
    "refused": Text(ru="отказано", en="refused"),
}
_STYLES: dict[Status, str] = {"retry": "yellow", "refused": "red", "ignored": "dim"}


def event_row(event: InboxEvent, language: Language) -> dict[str, Any]:
    """Without its body: that may hold what people wrote, so only `--show` tells it."""
    event = event._replace(outcome=event.outcome.to(language))  # type: ignore[arg-type]
    told = {name: value for name, value in event._asdict().items() if name not in ("body", "claimed_until")}
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in told.items()}


def events_drawn(events: Iterable[InboxEvent], language: Language) -> Rows:
    names = {
        "ru": ("№", "когда", "откуда", "событие", "раз", "сделка", "состояние", "попыток", "что стало"),
        "en": ("no.", "when", "source", "event", "times", "deal", "status", "tries", "what became of it"),
    }
    return Rows(
        (_cells(event, language) for event in events), names[language], held=(0, 1, 2, 3, 5), dense=True
    )


def _cells(event: InboxEvent, language: Language) -> tuple[Cell, ...]:
    label = Styled(STATUS_LABELS[event.status].to(language), style=_STYLES.get(event.status, ""))
    return (
        *(str(event.seq), moment(event.received_at, language), event.source, event.kind, str(event.times)),
        *(event.deal or "", label, str(event.attempts), event.outcome.to(language)),
    )


def replayed(event: InboxEvent) -> Text:
    see = f"deal inbox-events --show {event.seq}"
    return Text(
        ru=f"Событие {event.seq} ({event.kind}) снова в очереди: {see} скажет, что с ним стало.",
        en=f"Event {event.seq} ({event.kind}) waits again: {see} tells what became of it.",
    )


def left_out(count: int) -> Text:
    return Text(
        ru=f"Не показано опросов CRM, не нашедших нового: {count}. Все — с --all.",
        en=f"Looks at the CRM that found nothing new are not shown: {count}. All of them: --all.",
    )
