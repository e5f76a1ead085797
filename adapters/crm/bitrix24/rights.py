"""What a portal does not let the desk do, in words for whoever can let it."""

from collections.abc import Mapping
from typing import Any

from activities.errors import WorldError
from adapters.crm.bitrix24.building.rights import SCOPES
from adapters.crm.bitrix24.codes import COMPANY, CONTACT, DEAL
from adapters.crm.bitrix24.faults import Fault, NotGranted, PortalRefused
from domain.wording import worded
from domain.words import Text, same

_PLAN = Text(ru="тариф или подписка портала не дают REST", en="the portal's plan or subscription has no REST")
_HOOK = Text(ru="права входящего вебхука", en="the rights of the incoming webhook")
_SCOPES = {"tasks": "task", "user": "user_basic"}
_THINGS = {
    "crm.timeline": Text(ru="комментарии в карточках", en="comments on cards"),
    "crm.item.productrow": Text(ru="товары сделок", en="the product rows of deals"),
    "crm.type": Text(ru="смарт-процессы", en="smart processes"),
    "crm.requisite": Text(ru="реквизиты клиентов", en="the requisites of clients"),
    "tasks": Text(ru="задачи", en="tasks"),
    "im": Text(ru="уведомления", en="notices"),
    "user": Text(ru="сотрудников", en="users"),
    "lists": Text(ru="списки", en="lists"),
}
_CARDS = {
    DEAL: Text(ru="сделки", en="deals"),
    CONTACT: Text(ru="контакты", en="contacts"),
    COMPANY: Text(ru="компании", en="companies"),
}
_LINES = Text(ru="карточки позиций", en="cards of lines")


def named(fault: Fault, method: str, params: Mapping[str, Any]) -> Text:
    """The right that this call lacks."""
    if fault.of_plan:
        return _PLAN
    if fault.of_scope:
        return _scope(method)
    thing = _thing(method, params)
    return worded(
        ru="право владельца вебхука на {thing} ({method})",
        en="the webhook owner's right to {thing} ({method})",
        thing=thing,
        method=same(method),
    )


def missing(error: WorldError) -> Text | None:
    """The right for want of which a portal refused; None if it is not about rights."""
    return error.missing if isinstance(error, PortalRefused | NotGranted) else None


def _scope(method: str) -> Text:
    prefix = method.partition(".")[0]
    if prefix == "batch":
        return _HOOK
    name = _SCOPES.get(prefix, prefix)
    why = next((scope.why for scope in SCOPES if scope.name == name), same(prefix))
    return worded(
        ru="разрешение {name} входящего вебхука: {why}",
        en="the incoming webhook's permission {name}: {why}",
        name=same(name),
        why=why,
    )


def _thing(method: str, params: Mapping[str, Any]) -> Text:
    if method.startswith("crm.item.") and (entity := params.get("entityTypeId")):
        return _CARDS.get(int(entity), _LINES)
    return next((words for prefix, words in _THINGS.items() if method.startswith(f"{prefix}.")), same(method))
