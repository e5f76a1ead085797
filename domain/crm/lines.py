"""What people did with the card of a line: moved, edited, deleted. The desk keeps it itself, so it is put back, with words."""

from collections.abc import Iterator

from domain.crm.comparison import Answer, Comparison, reverted
from domain.crm.composed import spelt
from domain.crm.mirror import SeenLine
from domain.deal.state import LineState
from domain.words import STATUS_LABELS, Text

_MOVED = Text(
    ru="её карточка переведена в «{moved}» и возвращена: стадия меняется сама, когда сделано то, чего позиция ждёт",
    en="its card was moved to “{moved}” and is back: the stage changes by itself, once what the line waits for is done",
)
_EDITED = Text(
    ru="её товар, количество, единица или цена изменены и возвращены: заказ составлен; если нужен другой, сделайте новое предложение,"
    " deal offer, а после согласования договора — изменение, deal amend",
    en="its article, name, quantity, unit or price was changed and is back: the order is composed; for another one make a new offer, deal"
    " offer, or once the contract is agreed an amendment, deal amend",
)
_DELETED = Text(
    ru="её карточка удалена и заведена снова: если позиция не нужна, снимите её: deal cancel с --line",
    en="its card was deleted and is made anew: if the line is not wanted, take it out by deal cancel with --line",
)
_OF_ORDER = ("sku", "name", "quantity", "unit", "unit_price")


def lines(comparison: Comparison) -> Iterator[Answer]:
    seen, before = comparison.seen, comparison.before
    if before is None or before.deleted or seen.lines is None:
        return
    here, then = _by_number(seen.lines), _by_number(before.lines or ())
    for number, line in comparison.processes.items():
        if isinstance(line, LineState) and (number in here or number in then):
            yield from _of_line(comparison, line, here.get(number), then.get(number))


def _of_line(
    comparison: Comparison, line: LineState, card: SeenLine | None, old: SeenLine | None
) -> Iterator[Answer]:
    subject = str(line.number)
    if card is None:
        thing = old.thing if old else ""
        yield reverted(comparison.back("line", subject, None, None, f"deleted {thing}"), _DELETED)
    elif card.moved_by and card.status is not line.status and _is_moved(card, old):
        moved = STATUS_LABELS[card.status] if card.status else Text(ru="?", en="?")
        words = Text(ru=_MOVED.ru.format(moved=moved.ru), en=_MOVED.en.format(moved=moved.en))
        yield reverted(comparison.back("line", subject, card.moved_by, card.moved_at), words)
    elif old and card.changed_by and _is_edited(line, card, old):
        back = comparison.back("line", subject, card.changed_by, card.changed_at, str(card.said))
        yield reverted(back, _EDITED)


def _is_moved(card: SeenLine, old: SeenLine | None) -> bool:
    return old is None or (card.status, card.moved_at) != (old.status, old.moved_at)


def _is_edited(line: LineState, card: SeenLine, old: SeenLine) -> bool:
    now, then, ordered = spelt(card.said), spelt(old.said), spelt(line.good.model_dump(mode="json"))
    return any(now.get(field) not in (then.get(field), ordered.get(field)) for field in _OF_ORDER)


def _by_number(lines: tuple[SeenLine, ...]) -> dict[int, SeenLine]:
    return {line.line: line for line in lines}
