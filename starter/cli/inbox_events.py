"""`deal inbox-events`: what came from outside, what became of it, and once more."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

import starter.cli.completion as completion
from domain.words import Text
from records.arrivals import Status
from starter.cli.options import Format, Lang, Language, Output
from starter.cli.output import console, note, put_json

if TYPE_CHECKING:
    from records.arrivals import InboxEvent
    from records.inbox_events import EventInbox

_SOURCE = Text(ru="такого источника", en="source")


def inbox_events(
    status: Annotated[Status | None, typer.Option("--status", help="only those that stand so")] = None,
    deal: Annotated[str | None, typer.Option("--deal", metavar="N", help="only those of a deal")] = None,
    source: Annotated[
        str | None,
        typer.Option("--source", help="only those from there", autocompletion=completion.sources),
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="also the schedule's looks at the CRM that found nothing to do")
    ] = False,
    limit: Annotated[int, typer.Option("-n", min=1, max=500, help="how many, the newest first")] = 50,
    before: Annotated[
        int | None, typer.Option("--before", metavar="SEQ", help="only older ones: the next page")
    ] = None,
    show: Annotated[
        int | None, typer.Option("--show", metavar="SEQ", help="one whole, with its body")
    ] = None,
    replay: Annotated[
        int | None, typer.Option("--replay", metavar="SEQ", help="hand one on once more")
    ] = None,
    output: Output = Format.TABLE,
    lang: Language = Lang.RU,
) -> None:
    """What came from the CRM, the site, the bank and mail, and what became of it."""
    from starter.cli.event_listing import event_row, events_drawn, left_out, replayed
    from starter.cli.meant import meant
    from starter.crms import sources

    if source:
        source = meant(source, dict.fromkeys(sources(), ()), _SOURCE)
    with _open_inbox() as inbox:
        if replay is not None:
            inbox.replay(replay, datetime.now(UTC))
            note(replayed(_found(inbox, replay)).to(lang.language))
            return
        if show is not None:
            event = _found(inbox, show)
            put_json(event_row(event, lang.language) | {"body": event.body})
            return
        remarkable = not everything and status is None and source is None
        found = inbox.events(status, deal, source, limit=limit, before=before, remarkable=remarkable)
        hidden = inbox.unremarkable(deal) if remarkable else 0
    if output is Format.JSON:
        put_json([event_row(event, lang.language) for event in found])
    elif found:
        console().print(events_drawn(found, lang.language))
    else:
        note("Таких событий нет." if lang is Lang.RU else "There are no such events.")
    if hidden:
        note(left_out(hidden).to(lang.language))


def _found(inbox: "EventInbox", seq: int) -> "InboxEvent":
    from starter.errors import NotFoundError

    event = inbox.get(seq)
    if event is None:
        from domain.words import Text

        raise NotFoundError(
            Text(
                ru=f"События {seq} нет: `deal inbox-events` показывает, какие есть.",
                en=f"There is no event {seq}: `deal inbox-events` lists those there are.",
            )
        )
    return event


@contextmanager
def _open_inbox() -> "Iterator[EventInbox]":
    from records.inbox_events import EventInbox
    from starter.cli.opening import settings_here

    inbox = EventInbox(settings_here().database_url)
    try:
        yield inbox
    finally:
        inbox.close()
