"""What an incoming webhook must be allowed to do, and whose it must be: in words for whoever sets it up."""

from collections.abc import Iterable
from typing import NamedTuple

from adapters.crm.bitrix24.faults import PortalRefused
from domain.words import Text


class Scope(NamedTuple):
    """A permission of the webhook. `wider` ones contain it."""

    name: str
    why: Text
    vital: bool = True
    wider: tuple[str, ...] = ()


SCOPES = (
    Scope("crm", Text(ru="сделки, стадии, смарт-процесс", en="deals, stages, the smart process")),
    Scope("userfieldconfig", Text(ru="пользовательские поля", en="custom fields")),
    Scope("task", Text(ru="задачи", en="tasks")),
    Scope("im", Text(ru="уведомления сотрудникам", en="notices to people")),
    Scope("user_basic", Text(ru="сотрудники и их почта", en="users and their e-mail"), wider=("user",)),
    Scope("lists", Text(ru="справочники", en="reference books"), vital=False),
)

ADMINISTRATOR = Text(
    ru="Создайте входящий вебхук от имени администратора портала: права вебхука — права его владельца.",
    en="Let an administrator of the portal make the incoming webhook: its rights are those of its owner.",
)
TICK = Text(
    ru="Отметьте их в настройках входящего вебхука (Разработчикам → Интеграции).",
    en="Tick them in the settings of the incoming webhook (Developer resources → Integrations).",
)
_NO_RIGHTS = (
    "access denied",
    "access_denied",
    "insufficient permissions",
    "cannot create custom fields",
    "cannot change the settings",
)


def missing(granted: Iterable[str]) -> list[Scope]:
    have = set(granted)
    return [scope for scope in SCOPES if not have & {scope.name, *scope.wider}]


def lacks_rights(refused: PortalRefused) -> bool:
    said = f"{refused.code} {refused}".lower()
    return any(sign in said for sign in _NO_RIGHTS)
