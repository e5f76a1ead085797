"""The commands on the records: who has what to do, and filling them again."""

from typing import TYPE_CHECKING, Annotated

import typer

from starter.cli.ending import run_async
from starter.cli.options import Actor, Format, Lang, Language, Output
from starter.cli.output import console, note, put_json

if TYPE_CHECKING:
    from records.rebuild import Rebuilt
    from starter.here import Here


def inbox(
    actor: Actor = None,
    all: Annotated[bool, typer.Option("--all", help="everybody's")] = False,
    output: Output = Format.TABLE,
    lang: Language = Lang.RU,
) -> None:
    """What a person has to do, decide, sign or pay, over all deals, the most urgent first."""
    from starter.cli.listing import inbox_drawn, inbox_rows
    from starter.cli.opening import open_records
    from starter.here import here

    at = here()
    person, absent = (None, []) if all else _asker(at, actor)
    with open_records(at.database_url) as records:
        items = records.inbox(person, stands_in_for=absent)
    if output is Format.JSON:
        put_json(inbox_rows(items, lang.language))
    else:
        console().print(inbox_drawn(items, lang.language))


def _asker(at: "Here", actor: str | None) -> tuple[str, list[str]]:
    from starter.asker import asker
    from starter.cli.options import who

    return asker(at, who(actor))


def rebuild(output: Output = Format.TABLE, lang: Language = Lang.RU) -> None:
    """Fill the records again from Temporal. Safe while deals go on; nothing is deleted.

    A deal that can't be told again is named, and the others go on; the exit code is 1 then.
    """
    from starter.cli.opening import settings_here
    from starter.errors import Exit

    settings = settings_here()

    async def work() -> "Rebuilt":
        from records import check, migrate
        from records.rebuild import rebuild as refill
        from records.store import RecordStore
        from starter.connection import connect

        if check(settings.database_url).current is None:
            migrate(settings.database_url)
            note(_made_anew(lang))
        store = RecordStore(settings.database_url)
        try:
            return await refill(await connect(settings), store, progress)
        finally:
            store.close()

    def progress(done: int, of: int, workflow_id: str) -> None:
        note(f"{done}/{of} {workflow_id}")

    done = run_async(work())
    for untold in done.untold:
        note(f"{untold.workflow_id} ({untold.run_id}): {untold.why}")
    if output is Format.JSON:
        put_json(vars(done) | {"untold": [untold._asdict() for untold in done.untold]})
    else:
        typer.echo(_rebuilt(done, lang))
    if done.untold:
        raise typer.Exit(Exit.FAILED)


def _made_anew(lang: Lang) -> str:
    if lang is Lang.RU:
        return (
            "Записей не было, таблицы созданы. Если они пропали: события извне и письма, которые ждали в старых, "
            "в Temporal не хранятся и потеряны, если нет резервной копии."
        )
    return (
        "There were no records: their tables are made. If they were lost: events from outside and mail that waited in them "
        "are not in Temporal, and lost unless there is a backup."
    )


def _rebuilt(done: "Rebuilt", lang: Lang) -> str:
    runs, facts, gone, untold = done.runs, done.facts, done.gone, len(done.untold)
    if lang is Lang.RU:
        words = f"Сделок прочитано: {runs}, фактов: {facts}, уже нет в Temporal: {gone}"
        return words + (f", не рассказано заново: {untold}, см. выше" if untold else "")
    words = f"{runs} deals read, {facts} facts, {gone} no longer in Temporal"
    return words + (f", {untold} could not be told again, see above" if untold else "")
