"""What a director likes to know of a client before deciding: what is owed elsewhere, and how it was paid. A hint from the records: it
neither blocks nor waits, and says so where they do not answer."""

import asyncio
from datetime import UTC, datetime
from typing import NamedTuple, Protocol

from activities.mail.links import Link
from domain.calendar import Span
from domain.deal.authority import CLIENT
from domain.view.order_words import span_words
from domain.wording import money
from domain.words import Language, Role, Text
from records.clients import ClientRecord, Owed, PaysHow
from records.errors import RecordsUnavailable
from starter.web.pages.questions.kind import FoundQuestion

SECONDS = 2.0
_DEALS = Text(ru="Другие сделки", en="Other deals")
_OWED = Text(ru="Должен по ним", en="Owed there")
_PAYS = Text(ru="Как платит", en="How they pay")
_NOTHING = Text(ru="ничего", en="nothing")
_NEVER = Text(ru="оплат ещё не было", en="nothing has been paid yet")
_IN_TIME = Text(ru="всё вовремя, оплат: {paid}", en="all in time, payments: {paid}")
_LATE = Text(
    ru="с опозданием {late} из {paid} оплат, самое долгое {worst}",
    en="{late} of {paid} payments late, the longest by {worst}",
)
_OVERDUE = Text(ru="{due}, из них просрочено {overdue}", en="{due}, of which overdue {overdue}")


class Records(Protocol):
    def client_elsewhere(self, inn: str | None, client: str, deal: str, now: datetime) -> ClientRecord: ...


class Hint(NamedTuple):
    """No rows: the records do not answer."""

    rows: tuple[tuple[str, str], ...] = ()


async def client_hint(
    records: Records | None, link: Link, found: FoundQuestion, language: Language
) -> Hint | None:
    """None for who is no director, nor stands in for one."""
    if records is None or not _directs(link.person, found):
        return None
    deal = found.deal
    now = found.snapshot.as_of(datetime.now(UTC))
    about = (deal.client.inn, deal.client.name or deal.client.contact, deal.deal, now)
    try:
        async with asyncio.timeout(SECONDS):
            known = await asyncio.to_thread(records.client_elsewhere, *about)
    except (RecordsUnavailable, TimeoutError):
        return Hint()
    rows = [(_DEALS, str(known.deals))]
    if known.deals:
        rows += [(_OWED, _owed(known.owed, language)), (_PAYS, _pays(known.pays, language))]
    return Hint(tuple((label.to(language), words) for label, words in rows))


def _directs(person: str, found: FoundQuestion) -> bool:
    directors = found.desk.persons(Role.DIRECTOR)
    return person != CLIENT and person in found.desk.with_substitutes(directors)


def _owed(owed: tuple[Owed, ...], language: Language) -> str:
    return "; ".join(_sum(one, language) for one in owed) or _NOTHING.to(language)


def _sum(owed: Owed, language: Language) -> str:
    due, overdue = (money(amount, owed.currency, language) for amount in (owed.due, owed.overdue))
    return _OVERDUE.to(language).format(due=due, overdue=overdue) if owed.overdue else due


def _pays(pays: PaysHow, language: Language) -> str:
    if not pays.paid:
        return _NEVER.to(language)
    worst = span_words(Span.model_validate(f"{min(pays.worst_days, 3650)}cd"), language)
    said = _LATE if pays.late else _IN_TIME
    return said.to(language).format(paid=pays.paid, late=pays.late, worst=worst)
