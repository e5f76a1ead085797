"""`deal acknowledge`: the director has seen what is overdue, one thing or all that was escalated in a deal."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from domain.words import Text
from starter.cli.ending import run_async
from starter.cli.options import Actor, Format, Key, Lang, Language, Number, Output, key, who
from starter.cli.output import busy
from starter.cli.progress import ASKING
from starter.cli.sending import answers, message_of
from starter.errors import NotFoundError

if TYPE_CHECKING:
    from domain.deal.messages import Receipt
    from starter.cli.at_deal import AtDeal


def acknowledge(
    number: Number,
    until: Annotated[str, typer.Option("--until", help="the day on which to hear of it again")],
    items: Annotated[
        list[str] | None,
        typer.Argument(metavar="[ID…]", help="as `deal show` names them; all that was escalated if absent"),
    ] = None,
    comment: Annotated[str, typer.Option("--comment", help="for the record")] = "",
    actor: Actor = None,
    id: Key = None,
    output: Output = Format.TABLE,
    lang: Language = Lang.RU,
) -> None:
    """The director has seen what is overdue: nobody is told of it again until that day."""
    from domain.deal.messages import Acknowledge
    from starter.cli.at_deal import AtDeal
    from starter.cli.opening import open_desk, settings_here

    settings, first = settings_here(), key(id)
    said: dict[str, Any] = {"actor": who(actor), "until": until, "comment": comment}

    async def work() -> "list[Receipt]":
        desk = await open_desk(settings, lang)
        at = AtDeal(await desk.state(number), lang.language)
        found = items or _unseen(at, number)
        messages = [
            message_of(
                Acknowledge, at.content(said | {"id": first if n == 0 else f"{first}-{n}", "item": item})
            )
            for n, item in enumerate(found)
        ]
        return [await desk.send(number, message) for message in messages]

    with busy(ASKING):
        receipts = run_async(work())
    answers(receipts, output, lang)


def _unseen(at: "AtDeal", number: str) -> list[str]:
    """What was escalated, and nobody has seen yet."""
    found = [item.id for item in at.items if item.id and item.unseen]
    if not found:
        raise NotFoundError(
            Text(
                ru=f"В сделке {number} ничего не передано директору.",
                en=f"Nothing of deal {number} is escalated.",
            )
        )
    return found
