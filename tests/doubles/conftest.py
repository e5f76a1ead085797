"""A portal's double with one person, and whoever calls its methods."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from tests.doubles.bitrix24 import Double, double


class Caller:
    def __init__(self, portal: Double, client: httpx.AsyncClient) -> None:
        self.portal = portal
        self.client = client

    async def raw(self, method: str, **params: Any) -> httpx.Response:
        return await self.client.post(self.portal.url + method, json=params)

    async def __call__(self, method: str, **params: Any) -> Any:
        answer = await self.raw(method, **params)
        assert answer.status_code == 200, answer.text
        return answer.json()["result"]

    async def fails(self, method: str, **params: Any) -> tuple[int, Any, str]:
        answer = await self.raw(method, **params)
        body = answer.json()
        return answer.status_code, body["error"], body["error_description"]


@pytest.fixture
async def portal() -> AsyncIterator[Double]:
    async with double() as portal:
        portal.user("Ольга", "Иванова", "ivanova@dealwright.example")
        yield portal


@pytest.fixture
async def call(portal: Double) -> AsyncIterator[Caller]:
    async with httpx.AsyncClient(trust_env=False, verify=False) as client:
        yield Caller(portal, client)
