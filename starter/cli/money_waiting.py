"""Money nobody knows, as items of the accountant's inbox."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from domain.bank.keys import came_from
from domain.wording import Cash, worded
from domain.words import Role, Text
from records.listing import InboxItem
from records.unmatched import WaitingMoney

WHOSE = timedelta(days=1)
"""So long after it came it should be known whose it is."""

_RECEIVED = Text(
    ru="чьи деньги: {amount}, deal money unmatched", en="whose money: {amount}, deal money unmatched"
)
_REVERSED = Text(
    ru="банк отозвал неизвестный платёж, deal money unmatched",
    en="the bank took back a payment nobody knows, deal money unmatched",
)

_NOT_TAKEN = Text(
    ru="другая сделка не взяла {amount}, deal money unmatched",
    en="another deal did not take {amount}, deal money unmatched",
)
_NOT_GIVEN_UP = Text(
    ru="банк отозвал {amount}, а сделка их не отдаёт, deal money unmatched",
    en="the bank took {amount} back, and the deal does not give it up, deal money unmatched",
)


def unknown_money(found: Iterable[WaitingMoney], person: str, now: datetime) -> list[InboxItem]:
    return [
        InboxItem(
            kind="money",
            deal="",
            client=one.payer,
            stage=None,
            line=0,
            id=one.key,
            version=1,
            title=_title(one),
            role=Role.ACCOUNTANT,
            person=person,
            opened_at=one.received_at,
            due_at=one.received_at + WHOSE,
            overdue=one.received_at + WHOSE < now,
        )
        for one in found
    ]


def _title(one: WaitingMoney) -> Text:
    if came_from(one.key):
        said = _NOT_TAKEN if one.kind == "received" else _NOT_GIVEN_UP
        return worded(ru=said.ru, en=said.en, amount=Cash(one.amount, one.currency))
    if one.kind == "reversed":
        return _REVERSED
    return worded(ru=_RECEIVED.ru, en=_RECEIVED.en, amount=Cash(one.amount, one.currency))
