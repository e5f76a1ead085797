"""The folder of all embedded state: is it its owner's alone, and is there room in it?"""

import asyncio

from domain.wording import worded
from domain.words import Text
from starter.backup import NOTE, restored_from
from starter.disk import folder_with_little_room
from starter.doctor.finding import Finding, Looks, some
from starter.private import open_to_others
from starter.settings import Settings

_CLOSED = Text(ru="читает только владелец", en="its owner alone reads it")
_OPEN = Text(ru="могут читать и другие: {paths}", en="others may read {paths}")
_CLOSE = Text(
    ru="chmod -R go-rwx {home}: там имена, письма с действующими ссылками и ключи.",
    en="chmod -R go-rwx {home}: it holds names, mail with live links, and keys.",
)
_ROOM = Text(ru="места хватает", en="there is room")
_LITTLE = Text(ru="на диске, где {folder}, почти нет места", en="the disk of {folder} is nearly full")
_MAKE_ROOM = Text(
    ru="Освободите его: на полном диске ничего не принимается, а сервер Temporal встаёт.",
    en="Make room: on a full one nothing is accepted, and Temporal's server stops.",
)


_ENTER_AGAIN = Text(
    ru="Введите и пришлите заново платежи, решения и заявки, пришедшие после, затем удалите {note}.",
    en="Enter and send again the payments, decisions and leads that came after, then remove {note}.",
)


async def restored(settings: Settings) -> Looks:
    if backup := restored_from(settings.home):
        again = worded(ru=_ENTER_AGAIN.ru, en=_ENTER_AGAIN.en, note=settings.home / NOTE)
        yield Finding("backup", False, backup.words(), again)


async def private(settings: Settings) -> Looks:
    if not settings.home.is_dir():  # all is elsewhere: a cluster, PostgreSQL, a mail server
        return
    found = await asyncio.to_thread(open_to_others, settings.home)
    if found:
        words = worded(ru=_OPEN.ru, en=_OPEN.en, paths=some(map(str, found), most=3))
        yield Finding("home", False, words, worded(ru=_CLOSE.ru, en=_CLOSE.en, home=settings.home))
    else:
        yield Finding("home", True, _CLOSED)


async def room(settings: Settings) -> Looks:
    folder = await asyncio.to_thread(folder_with_little_room, settings)
    if folder:
        words = worded(ru=_LITTLE.ru, en=_LITTLE.en, folder=folder)
        yield Finding("disk", False, words, _MAKE_ROOM)
    else:
        yield Finding("disk", True, _ROOM)
