"""The options that commands share."""

from enum import StrEnum
from typing import Annotated, Literal

import typer

import starter.cli.completion as completion
from starter.errors import UsageError


class Format(StrEnum):
    TABLE = "table"
    JSON = "json"


class Lang(StrEnum):
    RU = "ru"
    EN = "en"

    @property
    def language(self) -> Literal["ru", "en"]:
        return "ru" if self is Lang.RU else "en"


def plain_number(given: str | None) -> str | None:
    """`deal-7` is how its workflow is called."""
    return given and (given.removeprefix("deal-") or given)


Number = Annotated[
    str,
    typer.Argument(
        metavar="N", help="the deal's number", callback=plain_number, autocompletion=completion.deals
    ),
]
File = Annotated[str, typer.Argument(metavar="FILE", help="an order file: YAML or JSON; - is stdin")]
Output = Annotated[
    Format,
    typer.Option(
        *("-o", "--output"),
        envvar="DEALWRIGHT_OUTPUT",
        case_sensitive=False,
        help="for people or for programs",
    ),
]
Language = Annotated[
    Lang,
    typer.Option(
        "--lang", envvar="DEALWRIGHT_LANG", case_sensitive=False, help="language of what people read"
    ),
]
Actor = Annotated[
    str | None,
    typer.Option(
        "--as",
        envvar="DEALWRIGHT_ACTOR",
        metavar="PERSON",
        autocompletion=completion.people,
        help="who acts: a person of the playbook, client, or a role that one person holds",
    ),
]
Key = Annotated[
    str | None,
    typer.Option(
        "--id", metavar="KEY", help="the message's own id: repeating it with the same content is safe"
    ),
]


def who(actor: str | None) -> str:
    if not actor:
        from domain.words import Text

        raise UsageError(
            Text(
                ru="Скажите, кто действует: --as ivanova, или задайте DEALWRIGHT_ACTOR.",
                en="Say who acts: --as ivanova, or set DEALWRIGHT_ACTOR.",
            )
        )
    return actor


def key(given: str | None) -> str:
    if given is not None:
        return given
    from uuid import uuid4

    return str(uuid4())
