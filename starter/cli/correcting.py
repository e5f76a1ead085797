"""`deal correct` and `deal reschedule`: what was entered wrong is put right, and an open deadline moves."""

from typing import Annotated, Any

import typer

import starter.cli.completion as completion
from domain.words import Text
from starter.cli.options import Actor, Format, Key, Lang, Language, Number, Output, key, who
from starter.cli.sending import send
from starter.errors import UsageError

Reason = Annotated[str, typer.Option("--reason", help="why; it stays on record")]


def correct(
    number: Number,
    entry: Annotated[
        str,
        typer.Argument(
            metavar="ID",
            help="what was answered, signed or paid: line-1:shipment, line-1:upd, a payment's number",
        ),
    ],
    field: Annotated[
        list[str],
        typer.Option(
            *("--field", "-f"),
            metavar="NAME=VALUE",
            help="the right value; repeat it. Of a document `signed_on`, of a payment `amount`, `date`, `line`, `purpose`, of a lot `lots[L-2].expires_on`",
        ),
    ],
    reason: Reason,
    actor: Actor = None,
    id: Key = None,
    output: Output = Format.TABLE,
    lang: Language = Lang.RU,
) -> None:
    """What was entered is wrong: give the right values. Both stay on record, and what follows is worked out anew."""
    from domain.deal.messages import Correct

    fields = dict(_field(given) for given in field)
    said: dict[str, Any] = {"entry": entry, "fields": fields, "reason": reason}
    send(number, Correct, output, lang, id=key(id), actor=who(actor), **said)


def reschedule(
    number: Number,
    item: Annotated[
        str,
        typer.Argument(
            metavar="ID",
            help="as `deal show` names what is open: line-1:dispatch",
            autocompletion=completion.assignments,
        ),
    ],
    until: Annotated[str, typer.Option("--until", help="the new last day, like 01.12.2026")],
    reason: Reason,
    actor: Actor = None,
    id: Key = None,
    output: Output = Format.TABLE,
    lang: Language = Lang.RU,
) -> None:
    """Move an open deadline. Further than the playbook lets it the director is asked."""
    from domain.deal.messages import Reschedule

    said: dict[str, Any] = {"item": item, "until": until, "reason": reason}
    send(number, Reschedule, output, lang, id=key(id), actor=who(actor), **said)


def _field(given: str) -> tuple[str, str]:
    name, equals, value = given.partition("=")
    if not equals or not name.strip():
        raise UsageError(
            Text(
                ru=f"--field {given}: пишется как ИМЯ=ЗНАЧЕНИЕ, например --field shipped_on=20.11.2026.",
                en=f"--field {given}: write it as NAME=VALUE, like --field shipped_on=2026-11-20.",
            )
        )
    return name.strip(), value
