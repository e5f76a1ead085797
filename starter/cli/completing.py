"""`deal complete`: an assignment is done, of one line or of several at once; at a terminal its form can be asked."""

import re
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

import starter.cli.completion as completion
from domain.words import Text
from starter.cli.ending import run_async
from starter.cli.known_deals import takes_surplus
from starter.cli.known_serials import warned_of_serials
from starter.cli.options import Actor, Format, Key, Lang, Language, Number, Output, key, who
from starter.cli.output import busy
from starter.cli.progress import ASKING
from starter.cli.sending import answers, message_of, send
from starter.errors import RefusedError, UsageError

if TYPE_CHECKING:
    from domain.deal.messages import Message, Receipt
    from starter.cli.at_deal import AtDeal

ALL = "all"


class Field(NamedTuple):
    """An answer as it was typed; `line` only where it is for one of several lines."""

    line: int | None
    name: str
    value: str


def complete(
    number: Number,
    assignment: Annotated[
        str | None,
        typer.Argument(
            metavar="[ID]",
            help="as `deal show` names it: line-1:acceptance; its end will do",
            autocompletion=completion.assignments,
        ),
    ] = None,
    field: Annotated[
        list[str] | None,
        typer.Option(
            *("--field", "-f"),
            metavar="NAME=VALUE",
            autocompletion=completion.answers,
            help="an answer of its form; repeat it. With --lines, 2:NAME=VALUE is for line 2 alone",
        ),
    ] = None,
    lines: Annotated[
        str | None, typer.Option("--lines", metavar="1,2", help="the same of several lines, or all, at once")
    ] = None,
    actor: Actor = None,
    id: Key = None,
    output: Output = Format.TABLE,
    lang: Language = Lang.RU,
) -> None:
    """An assignment is done: answer its form. Without any --field it is asked at a terminal."""
    from domain.deal.messages import Complete
    from starter.cli.terminal import at_terminal

    fields = [_field(given) for given in field or ()]
    asked = at_terminal() and output is Format.TABLE
    if lines is None and not fields and (asked or assignment is None):
        from starter.cli.next import ask_one

        ask_one(number, assignment, actor, id, lang)
    elif assignment is None:
        raise UsageError(_WHICH)
    elif lines is None:
        said: dict[str, Any] = {name: value for _, name, value in fields}
        about = {"id": key(id), "actor": who(actor), "assignment": assignment, "fields": said}
        send(number, Complete, output, lang, _known, **about)
    else:
        _complete_lines(number, assignment, lines, fields, key(id), who(actor), output, lang)


def _known(at: "AtDeal", content: dict[str, Any]) -> dict[str, Any]:
    """What the records know of its answers is said before they are sent."""
    return takes_surplus(at, warned_of_serials(at, content))


def _complete_lines(
    number: str,
    kind: str,
    lines: str,
    fields: list[Field],
    id: str,
    actor: str,
    output: Format,
    lang: Lang,
) -> None:
    from starter.cli.at_deal import AtDeal
    from starter.cli.opening import open_desk, settings_here

    settings = settings_here()

    async def work() -> "list[Receipt]":
        desk = await open_desk(settings, lang)
        at = AtDeal(await desk.state(number), lang.language)
        messages = _messages(at, kind, _lines(lines, kind, at), fields, {"id": id, "actor": actor})
        return [await desk.send(number, message) for message in messages]

    with busy(ASKING):
        receipts = run_async(work())
    answers(receipts, output, lang)


def _messages(
    at: "AtDeal", kind: str, lines: list[int], fields: list[Field], common: dict[str, Any]
) -> "list[Message]":
    """One a line. All are checked before the first is sent: what one line would refuse, none is told."""
    from domain.deal.messages import Complete

    _check_known(at, kind, lines, fields)
    messages = []
    for line in lines:
        assignment = at.assignment(f"{line}:{kind}")
        asked = {field.name for field in at.form(assignment)}
        said = {f.name: f.value for f in fields if f.line is None and f.name in asked}
        said |= {f.name: f.value for f in fields if f.line == line}
        content = at.content({**common, "assignment": assignment, "fields": said})
        at.check(assignment, said)
        warned_of_serials(at, content)
        messages.append(message_of(Complete, content | {"id": f"{common['id']}/{assignment}"[-100:]}))
    return messages


def _check_known(at: "AtDeal", kind: str, lines: list[int], fields: list[Field]) -> None:
    """A field may be in the form of some lines only, but not of none."""
    known = {field.name for line in lines for field in at.form(at.assignment(f"{line}:{kind}"))}
    for field in fields:
        if field.name not in known or field.line not in (None, *lines):
            given = field.name if field.line is None else f"{field.line}:{field.name}"
            raise RefusedError(
                Text(
                    ru=f"Ни у одной из этих позиций нет поля {given}. Есть: {', '.join(sorted(known))}.",
                    en=f"None of these lines has a field {given}. There are: {', '.join(sorted(known))}.",
                )
            )


def _lines(given: str, kind: str, at: "AtDeal") -> list[int]:
    if given.casefold() in (ALL, "все"):
        open_ones = [item for item in at.items if item.kind == "assignment" and item.subject.line]
        lines = sorted(
            {i.subject.line or 0 for i in open_ones if (i.id or "").split(":")[-1].startswith(kind)}
        )
        if not lines:
            raise RefusedError(
                Text(
                    ru=f"Ни у одной позиции не открыто задание {kind}.",
                    en=f"No line has an open assignment {kind}.",
                )
            )
        return lines
    if not re.fullmatch(r"\s*[0-9]+\s*(,\s*[0-9]+\s*)*", given):
        raise UsageError(
            Text(
                ru=f"--lines {given}: номера позиций пишутся через запятую, 1,2; или all.",
                en=f"--lines {given}: numbers of lines with commas between them, 1,2; or all.",
            )
        )
    return sorted({int(number) for number in given.split(",")})


def _field(given: str) -> Field:
    name, equals, value = given.partition("=")
    line, colon, of_line = name.strip().partition(":")
    if not equals or not name.strip() or (colon and not line.isdigit()):
        raise UsageError(
            Text(
                ru=f"--field {given}: пишется как ИМЯ=ЗНАЧЕНИЕ, например --field waybill=27-01044529.",
                en=f"--field {given}: write it as NAME=VALUE, like --field waybill=27-01044529.",
            )
        )
    return Field(int(line), of_line.strip(), value) if colon else Field(None, name.strip(), value)


_WHICH = Text(
    ru="Назовите задание: deal show показывает открытые.",
    en="Name the assignment: deal show lists those that are open.",
)
