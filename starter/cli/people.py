"""The people of today: who they are, whether a file is in order, and telling all running deals."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from starter.cli.ending import run_async
from starter.cli.options import Format, Lang, Language, Output
from starter.cli.output import busy, console, note, problems_as_json, put_json
from starter.cli.progress import TELLING

if TYPE_CHECKING:
    from domain.playbook.people import People
    from starter.people import Told
    from starter.settings import Settings

app = typer.Typer(
    help="Who works here today: roles, substitutes, addresses. Running deals follow.", no_args_is_help=True
)

PeopleFile = Annotated[
    str | None, typer.Argument(metavar="FILE", help="a people's file; that in force if absent")
]
Sender = Annotated[
    str, typer.Option("--as", metavar="WHO", help="a director, or whoever runs the desk (operator)")
]


@app.command()
def show(output: Output = Format.TABLE, lang: Language = Lang.RU) -> None:
    """Who works here, in which roles, who stands in for whom: the file in force."""
    from starter.cli.opening import settings_here
    from starter.cli.people_drawing import drawn

    settings = settings_here()
    people = people_of(settings, settings.people_file)
    if output is Format.JSON:
        put_json(people.model_dump(mode="json", exclude={"former"}))
    else:
        console().print(drawn(people, lang.language))
    note(str(settings.people_file))


@app.command()
def check(file: PeopleFile = None, output: Output = Format.TABLE, lang: Language = Lang.RU) -> None:
    """Whether people can work by the playbook in force: every problem with its place."""
    from starter.cli.opening import settings_here

    settings = settings_here()
    path = Path(file) if file else settings.people_file
    with problems_as_json(output is Format.JSON):
        people = people_of(settings, path)
    if output is Format.JSON:
        put_json({"ok": True, "digest": people.digest, "problems": []})
    else:
        typer.echo(f"{path}: {'в порядке' if lang is Lang.RU else 'in order'}")


@app.command()
def apply(
    file: PeopleFile = None,
    actor: Sender = "operator",
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="also where the file in force is one that git tracks")
    ] = False,
    output: Output = Format.TABLE,
    lang: Language = Lang.RU,
) -> None:
    """Check a people's file, put it in force, and tell every running deal. Safe to run again."""
    from starter.cli.opening import open_desk, settings_here
    from starter.errors import Exit
    from starter.people import message_of, put_in_force, tell_all

    settings = settings_here()
    path = Path(file) if file else settings.people_file
    people = people_of(settings, path)
    if put_in_force(path, settings.people_file, overwrite=overwrite):
        note(f"{path} → {settings.people_file}")

    async def work() -> "Told":
        return await tell_all(await open_desk(settings, lang), message_of(people, actor))

    with busy(TELLING):
        told = run_async(work())
    if output is Format.JSON:
        put_json({"digest": people.digest, **told._asdict()})
    else:
        typer.echo(_said(told, lang))
    for number, why in told.refused.items():
        note(f"{number}: {why}")
    if told.refused:
        raise typer.Exit(Exit.FAILED)


def people_of(settings: "Settings", file: Path) -> "People":
    """Raises BadPlaybook with every problem, those with the playbook in force too."""
    from datetime import UTC, datetime

    from activities.playbook import load_playbook

    return load_playbook(settings.playbook, today=datetime.now(UTC).date(), people=file).staff()


def _said(told: "Told", lang: Lang) -> str:
    heard, later, refused = len(told.heard), len(told.later), len(told.refused)
    if lang is Lang.RU:
        words = f"Сделок узнали о людях: {heard}"
        words += f", узнают, когда запустится обработчик: {later}" if later else ""
        return words + (f", отказались: {refused}, см. ниже" if refused else "")
    words = f"{heard} deals have been told"
    words += f", {later} hear of it once a worker runs" if later else ""
    return words + (f", {refused} refused, see below" if refused else "")
