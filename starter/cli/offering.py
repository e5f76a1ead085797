"""`deal offer`: a new offer in place of the draft, from an order file or from settings of single fields."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from domain.words import Text
from starter.cli.options import Actor, Format, Key, Lang, Language, Number, Output, key, who
from starter.cli.sending import answer, message_of
from starter.errors import UsageError

if TYPE_CHECKING:
    from domain.deal.messages import Receipt
    from starter.cli.at_deal import AtDeal

_ONE_OF_BOTH = Text(
    ru="Нужно одно из двух: файл заказа или --set МЕСТО=ЗНАЧЕНИЕ.",
    en="Give either an order file or --set PLACE=VALUE.",
)
_EXAMPLE = "line-1.unit_price=475000.00"
_NO_SETTING = Text(
    ru="{said}: нужно МЕСТО=ЗНАЧЕНИЕ, например {example}.", en="{said}: write PLACE=VALUE, like {example}."
)


def offer(
    number: Number,
    file: Annotated[
        str | None, typer.Argument(metavar="FILE", help="the whole offer, as an order file; - is stdin")
    ] = None,
    settings: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="PLACE=VALUE",
            help="one field of it, like `line-2.unit_price=475000.00` or `lines[1].quantity=3`; may be repeated",
        ),
    ] = None,
    comment: Annotated[str, typer.Option("--comment", help="what those who approve should know of it")] = "",
    version: Annotated[
        int | None, typer.Option("--version", help="refuse if another version is the latest")
    ] = None,
    actor: Actor = None,
    id: Key = None,
    output: Output = Format.TABLE,
    lang: Language = Lang.RU,
) -> None:
    """Change what is offered, before the contract is agreed by all: lines, prices, terms, the client's data. It is put to approval anew."""
    from starter.cli.opening import open_desk, settings_here
    from starter.cli.order_file import read_order_document
    from starter.cli.typed import read

    if bool(file) == bool(settings):
        raise UsageError(_ONE_OF_BOTH)
    document = read_order_document(file) if file else None
    typed = read_settings(settings or [])
    content: dict[str, Any] = {"id": key(id), "actor": who(actor), "comment": comment, "version": version}
    read({**content, "settings": typed})
    here = settings_here()

    async def work() -> "Receipt":
        from domain.deal.messages import MakeOffer
        from starter.cli.at_deal import AtDeal

        desk = await open_desk(here, lang)
        at = AtDeal(await desk.state(number), lang.language)
        said = checked(at, document) if document is not None else checked_settings(at, typed)
        return await desk.send(number, message_of(MakeOffer, at.content(content) | said))

    answer(work(), output, lang)


def read_settings(given: list[str]) -> dict[str, str]:
    from domain.spelling import amount
    from domain.wording import worded

    typed: dict[str, str] = {}
    for said in given:
        place, equals, value = said.partition("=")
        if not equals:
            raise UsageError(worded(ru=_NO_SETTING.ru, en=_NO_SETTING.en, said=said[:100], example=_EXAMPLE))
        typed[place.strip()] = amount(value) if place.endswith(".unit_price") and value else value
    return typed


def checked(at: "AtDeal", document: Mapping[str, Any]) -> dict[str, Any]:
    """As it would be kept. Raises BadOrder."""
    from domain.deal.drafting import agreed_dates
    from domain.order.order import read_order
    from starter.cli.opening import open_goods, settings_here

    deal = at.snapshot.deal
    about: dict[str, Any] = {"known_client": deal.client, "agreed": agreed_dates(deal)}
    about["goods"] = open_goods(settings_here())
    order = read_order({"currency": deal.currency, **document}, deal.book, at.today, **about)
    return {"order": order.model_dump(mode="json", exclude_none=True)}


def checked_settings(at: "AtDeal", typed: dict[str, str]) -> dict[str, Any]:
    """Each as it would be kept; of an order that can't be changed the deal itself says why. Raises BadOrder."""
    from domain.deal.drafting import agreed_dates
    from domain.order.order import read_order
    from domain.order.problems import BadOrder
    from domain.order.redrafting import value_at, with_goods_set, with_settings
    from starter.cli.opening import open_goods, settings_here

    deal, draft = at.snapshot.deal, at.snapshot.deal.draft
    if not draft.lines:
        return {"settings": typed}
    said, otherwise = with_goods_set(draft, typed, open_goods(settings_here()))
    try:
        order = read_order(with_settings(draft, said), deal.book, at.today, agreed=agreed_dates(deal))
    except BadOrder as bad:
        raise BadOrder([*otherwise, *bad.problems]) from None
    if otherwise:
        raise BadOrder(otherwise)
    kept = order.model_dump(mode="json", exclude_none=True)
    return {"settings": {place: value_at(kept, place, sorted(draft.lines)) for place in said}}
