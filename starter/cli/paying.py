"""`deal pay`: money came."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

import starter.cli.completion as completion
from domain.words import Text
from starter.cli.options import Actor, Format, Key, Lang, Language, Number, Output, key, who
from starter.cli.sending import answer, message_of
from starter.errors import UsageError

if TYPE_CHECKING:
    from domain.deal.messages import Receipt
    from starter.cli.at_deal import AtDeal


def pay(
    number: Number,
    amount: Annotated[
        str | None, typer.Option("--amount", help="like 1250000.00 or 1 250 000,00; all of --for if absent")
    ] = None,
    currency: Annotated[
        str | None, typer.Option("--currency", help="like RUB; what the deal is paid in if absent")
    ] = None,
    line: Annotated[
        int | None, typer.Option("--line", help="the line it is for; by due dates if absent")
    ] = None,
    milestone: Annotated[
        str | None,
        typer.Option(
            "--for",
            metavar="ID",
            help="what it pays, instead of --line: line-1:balance",
            autocompletion=completion.milestones,
        ),
    ] = None,
    date: Annotated[str | None, typer.Option("--date", help="value date; today if absent")] = None,
    debited: Annotated[
        str | None,
        typer.Option("--debited", help="when it left the payer's account; the value date if absent"),
    ] = None,
    purpose: Annotated[str, typer.Option("--purpose", help="what the payer wrote")] = "",
    payer: Annotated[str, typer.Option("--payer", help="who paid")] = "",
    payer_inn: Annotated[str, typer.Option("--payer-inn", help="their INN")] = "",
    account: Annotated[str, typer.Option("--account", help="the account it was paid from")] = "",
    document: Annotated[str, typer.Option("--document", help="the payment order's number")] = "",
    document_date: Annotated[
        str | None, typer.Option("--document-date", help="and its date; the value date if absent")
    ] = None,
    actor: Actor = None,
    id: Key = None,
    output: Output = Format.TABLE,
    lang: Language = Lang.RU,
) -> None:
    """Money came. Give the bank's own number as --id, or the payment order as --account and --document: it counts once."""
    from domain.deal.messages import Pay
    from starter.cli.at_deal import AtDeal
    from starter.cli.opening import open_desk, settings_here
    from starter.cli.typed import read

    if bool(account) != bool(document):
        raise UsageError(
            Text(
                ru="Поручение узнают по счёту и номеру вместе: назовите --account и --document.",
                en="A payment order is known by account and number together: give --account and --document.",
            )
        )
    said: dict[str, Any] = {"amount": amount, "currency": currency, "line": line, "date": date}
    said |= {"debited": debited, "purpose": purpose, "id": id if document else key(id), "actor": who(actor)}
    order: dict[str, Any] = {"payer": payer, "payer_inn": payer_inn, "account": account, "document": document}
    if milestone is None and amount is None:
        raise UsageError(
            Text(
                ru="Назовите сумму: --amount, или что оплачено целиком: --for line-1:balance.",
                en="Say how much: --amount, or what is paid in full: --for line-1:balance.",
            )
        )
    assumed = {"amount": amount or "1", "currency": currency or "RUB"}
    assumed |= {"document_date": document_date or date or "2026-01-01"} if document else {}
    message_of(Pay, read(said | order | assumed))  # what can't be right is said before anybody is asked
    settings = settings_here()

    async def work() -> "Receipt":
        desk = await open_desk(settings, lang)
        at = AtDeal(await desk.state(number), lang.language)
        content = at.content(said) | (_of(milestone, at, amount) if milestone else {})
        of_order = order | {"document_date": document_date or date or at.today} if document else order
        return await desk.send(number, message_of(Pay, content | of_order))

    answer(work(), output, lang)


def _of(milestone: str, at: "AtDeal", amount: str | None) -> dict[str, Any]:
    wanted = at.milestone(milestone)
    found = next(line.milestones[wanted] for line in at.snapshot.active if wanted in line.milestones)
    if at.snapshot.deal.rate and not amount:
        raise UsageError(
            Text(
                ru="Эту сделку оплачивают в рублях по курсу: назовите сумму, --amount.",
                en="This deal is paid in roubles at a rate: say how much, --amount.",
            )
        )
    return {"line": found.line} | ({} if amount else {"amount": str(found.outstanding)})
