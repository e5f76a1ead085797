"""Each event to the one who knows what it means."""

import asyncio
from collections.abc import Awaitable, Callable

from domain.deal.messages import BY_WEBHOOK
from domain.wording import worded
from domain.words import Text, same
from records.arrivals import InboxEvent
from starter import crms
from starter.intake.answers import Told
from starter.intake.chat import ChatAnswers
from starter.intake.crm import AT_ONCE, CrmReader
from starter.intake.outcome import Outcome

_UNKNOWN = Text(ru="Такой вид события неизвестен: {kind}", en="No such kind of event is known: {kind}")


class Intake:
    def __init__(self, reader: CrmReader, told: Told, chat: ChatAnswers | None = None) -> None:
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._told = told
        self._by_kind: dict[tuple[str, str], Callable[[InboxEvent], Awaitable[Outcome]]] = {
            ("crm", "deal.created"): told.created,
            **{("crm", f"deal.{name}"): told.message for name in BY_WEBHOOK},
            ("payments", "payment.received"): told.payment,
            ("payments", "payment.reversed"): told.reversal,
            ("mail", "email.bounced"): told.bounce,
            ("mail", "email.complained"): told.bounce,
        }
        self._reader, self._chat = reader, chat

    async def handle(self, event: InboxEvent) -> Outcome:
        if is_hint(event):
            return await self._reader.look(event)
        async with self._turns:
            if event.source == "form":
                return await self._told.lead(event)
            if event.source == "chat" and self._chat:
                return await self._chat.take(event)
            known = self._by_kind.get((event.source, event.kind))
            return await known(event) if known else self._unknown(event)

    def _unknown(self, event: InboxEvent) -> Outcome:
        words = worded(ru=_UNKNOWN.ru, en=_UNKNOWN.en, kind=same(event.kind[:80]))
        return Outcome("ignored", words, event.deal)


def is_hint(event: InboxEvent) -> bool:
    """It says no more than that something of a deal has changed."""
    return event.source == "poll" or crms.is_hint(event.source, event.kind)
