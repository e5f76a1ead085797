"""Grouped the records what happened. They are ours, but they can be down like everything else."""

import asyncio
from collections.abc import Sequence
from typing import Protocol

from temporalio import activity

from domain.deal.batches import RecordBatch
from domain.effects import Delivered
from domain.facts.branches import Abandoned
from domain.serials import SerialElsewhere


class Store(Protocol):
    def apply(self, batch: RecordBatch) -> Abandoned | None:
        """Idempotent, in one transaction; raises, having changed nothing, when it could not.

        Says which branch of the trail the batch leaves, if it leaves one.
        """

    def serials_elsewhere(self, batch: RecordBatch) -> Sequence[SerialElsewhere]:
        """The serial numbers of its lines that other lines had before."""


class RecordsDelivery:
    def __init__(self, store: Store) -> None:
        self._store = store

    @activity.defn(name="records.deliver")
    async def deliver(self, batch: RecordBatch) -> Delivered:
        """All of the batch or nothing. Every error is worth a retry: the outbox keeps what is not told.

        Serial numbers are looked up once it is there: of two deals that tell the same one together, one at least finds the other.
        """
        abandoned = await asyncio.to_thread(self._store.apply, batch)
        serials = await asyncio.to_thread(self._store.serials_elsewhere, batch) if batch.lines else ()
        return Delivered(count=len(batch.facts), abandoned=abandoned, serials=tuple(serials))
