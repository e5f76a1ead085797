"""The bot: whether its methods are there, and, where the desk has one, a question of it to the webhook's owner."""

from datetime import timedelta
from typing import Any

from adapters.crm.bitrix24.building.bots import NO_BOT
from adapters.crm.bitrix24.chat.bot import find, own_id
from adapters.crm.bitrix24.chat.history import History
from adapters.crm.bitrix24.chat.messages import ended, mark_in, mark_of, question
from adapters.crm.bitrix24.client import Command
from adapters.crm.bitrix24.faults import PortalRefused
from adapters.crm.bitrix24.probing.cards import KEY
from adapters.crm.bitrix24.probing.kit import DONE, NUMBER, PERSON, TITLE, Kit
from adapters.crm.bitrix24.probing.report import Result, Thing
from domain.effects import Asks, InChat, OpenTask
from domain.words import Text, same

BOT = "dealwright-probe"
APPROVAL = "contract"
METHODS = Text(ru="методы imbot.v2", en="the methods of imbot.v2")
ASKED = Text(ru="вопрос бота с кнопками", en="a question of the bot, with buttons")
ENDED = Text(ru="кнопки сняты, вопрос закрыт", en="the buttons are gone, the question is over")
OVER = Text(ru="Проба закончена, отвечать не нужно.", en="The probe is over: no answer is needed.")


async def bot(kit: Kit) -> None:
    """One is not made: it would show to people. Of a code that nobody's bot has the answer tells whether the methods are there."""
    method, expected = "imbot.v2.Bot.get", same(NO_BOT)
    if await _found(kit, (method, {"code": BOT, "botToken": BOT})):
        kit.add(Thing.BOT, METHODS, method, Result.OTHERWISE_BUT_FINE, expected, DONE)
    else:
        kit.add(Thing.BOT, METHODS, method, Result.AS_EXPECTED, expected, expected)
    if (token := kit.portal.bot_token) and (id := own_id(await _found(kit, find(token)))):
        await _ask(kit, id)


async def _found(kit: Kit, command: Command) -> Any:
    """What the portal tells of a bot; nothing if there is none."""
    try:
        return (await kit.portal.call(*command)).result
    except PortalRefused as refused:
        if refused.code != NO_BOT:
            raise
        return None


async def _ask(kit: Kit, id: int) -> None:
    """Its text stays in the owner's chat with the bot: no call that removes a message is known for certain. So it says that it is over."""
    history = History(kit.portal)
    asks = Asks(kind="approval", question=APPROVAL, version=1)
    said = InChat(asks=asks, text=TITLE, language=kit.language)
    due = kit.now + timedelta(days=3)
    write = OpenTask(
        key=f"{KEY}:12:task", deal=NUMBER, task=f"{APPROVAL}@1:{PERSON}", title=TITLE, person=PERSON, due_at=due,
        asks=APPROVAL, in_chat=said,
    )  # fmt: skip
    sent = history.command("Chat.Message.send", id, dialogId=str(kit.me), fields=question(id, write, said))
    message = int((await kit.portal.call(*sent)).result["id"])
    page = (await history.latest(id, [kit.me]))[kit.me]
    there = next((one for one in page.messages if one.id == message), None)
    mark = mark_in(there.text) if there else None
    wanted = {"author": id, "mark": mark_of(write).question}
    got = {"author": there.author if there else None, "mark": mark.question if mark else None}
    kit.compare(Thing.BOT, ASKED, "imbot.v2.Chat.Message.send", wanted, got)
    if there is None:
        return
    over = OVER.to(kit.language)
    closing = history.command("Chat.Message.update", id, messageId=message, fields=ended(there.text, over))
    await kit.portal.call(*closing)
    now = await history.own(id, message)
    method, is_over = "imbot.v2.Chat.Message.update", bool(now and over in now.text)
    kit.compare(Thing.BOT, ENDED, method, {"text": True}, {"text": is_over})
