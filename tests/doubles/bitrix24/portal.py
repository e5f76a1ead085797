"""The portal: what it holds, who may come in, and a fresh one as it looks on its first day."""

import time
from dataclasses import dataclass
from datetime import timedelta, timezone
from fnmatch import fnmatchcase
from typing import Any

from tests.doubles.bitrix24 import schema
from tests.doubles.bitrix24.errors import Refusal
from tests.doubles.bitrix24.events import Events
from tests.doubles.bitrix24.faults import Faults
from tests.doubles.bitrix24.limits import Limits
from tests.doubles.bitrix24.state import Category, Department, State, Status, User

SCOPES = frozenset(
    {
        "crm",
        "task",
        "tasks",
        "im",
        "imbot",
        "user",
        "department",
        "lists",
        "catalog",
        "userfieldconfig",
        "bizproc",
    }
)
SECRET = "s3cr3tw0rd"
DOMAIN = "double.bitrix24.example"
MEMBER = "d897063e1ce7c5eb9f04b9751eef5915"


@dataclass
class Webhook:
    user: int
    secret: str
    scopes: frozenset[str] = SCOPES


@dataclass
class Denial:
    """What the webhook's owner may not do: calls of this name, on cards of this type where one is given."""

    method: str
    entity_type: int | None
    refusal: Refusal

    def strikes(self, method: str, params: dict[str, Any]) -> bool:
        of_type = self.entity_type is None or str(params.get("entityTypeId")) == str(self.entity_type)
        return of_type and fnmatchcase(method.lower(), self.method.lower())


class Portal:
    """`smart` False is a plan without smart processes; `stubborn` never clears a field with an empty string either;
    `keeps_xml_id` takes the XML_ID of a task, which no page of the documentation promises; `old_names` is a version that does
    not know `useOriginalUfNames`, and without `chat_bots` one that does not know imbot.v2; `keeps_files` False keeps a comment without its files, as where the drive is full; whoever comes
    to another address than `moved_to` is sent there. `shut` is how REST as a whole refuses itself, `forgets` are the fields of
    items that keep what they had, `lenient` the traps (the adapter's names for them) that this portal does not set.
    """

    def __init__(self, limits: Limits | None = None, zone: timezone = timezone(timedelta(hours=3))) -> None:
        self.state = State(zone)
        self.faults = Faults()
        self.events = Events(self.faults, DOMAIN, MEMBER)
        self.limits = limits or Limits.off()
        self.webhooks = [Webhook(1, SECRET)]
        self.tokens: dict[str, tuple[int, float]] = {}
        self.kept: dict[str, tuple[float, str, dict[str, Any]]] = {}
        self.calls: list[str] = []
        self.denials: list[Denial] = []
        self.smart = True
        self.stubborn = False
        self.old_names = False
        self.chat_bots = True
        self.moved_to = ""
        self.keeps_xml_id = False
        self.keeps_files = True
        self.shut: Refusal | None = None
        self.forgets: set[str] = set()
        self.lenient: set[str] = set()
        self.address = ""
        self.application_token = "jvh9y1ulvt2m6k5or90v9mg8nn32ozas"
        _furnish(self)

    @property
    def url(self) -> str:
        """The incoming webhook's address, as an administrator copies it."""
        hook = self.webhooks[0]
        return f"{self.address}/rest/{hook.user}/{hook.secret}/"

    def deny(
        self,
        method: str = "*",
        entity_type: int | None = None,
        *,
        code: str = "ACCESS_DENIED",
        text: str = "Access denied",
        status: int = 400,
    ) -> None:
        """Takes a right away from the webhook's owner, until `allow`."""
        self.denials.append(Denial(method, entity_type, Refusal(status, code, text)))

    def revoke(self, scope: str) -> None:
        """Takes a permission away from the webhook."""
        hook = self.webhooks[0]
        hook.scopes = hook.scopes - {scope}

    def allow(self) -> None:
        """All rights are back."""
        self.denials.clear()
        self.webhooks[0].scopes = SCOPES

    def check_rights(self, method: str, params: dict[str, Any]) -> None:
        for denial in self.denials:
            if denial.strikes(method, params):
                raise denial.refusal

    def user(self, name: str, last_name: str, email: str, **more: Any) -> User:
        user = User(self.state.next("user"), name, last_name, email, **more)
        self.state.users[user.id] = user
        return user

    def token(self, user: int, seconds: float = 3600) -> str:
        """An application's access token."""
        token = f"token{len(self.tokens) + 1}"
        self.tokens[token] = (user, time.time() + seconds)
        return token

    def stages(
        self, entity: str, prefix: str, stages: list[tuple[str, str, int, str, bool]], category: int
    ) -> None:
        for status, name, sort, semantics, system in stages:
            id = self.state.next("status", start=101)
            made = Status(
                id, entity, prefix + status, name, sort, semantics, system, category=category or None
            )
            self.state.statuses[id] = made

    def funnel(self, entity_type: int, name: str, default: bool = False, **more: Any) -> Category:
        """A new funnel comes with the portal's own set of stages."""
        first = entity_type == 2 and default
        id = 0 if first else self.state.next("category")
        category = Category(id, entity_type, name, default=default, **more)
        self.state.categories.append(category)
        if entity_type == 2:
            entity, prefix = ("DEAL_STAGE", "") if first else (f"DEAL_STAGE_{id}", f"C{id}:")
            self.stages(entity, prefix, schema.DEAL_STAGES, id)
        else:
            self.stages(
                f"DYNAMIC_{entity_type}_STAGE_{id}", f"DT{entity_type}_{id}:", schema.SMART_STAGES, id
            )
        return category


def _furnish(portal: Portal) -> None:
    state = portal.state
    state.departments[1] = Department(1, "Медтех Образец", head=1)
    portal.user("Интеграция", "Робот", "robot@double.example", admin=True)
    portal.funnel(2, "Общая", default=True)
    portal.stages("STATUS", "", schema.LEAD_STAGES, 0)
    for n, name in enumerate(("CALL", "EMAIL", "WEB", "WEBFORM"), start=1):
        id = state.next("status", start=101)
        state.statuses[id] = Status(id, "SOURCE", name, name.capitalize(), n * 10, color="")
    for n, (kind, name) in enumerate(schema.PRESETS.items(), start=1):
        mark = f"#CRM_REQUISITE_PRESET_DEF_RU_{kind}#"
        state.presets[n] = {
            "ID": n,
            "NAME": name,
            "COUNTRY_ID": 1,
            "XML_ID": mark,
            "ENTITY_TYPE_ID": 8,
            "ACTIVE": "Y",
        }
    state.vats = [
        {"id": 1, "name": "Без НДС", "active": "Y", "rate": None, "sort": 100},
        {"id": 2, "name": "НДС 10%", "active": "Y", "rate": 10, "sort": 200},
        {"id": 3, "name": "НДС 22%", "active": "Y", "rate": 22, "sort": 300},
    ]
