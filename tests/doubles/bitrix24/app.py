"""The portal's front door: addresses, credentials, limits, faults and envelopes, as an ASGI application."""

import asyncio
import json
import re
import time
from collections.abc import Awaitable, Callable, MutableMapping
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from tests.doubles.bitrix24 import batch, body
from tests.doubles.bitrix24.control import control
from tests.doubles.bitrix24.errors import Refusal, RefusalV3
from tests.doubles.bitrix24.faults import AFTER
from tests.doubles.bitrix24.methods.registry import METHODS, METHODS_V3, Answer, Call, Method
from tests.doubles.bitrix24.methods.tasks_v3 import idempotent
from tests.doubles.bitrix24.portal import Portal

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

_WEBHOOK = re.compile(r"/rest/(api/)?(\d+)/([^/]+)/([^/]+?)(?:\.json)?/?")
_APP = re.compile(r"/rest/([^/]+?)(?:\.json)?/?")
_BAD_GATEWAY = "<html><head><title>502 Bad Gateway</title></head><body><center><h1>502 Bad Gateway</h1></center></body></html>"


class App:
    def __init__(self, portal: Portal) -> None:
        self.portal = portal

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        request = Request(scope, receive)
        path = request.url.path
        if path.startswith("/_double/"):
            response: Response | None = await control(self.portal, request)
        elif self.portal.moved_to and self.portal.moved_to != f"{request.url.scheme}://{request.url.netloc}":
            response = RedirectResponse(self.portal.moved_to + path, 302)
        else:
            response = await self._rest(request, path)
        if response is None:
            await _drop(receive, send)
        else:
            await response(scope, receive, send)

    async def _rest(self, request: Request, path: str) -> Response | None:
        """None drops the connection."""
        version3, credentials, method = _address(path)
        params = await _parameters(request)
        known = self._method(method, version3)
        writes = _writes(known, method, params)
        self.portal.calls.append(method)
        fault = self.portal.faults.request(method, writes)
        kind, details = fault or ("", {})
        if kind == "slow":
            await asyncio.sleep(details.get("seconds", 0.2))
        if kind == "dropped_before":
            return None
        if kind == "html":
            return HTMLResponse(_BAD_GATEWAY, 502)
        answered = self._answer(request, version3, credentials, method, params, kind, details)
        if kind in AFTER and answered.status_code < 400:
            return None if kind == "dropped_after" else HTMLResponse(_BAD_GATEWAY, 502)
        return answered

    def _answer(
        self,
        request: Request,
        version3: bool,
        credentials: tuple[str, str] | None,
        method: str,
        params: Any,
        fault: str,
        details: dict[str, Any],
    ) -> Response:
        started = time.time()
        try:
            self._admit(request, method, fault, details)
            if self.portal.shut:
                raise self.portal.shut
            user, scopes = self._user(credentials, params)
            call = Call(
                self.portal, user, method, params if isinstance(params, dict) else {}, request.headers
            )
            if version3:
                return self._answer_v3(call, scopes, started)
            answer, clock = self._run(call, scopes, started)
        except Refusal as refused:
            content = refused.body()
            if refused.status == 429:
                content["time"] = self._time(method, started)
            return JSONResponse(content, refused.status)
        extras = {"total": answer.total, "next": answer.next}
        content = {
            "result": answer.result,
            **{k: v for k, v in extras.items() if v is not None},
            "time": clock,
        }
        return JSONResponse(content)

    def _answer_v3(self, call: Call, scopes: frozenset[str], started: float) -> Response:
        known = self._method(call.method, version3=True)
        if known is None:
            raise RefusalV3(404, "METHODNOTFOUNDEXCEPTION", f"Method `{call.method}` not found")
        _permit(known, scopes)
        result, replayed = idempotent(call, lambda: known.run(call))
        headers = {"Idempotent-Replayed": "true"} if replayed else {}
        return JSONResponse({"result": result, "time": self._time(call.method, started)}, headers=headers)

    def _admit(self, request: Request, method: str, fault: str, details: dict[str, Any]) -> None:
        source = request.client.host if request.client else ""
        if fault == "busy" or not self.portal.limits.admits(source):
            raise Refusal(503, "QUERY_LIMIT_EXCEEDED", "Too many requests")
        if fault == "overload":
            raise Refusal(503, "OVERLOAD_LIMIT", "REST API is blocked due to overload.")
        if fault == "expired":
            raise Refusal(401, "expired_token", "The access token provided has expired.")
        if fault == "nameless":
            raise Refusal(400, "", details.get("text", "Something went wrong<br>"))
        if fault == "blocked":
            self.portal.faults.block(method, time.time() + details.get("reset", 1.0))

    def _user(self, credentials: tuple[str, str] | None, params: Any) -> tuple[int, frozenset[str]]:
        for hook in self.portal.webhooks:
            if credentials == (str(hook.user), hook.secret):
                return hook.user, hook.scopes
        token = params.get("auth") if isinstance(params, dict) and credentials is None else None
        if token in self.portal.tokens:
            user, until = self.portal.tokens[token]
            if until < time.time():
                raise Refusal(401, "expired_token", "The access token provided has expired.")
            return user, self.portal.webhooks[0].scopes
        raise Refusal(401, "NO_AUTH_FOUND", "Wrong authorization data")

    def _run(self, call: Call, scopes: frozenset[str], started: float) -> tuple[Answer, dict[str, Any]]:
        limits, blocked = self.portal.limits, self.portal.faults.blocked_until(call.method) > time.time()
        if blocked or limits.exhausted(call.method):
            raise Refusal(429, "OPERATION_TIME_LIMIT", "Method is blocked due to operation time limit.")
        if call.method.lower() == "batch":
            answer = batch.run_batch(call, lambda inner: self._run(inner, scopes, time.time()))
            return answer, self._time("batch", started)
        known = self._method(call.method, version3=False)
        if known is None:
            raise Refusal(404, "ERROR_METHOD_NOT_FOUND", "Method not found!")
        _permit(known, scopes)
        self.portal.check_rights(call.method, call.params)
        limits.charge(call.method)
        answer = known.run(call)
        shown = answer if isinstance(answer, Answer) else Answer(answer)
        return shown, self._time(call.method, started)

    def _time(self, method: str, started: float) -> dict[str, Any]:
        now, zone = time.time(), self.portal.state.zone
        first, last = (
            datetime.fromtimestamp(at, zone).isoformat(timespec="seconds") for at in (started, now)
        )
        blocked = self.portal.faults.blocked_until(method)
        return {
            "start": started,
            "finish": now,
            "duration": now - started,
            "processing": now - started,
            "date_start": first,
            "date_finish": last,
            "operating_reset_at": int(blocked) + 1 if blocked > now else self.portal.limits.resets_at(method),
            "operating": self.portal.limits.spent(method),
        }

    def _method(self, name: str, version3: bool) -> Method | None:
        if name.lower().startswith("imbot.v2.") and not self.portal.chat_bots:
            return None
        return (METHODS_V3 if version3 else METHODS).get(name.lower())


def _address(path: str) -> tuple[bool, tuple[str, str] | None, str]:
    if found := _WEBHOOK.fullmatch(path):
        return bool(found[1]), (found[2], found[3]), found[4]
    found = _APP.fullmatch(path)
    return False, None, found[1] if found else path


def _writes(known: Method | None, name: str, params: Any) -> bool:
    if name.lower() != "batch" or not isinstance(params, dict):
        return bool(known and known.writes)
    inner = (METHODS.get(str(c).partition("?")[0].lower()) for c in batch.commands(params).values())
    return any(one and one.writes for one in inner)


def _permit(known: Method, scopes: frozenset[str]) -> None:
    if known.scope and known.scope not in scopes:
        text = "The request requires higher privileges than provided by the webhook token"
        raise Refusal(403, "insufficient_scope", text)


async def _parameters(request: Request) -> Any:
    params: Any = body.parse_query(request.url.query)
    try:
        given = body.parse(await request.body(), request.headers.get("content-type", ""))
    except (json.JSONDecodeError, UnicodeDecodeError):
        return params
    return {**params, **given} if isinstance(given, dict) else given


async def _drop(receive: Receive, send: Send) -> None:
    """The connection dies without an answer. uvicorn's `send` is a method of the object that holds the connection."""
    send.__self__.transport.abort()  # type: ignore[attr-defined]
    while (await receive())["type"] != "http.disconnect":
        pass
