"""`deal sign`: one document, or all that are ready."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

import starter.cli.completion as completion
from domain.words import Side, Text
from starter.cli.ending import run_async
from starter.cli.options import Actor, Format, Key, Lang, Language, Number, Output, key, who
from starter.cli.output import busy, note
from starter.cli.progress import ASKING
from starter.cli.sending import answers, message_of, send
from starter.errors import UsageError

if TYPE_CHECKING:
    from domain.deal.messages import Receipt


def sign(
    number: Number,
    document: Annotated[
        str | None,
        typer.Argument(
            metavar="[ID]", help="as `deal show` names it: line-1:upd", autocompletion=completion.documents
        ),
    ] = None,
    ready: Annotated[
        bool, typer.Option("--ready", help="all that is ready and that this person may sign")
    ] = False,
    line: Annotated[int | None, typer.Option("--line", help="of those that are ready, this line's")] = None,
    date: Annotated[
        str | None, typer.Option("--on", "--date", help="the date on the paper; today if absent")
    ] = None,
    side: Annotated[
        Side | None,
        typer.Option("--side", help="whose signature it is; one's own, or all that are missing, if absent"),
    ] = None,
    actor: Actor = None,
    id: Key = None,
    output: Output = Format.TABLE,
    lang: Language = Lang.RU,
) -> None:
    """A document is signed, or handed over; with --ready all that can be."""
    from domain.deal.messages import Sign

    content: dict[str, Any] = {"id": key(id), "actor": who(actor), "signed_on": date, "side": side}
    if ready and document is None:
        _sign_ready(number, line, output, lang, content)
    elif document and not ready and line is None:
        send(number, Sign, output, lang, **content, document=document)
    else:
        raise UsageError(
            Text(
                ru="Назовите один документ или --ready, с позицией или без: deal sign N --ready --line 1.",
                en="Name one document, or --ready, of one line or of all: deal sign N --ready --line 1.",
            )
        )


def _sign_ready(number: str, line: int | None, output: Format, lang: Lang, content: dict[str, Any]) -> None:
    from domain.deal.messages import Sign
    from starter.cli.at_deal import AtDeal
    from starter.cli.opening import open_desk, settings_here

    settings = settings_here()

    async def work() -> "list[Receipt]":
        desk = await open_desk(settings, lang)
        at = AtDeal(await desk.state(number), lang.language)
        read = at.content(content)
        ready = [i for i in at.ready_for(read["actor"]) if line is None or i.subject.line == line]
        messages = [
            message_of(Sign, read | {"id": f"{read['id']}/{item.id}"[-100:], "document": item.id})
            for item in ready
        ]
        return [await desk.send(number, message) for message in messages]

    with busy(ASKING):
        receipts = run_async(work())
    answers(receipts, output, lang)
    if not receipts:
        note("Подписывать нечего." if lang is Lang.RU else "Nothing is ready to be signed.")
