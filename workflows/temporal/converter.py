"""How payloads are written: pydantic's JSON in UTF-8, and what would not fit through the server's limits, compressed.

Everyone who reads or writes payloads uses `DATA_CONVERTER`: workers, clients, the replayer, the rebuilding of records.
"""

import dataclasses
import zlib
from collections.abc import Sequence
from typing import Any

from temporalio.api.common.v1 import Payload
from temporalio.common import RawValue
from temporalio.contrib.pydantic import PydanticPayloadConverter, pydantic_data_converter
from temporalio.converter import PayloadCodec

from domain.deal.batches import FactBatch, RecordBatch

ENCODING = b"binary/zlib"
LARGE = 256 * 1024  # bytes; the server warns from 512 KB on, and refuses 2 MB
BULKY = (RecordBatch, FactBatch)
"""What the world is told: nine tenths of a deal's history, which people read in the records, not there."""
BULK = 4 * 1024  # bytes from which these are compressed
MARK = "bulky"
LARGEST = (
    64 * 1024 * 1024
)  # bytes, unpacked: 2 MB may hold a thousand times as much, made to exhaust a worker


class LargePayloads(PayloadCodec):
    """The state of a deal of two hundred lines is about 2 MB of JSON, and a tenth of that compressed.

    Smaller payloads stay plain, so that the Web UI and `temporal` show them. A payload that can't be read is passed
    on as it is: raising here would hang the workflow.
    """

    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        return [
            self._compressed(p) if len(p.data) > (BULK if MARK in p.metadata else LARGE) else p
            for p in payloads
        ]

    async def decode(self, payloads: Sequence[Payload]) -> list[Payload]:
        return [self._plain(p) if p.metadata.get("encoding") == ENCODING else p for p in payloads]

    def _compressed(self, payload: Payload) -> Payload:
        return Payload(
            metadata={"encoding": ENCODING}, data=zlib.compress(payload.SerializeToString(), level=6)
        )

    def _plain(self, payload: Payload) -> Payload:
        try:
            unpacking = zlib.decompressobj()
            data = unpacking.decompress(payload.data, LARGEST)
            return Payload.FromString(data) if unpacking.eof else payload
        except Exception:
            return payload


class TolerantPayloads(PydanticPayloadConverter):
    """Where anything will do, what can't be read comes as it is: whoever asked refuses it, and nothing hangs.

    Anything will do for a parameter annotated `Any`. The SDK also asks for no types where the number of inputs is not
    the one that a handler, or a workflow's start, expects.
    """

    def to_payloads(self, values: Sequence[Any]) -> list[Payload]:
        payloads = super().to_payloads(values)
        for value, payload in zip(values, payloads, strict=True):
            if isinstance(value, BULKY):
                payload.metadata[MARK] = b"1"
        return payloads

    def from_payloads(self, payloads: Sequence[Payload], type_hints: list[type] | None = None) -> list[Any]:
        hints: list[Any] = [*(type_hints or ()), *(Any for _ in payloads)]
        return [self._read(payload, hint) for payload, hint in zip(payloads, hints, strict=False)]

    def _read(self, payload: Payload, hint: Any) -> Any:
        try:
            return super().from_payloads([payload], [hint])[0]
        except Exception:
            if hint is Any:
                return RawValue(payload)
            raise


DATA_CONVERTER = dataclasses.replace(
    pydantic_data_converter, payload_converter_class=TolerantPayloads, payload_codec=LargePayloads()
)
