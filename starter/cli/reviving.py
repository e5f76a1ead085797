"""The command that lets a stopped deal go on."""

from typing import TYPE_CHECKING

import typer

from starter.cli.ending import run_async
from starter.cli.options import Format, Lang, Language, Number, Output
from starter.cli.output import note, put_json

if TYPE_CHECKING:
    from starter.desk import DealDesk
    from starter.settings import Settings


def revive(number: Number, output: Output = Format.TABLE, lang: Language = Lang.RU) -> None:
    """Let a deal go on whose process was stopped in Temporal. Safe to repeat: one that runs stays as it is."""
    from starter.cli.opening import open_desk, settings_here

    settings = settings_here()

    async def work() -> bool:
        desk = await open_desk(settings, lang)
        if revived := await desk.revive(number):
            await _tell_people(desk, number, settings)
        return revived

    revived = run_async(work())
    if revived:
        _forget(settings.database_url, number)
    if output is Format.JSON:
        put_json({"number": number, "revived": revived})
    else:
        typer.echo(_words(number, revived, lang))


async def _tell_people(desk: "DealDesk", number: str, settings: "Settings") -> None:
    """Who came or left while the deal stood is not known to it. A bad file is told, and stops no revival."""
    from activities.playbook import BadPlaybook
    from domain.facts import OPERATOR
    from starter.cli.people import people_of
    from starter.people import message_of

    try:
        people = people_of(settings, settings.people_file)
    except BadPlaybook as bad:
        note(bad.to(desk.language))
        return
    await desk.signal(number, message_of(people, OPERATOR.person))


def _words(number: str, revived: bool, lang: Lang) -> str:
    if revived:
        ru = f"Сделка {number} идёт дальше с того места, где её остановили: deal show {number}"
        en = f"Deal {number} goes on from where it was stopped: deal show {number}"
    else:
        ru, en = f"Сделка {number} и так идёт", f"Deal {number} runs already"
    return ru if lang is Lang.RU else en


def _forget(url: str, number: str) -> None:
    """The list need not wait for the next look. If the records are down, it does."""
    from contextlib import suppress

    from records.errors import RecordsUnavailable
    from records.stopped import StoppedProcesses

    stopped = StoppedProcesses(url)
    with suppress(RecordsUnavailable):
        stopped.forget(number)
    stopped.close()
