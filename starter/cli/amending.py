"""`deal amend`: what is agreed changes, from an order file, from settings of single fields, or by lines taken out; first what would follow."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from domain.words import Text
from starter.cli.ending import run_async
from starter.cli.offering import checked, checked_settings, read_settings
from starter.cli.options import Actor, Format, Key, Lang, Language, Number, Output, key, who
from starter.cli.output import busy, note, put_json, put_words
from starter.cli.progress import ASKING
from starter.cli.sending import answer, message_of, send
from starter.cli.terminal import at_terminal
from starter.errors import RefusedError, UsageError

if TYPE_CHECKING:
    from domain.deal.amending.effects import Effects
    from domain.deal.messages import Amend, Receipt
    from domain.order.change import Change
    from starter.cli.at_deal import AtDeal

_ONE_OF_BOTH = Text(
    ru="Нужно одно: файл заказа, или --set МЕСТО=ЗНАЧЕНИЕ и --remove ПОЗИЦИЯ, или --withdraw.",
    en="Give either an order file, or --set PLACE=VALUE and --remove LINE, or --withdraw.",
)


def amend(
    number: Number,
    file: Annotated[
        str | None, typer.Argument(metavar="FILE", help="the whole order as it is to be; - is stdin")
    ] = None,
    settings: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="PLACE=VALUE",
            help="one field of it, like `line-2.unit_price=475000.00` or `lines[1].quantity=3`; may be repeated",
        ),
    ] = None,
    remove: Annotated[
        list[int] | None, typer.Option("--remove", metavar="LINE", help="a line to take out; may be repeated")
    ] = None,
    withdraw: Annotated[
        bool, typer.Option("--withdraw", help="take back the amendment that is put to approval")
    ] = False,
    reason: Annotated[str, typer.Option("--reason", help="why; it stays on record")] = "",
    preview: Annotated[
        bool, typer.Option("--preview", help="only say what would follow, and send nothing")
    ] = False,
    version: Annotated[
        int | None, typer.Option("--version", help="refuse if another version is the latest")
    ] = None,
    actor: Actor = None,
    id: Key = None,
    output: Output = Format.TABLE,
    lang: Language = Lang.RU,
) -> None:
    """Change what is agreed: lines, quantities, prices, terms. Who loses or pays agrees first; running lines follow, each by its rule."""
    from starter.cli.order_file import read_order_document

    if [bool(file), bool(settings or remove), withdraw].count(True) != 1:
        raise UsageError(_ONE_OF_BOTH)
    document = read_order_document(file) if file else None
    content: dict[str, Any] = {"reason": reason, "version": version, "remove": tuple(remove or ())}
    if withdraw:
        from domain.deal.messages import Amend

        send(number, Amend, output, lang, id=key(id), actor=who(actor), withdraw=True, **content)
        return
    _run(number, content, document, read_settings(settings or []), preview, actor, id, output, lang)


def take_out(
    number: str, line: int, reason: str, actor: str | None, id: str | None, output: Format, lang: Lang
) -> None:
    """`deal cancel N --line`: an amendment that takes one line out."""
    _run(number, {"reason": reason, "remove": (line,)}, None, {}, False, actor, id, output, lang)


def _run(
    number: str,
    content: dict[str, Any],
    document: Any,
    typed: dict[str, str],
    preview: bool,
    actor: str | None,
    id: str | None,
    output: Format,
    lang: Lang,
) -> None:
    from domain.deal.messages import Amend
    from starter.cli.at_deal import AtDeal
    from starter.cli.opening import open_desk, settings_here
    from starter.cli.typed import read

    content |= {"id": key(id), "actor": who(actor)}
    read({**content, "settings": typed})
    message_of(Amend, {**content, "settings": {}})  # what can't be right is said before anybody is asked
    here = settings_here()

    async def prepared() -> "tuple[AtDeal, Amend]":
        desk = await open_desk(here, lang)
        at = AtDeal(await desk.state(number), lang.language)
        said = checked(at, document) if document is not None else checked_settings(at, typed)
        message = message_of(Amend, at.content(content) | said)
        return at, cast(Amend, message)

    with busy(ASKING):
        at, message = run_async(prepared())
    if preview:
        _put_preview(at, message, output)
        return
    for sentence in _told(at, message) if at_terminal() and output is not Format.JSON else ():
        note(sentence)

    async def work() -> "Receipt":
        return await (await open_desk(here, lang)).send(number, message)

    answer(work(), output, lang)


def _put_preview(at: "AtDeal", message: "Amend", output: Format) -> None:
    if output is Format.JSON:
        found, effects = _found(at, message)
        changes = [change.model_dump(mode="json") for change in found]
        put_json({"changes": changes, **effects.model_dump(mode="json")})
        return
    for sentence in _told(at, message):
        put_words(sentence)


def _told(at: "AtDeal", message: "Amend") -> Iterator[str]:
    from domain.view.change_words import changes_in_words
    from domain.view.effect_words import effects_in_words, who_must_agree
    from domain.wording import Cash, worded

    found, effects = _found(at, message)
    deal, language = at.snapshot.deal, at.language
    total = worded(
        ru="всего {after}, сейчас {before}",
        en="{after} in all, {before} now",
        after=Cash(effects.after, deal.currency),
        before=Cash(effects.before, deal.currency),
    )
    yield from map(_capital, changes_in_words(found, deal.currency, language, deal.book))
    yield _capital(f"{total.to(language)}; {who_must_agree(effects).to(language)}")
    yield from map(_capital, effects_in_words(effects, deal.currency, language, inside=True))


def _found(at: "AtDeal", message: "Amend") -> "tuple[tuple[Change, ...], Effects]":
    """Raises RefusedError, as the deal itself would refuse it."""
    from domain.deal.amending.effects import effects_of
    from domain.deal.amending.rules import read_amendment
    from domain.order.changes import changes
    from domain.refusals import Refusal

    deal = at.snapshot.deal
    try:
        draft = read_amendment(deal, message, at.today)
    except Refusal as refusal:
        raise RefusedError(_sentence(refusal.text)) from None
    return changes(deal.draft, draft), effects_of(deal, draft)


def _sentence(text: Text) -> Text:
    return Text(ru=f"{_capital(text.ru)}.", en=f"{_capital(text.en)}.")


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
