"""What the parts of an order are checked with as they are read: the books of the day, problems of declared kinds, plain text."""

import re
from collections.abc import Container
from datetime import date
from typing import Annotated, Any, NamedTuple

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo
from pydantic_core import PydanticCustomError

from domain.order.problems import KINDS
from domain.playbook.book import StaffedPlaybook
from domain.wording import Measured
from domain.words import Text


def wrong(code: str, **said: str | date | Text | Measured) -> PydanticCustomError:
    """A problem of a declared kind."""
    return PydanticCustomError(code, KINDS[code].en, said)


class Books(NamedTuple):
    playbook: StaffedPlaybook
    today: date
    in_workflow: bool
    agreed: Container[date] = ()


def books_of(info: ValidationInfo) -> Books | None:
    """What to check against: only where an order comes in, not when a payload is read back."""
    return info.context if isinstance(info.context, Books) else None


def _one_line(value: str) -> str:
    value = value.strip()
    if re.search(r"[\x00-\x1f\x7f\u2028\u2029]", value):
        raise wrong("control_characters")
    if re.search(r"[\ud800-\udfff]", value):
        raise wrong("not_unicode")
    return value


def as_text(value: Any) -> Any:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


Words = Annotated[str, AfterValidator(_one_line), Field(min_length=1, max_length=255)]
Code = Annotated[str, BeforeValidator(as_text)]
