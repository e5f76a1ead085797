"""The records' database: is it there, can it be written, and does what waits in it move on."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from domain.deferred import Deferred, things
from domain.wording import counted, worded
from domain.words import Text, join, same
from records.errors import RecordsUnavailable
from starter.doctor.finding import Finding, Looks, deal, some
from starter.settings import Settings

INBOX_PATIENCE = timedelta(minutes=1)
POST_PATIENCE = timedelta(minutes=15)

_START = Text(
    ru="Запустите базу или исправьте DEALWRIGHT_DATABASE_URL.",
    en="Start the database, or correct DEALWRIGHT_DATABASE_URL.",
)
_NO_TABLES = Text(ru="нет таблиц или самого файла", en="there are no tables, or no file")
_REBUILD = Text(
    ru="deal rebuild создаст их и заполнит из Temporal.",
    en="deal rebuild makes them, and fills them from Temporal.",
)
_MIGRATE = Text(
    ru="Выполните python -m records migrate, затем deal rebuild.",
    en="Run python -m records migrate; then deal rebuild.",
)
_END = Text(
    ru="Закройте то, что её держит (резервное копирование, консоль, зависший процесс): сделки тем временем идут, "
    "вебхуки получают 503, а что ждёт, запишется потом.",
    en="End what holds it (a backup, a shell, a stuck process): deals go on meanwhile, webhooks get 503, "
    "and what waits is written afterwards.",
)
_NOBODY = Text(ru="никто не мешает", en="nobody stands in the way")
_ALL_HANDED_ON = Text(ru="все события извне переданы", en="every event from outside is handed on")
_WEB = Text(
    ru="Работает ли `deal web`? Он их передаёт; deal inbox-events --status retry скажет, чего они ждут.",
    en="Does `deal web` run? It hands them on; deal inbox-events --status retry says what they wait for.",
)
_NO_MAIL = Text(ru="опаздывающих писем нет", en="no mail is overdue")
_WORKER = Text(
    ru="Работают ли обработчик и расписание dealwright-upkeep? Ответ почтового сервера — в журнале обработчика.",
    en="Does a worker run, and does the schedule dealwright-upkeep? The mail server's answer is in the worker's log.",
)
_NO_RIGHT_MISSING = Text(ru="все записи приняты", en="every write was allowed")
_GIVE = Text(
    ru="Дайте это право в CRM: стол запишет остальное сам, не позже чем через четверть часа. Сделки тем временем идут.",
    en="Give it in the CRM: the desk writes the rest by itself, within a quarter of an hour. Deals go on meanwhile.",
)


async def records(settings: Settings) -> Finding:
    return await asyncio.to_thread(_records, settings)


def _records(settings: Settings) -> Finding:
    from records import check

    try:
        schema = check(settings.database_url)
    except RecordsUnavailable as error:
        return Finding("records", False, error.text, _START)
    if schema.at_newest:
        return Finding("records", True, worded(ru="схема {n}", en="at schema {n}", n=schema.newest))
    if schema.current is None:
        return Finding("records", False, _NO_TABLES, _REBUILD)
    words = worded(
        ru="схема {current}, новейшая {newest}",
        en="at schema {current}, the newest is {newest}",
        current=schema.current,
        newest=schema.newest,
    )
    return Finding("records", False, words, _MIGRATE)


async def writing(settings: Settings) -> Looks:
    """Whether somebody else holds the database: readers do not notice, and nothing that comes in is taken."""
    from records.locks import holders, probe

    try:
        await asyncio.to_thread(probe, settings.database_url)
    except RecordsUnavailable as error:
        found = await asyncio.to_thread(holders, settings.database_url)
        by = ", ".join(found)
        words = Text(ru=error.text.ru.rstrip("."), en=error.text.en.rstrip("."))
        if found:
            words = worded(ru="{why}; её держит {by}", en="{why}; held by {by}", why=words, by=by)
        yield Finding("writing to the records", False, words, _END)
    else:
        yield Finding("writing to the records", True, _NOBODY)


async def inbox(settings: Settings) -> Looks:
    yield await asyncio.to_thread(inbox_finding, settings)


def inbox_finding(settings: Settings) -> Finding:
    from records.inbox_events import EventInbox

    events = EventInbox(settings.database_url)
    try:
        waiting = events.waiting()
    finally:
        events.close()
    if waiting.oldest is None:
        return Finding("inbox", True, _ALL_HANDED_ON)
    age = datetime.now(UTC) - waiting.oldest
    words = worded(
        ru="ждёт событий: {n}, самое старое уже {age}",
        en="{n} events wait, the oldest for {age}",
        n=waiting.events,
        age=_clock(age),
    )
    if age < INBOX_PATIENCE:
        return Finding("inbox", True, words)
    return Finding("inbox", False, words, _WEB)


def _clock(age: timedelta) -> Text:
    """`0:03:07`, after whole days."""
    of_day = str(timedelta(seconds=int(age.total_seconds()) % 86400))
    if not age.days:
        return same(of_day)
    return Text(
        ru=f"{counted(age.days, 'day', 'ru')} {of_day}", en=f"{counted(age.days, 'day', 'en')} {of_day}"
    )


async def post(settings: Settings) -> Looks:
    yield await asyncio.to_thread(_post, settings)


def _post(settings: Settings) -> Finding:
    from records.post import WaitingPost

    waiting = WaitingPost(settings.database_url)
    try:
        overdue = waiting.overdue(datetime.now(UTC) - POST_PATIENCE)
    finally:
        waiting.close()
    if not overdue:
        return Finding("post", True, _NO_MAIL)
    words = worded(
        ru="должны были уйти, но не ушли письма: {n}", en="{n} mails should have gone out", n=overdue
    )
    return Finding("post", False, words, _WORKER)


async def deferred(settings: Settings) -> Looks:
    yield await asyncio.to_thread(missing_rights, settings)


def missing_rights(settings: Settings) -> Finding:
    """What the CRM does not take for want of rights: each right, and the deals that wait for it."""
    from records.queries import RecordQueries

    queries = RecordQueries(settings.database_url)
    try:
        found = queries.deferred()
    finally:
        queries.close()
    rights = {one.missing.en: one.missing for writes in found.values() for one in writes}
    if not rights:
        return Finding("rights in the CRM", True, _NO_RIGHT_MISSING)
    words = join((_missing(right, found) for right in rights.values()), "; ")
    return Finding("rights in the CRM", False, words, _GIVE)


def _missing(right: Text, found: Mapping[str, Sequence[Deferred]]) -> Text:
    waiting = {
        number: [one.write for one in those if one.missing == right] for number, those in found.items()
    }
    return worded(
        ru="не хватает: {right} (ждут {what}, по сделкам: {deals})",
        en="missing: {right} (what waits: {what}; of {deals})",
        right=right,
        what=things(write for writes in waiting.values() for write in writes),
        deals=some(deal(number) for number, writes in waiting.items() if writes),
    )
