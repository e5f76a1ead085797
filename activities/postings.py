"""Bank payments on their way to deals are taken up in the background: what one deal gives to another, what an interrupted command left."""

from collections.abc import Sequence
from typing import Any, Protocol

from temporalio import activity

from activities.errors import as_failure
from domain.effects import Given

MOST = 200
"""Payments of one round: the next goes on."""


class Outcome(Protocol):
    @property
    def ok(self) -> bool: ...


class Cashier(Protocol):
    async def resume(self, most: int | None) -> Sequence[tuple[Any, Outcome]]:
        """Whether each was taken by its deal, or is known to be no deal's. Telling a deal again has the effect of once."""


class Postings:
    def __init__(self, cashier: Cashier) -> None:
        self._cashier = cashier

    @activity.defn(name="money.post")
    async def post(self) -> Given:
        """Every error is worth another round: what is on its way stays there."""
        try:
            told = await self._cashier.resume(MOST)
        except Exception as error:
            raise as_failure(error) from error
        taken = sum(outcome.ok for _, outcome in told)
        return Given(taken=taken, waiting=len(told) - taken)
