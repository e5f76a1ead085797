"""The one way a batch is delivered, whatever the target: in order, each item settled before the next."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Protocol, TypeVar

from temporalio import activity

from activities.errors import AddressRefused, CrmForbidden, Refused, as_failure
from domain.effects import Delivered
from domain.words import Text

LONGEST = 30.0
"""Seconds for one batch: what is left by then goes with the next, well before the activity's own time is over."""
BEAT = 5.0


class Keyed(Protocol):
    @property
    def key(self) -> str: ...


Item = TypeVar("Item", bound=Keyed)
T = TypeVar("T")


async def deliver_in_order(items: Sequence[Item], deliver: Callable[[Item], Awaitable[None]]) -> Delivered:
    """Delivers until one fails: the next call's first. Raises if that is the first: Temporal retries it.

    Asked to stop, by its deal or with its worker, it finishes the item under way and tells how far it came: what is delivered
    is never delivered again because of a stop.
    """
    refused: dict[str, str] = {}
    forbidden: dict[str, Text] = {}
    bad_addresses: list[str] = []

    def delivered(count: int) -> Delivered:
        return Delivered(
            count=count, refused=refused, forbidden=forbidden, bad_addresses=tuple(bad_addresses)
        )

    until = time.monotonic() + LONGEST
    async with beating():
        for count, item in enumerate(items):
            if count and (asked_to_stop() or time.monotonic() > until):
                return delivered(count)
            activity.heartbeat(count)
            try:
                await settled(deliver(item))
            except CrmForbidden as error:
                forbidden[item.key] = error.missing
            except Refused as error:
                refused[item.key] = str(error)
                if isinstance(error, AddressRefused):
                    bad_addresses.append(item.key)
            except Exception as error:
                if count == 0:
                    raise as_failure(error) from error
                return delivered(count)
    return delivered(len(items))


async def deliver_until(
    enough: Callable[[int], bool],
    items: Sequence[Item],
    deliver: Callable[[Sequence[Item]], Awaitable[Delivered]],
) -> Delivered:
    """Delivers until so many are dealt with that it is worth telling, which `enough` knows; raises as `deliver` does."""
    done = Delivered(count=0)
    while done.count < len(items) and not (enough(done.count) or asked_to_stop()):
        some = await deliver(items[done.count :])
        done = Delivered(
            count=done.count + some.count,
            refused=done.refused | some.refused,
            forbidden=done.forbidden | some.forbidden,
            bad_addresses=(*done.bad_addresses, *some.bad_addresses),
        )
    return done


async def settled(work: Awaitable[T]) -> T:
    """Sees the work through to its end, even if cancelled meanwhile: half a delivery is one nobody knows the outcome of."""
    task = asyncio.ensure_future(work)
    while not task.done():
        with suppress(asyncio.CancelledError):
            await asyncio.wait({task})
    return task.result()


def asked_to_stop() -> bool:
    return activity.is_cancelled() or activity.is_worker_shutdown()


@asynccontextmanager
async def beating() -> AsyncIterator[None]:
    """Heartbeats, however long one item takes."""

    async def beat() -> None:
        while True:
            await asyncio.sleep(BEAT)
            activity.heartbeat()

    task = asyncio.create_task(beat())
    try:
        yield
    finally:
        task.cancel()
