"""`deal crm probe`: a person tries a trial portal."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from starter.cli.ending import run_async
from starter.cli.options import Format, Lang, Language, Output
from starter.cli.output import note, put_json

if TYPE_CHECKING:
    from adapters.crm.bitrix24.probing.probe import Probe
    from adapters.crm.bitrix24.probing.report import Check, Report
    from domain.playbook.book import StaffedPlaybook
    from starter.settings import Settings

_YES = ("y", "yes", "д", "да")

Agreed = Annotated[bool, typer.Option("--yes", help="do not ask first")]
ReportFile = Annotated[
    str | None,
    typer.Option("--report", metavar="FILE", help="write the report to this file too, as Markdown"),
]


def probe(
    yes: Agreed = False, report: ReportFile = None, output: Output = Format.TABLE, lang: Language = Lang.RU
) -> None:
    """Makes one thing of each kind in a trial portal, compares what the portal did with what the desk expects, and removes it.

    Exit code 1 if the desk could not work there, or something could not be removed.
    """
    from starter.cli.opening import open_playbook, settings_here
    from starter.errors import Exit

    settings = settings_here()
    book = open_playbook(settings)
    if not yes:
        _ask(run_async(_host(settings)), lang)
    if report:
        _can_be_written(report)
    made: list[Probe] = []
    with _told_at_the_end(made, report, output, lang):
        run_async(_probed(settings, book, made, output, lang))
    if not made[0].report.ok:
        raise typer.Exit(Exit.FAILED)


async def _probed(
    settings: "Settings", book: "StaffedPlaybook", made: "list[Probe]", output: Format, lang: Lang
) -> None:
    from adapters.crm.bitrix24.probing.probe import Probe
    from adapters.crm.bitrix24.probing.watched import Watched
    from starter.portal import open_portal

    async with open_portal(settings, Watched) as portal:
        made.append(Probe(cast(Watched, portal), book, datetime.now(UTC), _telling(output, lang)))
        await made[0].run()


@contextmanager
def _told_at_the_end(made: "list[Probe]", file: str | None, output: Format, lang: Lang) -> Iterator[None]:
    """Also after Ctrl-C: what could not be removed must be named."""
    try:
        yield
    finally:
        if made:
            _conclude(made[0].report, file, output, lang)


def _conclude(report: "Report", file: str | None, output: Format, lang: Lang) -> None:
    from adapters.crm.bitrix24.probing.words import as_markdown, left_words, removed, verdict

    if output is Format.JSON:
        put_json(_as_json(report, lang))
    else:
        for left in report.left:
            typer.echo(": ".join(filter(None, (f"✘ {left_words(left).to(lang.language)}", left.why))))
        typer.echo(f"{report.host}: {verdict(report).to(lang.language)}; {removed(report).to(lang.language)}")
    if file:
        Path(file).write_text(as_markdown(report, datetime.now(UTC), lang.language), encoding="utf-8")
        note(file)


def _can_be_written(file: str) -> None:
    from domain.wording import worded
    from starter.errors import UsageError

    try:
        Path(file).open("a").close()
    except (OSError, ValueError) as error:
        words = worded(
            ru="Отчёт сюда не записать: {file} ({why}).",
            en="The report can't be written there: {file} ({why}).",
            file=file,
            why=str(error),
        )
        raise UsageError(words) from None


async def _host(settings: "Settings") -> str:
    from starter.portal import open_portal

    async with open_portal(settings) as portal:
        return portal.host


def _ask(host: str, lang: Lang) -> None:
    asked = (
        f"В портале {host} будут созданы и удалены воронка, поля, смарт-процесс, список, сделка с клиентом и задачей. "
        "Продолжить? (да/нет)"
        if lang is Lang.RU
        else f"In the portal {host} a funnel, fields, a smart process, a list, a deal with its client and task are made and "
        "removed. Go on? (yes/no)"
    )
    answer: str = typer.prompt(asked, default="", show_default=False, err=True)
    if answer.strip().casefold() not in _YES:
        raise typer.Abort


def _telling(output: Format, lang: Lang) -> Any:
    from adapters.crm.bitrix24.probing.report import MARKS, Result
    from adapters.crm.bitrix24.probing.words import headline

    expected, portal = ("ожидалось", "портал") if lang is Lang.RU else ("expected", "the portal")

    def tell(check: "Check") -> None:
        if output is not Format.TABLE:
            return
        told = f"{MARKS[check.result]} {headline(check).to(lang.language)}"
        if check.result is Result.AS_EXPECTED:
            typer.echo(f"{told} · {check.got.to(lang.language)}")
            return
        typer.echo(told)
        typer.echo(f"  {expected}: {check.expected.to(lang.language)}")
        typer.echo(f"  {portal}: {check.got.to(lang.language)}")
        if known := check.known:
            typer.echo(f"  {known.words.to(lang.language)} → {known.desk.to(lang.language)}")

    return tell


def _as_json(report: "Report", lang: Lang) -> dict[str, Any]:
    from adapters.crm.bitrix24.probing.words import page_of

    return {
        "portal": report.host,
        "ok": report.ok,
        "all_green": report.all_green,
        "removed": report.removed,
        "checks": [
            {
                "thing": check.thing.value,
                "what": check.what.to(lang.language),
                "call": check.call,
                "result": check.result.value,
                "expected": check.expected.to(lang.language),
                "got": check.got.to(lang.language),
                "refusal": check.refusal,
            }
            for check in report.checks
        ],
        "refusals": [
            {
                "name": known.name,
                "words": known.words.to(lang.language),
                "desk": known.desk.to(lang.language),
                "page": page_of(known),
            }
            for known in report.met()
        ],
        "left": [
            {
                "thing": one.made.thing.to(lang.language),
                "id": one.made.id,
                "call": one.made.removal[0],
                "why": one.why,
            }
            for one in report.left
        ],
    }
