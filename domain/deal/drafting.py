"""What an offer or an amendment would sell, read from a message and checked as every order is. Raises Refusal."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from domain.base import MAX_LINE_NUMBER, LineNumber
from domain.deal.messages import Amend, MakeOffer
from domain.deal.state import DealState
from domain.order.changes import Draft
from domain.order.order import Client, Order, read_order
from domain.order.problems import BadOrder
from domain.order.redrafting import numbered, with_settings
from domain.refusals import Refusal
from domain.wording import currency


def check_version(deal: DealState, version: int | None) -> None:
    latest = deal.contract_version
    if version not in (None, latest):
        raise Refusal(
            "stale_version",
            en="version {said} is no longer the latest: version {version} is",
            ru="версия {said} уже не последняя: теперь версия {version}",
            said=version,
            version=latest,
        )


def read_draft(deal: DealState, message: MakeOffer | Amend, today: date, gone: Iterable[LineNumber]) -> Draft:
    """`gone` are numbers that no new line may get."""
    before = deal.draft
    if message.order:
        known = {"rate": deal.rate.model_dump(mode="json")} if deal.rate else {}
        raw = {"currency": deal.currency, **known, **message.order}
        order = read_whole(deal, raw, today, known_client=deal.client)
        lines = numbered(before, order.lines or (), gone)
    else:
        order = _with_settings(deal, message, today)
        lines = dict(zip(sorted(before.lines), order.lines or (), strict=True))
    _check_fits(deal, order, max(lines))
    client = order.client or deal.client
    return Draft(client=client, currency=order.currency, rate=order.rate, lines=lines)


def read_whole(
    deal: DealState, raw: Mapping[str, Any], today: date, known_client: Client | None = None
) -> Order:
    """An order of this deal, with its lines."""
    about: dict[str, Any] = {"known_client": known_client, "agreed": agreed_dates(deal)}
    try:
        order = read_order(raw, deal.book, today, in_workflow=True, **about)
    except BadOrder as error:
        raise bad_order(error) from None
    if not order.lines:
        en, ru = "the order needs at least one line", "в заказе нет ни одной позиции"
        raise Refusal("bad_order", en=en, ru=ru)
    if order.number not in (None, deal.deal):
        en, ru = (
            f"the order has another number, and this is deal {deal.deal}",
            f"в заказе другой номер, а это сделка {deal.deal}",
        )
        raise Refusal("bad_order", en=en, ru=ru)
    return order


def agreed_dates(deal: DealState) -> list[date]:
    """The delivery dates that are promised: a change of something else may leave them where they are, though they have passed."""
    return [line.good.deliver_by for line in deal.lines.values() if line.good.deliver_by]


def bad_order(error: BadOrder) -> Refusal:
    return Refusal("bad_order", en=error.text.en, ru=error.text.ru)


def _with_settings(deal: DealState, message: MakeOffer | Amend, today: date) -> Order:
    try:
        raw = with_settings(deal.draft, message.settings)
    except BadOrder as error:
        raise bad_order(error) from None
    return read_whole(deal, raw, today)


def check_currency(deal: DealState, order: Order) -> None:
    """Money that has come keeps the currency it is counted in."""
    if order.currency != deal.currency and (deal.ledger.entries or deal.ledger.waiting):
        raise Refusal(
            "other_currency",
            en="money has come in {ours}: the offer must be in them, too",
            ru="деньги пришли в {ours}: предложение должно быть в них же",
            ours=currency(deal.currency),
        )


def _check_fits(deal: DealState, order: Order, highest: int) -> None:
    if order.manager not in (None, deal.manager):
        raise Refusal(
            "bad_order",
            en="manager: {who} has this deal; it is handed over by deal reassign",
            ru="manager: сделку ведёт {who}; её передаёт deal reassign",
            who=deal.book.name(deal.manager),
        )
    check_currency(deal, order)
    if highest > MAX_LINE_NUMBER:
        en, ru = (
            "this deal has had too many lines: start another one",
            "в этой сделке было слишком много позиций: начните другую",
        )
        raise Refusal("bad_order", en=en, ru=ru)
