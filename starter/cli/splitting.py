"""`deal split`: a part of a line goes on by itself."""

from typing import Annotated, Any

import typer

from starter.cli.options import Actor, Format, Key, Lang, Language, Number, Output, key, who
from starter.cli.sending import send


def split(
    number: Number,
    line: Annotated[int, typer.Argument(metavar="LINE", help="the line's number")],
    quantity: Annotated[
        str, typer.Argument(metavar="QUANTITY", help="how much becomes the new line, like 2 or 2.5")
    ],
    reason: Annotated[str, typer.Option("--reason", help="why; it stays on record")] = "",
    actor: Actor = None,
    id: Key = None,
    output: Output = Format.TABLE,
    lang: Language = Lang.RU,
) -> None:
    """A part of a line goes on by itself, as a new line with the same price and terms: it came, or may ship first."""
    from domain.deal.messages import SplitLine

    about: dict[str, Any] = {"line": line, "quantity": quantity, "reason": reason}
    send(number, SplitLine, output, lang, id=key(id), actor=who(actor), **about)
