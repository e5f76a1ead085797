"""What a call has made, and the call that removes it: known by the answer, whichever code of the adapter made it."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from adapters.crm.bitrix24.client import Command
from adapters.crm.bitrix24.plan import CLIENT_ID
from domain.words import Text

Params = Mapping[str, Any]


class Made(NamedTuple):
    """`id` is the portal's, or, of what has none, what it hangs on."""

    thing: Text
    id: str
    removal: Command


class _Way(NamedTuple):
    thing: Text
    id: Callable[[Params, Any], Any]
    removal: str
    params: Callable[[Params, Any], dict[str, Any]]


def _link_of(asked: Params) -> dict[str, Any]:
    fields = asked["fields"]
    return {"entityTypeId": fields["ENTITY_TYPE_ID"], "entityId": fields["ENTITY_ID"]}


_WAYS: dict[str, _Way] = {
    "crm.category.add": _Way(
        Text(ru="воронка", en="funnel"),
        lambda asked, made: made["category"]["id"],
        "crm.category.delete",
        lambda asked, id: {"entityTypeId": asked["entityTypeId"], "id": id},
    ),
    "crm.status.add": _Way(
        Text(ru="стадия", en="stage"),
        lambda asked, made: made,
        "crm.status.delete",
        lambda asked, id: {"id": id},
    ),
    "userfieldconfig.add": _Way(
        Text(ru="поле", en="field"),
        lambda asked, made: made["field"]["id"],
        "userfieldconfig.delete",
        lambda asked, id: {"moduleId": "crm", "id": id},
    ),
    "crm.type.add": _Way(
        Text(ru="смарт-процесс", en="smart process"),
        lambda asked, made: made["type"]["id"],
        "crm.type.delete",
        lambda asked, id: {"id": id},
    ),
    "crm.item.add": _Way(
        Text(ru="элемент CRM", en="CRM item"),
        lambda asked, made: made["item"]["id"],
        "crm.item.delete",
        lambda asked, id: {"entityTypeId": asked["entityTypeId"], "id": id},
    ),
    "crm.item.productrow.add": _Way(
        Text(ru="товар сделки", en="product row"),
        lambda asked, made: made["productRow"]["id"],
        "crm.item.productrow.delete",
        lambda asked, id: {"id": id},
    ),
    "crm.requisite.add": _Way(
        Text(ru="реквизиты", en="requisite"),
        lambda asked, made: made,
        "crm.requisite.delete",
        lambda asked, id: {"id": id},
    ),
    "crm.requisite.link.register": _Way(
        Text(ru="связь реквизитов сделки", en="requisite link of the deal"),
        lambda asked, made: asked["fields"]["ENTITY_ID"],
        "crm.requisite.link.unregister",
        lambda asked, id: _link_of(asked),
    ),
    "crm.timeline.comment.add": _Way(
        Text(ru="комментарий", en="comment"),
        lambda asked, made: made,
        "crm.timeline.comment.delete",
        lambda asked, id: {"id": id, "ownerTypeId": 2, "ownerId": asked["fields"]["ENTITY_ID"]},
    ),
    "lists.add": _Way(
        Text(ru="список", en="list"),
        lambda asked, made: made,
        "lists.delete",
        lambda asked, id: {"IBLOCK_TYPE_ID": asked["IBLOCK_TYPE_ID"], "IBLOCK_ID": id},
    ),
    "lists.element.add": _Way(
        Text(ru="элемент списка", en="list element"),
        lambda asked, made: made,
        "lists.element.delete",
        lambda asked, id: {
            "IBLOCK_TYPE_ID": asked["IBLOCK_TYPE_ID"],
            "IBLOCK_ID": asked["IBLOCK_ID"],
            "ELEMENT_ID": id,
        },
    ),
    "tasks.task.add": _Way(
        Text(ru="задача", en="task"),
        lambda asked, made: made["task"]["id"],
        "tasks.task.delete",
        lambda asked, id: {"taskId": id},
    ),
    "im.notify.personal.add": _Way(
        Text(ru="уведомление", en="notice"),
        lambda asked, made: made,
        "im.notify.delete",
        lambda asked, id: {"ID": id, "CLIENT_ID": CLIENT_ID},
    ),
}


def made_by(method: str, asked: Params, result: Any) -> Made | None:
    """None if the call makes nothing."""
    way = _WAYS.get(method)
    if way is None:
        return None
    id = way.id(asked, result)
    return Made(way.thing, str(id), (way.removal, way.params(asked, id)))


def thing_removed_by(method: str) -> Text:
    return next(way.thing for way in _WAYS.values() if way.removal == method)
