"""The playbook: what is in force, and whether a file could be."""

from typing import Annotated

import typer

from starter.cli.options import Format, Lang, Language, Output
from starter.cli.output import console, note, problems_as_json, put_json

app = typer.Typer(
    help="The company's reference books: people, payment types, forms, deadlines.", no_args_is_help=True
)


@app.command()
def show(output: Output = Format.TABLE, lang: Language = Lang.RU) -> None:
    """What deals that start now would live by."""
    from starter.cli.opening import open_playbook, settings_here
    from starter.cli.playbook_drawing import drawn

    settings = settings_here()
    playbook = open_playbook(settings)
    if output is Format.JSON:
        put_json(playbook.model_dump(mode="json"))
    else:
        console().print(drawn(playbook, "ru" if lang is Lang.RU else "en"))
    note(str(settings.playbook))


@app.command()
def check(
    file: Annotated[str, typer.Argument(metavar="FILE", help="a playbook file")],
    output: Output = Format.TABLE,
    lang: Language = Lang.RU,
) -> None:
    """Whether a file is a playbook: every problem with its place. So with the register of goods, goods.csv beside it."""
    from datetime import UTC, datetime

    from activities.client_limits import clients_beside, load_limits
    from activities.goods import GOODS, check_goods
    from activities.playbook import load_playbook
    from starter.cli.opening import settings_here

    with problems_as_json(output is Format.JSON):
        today = datetime.now(UTC).date()
        playbook = load_playbook(file, today=today, people=settings_here().people_file)
        goods = check_goods(file, playbook)
        load_limits(clients_beside(file))
    if output is Format.JSON:
        put_json({"ok": True, "version": playbook.version, "problems": []})
    else:
        typer.echo(f"{file}: {playbook.version}, {'в порядке' if lang is Lang.RU else 'in order'}")
        if goods:
            typer.echo(f"{GOODS}: {len(goods)}, {'в порядке' if lang is Lang.RU else 'in order'}")
