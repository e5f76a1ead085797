"""A portal's REST by its incoming webhook."""

import json
import logging
import math
import random
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Any

import httpx

from activities.errors import CrmAmbiguous, CrmBusy, CrmUnavailable, WorldError
from adapters.crm.bitrix24.address import hide_addresses, host_of, is_cloud, moved
from adapters.crm.bitrix24.answers import Answer, Outcomes, answer, by_name, operating, reset_at, rows
from adapters.crm.bitrix24.calls import repeatable
from adapters.crm.bitrix24.faults import Fault, Meaning, NotGranted, PortalRefused, fault_in, inner_fault
from adapters.crm.bitrix24.limiter import Budget
from adapters.crm.bitrix24.query import command
from adapters.crm.bitrix24.rights import named

log = logging.getLogger("dealwright.crm")

TIMEOUT = httpx.Timeout(25.0, connect=5.0)  # the portal itself gives a request 60 s
PAGE = 50
MOST_IN_BATCH = 50
CLOUD_SECONDS, OWN_SECONDS = (
    480.0,
    420.0,
)  # that a method may work in ten minutes; the second, in a company's own house
_NEAR, _REST = (
    0.8,
    10.0,
)  # from this part on it is used more slowly; so many seconds before the end not at all
NEVER_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
)
_OVERLOAD = timedelta(minutes=15)
_UNTOLD = timedelta(seconds=30)  # a batch does not say until when one of its methods is closed
_SLOWER = timedelta(seconds=5)
_AT_ONCE = timedelta(seconds=1)
_LONGEST = 60.0

_UNTIL: ContextVar[float] = ContextVar("until")
_YIELDING: ContextVar[bool] = ContextVar("yielding", default=False)

Command = tuple[str, Mapping[str, Any]]


@contextmanager
def hurrying(seconds: float) -> Iterator[None]:
    """No request starts later: it would still be under way when somebody else takes over, and do twice what he does."""
    token = _UNTIL.set(time.monotonic() + seconds)
    try:
        yield
    finally:
        _UNTIL.reset(token)


@contextmanager
def yielding() -> Iterator[None]:
    """Requests leave room for those that write: what people did waits better than what they are to see."""
    token = _YIELDING.set(True)
    try:
        yield
    finally:
        _YIELDING.reset(token)


class Portal:
    """Every call raises `CrmUnavailable`, `CrmBusy`, `PortalRefused`, or, if it creates something, `CrmAmbiguous`."""

    def __init__(
        self,
        webhook: str,
        budget: Budget,
        *,
        ca: Path | None = None,
        bot_token: str = "",
        transport: httpx.AsyncBaseTransport | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """`ca`: certificates of who signs the portal's, where no public authority does. Raises BadAddress, and OSError for a
        file that can't be read. `bot_token`: of the desk's bot; without it there is none."""
        self.bot_token = bot_token
        self.host = host_of(webhook)
        self.moved_to = ""
        """Its host now, if it has been renamed: calls go there."""
        self._seconds = CLOUD_SECONDS if is_cloud(self.host) else OWN_SECONDS
        hide_addresses()
        self._budget = budget
        self._now = now
        self._strikes = 0
        self._http = httpx.AsyncClient(
            base_url=webhook.rstrip("/") + "/",
            headers={
                "User-Agent": f"dealwright/{version('dealwright')}",
                "Accept": "application/json",
                "Content-Type": "application/json",
            },
            timeout=TIMEOUT,
            transport=transport,
            verify=ssl.create_default_context(cafile=ca) if ca else True,
        )

    def __repr__(self) -> str:
        return f"Portal({self.host})"

    async def close(self) -> None:
        await self._http.aclose()

    async def call(self, method: str, params: Mapping[str, Any] | None = None) -> Answer:
        body = await self._post(method, params or {}, repeatable(method), [method])
        await self._watch(method, body.get("time"))
        return answer(body["result"], body.get("total"), body.get("next"))

    async def batch(
        self, commands: Mapping[str, Command], *, halt: bool = False, most: int = MOST_IN_BATCH
    ) -> Outcomes:
        """In order, at most 50. `halt` stops at the first error; else each stands for itself."""
        if not commands:
            return Outcomes({}, {})
        if len(commands) > most:  # the portal would do fifty of them, and fail the rest
            raise ValueError(f"a batch of {len(commands)} commands")
        safe = min(repeatable(method) for method, _ in commands.values())  # looks all of them up
        cmd = {name: command(method, params) for name, (method, params) in commands.items()}
        methods = list(dict.fromkeys(method for method, _ in commands.values()))
        body = await self._post("batch", {"halt": int(halt), "cmd": cmd}, safe, ["batch", *methods])
        inner = body["result"] if isinstance(body["result"], dict) else {}
        results, errors, totals, nexts, times = (
            by_name(inner.get(part), commands)
            for part in ("result", "result_error", "result_total", "result_next", "result_time")
        )
        for name, clock in times.items():
            await self._watch(commands[name][0], clock)
        failed = {}
        for name, error in errors.items():
            fault = inner_fault(error if isinstance(error, dict) else {"error": error})
            method, params = commands[name]
            failed[name] = await self._failure(fault, method, repeatable(method), times.get(name), params)
        good = {
            name: answer(result, totals.get(name), nexts.get(name))
            for name, result in results.items()
            if name not in failed
        }
        return Outcomes(good, failed)

    async def many(self, commands: Mapping[str, Command]) -> Outcomes:
        """Any number of commands, none of which needs another's result."""
        done, items = Outcomes({}, {}), list(commands.items())
        for start in range(0, len(items), MOST_IN_BATCH):
            part = await self.batch(dict(items[start : start + MOST_IN_BATCH]))
            done.answers.update(part.answers)
            done.errors.update(part.errors)
        return done

    async def pages(self, method: str, params: Mapping[str, Any], part: str = "") -> list[Any]:
        """All of a list, by its pages. `part` names the list inside the result, where it has a name."""
        found: list[Any] = []
        start = 0
        while True:
            page = await self.call(method, {**params, "start": start})
            found += rows(page.result, part)
            if page.next is None or page.next <= start:
                return found
            start = page.next

    async def every(self, method: str, params: Mapping[str, Any], part: str, key: str = "id") -> list[Any]:
        """All of a long list, uncounted (`start` -1) and by growing id: a page costs the same however far it is."""
        found: list[Any] = []
        last = 0
        while True:
            beyond = {**params.get("filter", {}), f">{key}": last}
            asked = {**params, "filter": beyond, "order": {key: "ASC"}, "start": -1}
            page = rows((await self.call(method, asked)).result, part)
            found += page
            if len(page) < PAGE:
                return found
            last = int(page[-1]["id"])

    async def _post(
        self, method: str, params: Mapping[str, Any], safe: bool, gates: list[str]
    ) -> dict[str, Any]:
        """`safe`: it may be repeated, so an answer that is lost leaves nothing to look up."""
        if time.monotonic() > _UNTIL.get(math.inf):
            raise CrmBusy(f"{self.host}: {method} goes on in the next delivery", _AT_ONCE)
        closable = [self._gate(gate) for gate in gates]
        pause = await self._budget.take(self.host, closable, yields=_YIELDING.get())
        if pause:
            raise CrmBusy(f"{self.host}: {method} waits for its turn", pause)
        try:
            response = await self._send(method, params)
        except NEVER_SENT as error:
            raise CrmUnavailable(f"{self.host} can't be reached ({type(error).__name__})") from None
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as error:
            words = f"{self.host}: no answer to {method} ({type(error).__name__})"
            raise (CrmUnavailable(words) if safe else CrmAmbiguous(words)) from None
        body = _json(response)
        if fault := fault_in(response.status_code, body):
            clock = body.get("time") if isinstance(body, dict) else None
            raise await self._failure(fault, method, safe, clock, params)
        self._strikes = 0
        parsed: dict[str, Any] = body
        return parsed

    async def _send(self, method: str, params: Mapping[str, Any]) -> httpx.Response:
        """A portal that was renamed answers 302 and does nothing: the same goes to its new address, once."""
        base, content = str(self._http.base_url), json.dumps(params)
        response = await self._http.post(method, content=content)
        location = response.headers.get("location", "") if response.is_redirect else ""
        if address := moved(base, str(response.url), location):
            self.moved_to = host_of(address)
            self._http.base_url = httpx.URL(address)
            log.warning(
                "the portal %s is %s now: put it into DEALWRIGHT_BITRIX24_URL", self.host, self.moved_to
            )
            response = await self._http.post(method, content=content)
        return response

    async def _failure(
        self, fault: Fault, method: str, safe: bool, clock: Any, params: Mapping[str, Any]
    ) -> WorldError:
        said = fault.said.replace(self.bot_token, "…") if self.bot_token else fault.said
        words = f"{self.host}: {method}: {said}"
        match fault.meaning:
            case Meaning.TOO_FAST:
                self._strikes += 1
                pause = timedelta(seconds=min(2.0**self._strikes, _LONGEST) + random.random())  # noqa: S311
                await self._budget.close(self.host, self._now() + pause)
                return CrmBusy(words, pause)
            case Meaning.METHOD_CLOSED:
                until = reset_at(clock) or self._now() + _UNTOLD
                await self._budget.close(self._gate(method), until)
                return CrmBusy(words, max(until - self._now(), _SLOWER))
            case Meaning.OVERLOADED:
                await self._budget.close(self.host, self._now() + _OVERLOAD)
                return CrmUnavailable(words, _OVERLOAD)
            case Meaning.SHUT_OUT:
                return CrmUnavailable(words)
            case Meaning.NOT_GRANTED:
                return NotGranted(words, named(fault, method, params))
            case Meaning.BROKEN:
                return CrmUnavailable(words) if safe else CrmAmbiguous(words)
            case Meaning.DENIED:
                return PortalRefused(f"{method}: {said}", fault.code, named(fault, method, params))
            case Meaning.REFUSED:
                return PortalRefused(f"{method}: {said}", fault.code)

    async def _watch(self, method: str, clock: Any) -> None:
        """Goes slower before the portal closes the method to all who use it."""
        used = operating(clock)
        if used < self._seconds * _NEAR:
            return
        reset = reset_at(clock) or self._now() + _UNTOLD
        until = reset if used >= self._seconds - _REST else min(self._now() + _SLOWER, reset)
        await self._budget.close(self._gate(method), until)

    def _gate(self, method: str) -> str:
        return f"{self.host}:{method}"


def _json(response: httpx.Response) -> Any:
    try:
        return response.json()
    except ValueError:  # an HTML page of some proxy, or nothing
        return None
