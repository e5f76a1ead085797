"""The commands that look at deals: `list` in the records, `show` and `why` at the deal itself."""

from typing import TYPE_CHECKING, Annotated

import typer

import starter.cli.completion as completion
from starter.cli.ending import run_async
from starter.cli.options import Format, Lang, Language, Number, Output
from starter.cli.output import busy, console, in_place, note, put_json, put_words
from starter.cli.progress import ASKING

if TYPE_CHECKING:
    from domain.view.model import DealView
    from domain.words import Stage
    from records.listing import ListedDeal

WATCH_SECONDS = 1.0


def list_deals(
    stage: Annotated[
        str | None,
        typer.Option(
            "--stage",
            help="NEW, CONTRACT_APPROVAL, … PAID, or as it is shown",
            autocompletion=completion.stages,
        ),
    ] = None,
    manager: Annotated[
        str | None, typer.Option("--manager", metavar="PERSON", autocompletion=completion.people)
    ] = None,
    awaiting: Annotated[
        str | None,
        typer.Option(
            "--awaiting", metavar="WHO", help="a person or a role", autocompletion=completion.people
        ),
    ] = None,
    search: Annotated[
        str | None, typer.Option("--search", metavar="WORDS", help="in client, lines, wish")
    ] = None,
    overdue: Annotated[bool | None, typer.Option("--overdue/--on-time")] = None,
    open_only: Annotated[bool | None, typer.Option("--open/--closed")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=500)] = 50,
    after: Annotated[
        str | None, typer.Option("--after", metavar="N", help="the last deal of the page before")
    ] = None,
    output: Output = Format.TABLE,
    lang: Language = Lang.RU,
) -> None:
    """Deals, the newest first."""
    from starter.cli.listing import deal_rows, deals_drawn
    from starter.cli.opening import open_records
    from starter.here import here

    closed = None if open_only is None else not open_only
    at = _stage(stage) if stage else None

    def listed(manager: str | None, awaiting: str | None) -> "list[ListedDeal]":
        with open_records(here().database_url) as records:
            return records.deals(
                at, manager, awaiting, search, overdue, closed=closed, limit=limit, after=after
            )

    deals = listed(manager, awaiting)
    if not deals and (manager or awaiting):
        deals = listed(*(_known(person) for person in (manager, awaiting)))
    if output is Format.JSON:
        put_json(deal_rows(deals))
    elif deals:
        with open_records(here().database_url) as records:
            names = records.names(deal.number for deal in deals)
        console().print(deals_drawn(deals, lang.language, names))
    else:
        note("Таких сделок нет." if lang is Lang.RU else "There are no such deals.")
    if len(deals) == limit:
        note(f"--after {deals[-1].number} …")


def _stage(given: str) -> "Stage":
    from starter.cli.meant import stage_meant

    return stage_meant(given)


def _known(person: str | None) -> str | None:
    """Whom a shortened name means. Raises UsageError for nobody; asked only where nothing was found, as it is slow."""
    from domain.words import Role
    from starter.cli.asking import person_here
    from starter.cli.opening import settings_here

    return person if person is None or person in set(Role) else person_here(settings_here(), person)[0]


def show(
    number: Number,
    watch: Annotated[
        bool, typer.Option("--watch", help="keep it live until the deal closes or Ctrl-C")
    ] = False,
    web: Annotated[bool, typer.Option("--web", help="print where to see it in a browser")] = False,
    output: Output = Format.TABLE,
    lang: Language = Lang.RU,
) -> None:
    """A deal's life: stages passed and to come, each line on its route, what blocks, what is due."""
    if web:
        _put_links(number, output)
        return
    if watch:
        run_async(_watch(number, lang))
        return
    view = view_of(number, lang)
    if output is Format.JSON:
        put_json(view.json_ready())
    else:
        from starter.cli.drawing import drawn

        console().print(drawn(view, lang.language), crop=False)


def why(number: Number, output: Output = Format.TABLE, lang: Language = Lang.RU) -> None:
    """Why a deal can't move yet: a sentence for each thing that blocks."""
    from starter.cli.drawing import explained

    view = view_of(number, lang)
    if output is Format.JSON:
        told = view.json_ready()
        put_json([*told["blockers"], *told["untold"]])
        return
    names = [person.name for person in view.people.values()]
    for words in explained(view, lang.language):
        is_command = words.startswith(" ")
        typer.echo(words) if is_command else put_words(words, whole=names)


def view_of(number: str, lang: Lang) -> "DealView":
    """As the desk that runs here tells it, or else as Temporal does."""
    from starter.here import here
    from starter.resident import resident_view

    with busy(ASKING):
        return resident_view(here().home, number, lang.language) or run_async(_asked(number, lang))


async def _asked(number: str, lang: Lang) -> "DealView":
    from starter.cli.opening import open_desk, settings_here

    return await (await open_desk(settings_here(), lang)).show(number)


async def _watch(number: str, lang: Lang) -> None:
    import asyncio

    from starter.cli.drawing import drawn
    from starter.cli.opening import open_desk, settings_here

    desk = await open_desk(settings_here(), lang)
    view = await desk.show(number)
    with in_place() as put:
        put(drawn(view, desk.language, suggest=False))
        while not view.closed:
            await asyncio.sleep(WATCH_SECONDS)
            before, view = view, await desk.show(number)
            if view.model_copy(update={"as_of": before.as_of}) != before:
                put(drawn(view, desk.language, suggest=False))


def _put_links(number: str, output: Format) -> None:
    from starter.cli.opening import settings_here
    from starter.links import links

    found = links(settings_here(), number)
    if output is Format.JSON:
        put_json(found)
        return
    for name, url in found.items():
        typer.echo(f"{name}: {url}")
