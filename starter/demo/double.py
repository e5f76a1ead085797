"""The Bitrix24 portal of the demo: the double that the project's tests are written against, in a process of its own."""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx

from domain.wording import worded
from domain.words import Text
from starter.errors import DealwrightError
from starter.rooms import ROOT
from starter.settings import Settings
from starter.stack.child import Child, Say
from starter.stack.children import environment, says
from starter.stack.home import prepare_home
from starter.stack.ports import HOST, lease_ports

PORT = 8124
MODULE = "tests.doubles.bitrix24"
GRACE_SECONDS = 5.0
_NO_TESTS = Text(
    ru="Двойник портала — часть тестов проекта, а они с программой не устанавливаются. Запустите deal demo --crm bitrix24 "
    "из копии репозитория (git clone, затем make setup) или deal demo: он обходится собственной CRM.",
    en="The portal's double is a part of the project's tests, which are not installed with it. Run deal demo --crm bitrix24 "
    "from a clone of the repository (git clone, then make setup), or deal demo, which makes do with a CRM of its own.",
)


class Double:
    """`url` is its incoming webhook. What people do in it goes through doors that no real portal has."""

    def __init__(self, url: str, http: httpx.AsyncClient) -> None:
        self.url = url
        self._http = http

    async def user(self, name: str, email: str) -> int:
        first, _, last = name.partition(" ")
        return int(await self._do("user", name=first, last_name=last, email=email))

    async def hook(self, url: str, token: str) -> None:
        """Where its outgoing webhook sends."""
        await self._do("hook", url=url, token=token)

    async def hands(self, user: int, verb: str, **given: Any) -> Any:
        """Raises DealwrightError where the portal would not let a person do it."""
        return await self._do(f"hands/{user}/{verb}", **given)

    async def _do(self, what: str, **given: Any) -> Any:
        answer = await self._http.post(f"/_double/{what}", json=given)
        if not answer.is_success:
            raise DealwrightError(
                worded(
                    ru="Двойник портала отказал в {what}: {status}.",
                    en="The portal's double refused {what}: {status}.",
                    what=what,
                    status=answer.status_code,
                )
            )
        return answer.json()["result"]


@asynccontextmanager
async def portal_double(settings: Settings, say: Say) -> AsyncIterator[Double]:
    """Raises DealwrightError where the project's tests are not there: in a wheel, in the Docker image."""
    if not (ROOT / MODULE.replace(".", "/")).is_dir():
        raise DealwrightError(_NO_TESTS)
    prepare_home(settings.home)
    with lease_ports(PORT) as [port]:
        process = Child(
            "The portal's double",
            [
                *(sys.executable, "-P", "-X", f"dealwright={settings.home}"),
                *("-m", MODULE, "--port", str(port), "--no-limits"),
            ],
            env=environment() | {"PYTHONPATH": str(ROOT)},
            log=settings.logs / "double.log",
            ready=says(f"http://{HOST}:{port}/"),
            say=say,
        )
        await process.start()
        try:
            url = process.said().split()[-1]
            async with httpx.AsyncClient(base_url=f"http://{HOST}:{port}", timeout=30) as http:
                yield Double(url, http)
        finally:
            await process.stop(GRACE_SECONDS)
