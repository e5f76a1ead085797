"""What an incoming webhook must be allowed to do, and whose it must be: in words for whoever sets it up."""

from collections.abc import Iterable
from typing import NamedTuple

from domain.words import Text


class Scope(NamedTuple):
    """A permission of the webhook. `wider` ones contain it."""

    name: str
    why: Text
    vital: bool = True
    wider: tuple[str, ...] = ()


BOT_SCOPE = "imbot"
SCOPES = (
    Scope("crm", Text(ru="сделки, стадии, смарт-процесс", en="deals, stages, the smart process")),
    Scope("userfieldconfig", Text(ru="пользовательские поля", en="custom fields")),
    Scope("task", Text(ru="задачи", en="tasks")),
    Scope("im", Text(ru="уведомления сотрудникам", en="notices to people")),
    Scope("user_basic", Text(ru="сотрудники и их почта", en="users and their e-mail"), wider=("user",)),
    Scope("lists", Text(ru="справочники", en="reference books"), vital=False),
    Scope(
        BOT_SCOPE,
        Text(
            ru="бот, который спрашивает о согласованиях в чате",
            en="the bot that asks for approvals in the chat",
        ),
        vital=False,
    ),
)

ADMINISTRATOR = Text(
    ru="Создайте входящий вебхук от имени администратора портала: права вебхука — права его владельца.",
    en="Let an administrator of the portal make the incoming webhook: its rights are those of its owner.",
)
TICK = Text(
    ru="Отметьте их в настройках входящего вебхука (Разработчикам → Интеграции).",
    en="Tick them in the settings of the incoming webhook (Developer resources → Integrations).",
)
MEND = Text(
    ru="Исправьте это в портале и повторите deal crm setup: сделанное он пропустит.",
    en="Mend it in the portal and run deal crm setup again: it skips what is done.",
)
_NO_RIGHTS = (
    "access denied",
    "access_denied",
    "insufficient permissions",
    "cannot create custom fields",
    "cannot change the settings",
    "do not have permission",
)


def missing(granted: Iterable[str]) -> list[Scope]:
    have = set(granted)
    return [scope for scope in SCOPES if not have & {scope.name, *scope.wider}]


def advice(said: str, admin: bool) -> Text:
    """On a portal's refusal. Its wording alone proves nothing: of a field's code that it does not like it says the same as of a
    user who may not make fields. An administrator lacks no rights."""
    return ADMINISTRATOR if not admin and _sounds_of_rights(said) else MEND


def _sounds_of_rights(said: str) -> bool:
    return any(sign in said.lower() for sign in _NO_RIGHTS)
