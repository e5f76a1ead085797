"""`deal delay`: a supplier, or a carrier, has named another day."""

from typing import Annotated

import typer

from starter.cli.options import Actor, Format, Key, Lang, Language, Number, Output, key, who
from starter.cli.sending import send


def delay(
    number: Number,
    line: Annotated[int, typer.Argument(metavar="LINE", help="the line's number", min=1)],
    reason: Annotated[str, typer.Option("--reason", help="why; it stays on record")],
    ready_on: Annotated[
        str | None, typer.Option("--ready-on", metavar="DATE", help="when the supplier has the goods ready")
    ] = None,
    eta: Annotated[
        str | None, typer.Option("--eta", metavar="DATE", help="when goods that are under way arrive")
    ] = None,
    actor: Actor = None,
    id: Key = None,
    output: Output = Format.TABLE,
    lang: Language = Lang.RU,
) -> None:
    """A supplier or a carrier has named another day: deadlines and the forecast of the delivery move."""
    from domain.deal.messages import Delay

    days = {"ready_on": ready_on, "eta": eta}
    send(number, Delay, output, lang, id=key(id), actor=who(actor), line=line, reason=reason, **days)
