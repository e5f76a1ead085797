"""The commands that run the desk, or look whether it runs well."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

import starter.cli.completion as completion
from domain.words import Text
from starter.cli.ending import run_async
from starter.cli.options import Format, Lang, Language, Output
from starter.cli.output import note, put_json
from starter.crms import CRMS, EMBEDDED

if TYPE_CHECKING:
    from starter.doctor.finding import Finding
    from starter.stack.embedded import Stack

Pace = Annotated[
    str | None, typer.Option("--pace", metavar="1d=2s", help="how long a day lasts, for trying out")
]

PLAYED = [kind.name for kind in CRMS.values() if kind.demo]
_CRM = Text(ru="такой CRM", en="CRM")


def up(pace: Pace = None, lang: Language = Lang.RU) -> None:
    """Temporal with its Web UI, a worker and the web, until Ctrl-C. The state stays in DEALWRIGHT_HOME."""
    from starter.backup import restored_from
    from starter.links import query_links, web_links
    from starter.settings import load_settings
    from starter.stack.embedded import serve

    settings = load_settings(pace=pace)

    def tell(stack: "Stack") -> None:
        web, home = ("веб", "папка") if lang is Lang.RU else ("web", "home")
        note(f"Temporal {stack.address} · Web UI {stack.ui} · {web} {stack.web_url} · {home} {settings.home}")
        if settings.mail == "files":
            note(f"  {Text(ru='письма', en='mail').to(lang.language)}: {settings.mail_folder}")
        for name, link in (query_links(stack.ui, stack.namespace) | web_links(stack.web_url)).items():
            note(f"  {_UP.get(name, name) if lang is Lang.RU else name}: {link}")
        if backup := restored_from(settings.home):
            note(f"  {settings.home}: {backup.words().to(lang.language)} · deal doctor")
        note(_READY[lang])

    def say(words: Text) -> None:
        note(words.to(lang.language))

    run_async(serve(settings, say=say, on_ready=tell))


_READY = {
    Lang.RU: "Готово: deal start ФАЙЛ · deal list · Ctrl-C останавливает",
    Lang.EN: "Ready: deal start FILE · deal list · Ctrl-C stops",
}
_UP = {
    "the lead form": "форма заявки",
    "where events come in": "куда приходят события",
    "waiting for the director": "ждут директора",
    "overdue": "просрочено",
    "at customs": "на таможне",
}


def demo(
    pace: Pace = None,
    crm: Annotated[
        str,
        typer.Option(
            "--crm",
            metavar=f"[{'|'.join(PLAYED)}]",
            help="where the deal is entered; bitrix24: a double of a portal",
            autocompletion=completion.played_crms,
        ),
    ] = EMBEDDED.name,
    output: Output = Format.TABLE,
    keep: Annotated[
        bool, typer.Option("--keep", help="leave it running afterwards, to look around, until Ctrl-C")
    ] = False,
    lang: Language = Lang.RU,
) -> None:
    """A real deal of three goods, from lead to paid, in under two minutes, in a home of its own."""
    from starter.cli.meant import meant
    from starter.demo import play

    kind = CRMS[meant(crm, dict.fromkeys(PLAYED, ()), _CRM)]
    as_json = output is Format.JSON
    run_async(play(pace=pace, language=lang.language, as_json=as_json, crm=kind, keep=keep))


def doctor(output: Output = Format.TABLE, lang: Language = Lang.RU) -> None:
    """Is everything there, does everything move, and if not, what to do."""
    from starter.cli.opening import settings_here
    from starter.connection import connect
    from starter.doctor import examine, unreachable
    from starter.errors import Exit, UnreachableError

    settings, findings = settings_here(), []

    async def work() -> None:
        client = await connect(settings)
        async for finding in examine(client, settings):
            findings.append(finding)
            if output is Format.TABLE:
                _put(finding, lang)

    code = Exit.OK
    try:
        run_async(work())
    except UnreachableError as error:
        findings.append(unreachable(error))
        code = Exit.UNREACHABLE
        if output is Format.TABLE:
            _put(findings[-1], lang)
    if output is Format.JSON:
        put_json([_as_json(finding, lang) for finding in findings])
    if not all(finding.ok for finding in findings):
        raise typer.Exit(code or Exit.FAILED)


def _as_json(finding: "Finding", lang: Lang) -> dict[str, Any]:
    """`what` is the same in both languages: programs go by it."""
    return {**finding.told(lang.language)._asdict(), "what": finding.what}


def _put(finding: "Finding", lang: Lang) -> None:
    told = finding.told(lang.language)
    typer.echo(f"{'✔' if told.ok else '✘'} {told.what}: {told.words}")
    if told.advice:
        typer.echo(f"  → {told.advice}")
