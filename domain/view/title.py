"""A deal in one line, as it starts: who, for how much, how many goods."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from domain.markdown import plain
from domain.order.order import Client, Order
from domain.wording import money
from domain.words import Language, Text

LONGEST_NAME = 60  # Temporal keeps 400 bytes of a summary


def title(number: str, raw: Mapping[str, Any], language: Language) -> str:
    """Markdown, in which what people typed is plain text. Of an order that can't be read, the number alone."""
    head = Text(ru=f"Сделка {plain(number)}", en=f"Deal {plain(number)}").to(language)
    try:
        order = Order.model_validate(raw)
    except ValidationError:
        return head
    parts = (*([_client(order.client)] if order.client else ()), _size(order).to(language))
    return f"{head}: {', '.join(parts)}"


def _client(client: Client) -> str:
    name = client.name or client.contact
    return plain(name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…")


def _size(order: Order) -> Text:
    if not order.lines:
        return Text(ru="заявка", en="a lead")
    count = len(order.lines)
    return Text(
        ru=f"{money(order.amount, order.currency, 'ru')}, позиций: {count}",
        en=f"{money(order.amount, order.currency, 'en')}, goods: {count}",
    )
