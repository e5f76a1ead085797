"""The commands that change something: each starts a deal or sends it one message, and prints the answer."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from starter.cli.ending import run_async
from starter.cli.options import Actor, File, Format, Key, Lang, Language, Number, Output, key, who
from starter.cli.output import busy, note, put_json
from starter.errors import NotFoundError, UsageError

if TYPE_CHECKING:
    from domain.deal.messages import Message, Receipt
    from starter.desk import DealDesk


def start(file: File, output: Output = Format.TABLE, lang: Language = Lang.RU) -> None:
    """Start a deal from an order file; without `lines` the file is a lead. Prints the deal's number."""
    from activities.files import read_document
    from domain.order.order import read_order
    from starter.cli.opening import open_desk, open_playbook, settings_here

    settings = settings_here()
    playbook = open_playbook(settings)
    order = read_order(read_document(file), playbook, _today(playbook))

    async def work() -> str:
        desk = await open_desk(settings, lang)
        return await desk.start(order.model_dump(mode="json", exclude_none=True), must_be_new=True)

    with busy("starting the deal"):
        number = run_async(work())
    put_json({"number": number}) if output is Format.JSON else typer.echo(number)
    note(
        f"Сделка {number} открыта: deal show {number}"
        if lang is Lang.RU
        else f"Deal {number}: deal show {number}"
    )


def order(
    number: Number,
    file: File,
    actor: Actor = None,
    id: Key = None,
    output: Output = Format.TABLE,
    lang: Language = Lang.RU,
) -> None:
    """Compose a lead's order from an order file, checked against the deal's own playbook."""
    from activities.files import read_document
    from domain.deal.messages import Compose
    from domain.order.order import read_order
    from starter.cli.opening import open_desk, settings_here

    person, document, settings = who(actor), read_document(file), settings_here()

    async def work() -> "Receipt":
        desk = await open_desk(settings, lang)
        deal = (await desk.state(number)).deal
        checked = read_order(document, deal.book, _today(deal.book), known_client=deal.client)
        content = checked.model_dump(mode="json", exclude_none=True)
        return await desk.send(number, _message(Compose, id=key(id), actor=person, order=content))

    _answer(work(), output, lang)


def complete(
    number: Number,
    assignment: Annotated[
        str, typer.Argument(metavar="ID", help="as `deal show` names it: line-1:acceptance")
    ],
    field: Annotated[
        list[str] | None,
        typer.Option("--field", "-f", metavar="NAME=VALUE", help="an answer of its form; repeat it"),
    ] = None,
    actor: Actor = None,
    id: Key = None,
    output: Output = Format.TABLE,
    lang: Language = Lang.RU,
) -> None:
    """An assignment is done: answer its form."""
    from domain.deal.messages import Complete

    fields = dict(_pair(given) for given in field or ())
    send(number, Complete, output, lang, id=key(id), actor=who(actor), assignment=assignment, fields=fields)


def decide(
    number: Number,
    approval: Annotated[str, typer.Argument(metavar="ID", help="as `deal show` names it: contract")],
    approve: Annotated[
        bool | None, typer.Option("--approve/--reject", help="yes, or no with a --comment")
    ] = None,
    comment: Annotated[str, typer.Option("--comment", help="why; a rejection needs it")] = "",
    version: Annotated[
        int | None, typer.Option("--version", help="refuse if another version is asked about")
    ] = None,
    actor: Actor = None,
    id: Key = None,
    output: Output = Format.TABLE,
    lang: Language = Lang.RU,
) -> None:
    """Answer an approval."""
    from domain.deal.messages import Decide

    if approve is None:
        raise UsageError("Say what you decide: --approve, or --reject with --comment.")
    said: dict[str, Any] = {"approval": approval, "approve": approve, "comment": comment, "version": version}
    send(number, Decide, output, lang, id=key(id), actor=who(actor), **said)


def pay(
    number: Number,
    amount: Annotated[str, typer.Option("--amount", help="like 1250000.00")],
    currency: Annotated[str, typer.Option("--currency", help="like RUB")],
    line: Annotated[
        int | None, typer.Option("--line", help="the line it is for; by due dates if absent")
    ] = None,
    date: Annotated[
        str | None, typer.Option("--date", help="value date, YYYY-MM-DD; today if absent")
    ] = None,
    purpose: Annotated[str, typer.Option("--purpose", help="what the payer wrote")] = "",
    actor: Actor = None,
    id: Key = None,
    output: Output = Format.TABLE,
    lang: Language = Lang.RU,
) -> None:
    """Money came. Give the bank's own number as --id: the same payment counts once."""
    from domain.deal.messages import Pay

    said: dict[str, Any] = {
        "amount": amount,
        "currency": currency,
        "line": line,
        "date": date,
        "purpose": purpose,
    }
    send(number, Pay, output, lang, id=key(id), actor=who(actor), **said)


def sign(
    number: Number,
    document: Annotated[str, typer.Argument(metavar="ID", help="as `deal show` names it: line-1:upd")],
    date: Annotated[
        str | None, typer.Option("--date", help="the date on the paper, YYYY-MM-DD; today if absent")
    ] = None,
    actor: Actor = None,
    id: Key = None,
    output: Output = Format.TABLE,
    lang: Language = Lang.RU,
) -> None:
    """A closing document is signed."""
    from domain.deal.messages import Sign

    said: dict[str, Any] = {"document": document, "signed_on": date}
    send(number, Sign, output, lang, id=key(id), actor=who(actor), **said)


def acknowledge(
    number: Number,
    until: Annotated[
        str, typer.Option("--until", help="when to hear of it again, YYYY-MM-DD, if it is still open")
    ],
    items: Annotated[
        list[str] | None,
        typer.Argument(metavar="ID…", help="as `deal show` names them; all that was escalated if absent"),
    ] = None,
    comment: Annotated[str, typer.Option("--comment", help="for the record")] = "",
    actor: Actor = None,
    id: Key = None,
    output: Output = Format.TABLE,
    lang: Language = Lang.RU,
) -> None:
    """The director has seen what is overdue: nobody is told of it again until that day."""
    from domain.deal.messages import Acknowledge
    from starter.cli.opening import open_desk, settings_here

    person, settings, first = who(actor), settings_here(), key(id)

    async def work() -> "list[Receipt]":
        desk = await open_desk(settings, lang)
        found = items or await _escalated(desk, number)
        said = {"actor": person, "until": until, "comment": comment}
        messages = [
            _message(Acknowledge, id=first if n == 0 else f"{first}-{n}", item=item, **said)
            for n, item in enumerate(found)
        ]
        return [await desk.send(number, message) for message in messages]

    with busy("asking the deal"):
        receipts: list[Receipt] = run_async(work())
    if output is Format.JSON:
        put_json([receipt.model_dump(mode="json") for receipt in receipts])
        return
    for receipt in receipts:
        typer.echo(receipt.words_ru if lang is Lang.RU else receipt.words_en)


async def _escalated(desk: "DealDesk", number: str) -> list[str]:
    """What was escalated and nobody has seen yet."""
    view = await desk.show(number)
    found = [
        blocker.id
        for blocker in view.blockers
        if blocker.id and blocker.escalated_at and not blocker.seen_until
    ]
    if not found:
        raise NotFoundError(f"Nothing of deal {number} is escalated.")
    return found


def reassign(
    number: Number,
    to: Annotated[str, typer.Option("--to", metavar="PERSON", help="the new manager")],
    actor: Actor = None,
    id: Key = None,
    output: Output = Format.TABLE,
    lang: Language = Lang.RU,
) -> None:
    """Hand a deal, with all its manager's open assignments, to another manager."""
    from domain.deal.messages import Reassign

    send(number, Reassign, output, lang, id=key(id), actor=who(actor), to=to)


def cancel(
    number: Number,
    reason: Annotated[str, typer.Option("--reason", help="why; it stays on record")],
    actor: Actor = None,
    id: Key = None,
    output: Output = Format.TABLE,
    lang: Language = Lang.RU,
) -> None:
    """Call a deal off. Once goods are on their way the director must approve."""
    from domain.deal.messages import Cancel

    send(number, Cancel, output, lang, id=key(id), actor=who(actor), reason=reason)


def send(number: str, model: "type[Message]", output: Format, lang: Lang, **content: Any) -> None:
    from starter.cli.opening import open_desk, settings_here

    message, settings = _message(model, **content), settings_here()

    async def work() -> "Receipt":
        return await (await open_desk(settings, lang)).send(number, message)

    _answer(work(), output, lang)


def _message(model: "type[Message]", **content: Any) -> "Message":
    from pydantic import ValidationError

    try:
        return model.model_validate(content)
    except ValidationError as error:
        wrong = "; ".join(
            f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors(include_url=False)
        )
        raise UsageError(f"{wrong}.") from None


def _answer(work: Any, output: Format, lang: Lang) -> None:
    with busy("asking the deal"):
        receipt: Receipt = run_async(work)
    if output is Format.JSON:
        put_json(receipt.model_dump(mode="json"))
    else:
        typer.echo(receipt.words_ru if lang is Lang.RU else receipt.words_en)
    if receipt.repeated:
        note(
            "Это сообщение уже было принято раньше."
            if lang is Lang.RU
            else "This message had been taken before."
        )


def _pair(given: str) -> tuple[str, str]:
    name, equals, value = given.partition("=")
    if not equals or not name.strip():
        raise UsageError(f"--field {given}: write it as NAME=VALUE, like --field waybill=27-01044529.")
    return name.strip(), value


def _today(playbook: Any) -> Any:
    from datetime import UTC, datetime

    return playbook.calendar.today(datetime.now(UTC))
