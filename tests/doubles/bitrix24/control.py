"""Doors that no portal has, for a double in a process of its own: its faults, its hands, its state."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from tests.doubles.bitrix24.hands import Hands
from tests.doubles.bitrix24.portal import Portal


async def control(portal: Portal, request: Request) -> Response:
    """`POST /_double/hands/<user>/<verb>`, `/_double/faults/<verb>`, `/_double/rights/<verb>`, `/_double/hook` with a
    JSON body of arguments, and `GET /_double/counts`."""
    _, what, *rest = request.url.path.strip("/").split("/")
    given: dict[str, Any] = await request.json() if request.method == "POST" else {}
    if what == "hands":
        answer = getattr(Hands(portal, int(rest[0])), rest[1])(**given)
        return JSONResponse({"result": answer if isinstance(answer, int | None) else True})
    if what == "faults":
        getattr(portal.faults, rest[0])(**given)
    elif what == "rights" and rest[0] in ("deny", "revoke", "allow"):
        getattr(portal, rest[0])(**given)
    elif what == "hook":
        portal.events.hook(**given)
    elif what == "user":
        return JSONResponse({"result": portal.user(**given).id})
    return JSONResponse({"result": counts(portal)})


def counts(portal: Portal) -> dict[str, Any]:
    state = portal.state
    kinds = {str(number): len(items) for number, items in state.items.items()}
    held = {
        "items": kinds,
        "tasks": len(state.tasks),
        "comments": len(state.comments),
        "notices": len(state.notices),
    }
    return held | {
        "calls": len(portal.calls),
        "fired": dict(portal.faults.fired),
        "sent": dict(portal.events.sent),
    }
