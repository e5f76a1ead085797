"""The relay put together from the settings."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial

from activities.crm.chat import Chat, WithChat
from activities.crm.port import Crm
from activities.goods import load_goods
from activities.playbook_shelf import PlaybookShelf
from domain.bank.matching import Register
from records.bank_payments import BankPayments
from records.inbox_events import EventInbox
from records.queries import RecordQueries
from records.seen import SeenDeals
from starter.cashier import Cashier
from starter.crms import open_crm
from starter.intake.answers import Told
from starter.intake.chat import ChatAnswers
from starter.intake.chat_poll import ChatPoll, stopped
from starter.intake.crm import Books, CrmReader, DeskFactory
from starter.intake.intake import Intake, is_hint
from starter.intake.relay import Relay
from starter.mailing import signer_of
from starter.settings import Settings


@asynccontextmanager
async def build_relay(
    settings: Settings, inbox: EventInbox, desk: DeskFactory, source: Crm | None = None
) -> AsyncIterator[Relay]:
    """`source`: the settings' CRM, unless one is given."""
    async with AsyncExitStack() as opened:
        books = PlaybookShelf(settings.playbook, settings.pace, settings.people).load
        goods = partial(asyncio.to_thread, load_goods, settings.playbook)
        if source is None:
            crm = open_crm(settings, books)
            opened.push_async_callback(crm.close)
            source = crm
        seen = SeenDeals(settings.database_url)
        opened.callback(seen.close)
        reader = CrmReader(source, desk, seen, books, settings.crm, goods)
        kept, queries = BankPayments(settings.database_url), RecordQueries(settings.database_url)
        opened.callback(kept.close)
        opened.callback(queries.close)
        cashier = Cashier(desk, kept, lambda: Register(queries.debtors()), settings.payment_actor)
        told = Told(desk, books, cashier, settings.lang, goods)
        chat = source.chat if isinstance(source, WithChat) else None
        intake = Intake(reader, told, _answers(settings, chat, desk, books) if chat else None)
        relay = Relay(inbox, intake.handle, is_hint)
        if chat:
            listening = asyncio.create_task(ChatPoll(chat, inbox, relay.wake).run())
            opened.push_async_callback(stopped, listening)
        yield relay


def _answers(settings: Settings, chat: Chat, desk: DeskFactory, books: Books) -> ChatAnswers:
    signer = signer_of(settings)
    return ChatAnswers(chat, desk, books, signer.sign if signer else None)
