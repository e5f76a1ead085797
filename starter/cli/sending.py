"""The commands that change something: each starts a deal or sends it one message, and prints the answer."""

from collections.abc import Coroutine
from typing import TYPE_CHECKING, Annotated, Any

import typer

import starter.cli.completion as completion
from domain.words import Text
from starter.cli.ending import run_async
from starter.cli.options import Actor, File, Format, Key, Lang, Language, Number, Output, key, who
from starter.cli.output import busy, note, put_json, put_words
from starter.cli.progress import ASKING, STARTING
from starter.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from domain.deal.messages import Message, Receipt
    from starter.cli.at_deal import AtDeal


def start(file: File, output: Output = Format.TABLE, lang: Language = Lang.RU) -> None:
    """Start a deal from an order file; without `lines` the file is a lead. Prints the deal's number."""
    from domain.order.order import read_order
    from starter.cli.opening import open_desk, open_goods, open_playbook, settings_here
    from starter.cli.order_file import read_order_document

    document, settings = read_order_document(file), settings_here()
    playbook = open_playbook(settings)
    order = read_order(document, playbook, _today(playbook), goods=open_goods(settings))

    async def work() -> str:
        desk = await open_desk(settings, lang)
        return await desk.start(order.model_dump(mode="json", exclude_none=True), must_be_new=True)

    with busy(STARTING):
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
    from domain.deal.messages import Compose
    from domain.order.order import read_order
    from starter.cli.at_deal import AtDeal
    from starter.cli.opening import open_desk, open_goods, settings_here
    from starter.cli.order_file import read_order_document

    person, document, settings = who(actor), read_order_document(file), settings_here()

    async def work() -> "Receipt":
        desk = await open_desk(settings, lang)
        at = AtDeal(await desk.state(number), lang.language)
        deal = at.snapshot.deal
        about: dict[str, Any] = {"known_client": deal.client, "goods": open_goods(settings)}
        checked = read_order(document, deal.book, _today(deal.book), **about)
        content = {
            **at.content({"id": key(id), "actor": person}),
            "order": checked.model_dump(mode="json", exclude_none=True),
        }
        return await desk.send(number, message_of(Compose, content))

    answer(work(), output, lang)


def decide(
    number: Number,
    approval: Annotated[
        str,
        typer.Argument(
            metavar="ID", help="as `deal show` names it: contract", autocompletion=completion.approvals
        ),
    ],
    said: Annotated[
        str | None,
        typer.Argument(
            metavar="approve|reject", help="yes, or no with a --comment", autocompletion=completion.decisions
        ),
    ] = None,
    approve: Annotated[bool | None, typer.Option("--approve/--reject", help="the same")] = None,
    comment: Annotated[str, typer.Option("--comment", help="why; a rejection needs it")] = "",
    version: Annotated[
        int | None, typer.Option("--version", help="refuse if another version is asked about")
    ] = None,
    actor: Actor = None,
    id: Key = None,
    output: Output = Format.TABLE,
    lang: Language = Lang.RU,
) -> None:
    """Answer an approval. Of an offer that has changed since its first version say --version: the vote is on what was shown."""
    from domain.deal.messages import Decide
    from starter.cli.deciding import on_the_version_shown

    yes = _decision(said, approve)
    content: dict[str, Any] = {"approval": approval, "approve": yes, "comment": comment, "version": version}
    send(number, Decide, output, lang, on_the_version_shown, id=key(id), actor=who(actor), **content)


def ask(
    number: Number,
    approval: Annotated[str, typer.Argument(metavar="ID", help="as `deal show` names it: contract")],
    question: Annotated[str, typer.Argument(metavar="QUESTION", help="what you want to know")],
    version: Annotated[
        int | None, typer.Option("--version", help="refuse if another version is asked about")
    ] = None,
    actor: Actor = None,
    id: Key = None,
    output: Output = Format.TABLE,
    lang: Language = Lang.RU,
) -> None:
    """Before you decide: ask the deal's manager. The deadline stays; you are told the answer."""
    from domain.deal.messages import Ask

    said: dict[str, Any] = {"approval": approval, "question": question, "version": version}
    send(number, Ask, output, lang, id=key(id), actor=who(actor), **said)


def _decision(said: str | None, approve: bool | None) -> bool:
    spelled = {"approve": True, "согласовать": True, "reject": False, "отклонить": False}
    decided = spelled.get(said.casefold()) if said is not None else approve
    if decided is None or (said is not None and approve not in (None, decided)):
        raise UsageError(
            Text(
                ru="Скажите, что вы решили: approve (согласовать) или reject (отклонить) с --comment.",
                en="Say what you decide: approve, or reject with --comment.",
            )
        )
    return decided


def reassign(
    number: Number,
    to: Annotated[
        str, typer.Option("--to", metavar="PERSON", help="who takes over", autocompletion=completion.people)
    ],
    role: Annotated[
        str | None, typer.Option("--role", metavar="ROLE", help="of another role than the manager's")
    ] = None,
    actor: Actor = None,
    id: Key = None,
    output: Output = Format.TABLE,
    lang: Language = Lang.RU,
) -> None:
    """Hand a deal, with all its manager's open assignments, to another manager; or all that is asked of another role in it, as logistics."""
    from domain.deal.messages import Reassign
    from starter.cli.meant import ROLE, ROLES, meant

    given: dict[str, Any] = {"role": meant(role, ROLES, ROLE)} if role else {}
    send(number, Reassign, output, lang, id=key(id), actor=who(actor), to=to, **given)


def cancel(
    number: Number,
    reason: Annotated[str, typer.Option("--reason", help="why; it stays on record")],
    line: Annotated[
        int | None,
        typer.Option("--line", metavar="LINE", help="only this line: an amendment that takes it out"),
    ] = None,
    actor: Actor = None,
    id: Key = None,
    output: Output = Format.TABLE,
    lang: Language = Lang.RU,
) -> None:
    """Call a deal off, or one line of it. Once goods are on their way the director must approve."""
    from domain.deal.messages import Cancel

    if line is not None:
        from starter.cli.amending import take_out

        return take_out(number, line, reason, actor, id, output, lang)
    send(number, Cancel, output, lang, id=key(id), actor=who(actor), reason=reason)


def send(
    number: str,
    model: "type[Message]",
    output: Format,
    lang: Lang,
    completed: "Callable[[AtDeal, dict[str, Any]], dict[str, Any]] | None" = None,
    **content: Any,
) -> None:
    """What is typed of `content` is read as this deal names it: ids, persons, dates, amounts. `completed` adds what the deal tells."""
    from starter.cli.at_deal import AtDeal
    from starter.cli.opening import open_desk, settings_here
    from starter.cli.typed import read

    message_of(model, read(content))  # what can't be right is said before anybody is asked
    settings = settings_here()

    async def work() -> "Receipt":
        desk = await open_desk(settings, lang)
        at = AtDeal(await desk.state(number), lang.language)
        said = at.content(content)
        return await desk.send(number, message_of(model, completed(at, said) if completed else said))

    answer(work(), output, lang)


def message_of(model: "type[Message]", content: dict[str, Any]) -> "Message":
    from pydantic import ValidationError

    try:
        return model.model_validate(content)
    except ValidationError as error:
        from domain.wording import worded
        from domain.wording.invalid import summary
        from starter.cli.typed import OPTIONS

        raise UsageError(worded(ru="{wrong}.", en="{wrong}.", wrong=summary(error, names=OPTIONS))) from None


def answer(work: "Coroutine[Any, Any, Receipt]", output: Format, lang: Lang) -> None:
    with busy(ASKING):
        receipt = run_async(work)
    if output is Format.JSON:
        put_json(receipt.model_dump(mode="json"))
    else:
        put_words(receipt.words_ru if lang is Lang.RU else receipt.words_en)
    if receipt.repeated:
        note(
            "Это сообщение уже было принято раньше."
            if lang is Lang.RU
            else "This message had been taken before."
        )


def answers(receipts: "list[Receipt]", output: Format, lang: Lang) -> None:
    """To a command that sent several messages."""
    if output is Format.JSON:
        put_json([receipt.model_dump(mode="json") for receipt in receipts])
        return
    for receipt in receipts:
        put_words(receipt.words_ru if lang is Lang.RU else receipt.words_en)


def _today(playbook: Any) -> Any:
    from datetime import UTC, datetime

    return playbook.calendar.today(datetime.now(UTC))
