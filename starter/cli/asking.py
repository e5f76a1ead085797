"""The commands on the records: who has what to do, and filling them again."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from starter.cli.ending import run_async
from starter.cli.options import Actor, Format, Lang, Language, Output
from starter.cli.output import console, note, put_json

if TYPE_CHECKING:
    from records.rebuild import Rebuilt


def inbox(
    actor: Actor = None,
    all: Annotated[bool, typer.Option("--all", help="everybody's")] = False,
    output: Output = Format.TABLE,
    lang: Language = Lang.RU,
) -> None:
    """What a person has to do or decide, over all deals, the most urgent first."""
    from starter.cli.listing import inbox_drawn, inbox_rows
    from starter.cli.opening import open_records, settings_here
    from starter.cli.options import who

    settings = settings_here()
    person, absent = (None, []) if all else _person(settings, who(actor))
    with open_records(settings) as records:
        items = records.inbox(person, stands_in_for=absent)
    if output is Format.JSON:
        put_json(inbox_rows(items, lang.language))
    else:
        console().print(inbox_drawn(items, lang.language))


def rebuild(output: Output = Format.TABLE, lang: Language = Lang.RU) -> None:
    """Fill the records again from Temporal. Safe while deals go on; nothing is deleted."""
    from starter.cli.opening import settings_here

    settings = settings_here()

    async def work() -> "Rebuilt":
        from records.rebuild import rebuild as refill
        from records.store import RecordStore
        from starter.connection import connect

        store = RecordStore(settings.database_url)
        try:
            return await refill(await connect(settings), store, progress)
        finally:
            store.close()

    def progress(done: int, of: int, workflow_id: str) -> None:
        note(f"{done}/{of} {workflow_id}")

    done = run_async(work())
    if output is Format.JSON:
        put_json(done._asdict())
    elif lang is Lang.RU:
        typer.echo(f"Сделок прочитано: {done.runs}, фактов: {done.facts}, уже нет в Temporal: {done.gone}")
    else:
        typer.echo(f"{done.runs} deals read, {done.facts} facts, {done.gone} no longer in Temporal")


def _person(settings: Any, reference: str) -> tuple[str, list[str]]:
    """Who asks (a role that one person holds stands for that person, as in every message), and whom they stand in for."""
    from datetime import UTC, datetime

    from domain.authority import stands_in_for
    from domain.words import Role
    from starter.cli.opening import open_playbook

    playbook = open_playbook(settings)
    person = reference
    if reference in set(Role) - {Role.CLIENT}:
        holders = playbook.holders(Role(reference))
        person = holders[0] if len(holders) == 1 else reference
    return person, stands_in_for(playbook, person, playbook.calendar.today(datetime.now(UTC)))
