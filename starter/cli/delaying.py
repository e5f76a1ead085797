"""`deal delay`: a supplier, or a carrier, has named another day."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from domain.wording import worded
from starter.cli.options import Actor, Format, Key, Lang, Language, Number, Output, key, who
from starter.cli.sending import answer, message_of
from starter.errors import UsageError

if TYPE_CHECKING:
    from domain.deal.messages import Receipt
    from domain.deal.state import DealState


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
    from starter.cli.at_deal import AtDeal
    from starter.cli.opening import open_desk, settings_here
    from starter.cli.typed import read

    content: dict[str, Any] = {"id": key(id), "actor": who(actor), "line": line, "reason": reason}
    content |= {"ready_on": ready_on, "eta": eta}
    message_of(Delay, read(content))
    settings = settings_here()

    async def work() -> "Receipt":
        desk = await open_desk(settings, lang)
        snapshot = await desk.state(number)
        _check_runs(line, snapshot.deal)
        at = AtDeal(snapshot, lang.language)
        return await desk.send(number, message_of(Delay, at.content(content)))

    answer(work(), output, lang)


def _check_runs(line: int, deal: "DealState") -> None:
    """A line answers for itself, once the contract is agreed."""
    if line in deal.started_lines:
        return
    running = ", ".join(map(str, deal.started_lines)) or "—"
    raise UsageError(
        worded(
            ru="Позиция {line} не в работе, переносить нечего. В работе: {running}.",
            en="Line {line} is not under way, there is nothing to move. Under way: {running}.",
            line=line,
            running=running,
        )
    )
