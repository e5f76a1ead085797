"""The Bitrix24 portal: building it for the desk, and checking that it still is as the desk needs it."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Annotated, Any

import typer

from starter.cli.ending import run_async
from starter.cli.options import Format, Lang, Language, Output
from starter.cli.output import busy, note, put_json
from starter.cli.probing import probe
from starter.cli.progress import AT_THE_PORTAL
from starter.crms import BITRIX24

if TYPE_CHECKING:
    from adapters.crm.bitrix24.building.check import Finding
    from adapters.crm.bitrix24.building.setup import Built
    from adapters.crm.bitrix24.building.steps import Item, Step
    from domain.words import Text
    from starter.settings import Settings

app = typer.Typer(help="The Bitrix24 portal behind the desk: set it up, and check it.", no_args_is_help=True)
app.command()(probe)

DryRun = Annotated[bool, typer.Option("--dry-run", help="say what would be done, and change nothing")]


@app.command()
def setup(dry_run: DryRun = False, output: Output = Format.TABLE, lang: Language = Lang.RU) -> None:
    """Builds the funnel, fields, lines and reference books in the portal; what is there already stays."""
    from starter.cli.opening import open_playbook, settings_here
    from starter.errors import Exit

    settings = settings_here()
    playbook = open_playbook(settings)

    async def work() -> "Built":
        from adapters.crm.bitrix24.building.setup import Setup
        from starter.portal import open_portal

        async with open_portal(settings) as portal:
            with busy(AT_THE_PORTAL):
                building = Setup(portal, playbook, tell=_telling(output, lang))
                return await (building.planned() if dry_run else building.build())

    built = run_async(work())
    if output is Format.JSON:
        put_json(_as_json(built, settings, lang, dry_run=dry_run))
    else:
        _draw(built, settings, lang, dry_run=dry_run)
    if not dry_run and not built.ok:
        raise typer.Exit(Exit.FAILED)


@app.command()
def check(output: Output = Format.TABLE, lang: Language = Lang.RU) -> None:
    """What the portal lacks, or what people renamed there; exit code 1 if the desk could not work."""
    from starter.cli.opening import open_playbook, settings_here
    from starter.errors import Exit

    settings = settings_here()
    playbook = open_playbook(settings)

    async def work() -> "list[Finding]":
        from adapters.crm.bitrix24.building.check import check as look_over
        from starter.portal import open_portal

        async with open_portal(settings) as portal:
            with busy(AT_THE_PORTAL):
                return await look_over(portal, playbook, probe=True)

    findings, waits = run_async(work()), _what_waits(settings)
    if output is Format.JSON:
        told = {"ok": all(f.ok for f in findings), "findings": [_found(f, lang) for f in findings]}
        put_json(told | {"waits_for_rights": _said(waits, lang) if waits else ""})
    else:
        _draw_findings(findings, settings, lang)
        if waits:
            typer.echo(f"! {_said(waits, lang)}")
    if not all(finding.ok for finding in findings):
        raise typer.Exit(Exit.FAILED)


def _what_waits(settings: "Settings") -> "Text | None":
    """What the portal did not allow, and has not been told since; nothing where no desk has run yet."""
    from records.errors import RecordsUnavailable
    from starter.doctor.database import missing_rights

    with suppress(RecordsUnavailable):
        finding = missing_rights(settings)
        return None if finding.ok else finding.words
    return None


def _telling(output: Format, lang: Lang) -> Any:
    def tell(step: "Step") -> None:
        if output is Format.TABLE:
            typer.echo(f"+ {_worded(step, lang)}")

    return tell


def _draw(built: "Built", settings: "Settings", lang: Lang, *, dry_run: bool) -> None:
    for step in built.plan.steps:
        typer.echo(f"{'·' if dry_run else '✘'} {_worded(step, lang)}")
    for found in built.plan.notes:
        typer.echo(f"! {_worded(found, lang)}")
    for trouble in (*built.failed, *built.plan.troubles):
        typer.echo(f"{'✘' if trouble.vital else '!'} {_worded(trouble, lang)}")
        typer.echo(f"  → {_said(trouble.advice, lang)}")
    typer.echo(_summary(built, lang, dry_run=dry_run))
    note("Остаётся сделать руками:" if lang is Lang.RU else "Left to be done by hand:")
    for n, words in enumerate(_left_to_people(settings, lang), start=1):
        note(f"{n}. {words}")


def _summary(built: "Built", lang: Lang, *, dry_run: bool) -> str:
    ru, host = lang is Lang.RU, built.survey.host
    if dry_run:
        count = len(built.plan.steps)
        return f"{host}: {'будет сделано' if ru else 'to be done'}: {count}"
    if not built.ok:
        return f"{host}: {'готово не всё, см. ✘' if ru else 'not all is done, see ✘'}"
    if not built.done:
        return f"{host}: {'менять нечего' if ru else 'nothing to do'}"
    return f"{host}: {'сделано' if ru else 'done'}: {len(built.done)}"


def _left_to_people(settings: "Settings", lang: Lang) -> Iterable[str]:
    from adapters.crm.bitrix24.building.by_hand import by_hand

    has_token = bool(settings.bitrix24_token.get_secret_value())
    for words in by_hand(settings.public_url, has_token=has_token):
        yield _said(words, lang)
    if settings.crm != BITRIX24.name:
        yield f"DEALWRIGHT_CRM={BITRIX24.name}, {'и перезапустите стол' if lang is Lang.RU else 'and start the desk anew'}."


def _as_json(built: "Built", settings: "Settings", lang: Lang, *, dry_run: bool) -> dict[str, Any]:
    return {
        "portal": built.survey.host,
        "dry_run": dry_run,
        "ok": built.ok,
        "done": [_item(step, lang) for step in built.done],
        "left": [_item(step, lang) for step in built.plan.steps],
        "notes": [_item(found, lang) for found in built.plan.notes],
        "troubles": [
            {**_item(trouble, lang), "advice": _said(trouble.advice, lang), "vital": trouble.vital}
            for trouble in (*built.failed, *built.plan.troubles)
        ],
        "by_hand": list(_left_to_people(settings, lang)),
    }


def _draw_findings(findings: "Sequence[Finding]", settings: "Settings", lang: Lang) -> None:
    from adapters.crm.bitrix24.building.by_hand import UNSEEN
    from adapters.crm.bitrix24.building.steps import PART_LABELS

    for finding in findings:
        mark = "✘" if not finding.ok else "!" if finding.advice else "✔"
        typer.echo(f"{mark} {_said(PART_LABELS[finding.part], lang)}: {_said(finding.words, lang)}")
        if finding.advice:
            typer.echo(f"  → {_said(finding.advice, lang)}")
    note(_said(UNSEEN, lang).capitalize() + ".")
    for words in _left_to_people(settings, lang):
        note(f"- {words}")


def _found(finding: "Finding", lang: Lang) -> dict[str, Any]:
    return {
        "part": finding.part.value,
        "ok": finding.ok,
        "what": _said(finding.words, lang),
        "advice": _said(finding.advice, lang) if finding.advice else "",
    }


def _item(item: "Item", lang: Lang) -> dict[str, Any]:
    return {"part": item.part.value, "what": _said(item.words, lang)}


def _worded(item: "Item", lang: Lang) -> str:
    from adapters.crm.bitrix24.building.steps import PART_LABELS

    return f"{_said(PART_LABELS[item.part], lang)}: {_said(item.words, lang)}"


def _said(text: "Text", lang: Lang) -> str:
    return text.to(lang.language)
