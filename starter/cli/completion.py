"""What the shell completes: deals, ids, people, stages, fields and choices. Read from the records and files, no server is asked;
where there is nothing, or something is wrong, it is silent."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import wraps
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from domain.playbook.forms import FormField
    from starter.cli.at_deal import AtDeal

Found = list[tuple[str, str]]
"""What may be typed, and what the shell says of it."""


def _silent(
    find: Callable[[typer.Context], Iterable[tuple[str, str]]],
) -> Callable[[typer.Context, str], Found]:
    @wraps(find)
    def complete(ctx: typer.Context, incomplete: str) -> Found:
        with suppress(Exception, SystemExit):
            return [(name, said) for name, said in find(ctx) if name.startswith(incomplete)]
        return []

    complete.__annotations__ = {"ctx": typer.Context, "incomplete": str}
    del complete.__wrapped__  # typer asks for its parameters
    return complete


@_silent
def deals(ctx: typer.Context) -> Iterator[tuple[str, str]]:
    from starter.cli.opening import open_records
    from starter.here import here

    with open_records(here().database_url) as records:
        found = records.deals(closed=False, limit=200)
    return ((deal.number, deal.client) for deal in found)


@_silent
def people(ctx: typer.Context) -> Iterator[tuple[str, str]]:
    from activities.files import read_document
    from domain.words import Role
    from starter.cli.opening import settings_here

    staff = read_document(settings_here().people_file)["people"]
    yield from ((person, str(entry["name"])) for person, entry in staff.items())
    yield from ((role.value, "") for role in Role)


@_silent
def stages(ctx: typer.Context) -> Iterator[tuple[str, str]]:
    from domain.words import STAGE_LABELS

    return ((stage.value, label.ru) for stage, label in STAGE_LABELS.items())


@_silent
def sources(ctx: typer.Context) -> Iterator[tuple[str, str]]:
    from starter.crms import sources

    return ((source, "") for source in sources())


@_silent
def played_crms(ctx: typer.Context) -> Iterator[tuple[str, str]]:
    from starter.crms import CRMS

    return ((kind.name, "") for kind in CRMS.values() if kind.demo)


@_silent
def decisions(ctx: typer.Context) -> Iterator[tuple[str, str]]:
    yield from (("approve", ""), ("reject", ""))


@_silent
def assignments(ctx: typer.Context) -> Iterator[tuple[str, str]]:
    return _open(ctx, "assignment")


@_silent
def approvals(ctx: typer.Context) -> Iterator[tuple[str, str]]:
    return _open(ctx, "approval")


@_silent
def documents(ctx: typer.Context) -> Iterator[tuple[str, str]]:
    return _open(ctx, "document")


@_silent
def papers(ctx: typer.Context) -> Iterator[tuple[str, str]]:
    """All documents, signed or not."""
    at = _at(ctx)
    papers = (paper for process in at.snapshot.processes for paper in process.documents.values())
    return ((paper.id, paper.title.to(at.language)) for paper in papers)


@_silent
def milestones(ctx: typer.Context) -> Iterator[tuple[str, str]]:
    return _open(ctx, "payment")


def _open(ctx: typer.Context, kind: str) -> Iterator[tuple[str, str]]:
    at = _at(ctx)
    return ((item.id or "", item.title.to(at.language)) for item in at.items if item.kind == kind)


@_silent
def answers(ctx: typer.Context) -> Iterator[tuple[str, str]]:
    """`outcome=` and each of its choices."""
    at = _at(ctx)
    for field in at.form(at.assignment(str(ctx.params["assignment"]))):
        yield from _answers(field, at)


def _answers(field: "FormField", at: "AtDeal") -> Iterator[tuple[str, str]]:
    title = field.title.to(at.language)
    if field.choices:
        yield from ((f"{field.name}={choice}", title) for choice in field.choices)
    else:
        yield f"{field.name}=", title


def _at(ctx: typer.Context) -> "AtDeal":
    from domain.deal.snapshot import Snapshot
    from starter.cli.at_deal import AtDeal
    from starter.cli.opening import open_records
    from starter.here import here

    with open_records(here().database_url) as records:
        found: Any = records.snapshot(str(ctx.params["number"]))
    return AtDeal(Snapshot(*found), "en" if str(ctx.params.get("lang")) == "en" else "ru")
