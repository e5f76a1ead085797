"""The records' database: is it there, can it be written, and does what waits in it move on."""

import asyncio
from datetime import UTC, datetime, timedelta

from records.errors import RecordsUnavailable
from starter.doctor.finding import Finding, Looks
from starter.settings import Settings

INBOX_PATIENCE = timedelta(minutes=1)
POST_PATIENCE = timedelta(minutes=15)


async def records(settings: Settings) -> Finding:
    return await asyncio.to_thread(_records, settings)


def _records(settings: Settings) -> Finding:
    from records import check

    try:
        schema = check(settings.database_url)
    except RecordsUnavailable as error:
        return Finding(
            "records", False, str(error), "Start the database, or correct DEALWRIGHT_DATABASE_URL."
        )
    if schema.at_newest:
        return Finding("records", True, f"at schema {schema.newest}")
    if schema.current is None:
        words = "there are no tables, or no file"
        return Finding("records", False, words, "deal rebuild makes them, and fills them from Temporal.")
    words = f"at schema {schema.current}, the newest is {schema.newest}"
    return Finding("records", False, words, "Run python -m records migrate; then deal rebuild.")


async def writing(settings: Settings) -> Looks:
    """Whether somebody else holds the database: readers do not notice, and nothing that comes in is taken."""
    from records.locks import holders, probe

    try:
        await asyncio.to_thread(probe, settings.database_url)
    except RecordsUnavailable as error:
        found = await asyncio.to_thread(holders, settings.database_url)
        who = f"; held by {', '.join(found)}" if found else ""
        advice = (
            "End what holds it (a backup, a shell, a stuck process): deals go on meanwhile, webhooks get 503, "
            "and what waits is written afterwards."
        )
        yield Finding("writing to the records", False, f"{str(error).rstrip('.')}{who}", advice)
    else:
        yield Finding("writing to the records", True, "nobody stands in the way")


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
        return Finding("inbox", True, "every event from outside is handed on")
    age = datetime.now(UTC) - waiting.oldest
    words = f"{waiting.events} events wait, the oldest for {timedelta(seconds=int(age.total_seconds()))}"
    if age < INBOX_PATIENCE:
        return Finding("inbox", True, words)
    advice = (
        "Does `deal web` run? It hands them on; deal inbox-events --status retry says what they wait for."
    )
    return Finding("inbox", False, words, advice)


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
        return Finding("post", True, "no mail is overdue")
    advice = "Does a worker run, and does the schedule dealwright-upkeep? The mail server's answer is in the worker's log."
    return Finding("post", False, f"{overdue} mails should have gone out", advice)
