"""What an adapter says to the double, call by call."""

import json
from typing import Any

import httpx

from tests.doubles.bitrix24.batch import commands
from tests.doubles.bitrix24.body import parse_query


class Overheard(httpx.AsyncHTTPTransport):
    """What goes over the wire, each command of a batch for itself."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.requests = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.requests += 1
        method, params = request.url.path.rpartition("/")[2], json.loads(request.content)
        self.calls.append((method, params))
        if method == "batch":
            for command in commands(params).values():
                name, _, query = command.partition("?")
                self.calls.append((name, parse_query(query)))
        return await super().handle_async_request(request)
