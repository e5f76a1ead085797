"""What the portal holds, in memory. Items are dicts by their crm.item.* names; custom fields keep their UF_… names."""

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

Item = dict[str, Any]
LEAD, DEAL, CONTACT, COMPANY = 1, 2, 3, 4


@dataclass
class User:
    id: int
    name: str
    last_name: str
    email: str
    position: str = ""
    department: int = 1
    admin: bool = False
    active: bool = True


@dataclass
class Department:
    id: int
    name: str
    head: int = 0
    parent: int = 0


@dataclass
class Category:
    id: int
    entity_type: int
    name: str
    sort: int = 200
    default: bool = False
    keys: dict[str, str] = field(default_factory=dict)


@dataclass
class Status:
    """A stage of a funnel, or an entry of a CRM directory."""

    id: int
    entity: str
    status: str
    name: str
    sort: int = 10
    semantics: str = ""
    system: bool = False
    color: str = "#39A8EF"
    category: int | None = None
    name_init: str = ""

    def __post_init__(self) -> None:
        """What the portal itself called it, whoever renames it."""
        self.name_init = self.name if self.system else ""


@dataclass
class SmartType:
    id: int
    entity_type: int
    title: str
    code: str = ""
    switches: dict[str, str] = field(default_factory=dict)
    relations: dict[str, Any] = field(default_factory=dict)
    created: datetime | None = None


@dataclass
class Option:
    id: int
    value: str
    xml_id: str
    sort: int = 500
    default: bool = False


@dataclass
class UserField:
    id: int
    entity: str
    name: str
    type: str
    multiple: bool = False
    mandatory: bool = False
    sort: int = 100
    xml_id: str | None = None
    labels: dict[str, Any] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)
    options: list[Option] = field(default_factory=list)
    show_filter: str = "N"


@dataclass
class ReferenceList:
    id: int
    code: str
    name: str
    type: str = "lists"
    fields: dict[str, dict[str, Any]] = field(default_factory=dict)
    elements: dict[int, dict[str, Any]] = field(default_factory=dict)


class State:
    def __init__(self, zone: timezone = timezone(timedelta(hours=3))) -> None:
        self.zone = zone
        self.clock: Callable[[], datetime] = lambda: datetime.now(UTC)
        self.users: dict[int, User] = {}
        self.departments: dict[int, Department] = {}
        self.categories: list[Category] = []
        self.statuses: dict[int, Status] = {}
        self.types: dict[int, SmartType] = {}
        self.fields: dict[int, UserField] = {}
        self.items: dict[int, dict[int, Item]] = {}
        self.rows: dict[int, Item] = {}
        self.requisites: dict[int, dict[str, Any]] = {}
        self.presets: dict[int, dict[str, Any]] = {}
        self.requisite_links: dict[tuple[int, int], dict[str, Any]] = {}
        self.comments: dict[int, dict[str, Any]] = {}
        self.logs: dict[int, dict[str, Any]] = {}
        self.tasks: dict[int, dict[str, Any]] = {}
        self.notices: dict[int, dict[str, Any]] = {}
        self.bots: dict[int, Any] = {}
        self.chats: dict[tuple[int, int], int] = {}
        self.messages: dict[int, Any] = {}
        self.lists: dict[int, ReferenceList] = {}
        self.vats: list[dict[str, Any]] = []
        self.history: list[dict[str, Any]] = []
        self._serial: Counter[str] = Counter()

    def next(self, kind: str, start: int = 1) -> int:
        self._serial[kind] = max(self._serial[kind] + 1, start)
        return self._serial[kind]

    def now(self) -> datetime:
        """The portal counts in whole seconds, in its own zone."""
        return self.clock().astimezone(self.zone).replace(microsecond=0)

    def of_type(self, entity_type: int) -> dict[int, Item]:
        return self.items.setdefault(entity_type, {})

    def deals(self) -> dict[int, Item]:
        return self.of_type(DEAL)

    def category(self, entity_type: int, id: int) -> Category | None:
        return next((c for c in self.categories if (c.entity_type, c.id) == (entity_type, id)), None)

    def stages(self, entity: str) -> list[Status]:
        return sorted((s for s in self.statuses.values() if s.entity == entity), key=lambda s: (s.sort, s.id))

    def fields_of(self, entity: str) -> dict[str, UserField]:
        return {f.name: f for f in self.fields.values() if f.entity == entity}

    def find(self, entity_type: int, **having: Any) -> list[Item]:
        """For tests: the items that have these values."""
        return [
            item
            for item in self.of_type(entity_type).values()
            if all(item.get(k) == v for k, v in having.items())
        ]

    def comments_of(self, entity_type: int, id: int) -> list[str]:
        about = (entity_type, id)
        return [c["text"] for c in self.comments.values() if (c["entityType"], c["entityId"]) == about]

    def files_of(self, entity_type: int, id: int) -> list[dict[str, Any]]:
        """Of its comments: the name, size and content (Base64) of each."""
        about = (entity_type, id)
        comments = (c for c in self.comments.values() if (c["entityType"], c["entityId"]) == about)
        return [file for comment in comments for file in comment["files"].values()]

    def dump(self, path: Path) -> None:
        content = {
            k: v for k, v in vars(self).items() if k not in ("clock", "zone") and not k.startswith("_")
        }
        path.write_text(json.dumps(content, default=_plain, ensure_ascii=False, indent=1))


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else asdict(value)
