"""What the code knows, as the rows of the tables in the documentation."""

import ast
import types
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, Union, get_args, get_origin

import typer
from pydantic import SecretStr
from pydantic.fields import FieldInfo
from temporalio.common import SearchAttributeKey

from activities.files import MAX_BYTES
from activities.playbook import load_playbook
from domain.base import Value
from domain.calendar import FIRST_YEAR, LAST_YEAR, Span
from domain.deal.attachments import KINDS, MOST_BYTES, MOST_FILES, Attachment
from domain.deal.messages import MESSAGES
from domain.facts import FACTS
from domain.goods.quantity import Number
from domain.goods.units import UNITS
from domain.order.order import LARGEST, MAX_LINES, MAX_MEASURED, Client, Order, OrderLine, Origin
from domain.order.parties import Party
from domain.order.rate_clause import RateClause
from domain.playbook.book import Playbook
from domain.playbook.check.books import MAX_SIZE
from domain.playbook.check.people import MAX_SIZE as MOST_PEOPLE
from domain.playbook.check.questions import needs
from domain.playbook.form_answers import MAX_ANSWER, MAX_PATTERNED, MAX_PIECE, MAX_PIECES
from domain.playbook.forms import Form, FormField, wanted
from domain.playbook.people import Substitute
from domain.playbook.questions import ANSWERS
from domain.playbook.routes import ROUTES, STAGE_OF_STATUS
from domain.playbook.terms import DocumentKind, MilestoneTerm, VatRate
from domain.view.model import DealView
from domain.words import (
    MAIN_PROCESS,
    ROLE_LABELS,
    SIDE_LABELS,
    STAGE_LABELS,
    STATUS_LABELS,
    UNIT_LABELS,
    LineStatus,
    Role,
    Side,
    Source,
    Stage,
    Text,
    UnitOfMeasure,
)
from starter.cli.app import commands_app
from starter.errors import Exit
from starter.portal_settings import PortalSettings
from starter.rooms import ROOT
from starter.settings import PREFIX, Settings
from tests.docs.pages import Row, Table, code
from tests.docs.portal_tables import PORTAL_TABLES
from workflows import deliveries as delivery_batches
from workflows import inbox, lines, names
from workflows.temporal import converter, display, search_attributes

ROOMS = ("domain", "workflows", "starter")
ALWAYS = VatRate.model_fields["valid_from"].default


@cache
def playbook() -> Playbook:
    return load_playbook(ROOT / "playbooks" / "default.yaml", today=date(2026, 11, 23))


def _labels(text: Text) -> Row:
    return (text.ru, text.en)


def _codes(words: Any) -> str:
    return ", ".join(code(word) for word in words) or "–"


# --- the process -----------------------------------------------------------------------------------------------------


def stages() -> Iterator[Row]:
    for stage in Stage:
        statuses = [status for status, at in STAGE_OF_STATUS.items() if at is stage]
        place = str(MAIN_PROCESS.index(stage) + 1) if stage in MAIN_PROCESS else "–"
        yield code(stage), place, *_labels(STAGE_LABELS[stage]), _codes(statuses)


def statuses() -> Iterator[Row]:
    for status in LineStatus:
        routes = [
            "✓" if status in ROUTES[source] or status is LineStatus.CANCELLED else "–" for source in Source
        ]
        yield code(status), *_labels(STATUS_LABELS[status]), *routes


def authority() -> Iterator[Row]:
    for name, message in MESSAGES.items():
        yield code(name), ", ".join(_role(role) for role in message.who) or "–"


def _role(role: Role) -> str:
    return "the deal's manager" if role is Role.MANAGER else ROLE_LABELS[role].en


def roles() -> Iterator[Row]:
    for role in Role:
        yield code(role), ROLE_LABELS[role].ru, _codes(playbook().holders(role))


def payments() -> Iterator[Row]:
    for name, term in playbook().payments.items():
        parts = "; ".join(map(_milestone, term.milestones))
        yield code(name), *_labels(term.title), parts, "yes" if term.credit else "–", _form(term.form)


def _milestone(part: MilestoneTerm) -> str:
    share = "the balance" if part.share is None else f"{part.share.normalize():f} %"
    gate = f", gate {code(part.gate)}" if part.gate else ""
    return f"{share} {code(part.offset)} after {code(part.trigger)}{gate}"


def _form(form: Form) -> str:
    return ", ".join(map(_field, form)) or "–"


def _field(field: FormField) -> str:
    if field.required_when:
        return f"{code(field.name)} if {' and '.join(' or '.join(wanted(codes)) for codes in field.required_when.values())}"
    return code(field.name) if field.required else f"({code(field.name)})"


def deliveries() -> Iterator[Row]:
    for name, method in playbook().deliveries.items():
        takes = method.takes or playbook().assignment("delivery").due
        yield code(name), *_labels(method.title), code(takes)


def units() -> Iterator[Row]:
    for unit, known in UNITS.items():
        label = UNIT_LABELS[unit]
        ru, en = (
            f"{name} ({short})" for name, short in ((known.name.ru, label.ru), (known.name.en, label.en))
        )
        yield code(unit), ru, en, str(known.decimals) if known.decimals else "whole only"


def vat() -> Iterator[Row]:
    for name, rate in playbook().vat.items():
        percent = "exempt, which is not 0 %" if rate.rate is None else f"{rate.rate.normalize():f} %"
        begins = "" if rate.valid_from == ALWAYS else f"from {rate.valid_from}"
        ends = f"to {rate.valid_until}" if rate.valid_until else ""
        yield code(name), percent, f"{begins} {ends}".strip() or "–", "yes" if rate.needs_certificate else "–"


def documents() -> Iterator[Row]:
    for name, kind in playbook().documents.items():
        yield (
            code(name),
            *_labels(kind.title),
            _needed(kind),
            _signed_by(kind),
            code(kind.gate) if kind.gate else "–",
            f"{code(kind.due)} after a refused {code(kind.adjusts)}"
            if kind.adjusts
            else f"{code(kind.due)} after {code(kind.available)}",
        )


def _signed_by(kind: DocumentKind) -> str:
    if kind.handed_over:
        return f"nobody: {ROLE_LABELS[kind.signer].en} hands it over"
    labels = {side: SIDE_LABELS[side].en for side in kind.sides} | {Side.OURS: ROLE_LABELS[kind.signer].en}
    return ", ".join(labels[side] for side in kind.sides)


def _needed(kind: DocumentKind) -> str:
    if kind.of_deal:
        return "the deal"
    lists = (
        ("delivery", kind.delivery),
        ("payment", kind.payment),
        ("VAT", kind.vat),
        ("source", kind.source),
    )
    found = [f"{what} {_codes(values)}" for what, values in lists if values]
    needed = "; ".join([*found, *(["medical devices"] if kind.devices else [])]) or "every line"
    but = f", but payment {_codes(kind.except_payment)}" if kind.except_payment else ""
    return f"{needed}{but}; one per shipment" if kind.per_shipment else f"{needed}{but}"


def assignments() -> Iterator[Row]:
    for name, kind in playbook().assignments.items():
        due = code(kind.due) + (f" ({code(kind.due_available)} if available)" if kind.due_available else "")
        yield code(name), *_labels(kind.title), ROLE_LABELS[kind.role].en, due, _form(kind.form)


def routes() -> Iterator[Row]:
    for source in Source:
        yield code(source), _codes(playbook().route(source))


def answers() -> Iterator[Row]:
    """What each step reads, and so what no form may drop."""
    for kind, contract in ANSWERS.items():
        for need in needs(contract):
            choices = f" of {_codes(need.codes)}" if need.codes else ""
            when = f"when {code(need.condition)}" if need.when else "always"
            yield code(kind), code(need.name), " or ".join(need.types) + choices, when, need.why.en


def approvals() -> Iterator[Row]:
    for name, kind in playbook().approvals.items():
        asked = ", ".join(ROLE_LABELS[role].en for role in kind.roles)
        yield code(name), *_labels(kind.title), asked, code(kind.due)


def reminders() -> Iterator[Row]:
    book = playbook()
    yield "reminders before the deadline", _codes(book.reminders.before)
    yield "of a payment the deadline counts as missed only after", code(book.reminders.payment_grace)
    yield "escalation to the director after it", code(book.reminders.escalate_after)
    yield "and again after it, the last of them over and over", _codes(book.reminders.repeat)
    yield "status check at customs every", code(book.checks.customs)
    yield "status check after the ETA every", code(book.checks.eta)
    yield "a line counts as silent after", code(book.checks.silent_line)
    yield "working hours", f"{book.calendar.opens:%H:%M}–{book.calendar.closes:%H:%M} {book.calendar.zone}"


def facts() -> Iterator[Row]:
    for kind, declared in FACTS.items():
        mails = [mail for mail in (declared.mail, declared.second_mail) if mail]
        yield code(kind), "; ".join(f"{code(mail.kind)} to {', '.join(mail.to)}" for mail in mails) or "–"


# --- messages --------------------------------------------------------------------------------------------------------


def message(name: str) -> Iterator[Row]:
    for field, info in MESSAGES[name].model_fields.items():
        yield code(info.alias or field), _type(info), "yes" if info.is_required() else "–"


def fields(model: type[Value]) -> Iterator[Row]:
    """What people write: the desk fills in the rounding of a line that was split."""
    for name, info in model.model_fields.items():
        if name != "rounding":
            yield code(name), _type(info), "yes" if info.is_required() else "–"


def shown() -> Iterator[Row]:
    for name in DealView.model_fields:
        yield (code(name),)


_TYPES: dict[type, str] = {
    str: "text",
    bool: "true or false",
    int: "whole number",
    Decimal: "amount, as text",
    date: "date, `YYYY-MM-DD`",
    Client: "client",
    Party: "party",
    OrderLine: "line",
    Span: "span, like `30wd` or `45cd`",
    Origin: "origin",
    RateClause: "rate",
    Attachment: "file",
    Substitute: "substitute",
}


def _type(info: FieldInfo) -> str:
    return _name(info.annotation)


def _name(kind: Any) -> str:
    if kind == Number:
        return "number, or text like `2.5`"
    if hasattr(kind, "__metadata__"):  # Annotated[…]
        return _name(kind.__origin__)
    origin, inside = get_origin(kind), [part for part in get_args(kind) if part not in (type(None), ...)]
    if origin in (Union, types.UnionType):
        return _name(inside[0])
    if origin is tuple:
        return f"list of {_name(inside[0])}s"
    if origin is dict:
        return "object"
    if origin is not None:
        return " or ".join(code(value) for value in inside)
    if kind is UnitOfMeasure:
        return "unit of measure"
    if issubclass(kind, StrEnum):
        return " or ".join(code(value) for value in kind)
    return _TYPES[kind]


def refusals() -> Iterator[Row]:
    yield from ((code(found),) for found in sorted(set(refusal_codes())))


def refusal_codes() -> Iterator[str]:
    """The first argument of every `Refusal(…)` in the code."""
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            yield from _codes_in(path)


def _codes_in(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Refusal":
            if node.args and isinstance(node.args[0], ast.Constant):
                yield str(node.args[0].value)
            else:
                raise AssertionError(f"{path.name}:{node.lineno}: a refusal's code is written out")


# --- running it ------------------------------------------------------------------------------------------------------


PORTAL = PortalSettings.model_fields


def settings() -> Iterator[Row]:
    """The desk's own, then those of its CRMs."""
    for name, info in sorted(Settings.model_fields.items(), key=lambda field: field[0] in PORTAL):
        yield code(f"{PREFIX}{name.upper()}"), _default(name, info), f"{info.description}"


def _default(name: str, info: FieldInfo) -> str:
    if name == "home":
        return "`~/.local/share/dealwright`"
    value = info.default
    if value in (None, "") or isinstance(value, SecretStr):
        return "–"
    if isinstance(value, Path):
        return code(value.relative_to(ROOT))
    if isinstance(value, timedelta):
        return code(f"P{value.days}D")
    return code(value)


def commands() -> Iterator[Row]:
    for group, command in commands_of(commands_app()):
        yield code(f"deal {group}{command.name}"), " ".join((command.callback.__doc__ or "").split())


def commands_of(typed: typer.Typer, group: str = "") -> Iterator[tuple[str, Any]]:
    for command in typed.registered_commands:
        command.name = command.name or getattr(command.callback, "__name__", "")
        yield group, command
    for inner in typed.registered_groups:
        if inner.typer_instance is not None:
            yield from commands_of(inner.typer_instance, f"{group}{inner.name} ")


def exits() -> Iterator[Row]:
    for end in Exit:
        yield (code(end.value),)


def limits() -> Iterator[Row]:
    yield "lines in a deal", _number(MAX_LINES)
    yield "pieces in a line, and other things that are counted", _number(MAX_PIECES)
    yield (
        "kilograms, litres, metres and other measures in a line",
        f"{_number(MAX_MEASURED)}, with three decimals",
    )
    yield "an order's total, and one payment", f"{_number(int(LARGEST))} of its currency"
    yield "a deal's number", "50 characters"
    yield "a message's `id`, and every id in it", "100 characters"
    yield "a comment, a reason, a purpose, a wish", "4,000 characters"
    yield (
        "an answer in a form",
        f"{_number(MAX_ANSWER)} characters, and {MAX_PIECE} more for each piece in a list; "
        f"{MAX_PATTERNED} where a pattern must match",
    )
    yield "a date in a form", f"the years {FIRST_YEAR} to {LAST_YEAR}"
    yield "an order file, a playbook file", f"{MAX_BYTES // 1_000_000} MB"
    yield "a file of a document", f"{MOST_BYTES // 1_000_000} MB, {', '.join(suffix[1:] for suffix in KINDS)}"
    yield "files of one document", _number(MOST_FILES)
    yield "what every deal carries of a playbook", f"{MAX_SIZE // 1024} KB"
    yield "the people that every deal carries", f"{MOST_PEOPLE // 1024} KB"
    yield "receipts a deal, or a line, remembers", _number(inbox.MAX_RECEIPTS)
    yield "of a refused message the trail keeps", f"{inbox.MAX_TRIED} characters"
    yield "lines started at once", str(lines.AT_ONCE)
    yield "items in one delivery to the CRM, mail or records", str(delivery_batches.AT_ONCE)
    yield "payloads that stay readable in Temporal", f"{converter.LARGE // 1024} KB"
    yield "what the Web UI shows of a deal in words", f"{_number(display.LONGEST)} bytes"
    kinds = [key.indexed_value_type.name for key in search_attributes.SEARCH_ATTRIBUTES]
    yield "search attributes", f"{kinds.count('KEYWORD')} of 10 Keyword, at most 3 of every other type"


def _number(value: int) -> str:
    return f"{value:,}"


def attributes() -> Iterator[Row]:
    for key in search_attributes.SEARCH_ATTRIBUTES:
        yield code(key.name), _kind(key)


def _kind(key: SearchAttributeKey[Any]) -> str:
    return key.indexed_value_type.name.title().replace("_", "")


def queues() -> Iterator[Row]:
    for queue in (names.TASK_QUEUE, names.CRM_QUEUE, names.MAIL_QUEUE):
        yield (code(queue),)


def glossary() -> Iterator[Row]:
    for labels in (STAGE_LABELS, STATUS_LABELS, ROLE_LABELS):
        for word, label in labels.items():  # type: ignore[attr-defined]
            yield label.ru, label.en, code(word)


README, COMMANDS, SETTINGS, LIMITS, PROCESS, MESSAGES_PAGE, OPERATIONS = (
    "README.md",
    "docs/reference/commands.md",
    "docs/reference/settings.md",
    "docs/reference/limits.md",
    "docs/reference/process.md",
    "docs/reference/messages.md",
    "docs/how-to/operations.md",
)
_FORM = ("type", "required")

TABLES = [
    Table(COMMANDS, "commands", ("command", "what it does"), commands),
    Table(SETTINGS, "settings", ("variable", "default", "what it sets"), settings),
    Table(COMMANDS, "exit-codes", ("code",), exits, ("means",)),
    Table(LIMITS, "limits", ("what", "limit"), limits, ("beyond it",)),
    Table(
        PROCESS, "stages", ("stage", "#", "по-русски", "in English", "its lines stand in"), stages,
        ("micro-process", "the deal leaves the stage when"),
    ),
    Table(
        PROCESS, "statuses", ("line status", "по-русски", "in English", *(source.value for source in Source)),
        statuses, ("its micro-process",),
    ),
    Table(PROCESS, "authority", ("message", "who may always"), authority, ("who may when asked", "and what it takes")),
    Table(PROCESS, "roles", ("role", "по-русски", "in the default playbook"), roles, ("does",)),
    Table(
        PROCESS, "payments", ("payment type", "по-русски", "in English", "milestones", "credit approval", "asks for"),
        payments,
    ),
    Table(PROCESS, "deliveries", ("delivery method", "по-русски", "in English", "takes"), deliveries),
    Table(PROCESS, "units", ("code", "по-русски", "in English", "decimals"), units),
    Table(PROCESS, "vat", ("VAT code", "rate", "in force", "needs a certificate"), vat),
    Table(
        PROCESS, "documents", ("document", "по-русски", "in English", "needed for", "signed by", "gate", "to be signed"),
        documents,
    ),
    Table(
        PROCESS, "assignments", ("assignment", "по-русски", "in English", "to", "due", "asks for"), assignments,
    ),
    Table(PROCESS, "routes", ("source", "steps"), routes),
    Table(PROCESS, "answers", ("assignment", "answer", "type", "needed", "what for"), answers),
    Table(
        PROCESS, "approvals", ("approval", "по-русски", "in English", "asked", "due"), approvals, ("after a no",)
    ),
    Table(PROCESS, "reminders", ("what", "when"), reminders),
    Table(PROCESS, "facts", ("fact", "mail"), facts, ("what happened",)),
    *(
        Table(MESSAGES_PAGE, f"message-{name}", ("field", *_FORM), lambda name=name: message(name), ("means",))  # type: ignore[misc]
        for name in MESSAGES
    ),
    Table(MESSAGES_PAGE, "refusals", ("code",), refusals, ("of", "means")),
    Table(MESSAGES_PAGE, "order", ("field of the file", *_FORM), lambda: fields(Order), ("means",)),
    Table(MESSAGES_PAGE, "order-client", ("field of `client`", *_FORM), lambda: fields(Client), ("means",)),
    Table(MESSAGES_PAGE, "order-party", ("field of a party", *_FORM), lambda: fields(Party), ("means",)),
    Table(MESSAGES_PAGE, "order-line", ("field of a line", *_FORM), lambda: fields(OrderLine), ("means",)),
    Table(MESSAGES_PAGE, "show", ("field",), shown, ("means",)),
    Table(OPERATIONS, "attributes", ("search attribute", "type"), attributes, ("holds",)),
    Table(OPERATIONS, "queues", ("task queue",), queues, ("does",)),
    Table("docs/reference/glossary.md", "glossary", ("по-русски", "in English", "в коде"), glossary),
    *PORTAL_TABLES,
]  # fmt: skip
