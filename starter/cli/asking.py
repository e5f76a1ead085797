"""The commands on the records: who has what to do, and filling them again."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from domain.words import Role
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
    """What a person has to do, decide, sign or pay, and what was escalated to them, over all deals, the most urgent first."""
    from starter.cli.listing import inbox_drawn, inbox_rows
    from starter.cli.money_waiting import unknown_money
    from starter.cli.opening import open_records
    from starter.here import here

    at = here()
    person, absent, money = (None, [], False) if all else _asker(at, actor)
    with open_records(at.database_url) as records:
        items = records.inbox(person, stands_in_for=absent, with_money=money)
        names = records.names(item.deal for item in items)
        if all or money:
            items += unknown_money(records.unmatched(), person or Role.ACCOUNTANT, datetime.now(UTC))
    if output is Format.JSON:
        put_json(inbox_rows(items, lang.language))
    elif items:
        console().print(inbox_drawn(items, lang.language, names))
    else:
        note("Ничего не ждёт." if lang is Lang.RU else "Nothing is waiting.")


def asker_of(actor: str) -> "tuple[str | None, list[str], bool]":
    """See `person_here`."""
    from starter.here import here

    return _asker(here(), actor)


def _asker(at: "Here", actor: str | None) -> "tuple[str | None, list[str], bool]":
    """By the people's file alone where it has the name: the whole playbook takes longer than all the rest."""
    from starter.asker import asker
    from starter.cli.opening import settings_here
    from starter.cli.options import who

    if found := asker(at, who(actor)):
        return found
    return person_here(settings_here(), who(actor))


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


def person_here(settings: Any, reference: str | None) -> "tuple[str | None, list[str], bool]":
    """Who asks, whom they stand in for, and whether they enter money; a role that one person holds stands for that person.

    Raises UsageError for somebody who does not work here. Without a reference, everybody.
    """
    if reference is None:
        return None, [], False
    from datetime import UTC, datetime

    from domain.words import Role
    from starter.cli.meant import PERSON, ROLES, meant
    from starter.cli.opening import open_playbook

    playbook = open_playbook(settings)
    staff = {person: (entry.name,) for person, entry in playbook.people.items()}
    left: dict[str, tuple[str, ...]] = dict.fromkeys(
        playbook.staff().successors, ()
    )  # deals may still have them
    person = meant(reference, {**ROLES, **left, **staff}, PERSON, staff)
    if person in set(Role) - {Role.CLIENT}:
        holders = playbook.holders(Role(person))
        person = holders[0] if len(holders) == 1 else person
    absent = playbook.stands_in_for(person, playbook.calendar.today(datetime.now(UTC)))
    return person, absent, bool({person, *absent} & set(playbook.holders(Role.ACCOUNTANT)))
