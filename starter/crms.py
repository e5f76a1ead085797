"""The CRMs that the desk works with. Each is an adapter behind `activities.crm.port`, and one `CrmKind` that is registered here: all
else finds it by its name, which `DEALWRIGHT_CRM` says."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from fastapi import APIRouter
    from pydantic_settings import BaseSettings

    from activities.crm.port import Crm
    from domain.playbook.book import StaffedPlaybook
    from records.arrivals import Source
    from starter.demo.crm import DemoCrm
    from starter.doctor.finding import Finding
    from starter.settings import Settings
    from starter.stack.child import Say
    from starter.web.services import Services

    class OpenCrm(Crm, Protocol):
        async def close(self) -> None: ...

    Books = Callable[[], Awaitable[StaffedPlaybook]]
    """Today's playbook: whose people are whose users in a CRM."""
    Opens = Callable[[Settings, Books], OpenCrm]
    Routes = Callable[[Services], APIRouter]
    Examines = Callable[[Settings], AsyncIterator[Finding]]
    Plays = Callable[[Settings, Say], AbstractAsyncContextManager[DemoCrm]]

Section = TypeVar("Section", bound="BaseSettings")


@dataclass(frozen=True)
class CrmKind:
    """`open` raises UsageError for settings that will not do. Each part is imported when it is first needed.

    `section`: its settings, a class with an `env_prefix` of its own. `source`: under which name its events come into the inbox, and
    `hints`, which kinds of them say no more than that something of a deal has changed; all, if it names none; `pointed`, which of these come only of what
    matters, so that they are looked at though the desk has just found the thing to be somebody else's. `routes`: where its
    events come in, if the desk's signed `/webhooks/crm` is not for it. `examine`: what `deal doctor` says of it beside whether it
    answers. `commands`: its own, by their names, as `module:function`. `demo`: the people who work in it, for `deal demo`.
    """

    name: str
    open: "Opens"
    source: "Source"
    hints: frozenset[str] = frozenset()
    pointed: frozenset[str] = frozenset()
    section: "type[BaseSettings] | None" = None
    routes: "Routes | None" = None
    examine: "Examines | None" = None
    commands: Mapping[str, str] = field(default_factory=dict)
    demo: "Plays | None" = None

    def is_hint(self, source: "Source", kind: str) -> bool:
        return source == self.source and (not self.hints or kind in self.hints)


CRMS: dict[str, CrmKind] = {}
OWN_SOURCES = ("crm", "payments", "form", "mail", "poll", "link", "chat")
"""Of the desk's own doors."""


def register(kind: CrmKind) -> CrmKind:
    if CRMS.setdefault(kind.name, kind) is not kind:
        raise ValueError(f"two CRMs are named {kind.name}")
    return kind


@contextmanager
def registered(kind: CrmKind) -> Iterator[CrmKind]:
    """For as long as it lasts."""
    try:
        yield register(kind)
    finally:
        del CRMS[kind.name]


def crm_of(settings: "Settings") -> CrmKind:
    return CRMS[settings.crm]


def open_crm(settings: "Settings", books: "Books") -> "OpenCrm":
    return crm_of(settings).open(settings, books)


def section_of(settings: "Settings", section: type[Section]) -> Section:
    """A CRM's own settings: the desk's, where it has them itself, as those of Bitrix24; else from the environment."""
    return settings if isinstance(settings, section) else section()


def is_hint(source: "Source", kind: str) -> bool:
    """Of any CRM: the events of one that served the desk before may still be in the inbox."""
    return any(crm.is_hint(source, kind) for crm in CRMS.values())


def is_pointed(source: "Source", kind: str) -> bool:
    return any(crm.source == source and kind in crm.pointed for crm in CRMS.values())


def sources() -> list[str]:
    """Under which names events come into the inbox."""
    return list(dict.fromkeys([*(kind.source for kind in CRMS.values()), *OWN_SOURCES]))


# --- the embedded one --------------------------------------------------------------------------------------------------------


def _embedded(settings: "Settings", books: "Books") -> "OpenCrm":
    from adapters.crm.embedded.crm import EmbeddedCrm

    return EmbeddedCrm(settings.crm_db)


def _play_embedded(settings: "Settings", say: "Say") -> "AbstractAsyncContextManager[DemoCrm]":
    from starter.demo.own_crm import own_crm

    return own_crm(settings)


EMBEDDED = register(
    CrmKind(
        "embedded",
        open=_embedded,
        source="crm",
        hints=frozenset({"deal.changed"}),
        demo=_play_embedded,
    )
)


# --- Bitrix24 ----------------------------------------------------------------------------------------------------------------


def _bitrix24(settings: "Settings", books: "Books") -> "OpenCrm":
    from adapters.crm.bitrix24.port import Bitrix24Crm
    from starter.kept_files import files_of
    from starter.portal import portal_of

    portal, _ = portal_of(settings)
    return Bitrix24Crm(portal, books, files_of(settings))


def _portal_routes(services: "Services") -> "APIRouter":
    from starter.web.bitrix24 import router

    return router(services)


def _examine_portal(settings: "Settings") -> "AsyncIterator[Finding]":
    from starter.doctor.portal import portal

    return portal(settings)


def _play_portal(settings: "Settings", say: "Say") -> "AbstractAsyncContextManager[DemoCrm]":
    from starter.demo.bitrix24 import bitrix24_crm

    return bitrix24_crm(settings, say)


ROBOT = "ROBOT"
"""The kind of what a robot of the portal tells: it runs on the deals that matter."""
BITRIX24 = register(
    CrmKind(
        "bitrix24",
        open=_bitrix24,
        source="bitrix24",
        pointed=frozenset({ROBOT}),
        routes=_portal_routes,
        examine=_examine_portal,
        commands={"crm": "starter.cli.crm:app"},
        demo=_play_portal,
    )
)
