"""A request's body, read with distrust: bounded, in time, UTF-8, strict JSON."""

import asyncio
import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, NoReturn, TypeVar

from fastapi import Request
from pydantic import BaseModel, TypeAdapter, ValidationError
from starlette.requests import ClientDisconnect

from domain.wording import worded
from domain.wording.invalid import Invalid, each
from domain.words import Text
from starter.web.errors import Declined

MAX_DEPTH = 20
MAX_POWER = 400  # of ten: no smaller or bigger number is written out
BODY_SECONDS = 10.0
JSON, FORM = "application/json", "application/x-www-form-urlencoded"

Model = TypeVar("Model", bound=BaseModel)


async def read_body(request: Request, *types: str) -> tuple[str, str]:
    """The media type, one of `types`, and the text. Raises Declined."""
    kind, _, parameters = request.headers.get("content-type", "").partition(";")
    kind = kind.strip().lower()
    charset = parameters.lower().replace('"', "").replace(" ", "")
    encoded = request.headers.get("content-encoding", "identity").lower() != "identity"
    if kind not in types or encoded or charset not in ("", "charset=utf-8"):
        raise Declined(
            415,
            "wrong-type",
            Text(
                ru=f"Тело ожидается как {' или '.join(types)} в UTF-8, без сжатия.",
                en=f"The body is expected as {' or '.join(types)} in UTF-8, not compressed.",
            ),
        )
    try:
        async with asyncio.timeout(BODY_SECONDS):
            return kind, (await request.body()).decode()
    except UnicodeDecodeError:
        _bad("not-utf-8", "Тело не в UTF-8.", "The body is not UTF-8.")
    except (TimeoutError, ClientDisconnect):
        words = Text(ru="Тело не пришло вовремя.", en="The body did not come in time.")
        raise Declined(408, "too-slow", words, headers={"Connection": "close"}) from None


def parse_json(text: str) -> dict[str, Any]:
    """An object. Numbers with a point are exact: they may be money. Raises Declined."""
    try:
        data = json.loads(
            text, parse_float=_exact, parse_constant=_refuse_constant, object_pairs_hook=_once_each
        )
    except (ValueError, ArithmeticError, RecursionError) as error:
        why = _why(error)
        _bad("bad-json", f"Это не JSON: {why.ru}.", f"This is not JSON: {why.en}.")
    if not isinstance(data, dict):
        _bad("bad-json", "Нужен объект JSON.", "A JSON object is needed.")
    check_tame(data)
    return data


def check_tame(data: Any) -> None:
    """Raises Declined for nesting beyond reason, and for characters that no database keeps."""
    level = [data]
    for _ in range(MAX_DEPTH):
        level = [inner for outer in level for inner in _inside(outer)]
        if any(isinstance(item, str) and ("\x00" in item or not _encodable(item)) for item in level):
            _bad(
                "bad-text",
                "В тексте есть недопустимые символы.",
                "The text holds characters that can't be kept.",
            )
        if not level:
            return
    _bad("too-deep", "Слишком глубокая вложенность.", "The nesting is too deep.")


def fit(model: type[Model] | TypeAdapter[Model], data: dict[str, Any]) -> Model:
    """Raises Declined (422) with every place that does not fit, and never with what stood there."""
    try:
        return model.validate_python(data) if isinstance(model, TypeAdapter) else model.model_validate(data)
    except ValidationError as error:
        raise Declined(
            422,
            "does-not-fit",
            Text(ru="Поля сообщения не подходят.", en="The fields of the message do not fit."),
            places=[Text(ru=one.ru[:500], en=one.en[:500]) for one in each(error, most=20)],
        ) from None


def _why(error: Exception) -> Text:
    if isinstance(error, Invalid):
        return error.text
    if isinstance(error, json.JSONDecodeError):
        return worded(ru="не читается знак {n}", en="character {n} can't be read", n=error.pos + 1)
    return Text(ru="слишком глубоко, или слишком длинное число", en="too deep, or a number too long")


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(found := dict(pairs)) != len(pairs):
        raise Invalid(ru="ключ дважды в одном объекте", en="a key twice in one object")
    return found


def _exact(text: str) -> Decimal:
    if abs((number := Decimal(text)).adjusted()) > MAX_POWER:
        raise Invalid(ru="несуразное число", en="a number beyond reason")
    return number


def _refuse_constant(name: str) -> NoReturn:
    raise Invalid(ru="{name} — не число", en="{name} is not a number", name=name)


def _inside(outer: Any) -> Iterator[Any]:
    if isinstance(outer, dict):
        yield from outer.keys()
        yield from outer.values()
    elif isinstance(outer, list):
        yield from outer


def _encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _bad(code: str, ru: str, en: str) -> NoReturn:
    raise Declined(400, code, Text(ru=ru, en=en)) from None
