"""The commands that put money right, a deal's and what no deal has taken; `deal pay` enters it."""

from typing import Annotated, Any

import typer

from starter.cli import bank_money, statements
from starter.cli.options import Actor, Format, Key, Lang, Language, Number, Output, key, who
from starter.cli.sending import send

app = typer.Typer(
    help="Put money right: what the bank took back, what is for another line, what went back, and whose it is.",
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
    amount: Annotated[
        str | None, typer.Option("--amount", help="like 1000.00; all that can be if absent")
    ] = None,
    reason: Annotated[str, typer.Option("--reason", help="why; it stays on record")] = "",
    actor: Actor = None,
    id: Key = None,
    output: Output = Format.TABLE,
    lang: Language = Lang.RU,
) -> None:
    """Money of a payment is for another line, or an advance."""
    from domain.deal.messages import Move

    said: dict[str, Any] = {"payment": payment, "line": line, "amount": amount, "reason": reason}
    send(number, Move, output, lang, id=key(id), actor=who(actor), **said)


@app.command()
def refund(
    number: Number,
    payment: Payment,
    amount: Annotated[str, typer.Option("--amount", help="like 500.50")],
    reason: Reason,
    date: Day = None,
    actor: Actor = None,
    id: Key = None,
    output: Output = Format.TABLE,
    lang: Language = Lang.RU,
) -> None:
    """An advance went back to the client. Give the outgoing payment's own number as --id."""
    from domain.deal.messages import Refund

    said: dict[str, Any] = {"payment": payment, "amount": amount, "reason": reason, "date": date}
    send(number, Refund, output, lang, id=key(id), actor=who(actor), **said)
