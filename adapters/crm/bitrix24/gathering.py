"""What callers ask one by one is asked of the portal together: whoever comes while a request is under way goes with the next."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from itertools import islice
from typing import Generic, TypeVar

from activities.errors import WorldError

GATHER_SECONDS = 0.05
MOST_PAUSES = 5

K = TypeVar("K")
V = TypeVar("V")


class Gathering(Generic[K, V]):
    """`ask` takes at most `most` keys, each once, and answers each. An answer that is an error is raised to who asked for it
    alone."""

    def __init__(
        self, ask: Callable[[Sequence[K]], Awaitable[Mapping[K, V | WorldError]]], most: int
    ) -> None:
        self._ask, self._most = ask, most
        self._waiting: dict[K, asyncio.Future[V]] = {}
        self._asking: asyncio.Task[None] | None = None

    async def get(self, key: K) -> V:
        """As it stands after this call: a request that is under way already is not waited for."""
        if key not in self._waiting:
            self._waiting[key] = asyncio.get_running_loop().create_future()
        answer = self._waiting[key]
        if self._asking is None or self._asking.done():
            self._asking = asyncio.create_task(self._work())
        return await asyncio.shield(answer)

    async def _work(self) -> None:
        while self._waiting:
            await self._nobody_else_comes()
            keys = list(islice(self._waiting, self._most))
            await self._answer({key: self._waiting.pop(key) for key in keys})

    async def _nobody_else_comes(self) -> None:
        """On a busy machine callers come in drops: as long as some do, and there is room, they are waited for, a while at most."""
        for _ in range(MOST_PAUSES):
            before = len(self._waiting)
            if before >= self._most:
                return
            await asyncio.sleep(GATHER_SECONDS)
            if len(self._waiting) == before:
                return

    async def _answer(self, asked: dict[K, asyncio.Future[V]]) -> None:
        try:
            answers = await self._ask(list(asked))
        except Exception as error:
            answers = dict.fromkeys(asked, error)  # type: ignore[arg-type]
        for key, future in asked.items():
            found = answers[key]
            if isinstance(found, Exception):
                future.set_exception(found)
                future.exception()  # whoever asked may have gone
            else:
                future.set_result(found)
