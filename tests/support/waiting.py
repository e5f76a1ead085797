"""Waiting for what happens elsewhere: asked again and again, for a while."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

PATIENCE = 30.0  # seconds until a test gives up
LONGEST_PAUSE = 0.5

Found = TypeVar("Found")


async def eventually(
    look: Callable[[], Awaitable[Found]],
    holds: Callable[[Found], object] = bool,
    *,
    words: Callable[[Found], str] = str,
    pause: float = 0.03,
) -> Found:
    """What `look` finds, once it `holds`. Raises AssertionError with `words` about the last it found.

    Between two looks it waits as long as a look takes: those who replay a history for each answer have other things to do.
    """
    seen = ""
    try:
        async with asyncio.timeout(PATIENCE):
            while True:
                began = time.monotonic()
                found = await look()
                if holds(found):
                    return found
                seen = words(found)
                await asyncio.sleep(max(pause, min(time.monotonic() - began, LONGEST_PAUSE)))
    except TimeoutError:
        raise AssertionError(f"it never came to that: {seen}") from None
