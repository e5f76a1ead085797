"""The commands that put money right, a deal's and what no deal has taken; `deal pay` enters it."""

from typing import Annotated, Any

import typer
import typer.core

import starter.cli.completion as completion
from starter.cli import bank_money, statements
from starter.cli.options import Actor, Format, Key, Lang, Language, Number, Output, key, plain_number, who
from starter.cli.sending import send


class MoneyGroup(typer.core.TyperGroup):
    """`deal money 1042` shows that deal's money."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if args and not args[0].startswith("-") and args[0] not in self.commands:
            args = ["show", *args]
        return super().parse_args(ctx, args)


app = typer.Typer(
    cls=MoneyGroup,
    help="A deal's money, kopeck by kopeck (deal money N), and how it is put right.",
    no_args_is_help=True,
)

app.command()(bank_money.unmatched)
app.command()(bank_money.assign)
app.command()(bank_money.dismiss)
app.command("import")(statements.import_statement)

Payment = Annotated[str, typer.Argument(metavar="PAYMENT", help="its own number, as it was entered")]
Day = Annotated[str | None, typer.Option("--date", help="value date, like 01.12.2026; today if absent")]
Reason = Annotated[str, typer.Option("--reason", help="why; it stays on record")]


@app.command()
def show(number: Number, output: Output = Format.TABLE, lang: Language = Lang.RU) -> None:
    """What came, where each kopeck stands, what is free, and what is owed by when."""
    from starter.cli.money_drawing import drawn, money_rows
    from starter.cli.output import console, put_json
    from starter.cli.showing import view_of

    view = view_of(number, lang)
    if output is Format.JSON:
        put_json(money_rows(view))
    else:
        console().print(drawn(view, lang.language), crop=False)


@app.command()
def reverse(
    number: Number,
    payment: Payment,
    reason: Reason,
    date: Day = None,
    actor: Actor = None,
    id: Key = None,
    output: Output = Format.TABLE,
    lang: Language = Lang.RU,
) -> None:
    """The bank took a payment back: what it had paid is to be paid again."""
    from domain.deal.messages import Reverse

    said: dict[str, Any] = {"payment": payment, "reason": reason, "date": date}
    send(number, Reverse, output, lang, id=key(id), actor=who(actor), **said)


@app.command()
def move(
    number: Number,
    payment: Payment,
    line: Annotated[
        int | None, typer.Option("--line", help="the line it is for; an advance if absent")
    ] = None,
    to_deal: Annotated[
        str | None,
        typer.Option(
            "--to-deal",
            metavar="N",
            help="the deal that gets what is free; --line is then one of its lines",
            callback=plain_number,
            autocompletion=completion.deals,
        ),
    ] = None,
    amount: Annotated[
        str | None, typer.Option("--amount", help="like 1000.00; all that can be if absent")
    ] = None,
    reason: Annotated[str, typer.Option("--reason", help="why; it stays on record")] = "",
    actor: Actor = None,
    id: Key = None,
    output: Output = Format.TABLE,
    lang: Language = Lang.RU,
) -> None:
    """Money of a payment is for another line, an advance, or another deal."""
    from domain.deal.messages import Move
    from starter.cli.known_deals import takes_money

    said: dict[str, Any] = {"payment": payment, "line": line, "amount": amount, "reason": reason}
    said["to_deal"] = to_deal or ""
    send(number, Move, output, lang, takes_money, id=key(id), actor=who(actor), **said)


@app.command()
def refund(
    number: Number,
    payment: Payment,
    reason: Reason,
    amount: Annotated[
        str | None, typer.Option("--amount", help="like 500.50; all of the advance if absent")
    ] = None,
    actor: Actor = None,
    id: Key = None,
    output: Output = Format.TABLE,
    lang: Language = Lang.RU,
) -> None:
    """An advance is to go back to the client: it is put aside, and the accountant is asked for the outgoing payment."""
    from domain.deal.messages import Refund

    said: dict[str, Any] = {"payment": payment, "amount": amount, "reason": reason}
    send(number, Refund, output, lang, id=key(id), actor=who(actor), **said)


@app.command("write-off")
def write_off(
    number: Number,
    line: Annotated[int, typer.Argument(metavar="LINE", help="the line whose last payment is short of it")],
    reason: Reason,
    actor: Actor = None,
    id: Key = None,
    output: Output = Format.TABLE,
    lang: Language = Lang.RU,
) -> None:
    """The small rest of a line's last payment is forgiven, as far as the playbook lets it be."""
    from domain.deal.messages import WriteOff

    send(number, WriteOff, output, lang, id=key(id), actor=who(actor), line=line, reason=reason)
