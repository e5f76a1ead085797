"""What every portal has: time, scopes, the catalogue's VAT rates, event handlers."""

from typing import Any

from tests.doubles.bitrix24.errors import Refusal
from tests.doubles.bitrix24.methods.registry import METHODS, Answer, Call, method
from tests.doubles.bitrix24.query import chosen, ordered
from tests.doubles.bitrix24.values import wire


@method("server.time", scope="")
def server_time(call: Call) -> Any:
    return wire(call.state.now(), call.state.zone)


@method("scope", scope="")
def scope(call: Call) -> Any:
    return sorted(call.portal.webhooks[0].scopes)


@method("app.info", scope="")
def app_info(call: Call) -> Any:
    portal = {"LICENSE": "ru_project", "LICENSE_TYPE": "project", "INSTALLED": True, "language_id": "ru"}
    return {"ID": 0, "CODE": "", "SCOPE": scope(call), "STATUS": "L", **portal}


@method("method.get", scope="")
def method_get(call: Call) -> Any:
    known = str(call.any("name", "")).lower() in METHODS
    return {"isExisting": known, "isAvailable": known}


@method("catalog.vat.list", scope="catalog")
def vats(call: Call) -> Any:
    def read(row: dict[str, Any], name: str) -> Any:
        return row.get(name)

    rows = ordered(
        chosen(call.state.vats, call.params.get("filter"), read, call.state.zone),
        call.params.get("order"),
        read,
    )
    select = call.params.get("select")
    shown = [{k: v for k, v in row.items() if not select or k in select} for row in rows]
    return Answer({"vats": shown}, len(rows))


@method("event.bind", scope="", writes=True)
def bind(call: Call) -> Any:
    event = str(call.any("event", "")).upper()
    if not event.startswith("ON"):
        raise Refusal(400, "ERROR_EVENT_NOT_FOUND", "Event not found")
    call.portal.events.hook(str(call.any("handler")), call.portal.application_token, events=[event])
    return True


@method("event.get", scope="")
def bound(call: Call) -> Any:
    return [
        {"event": event, "handler": hook.url, "auth_type": "0", "offline": 0}
        for hook in call.portal.events.hooks
        for event in sorted(hook.events)
    ]


@method("event.unbind", scope="", writes=True)
def unbind(call: Call) -> Any:
    event, handler = str(call.any("event", "")).upper(), call.any("handler")
    hooks = call.portal.events.hooks
    gone = [hook for hook in hooks if hook.url == handler and event in hook.events]
    for hook in gone:
        hooks.remove(hook)
    return {"count": len(gone)}
