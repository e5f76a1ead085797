"""What all messages have: an id, an actor, and the shapes of what is written in them; and what is kept of one that was taken."""

import hashlib
import json
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Field, StringConstraints, WithJsonSchema

from domain.base import Value
from domain.spelling import read_day
from domain.wording.invalid import Invalid, shape
from domain.words import Role, Text

_ONE_LINE = shape(
    r"^[^\x00-\x1f\x7f]+$",
    ru="управляющие знаки недопустимы: нужна одна строка текста",
    en="control characters are not allowed: write one line of text",
)
Id = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=100, pattern=_ONE_LINE),
    Field(
        json_schema_extra={"pattern": r"^[^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f][^\x00-\x1f\x7f]*$"}
    ),  # not blank
]


def _printable(value: str) -> str:
    if any((ord(c) < 32 and c not in "\n\r\t") or c == "\x7f" or "\ud800" <= c <= "\udfff" for c in value):
        raise Invalid(
            ru="управляющие знаки недопустимы: нужен простой текст",
            en="control characters are not allowed: write plain text",
        )
    return value


Comment = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=4000),
    AfterValidator(_printable),
    Field(
        json_schema_extra={"pattern": r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"}
    ),  # what `_printable` refuses, for schemas
]

Amount = Annotated[
    Decimal,
    Field(allow_inf_nan=False),
    WithJsonSchema(
        {"anyOf": [{"type": "number"}, {"type": "string", "pattern": r"^-?[0-9]{1,15}(\.[0-9]{1,4})?$"}]}
    ),
]


def _written_day(day: Any) -> Any:
    """As programs write it, or as people read it. Numbers would be taken for seconds since 1970."""
    try:
        return day if isinstance(day, date) else read_day(day)
    except (TypeError, ValueError, AttributeError):
        raise Invalid(
            ru="нужна дата, например {day}", en="a date is needed, like {day}", day=_SOME_DAY
        ) from None


_SOME_DAY = date(2026, 12, 31)
Day = Annotated[date, BeforeValidator(_written_day)]


def _as_text(answer: Any) -> Any:
    if answer is not None and not isinstance(answer, str | int | float | Decimal):
        raise Invalid(ru="ответ нужен текстом", en="write the answer as text")
    return answer if answer is None else str(answer)


Answer = Annotated[
    str | None,
    BeforeValidator(_as_text),
    WithJsonSchema({"type": ["string", "number", "boolean", "null"]}),
]


class Message(Value):
    """`id` is the idempotency key: the same id with the same content has the effect of once, for ever. `title` is what it does.

    `actor` is one of the people, `client`, or a role that one person holds.

    `who` may send it beside those asked in person (an assignment's assignee, an approval's roles, a document's signer):
    `MANAGER` means the deal's own manager, not every manager. `of_lines`: what a line owns, the line answers for. `by_webhook`: other
    systems may send it to the desk, as `deal.<name>`.
    """

    name: ClassVar[str]
    title: ClassVar[Text]
    who: ClassVar[tuple[Role, ...]] = ()
    of_lines: ClassVar[bool] = False
    by_webhook: ClassVar[bool] = False
    example: ClassVar[dict[str, Any]]

    id: Id
    actor: Id

    @property
    def about(self) -> str:
        """The id of what it answers; none if it answers nothing."""
        return ""

    def digest(self) -> str:
        """Equal for equal content, in whatever order its keys came. A repeated id with another digest is refused."""
        content = json.dumps(self.model_dump(mode="json", exclude={"id"}), sort_keys=True)
        return hashlib.sha256(content.encode()).hexdigest()[:16]


class Receipt(Value):
    """The answer to a message that was taken: what it did, in words. `repeated`: it had been taken before."""

    id: str
    words_ru: str
    words_en: str
    at: AwareDatetime
    repeated: bool = False


class Kept(Value):
    """What is remembered of a taken message: enough to answer its repetition, and to refuse its id for other content."""

    digest: str
    receipt: Receipt
