"""A director at a terminal: what others are late with in a deal, and until which day not to hear of it again."""

from collections.abc import Iterator, Sequence
from datetime import date
from uuid import uuid4

from domain.deal.answers import check_until
from domain.deal.messages import Acknowledge
from domain.deal.open_items import OpenItem
from domain.refusals import Refusal
from domain.spelling import read_day
from domain.view.item_words import tell_item
from domain.words import Text
from starter.cli.at_deal import AtDeal
from starter.cli.terminal import Check, Terminal, Wrong

_TITLE = Text(ru="Просрочено другими: вы в курсе?", en="Others are late: do you know?")
_UNTIL = Text(ru="До какого дня не напоминать", en="Until which day to hear nothing of it")
_COMMENT = Text(ru="Комментарий (можно пропустить)", en="Comment (may be left out)")
_NO_DAY = Text(ru="нужна дата, например 27.11.2026", en="a date, like 27 Nov 2026")


def acknowledgements(
    at: AtDeal, overdue: Sequence[OpenItem], person: str, terminal: Terminal
) -> tuple[Acknowledge, ...]:
    """One for each. Raises Later, EOFError."""
    terminal.head(*_head(at, overdue, person))
    until = date.fromisoformat(terminal.ask(_UNTIL.to(at.language), _ahead(at)))
    comment = terminal.ask(_COMMENT.to(at.language), str)
    return tuple(
        Acknowledge(id=str(uuid4()), actor=person, item=item.id or "", until=until, comment=comment)
        for item in overdue
    )


def _head(at: AtDeal, overdue: Sequence[OpenItem], person: str) -> Iterator[str]:
    deal = at.snapshot.deal
    yield _TITLE.to(at.language)
    word = "Сделка" if at.language == "ru" else "Deal"
    yield f"{word} {deal.deal} · {deal.client.name or deal.client.contact}"
    yield at.desk.name(person)
    yield from (f"  {tell_item(deal, item, at.language)}" for item in overdue)


def _ahead(at: AtDeal) -> Check:
    def check(answer: str) -> str:
        try:
            until = read_day(answer)
            check_until(until, at.today)
        except ValueError:
            raise Wrong(_NO_DAY.to(at.language)) from None
        except Refusal as refusal:
            raise Wrong(refusal.to(at.language)) from None
        return until.isoformat()

    return check
