"""The commands that run the desk, or look whether it runs well."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from starter.cli.ending import run_async
from starter.cli.options import Format, Lang, Language, Output
from starter.cli.output import note, put_json

if TYPE_CHECKING:
    from starter.doctor.finding import Finding
    from starter.stack.embedded import Stack

Pace = Annotated[
    str | None, typer.Option("--pace", metavar="1d=2s", help="how long a day lasts, for trying out")
]


def up(pace: Pace = None) -> None:
    """Temporal with its Web UI, a worker and the web, until Ctrl-C. The state stays in DEALWRIGHT_HOME."""
    from domain.words import Text
    from starter.backup import restored_from
    from starter.links import query_links, web_links
    from starter.settings import load_settings
    from starter.stack.embedded import serve

    settings = load_settings(pace=pace)

    def tell(stack: "Stack") -> None:
        note(f"Temporal {stack.address} · Web UI {stack.ui} · web {stack.web_url} · home {settings.home}")
        if settings.mail == "files":
            note(f"  {Text(ru='письма', en='mail').to(settings.lang)}: {settings.mail_folder}")
        for name, link in (query_links(stack.ui, stack.namespace) | web_links(stack.web_url)).items():
            note(f"  {name}: {link}")
        if backup := restored_from(settings.home):
            note(f"  {settings.home}: {backup.words().to(settings.lang)} · deal doctor")
        note("Ready: deal start FILE · deal list · Ctrl-C stops")

    run_async(serve(settings, say=note, on_ready=tell))


class DemoCrm(StrEnum):
    EMBEDDED = "embedded"
    BITRIX24 = "bitrix24"


def demo(
    pace: Pace = None,
    crm: Annotated[
        DemoCrm, typer.Option("--crm", help="where the deal is entered; bitrix24: a double of a portal")
    ] = DemoCrm.EMBEDDED,
    output: Output = Format.TABLE,
    keep: Annotated[
        bool, typer.Option("--keep", help="leave it running afterwards, to look around, until Ctrl-C")
    ] = False,
    lang: Language = Lang.RU,
) -> None:
    """A real deal of three goods, from lead to paid, in under two minutes, in a home of its own."""
    from starter.demo import play

    as_json = output is Format.JSON
    run_async(play(pace=pace, language=lang.language, as_json=as_json, crm=crm.value, keep=keep))


def doctor(output: Output = Format.TABLE) -> None:
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
                _put(finding)

    code = Exit.OK
    try:
        run_async(work())
    except UnreachableError as error:
        findings.append(unreachable(error))
        code = Exit.UNREACHABLE
        if output is Format.TABLE:
            _put(findings[-1])
    if output is Format.JSON:
        put_json([finding._asdict() for finding in findings])
    if not all(finding.ok for finding in findings):
        raise typer.Exit(code or Exit.FAILED)


def _put(finding: "Finding") -> None:
    typer.echo(f"{'✔' if finding.ok else '✘'} {finding.what}: {finding.words}")
    if finding.advice:
        typer.echo(f"  → {finding.advice}")
