"""What a survey of a portal brings back."""

from collections.abc import Mapping
from enum import Enum
from typing import NamedTuple

from adapters.crm.bitrix24.building.rights import Scope


class SeenStage(NamedTuple):
    """`own_name`: people have not renamed what the portal called it."""

    id: int
    name: str
    sort: int
    own_name: bool


class SeenOption(NamedTuple):
    id: str
    code: str
    title: str
    sort: str
    default: str


class SeenField(NamedTuple):
    id: int
    kind: str
    mandatory: bool
    options: tuple[SeenOption, ...] = ()


class SeenFunnel(NamedTuple):
    """`stages` by their codes without prefix, all there are."""

    id: int
    name: str
    stages: Mapping[str, SeenStage]


class SeenLines(NamedTuple):
    """Our smart process. Without stages switched on it has no funnel."""

    type_id: int
    entity_type: int
    name: str
    funnel: SeenFunnel | None
    fields: Mapping[str, SeenField]


class SeenElement(NamedTuple):
    id: int
    name: str


class SeenBook(NamedTuple):
    id: int
    elements: Mapping[str, SeenElement]


class ChatState(Enum):
    OFF = "no bot is wanted: it has no token"
    SHUT = "the webhook has no permission for bots"
    UNKNOWN = "the portal knows no such bots"
    TAKEN = "the bot of the desk's code is none that the desk can use"
    OPEN = "the desk may have its bot"


class SeenBot(NamedTuple):
    """`fetches`: its events wait for the desk."""

    id: int
    has_command: bool
    fetches: bool


class SeenChat(NamedTuple):
    state: ChatState
    bot: SeenBot | None = None


class Survey(NamedTuple):
    """`admin`: the webhook's owner is an administrator of the portal. `lacks`: without the vital ones among them nothing more was looked at. `hidden`: areas that the webhook's owner may not
    see, with what the portal said. `emails` are those of active users, in lower case."""

    host: str
    lacks: tuple[Scope, ...] = ()
    hidden: Mapping[str, str] = {}
    funnel: SeenFunnel | None = None
    deal_fields: Mapping[str, SeenField] = {}
    lines: SeenLines | None = None
    books: Mapping[str, SeenBook] | None = None
    emails: frozenset[str] = frozenset()
    admin: bool = False
    chat: SeenChat = SeenChat(ChatState.OFF)

    @property
    def shut(self) -> bool:
        return any(scope.vital for scope in self.lacks)
