"""The letter about money nobody knows: to whoever enters money, once a working morning, as long as some waits."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from domain.effects import Notice
from domain.money import ZERO
from domain.playbook.book import StaffedPlaybook
from domain.playbook.quiet import sending
from domain.wording import money
from domain.words import Language, NoticeKind, Role

MOST_LISTED = 10


class Waiting(Protocol):
    """A payment that waits for whose it is. One that was taken back may have no sum."""

    @property
    def amount(self) -> Decimal: ...
    @property
    def currency(self) -> str: ...
    @property
    def payer(self) -> str: ...


def money_letters(found: Sequence[Waiting], book: StaffedPlaybook, now: datetime) -> Iterator[Notice]:
    """For the next morning, each under the key of its day; none if nothing waits."""
    if not found:
        return
    today = book.calendar.today(now)
    for person in readers(book, now):
        entry = book.people[person]
        when = sending(NoticeKind.MONEY_WAITING, now, book.mail, book.calendar, to_client=False)
        at = when.at or now
        day = book.calendar.today(at) if when.at else today
        yield Notice(
            key=f"money-waiting:{person}:{day}",
            deal="",
            kind=NoticeKind.MONEY_WAITING,
            person=person,
            send_at=at,
            digest=when.digest,
            to_name=entry.name,
            to_email=str(entry.email),
            language=entry.language,
            data={
                "audience": "staff",
                "company": book.company,
                "count": str(len(found)),
                "amount": _total(found, entry.language),
                "lines": "; ".join(_listed(found, entry.language)),
                "how": f"deal next --as {person}",
            },
        )


def readers(book: StaffedPlaybook, now: datetime) -> list[str]:
    """Who enters money, and who stands in for one of them."""
    today, holders = book.calendar.today(now), set(book.holders(Role.ACCOUNTANT))
    return [person for person in book.people if {person, *book.stands_in_for(person, today)} & holders]


def _total(found: Sequence[Waiting], language: Language) -> str:
    sums: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for one in found:
        sums[one.currency] += one.amount
    return ", ".join(money(total, currency, language) for currency, total in sums.items() if total)


def _listed(found: Sequence[Waiting], language: Language) -> Iterator[str]:
    for one in found[:MOST_LISTED]:
        amount = money(one.amount, one.currency, language) if one.amount else ""
        if not amount:
            amount = "отозван банком" if language == "ru" else "taken back by the bank"
        yield ", ".join(filter(None, (amount, one.payer)))
    if (more := len(found) - MOST_LISTED) > 0:
        yield f"и ещё {more}" if language == "ru" else f"and {more} more"
