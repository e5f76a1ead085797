"""`deal refuse` and `deal waive`: a document that the client does not sign, and lines that go on before one is signed."""

from typing import Annotated, Any

import typer

import starter.cli.completion as completion
from starter.cli.options import Actor, Format, Key, Lang, Language, Number, Output, key, who
from starter.cli.sending import send

Document = Annotated[
    str,
    typer.Argument(
        metavar="ID", help="as `deal show` names it: line-1:upd", autocompletion=completion.documents
    ),
]


def refuse(
    number: Number,
    document: Document,
    reason: Annotated[str, typer.Option("--reason", help="why; the manager reads it")],
    partly: Annotated[
        bool, typer.Option("--partly", help="a part is accepted: the reason says what")
    ] = False,
    actor: Actor = None,
    id: Key = None,
    output: Output = Format.TABLE,
    lang: Language = Lang.RU,
) -> None:
    """The client does not sign a document. Its manager says what is done; nobody is reminded of it meanwhile."""
    from domain.deal.messages import Refuse

    content: dict[str, Any] = {"document": document, "reason": reason, "partly": partly}
    send(number, Refuse, output, lang, id=key(id), actor=who(actor), **content)


def waive(
    number: Number,
    document: Document,
    reason: Annotated[str, typer.Option("--reason", help="why; it stays on record")],
    actor: Actor = None,
    id: Key = None,
    output: Output = Format.TABLE,
    lang: Language = Lang.RU,
) -> None:
    """The director lets goods be ordered and shipped before a document is signed that they would wait for."""
    from domain.deal.messages import Waive

    send(number, Waive, output, lang, id=key(id), actor=who(actor), document=document, reason=reason)
