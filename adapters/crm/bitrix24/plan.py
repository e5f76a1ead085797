"""What each write takes: the commands of a batch, given what the portal has already."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any, assert_never

from activities.errors import CrmRefused, WorldError
from adapters.crm.bitrix24 import codes, values
from adapters.crm.bitrix24.blueprint import blueprint
from adapters.crm.bitrix24.client import Command
from adapters.crm.bitrix24.emptying import Kept, void, words
from adapters.crm.bitrix24.fields import Field
from adapters.crm.bitrix24.lookup import Found, SeenTask
from adapters.crm.bitrix24.naming import id_of, line_key, task_key
from adapters.crm.bitrix24.portal_map import Lines, PortalField, PortalMap
from adapters.crm.bitrix24.query import Ref, ref
from adapters.crm.bitrix24.text import marked, one_line, plain
from domain.effects import (
    AddComment,
    AttachFile,
    CloseTask,
    CrmWrite,
    Notify,
    OpenTask,
    PutLine,
    SetFields,
    SetStage,
)
from domain.playbook.book import StaffedPlaybook
from domain.wording import Clock
from domain.words import STATUS_LABELS

CLIENT_ID = "dealwright"  # without it a notice by webhook has no TAG
KEPT_NAMES = "Y"
MOST_COMMANDS = 4
"""Of one write."""
Users = Mapping[str, int | WorldError]
"""The portal's user of each person, or why there is none."""


class Planner:
    """Of one deal. `users` has every person that the writes name."""

    def __init__(self, known: PortalMap, found: Found, users: Users, book: StaffedPlaybook) -> None:
        self._map = known
        self._found = found
        self._users = users
        self._book = book
        self._want = blueprint(book)

    def commands(self, write: CrmWrite, name: str) -> dict[str, Command]:
        """In order, under names that begin with `name`. Notes what they make, for the writes after. Raises CrmRefused,
        and what the portal said where it names nobody."""
        return {f"{name}_{n}": command for n, command in enumerate(self._plan(write, name))}

    def _plan(self, write: CrmWrite, name: str) -> Iterator[Command]:
        match write:
            case SetStage():
                stage = codes.stage_id(self._map.category, write.stage)
                funnel = {"categoryId": self._map.category}  # it may have been moved to another one
                yield update(codes.DEAL, self._found.id, {**funnel, "stageId": stage})
            case SetFields():
                yield update(codes.DEAL, self._found.id, self._deal_fields(write))
            case PutLine() if self._map.lines:
                yield self._line(write, self._map.lines, name)
            case PutLine():
                yield from self._row(write, name)
            case AddComment():
                yield from self._comment(write.text, write.key)
            case OpenTask():
                yield from self._open(write, name)
            case CloseTask():
                yield from self._close(write)
            case Notify():
                text = {"MESSAGE": plain(write.text), "TAG": write.key, "CLIENT_ID": CLIENT_ID}
                yield ("im.notify.personal.add", {"USER_ID": self._user(write.person), **text})
            case AttachFile():
                raise ValueError("a file goes by itself: see `attaching`")
            case _:
                assert_never(write)

    def _deal_fields(self, write: SetFields) -> dict[str, Any]:
        said = dict(write.fields)
        if person := said.get("manager"):
            known = self._book.people.get(person)
            said["manager"] = known.name if known else person
        fields = _told(said, self._map.deal_field, self._want.deal_field)
        if person:
            user = self._users.get(person)
            if isinstance(user, int):
                fields["assignedById"] = user
        if id_of(write.deal) is None:  # people who began a deal there have named and priced it
            if client := write.fields.get("client"):
                fields["title"] = one_line(f"{write.deal} · {client}")
            if amount := write.fields.get("amount"):
                opportunity, _, currency = amount.partition(" ")
                fields |= {"opportunity": opportunity, "currencyId": currency, "isManualOpportunity": "Y"}
        return fields

    def _line(self, write: PutLine, lines: Lines, name: str) -> Command:
        told = {
            "sku": write.sku,
            "quantity": str(write.quantity),
            "unit": write.unit.value,
            "unit_price": f"{_unit_price(write)} {write.currency}",
            codes.VOID: "",
            **write.shown,
        }
        fields = _told(told, self._map.line_field, self._want.line_field) | {
            "title": one_line(f"{write.line}. {write.name}"),
            "stageId": codes.status_id(lines.entity_type, lines.category, write.status),
        }
        item = self._found.lines.get(write.line)
        if item is not None:
            return update(lines.entity_type, item, fields)
        self._found.lines[write.line] = ref(f"{name}_0", "item", "id")
        fields |= {
            "xmlId": line_key(write.deal, write.line),
            f"parentId{codes.DEAL}": self._found.id,
            "categoryId": lines.category,
        }
        return add(lines.entity_type, fields)

    def _row(self, write: PutLine, name: str) -> Iterator[Command]:
        """Without smart processes: the deal's product row, and the status as a comment. A row keeps no key, only its place."""
        place = 10 * write.line
        fields = {
            "productName": one_line(write.name),
            "price": _unit_price(write),
            "quantity": str(write.quantity) if isinstance(write.quantity, Decimal) else write.quantity,
            "measureCode": int(write.unit),
            "sort": place,
        }
        rows = self._found.rows
        row = next((r for r in rows if int(r["sort"]) == place), None)
        if row is None and id_of(write.deal) is not None and write.line <= len(rows):
            row = rows[write.line - 1]
        if row is None:
            rows.append({"id": ref(f"{name}_0", "productRow", "id"), "sort": place})
            owner = {"ownerType": "D", "ownerId": self._found.id, "taxIncluded": "Y"}
            yield ("crm.item.productrow.add", {"fields": {**owner, **fields}})
        elif not row.get("productId"):
            yield ("crm.item.productrow.update", {"id": row["id"], "fields": fields})
        if write.key not in self._found.marks:
            standing = write.standing or STATUS_LABELS[write.status].to(self._book.language)
            yield from self._comment(f"{write.line}. {write.name}: {standing}", write.key)

    def _comment(self, text: str, key: str) -> Iterator[Command]:
        self._found.marks.add(key)
        owner = {"ENTITY_ID": self._found.id, "ENTITY_TYPE": "deal"}
        yield ("crm.timeline.comment.add", {"fields": {**owner, "COMMENT": marked(text, key)}})

    def _open(self, write: OpenTask, name: str) -> Iterator[Command]:
        key = task_key(write.deal, write.task)
        said = write.description if self._is_on_card(write) else write.elsewhere or write.description
        description = marked(said, write.key, key)
        fields: dict[str, Any] = {
            "TITLE": one_line(write.title),
            "DESCRIPTION": description,
            "RESPONSIBLE_ID": self._user(write.person),
            "DEADLINE": write.due_at.isoformat(timespec="seconds"),
        }
        asked = [*self._question(write), *self._next_round(write)]
        yield from asked
        seen = self._found.tasks.get(write.task)
        made = SeenTask(ref(f"{name}_{len(asked)}", "task", "id"), False, write.key, description)
        self._found.tasks[write.task] = made if seen is None else made._replace(id=seen.id)
        if seen is None:
            yield (
                "tasks.task.add",
                {"fields": {**fields, "XML_ID": key, "UF_CRM_TASK": self._bound(write.line)}},
            )
            return
        if seen.closed:
            yield ("tasks.task.renew", {"taskId": seen.id})
        yield ("tasks.task.update", {"taskId": seen.id, "fields": fields})

    def _question(self, write: OpenTask) -> Iterator[Command]:
        """Sets an approval's answer back to `waiting`."""
        if not write.asks or not self._is_on_card(write):
            return
        kind = _kind_of(write.asks)
        answer, comment = codes.answer_name(kind), codes.comment_name(kind)
        yield from self._on_card(write.line, {answer: codes.WAITING}, [comment])

    def _next_round(self, write: OpenTask) -> Iterator[Command]:
        """What a form holds from an earlier round goes with the first task of the next."""
        question = write.task.partition("@")[0]
        opened = any(task.partition("@")[0] == question for task in self._found.tasks)
        if write.form and not opened and re.search(r"#[0-9]+$", question):
            yield from self._on_card(
                write.line, {}, [codes.form_name(*name.split(".", 1)) for name in write.form]
            )

    def _is_on_card(self, write: OpenTask) -> bool:
        """Whether it has a field that the answer is written in. A portal without smart processes has none of a line; of questions that
        can be asked several times at once no portal has any."""
        names = [codes.form_name(*name.split(".", 1)) for name in write.form]
        if write.asks:
            names = [codes.answer_name(_kind_of(write.asks))]
        field_of = self._map.line_field if write.line else self._map.deal_field
        return any(field_of(name) for name in names)

    def _on_card(self, line: int, said: dict[str, str], emptied: list[str]) -> Iterator[Command]:
        """Of the deal, or of the line."""
        field_of = self._map.line_field if line else self._map.deal_field
        planned = self._want.line_field if line else self._want.deal_field
        fields = _told({**said, **dict.fromkeys(emptied, "")}, field_of, planned)
        if not line:
            yield update(codes.DEAL, self._found.id, fields)
        elif self._map.lines and (item := self._found.lines.get(line)):
            yield update(self._map.lines.entity_type, item, fields)

    def void(self, write: PutLine, left: Iterable[Kept]) -> Iterator[Command]:
        """Names on the line's card what of it the portal did not empty."""
        if self._map.line_field(codes.VOID) is None:
            return  # a portal set up before there was such a field: `deal crm check` says so
        clock = Clock(self._book.calendar, self._book.language, zoned=True)
        yield from self._on_card(write.line, {codes.VOID: void(left, self._map, self._want, clock)}, [])

    def left_over(self, write: OpenTask, left: Iterable[Kept]) -> Iterator[Command]:
        """The words about fields of a form that the portal did not empty for its next round."""
        clock = Clock(self._book.calendar, self._book.language, zoned=True)
        yield from self._comment(words(left, self._map, self._want, clock), f"{write.key}-left")

    def _close(self, write: CloseTask) -> Iterator[Command]:
        seen = self._found.tasks.get(write.task)
        if seen is None:
            raise CrmRefused(f"deal {write.deal} has no task {write.task!r} to close")
        if write.comment:
            said = f"{seen.description}\n— {one_line(plain(write.comment))}"
            yield ("tasks.task.update", {"taskId": seen.id, "fields": {"DESCRIPTION": said}})
        yield ("tasks.task.complete", {"taskId": seen.id})
        self._found.tasks[write.task] = seen._replace(closed=True)

    def _bound(self, line: int) -> list[str]:
        """A task shows on the deal's card, and on that of the line it is about."""
        item = self._found.lines.get(line) if line and self._map.lines else None
        of_line = [f"{self._map.lines.short}_{item}"] if item and self._map.lines else []
        return [f"D_{self._found.id}", *[Ref(of) if isinstance(item, Ref) else of for of in of_line]]

    def _user(self, person: str) -> int:
        user = self._users[person]
        if isinstance(user, WorldError):
            raise user
        return user


def _kind_of(id: str) -> str:
    """`line-1:credit` is of the kind `credit`; `refunding#2` of `refunding`."""
    return id.rpartition(":")[2].partition("#")[0]


def update(entity_type: int, id: int | Ref, fields: dict[str, Any]) -> Command:
    return (
        "crm.item.update",
        {"entityTypeId": entity_type, "id": id, "fields": fields, "useOriginalUfNames": KEPT_NAMES},
    )


def add(entity_type: int, fields: dict[str, Any]) -> Command:
    return ("crm.item.add", {"entityTypeId": entity_type, "fields": fields, "useOriginalUfNames": KEPT_NAMES})


def _unit_price(write: PutLine) -> str:
    """A write that has waited since before it was told has the amount alone."""
    return write.unit_price or str((Decimal(write.amount) / write.quantity).quantize(Decimal("0.01")))


def _told(
    said: dict[str, str],
    field_of: Callable[[str], PortalField | None],
    planned: Callable[[str], Field | None],
) -> dict[str, Any]:
    """As the portal wants it. Left out is what it has no field or no option for: `deal crm check` tells. An option goes by its code,
    for people may rename it."""
    fields: dict[str, Any] = {}
    for name, text in said.items():
        field, wanted = field_of(name), planned(name)
        option = wanted.option(text) if wanted else None
        value = values.to_portal(field, option.code if option else text) if field else None
        if field and value is not None:
            fields[field.code] = value
    return fields
