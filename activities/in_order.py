"""The one way a batch is delivered, whatever the target: in order, each item settled before the next."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol, TypeVar

from temporalio import activity

from activities.errors import Refused, as_failure
from domain.effects import Delivered


class Keyed(Protocol):
    @property
    def key(self) -> str: ...


Item = TypeVar("Item", bound=Keyed)


async def deliver_in_order(items: Sequence[Item], deliver: Callable[[Item], Awaitable[None]]) -> Delivered:
    """Delivers until one fails: the next call's first. Raises if that is the first: Temporal retries it."""
    refused: dict[str, str] = {}
    for count, item in enumerate(items):
        activity.heartbeat(count)
        try:
            await deliver(item)
        except Refused as error:
            refused[item.key] = str(error)
        except Exception as error:
            if count == 0:
                raise as_failure(error) from error
            return Delivered(count=count, refused=refused)
    return Delivered(count=len(items), refused=refused)
