"""The commands on the records: who has what to do, what happened, and filling them again."""

import time
from typing import TYPE_CHECKING, Annotated, Any

import typer

from starter.cli.ending import run_async
from starter.cli.options import Actor, Format, Lang, Language, Number, Output
from starter.cli.output import console, note, put_json

if TYPE_CHECKING:
    from records.queries import RecordQueries
    from records.rebuild import Rebuilt

FOLLOW_SECONDS = 0.5


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


def log(
    number: Number,
    after: Annotated[int, typer.Option("--after", metavar="SEQ", help="only what came later")] = 0,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="go on until Ctrl-C")] = False,
    output: Output = Format.TABLE,
    lang: Language = Lang.RU,
) -> None:
    """A deal's audit trail: who did what, when and why."""
    from starter.cli.opening import open_records, settings_here

    with open_records(settings_here()) as records:
        last = _put_facts(records, number, after, output, lang)
        if last == after:
            _check_known(records, number)
        while follow:
            time.sleep(FOLLOW_SECONDS)
            last = _put_facts(records, number, last, output, lang)


def rebuild(output: Output = Format.TABLE, lang: Language = Lang.RU) -> None:
    """Fill the records again from Temporal. Safe while deals go on; nothing is deleted.

    A deal that can't be told again is named, and the others go on; the exit code is 1 then.
    """
    from starter.cli.opening import settings_here
    from starter.errors import Exit

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
    for untold in done.untold:
        note(f"{untold.workflow_id} ({untold.run_id}): {untold.why}")
    if output is Format.JSON:
        put_json(vars(done) | {"untold": [untold._asdict() for untold in done.untold]})
    else:
        typer.echo(_rebuilt(done, lang))
    if done.untold:
        raise typer.Exit(Exit.FAILED)


def _rebuilt(done: "Rebuilt", lang: Lang) -> str:
    runs, facts, gone, untold = done.runs, done.facts, done.gone, len(done.untold)
    if lang is Lang.RU:
        words = f"Сделок прочитано: {runs}, фактов: {facts}, уже нет в Temporal: {gone}"
        return words + (f", не рассказано заново: {untold}, см. выше" if untold else "")
    words = f"{runs} deals read, {facts} facts, {gone} no longer in Temporal"
    return words + (f", {untold} could not be told again, see above" if untold else "")


def _put_facts(records: "RecordQueries", number: str, after: int, output: Format, lang: Lang) -> int:
    from domain.telling import tell
    from domain.wording import moment

    facts = [(fact, tell(fact, lang.language)) for fact in records.log(number, after)]
    if output is Format.JSON:
        put_json([{**fact.model_dump(mode="json"), "words": words} for fact, words in facts])
    else:
        for fact, words in facts:
            typer.echo(f"{fact.seq:>4}  {moment(fact.at, lang.language, seconds=True)}  {words}")
    return facts[-1][0].seq if facts else after


def _check_known(records: "RecordQueries", number: str) -> None:
    from starter.errors import NotFoundError

    if number not in records.standings([number]):
        raise NotFoundError(f"The records know no deal {number}: `deal list` shows those there are.")


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
