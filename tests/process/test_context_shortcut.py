"""The SDK's questions for contexts are answered without the sandbox: true only while nobody reads the answers."""

import dataclasses
from typing import Any

import pytest
from temporalio.converter import (
    DataConverter,
    ExternalStorage,
    SerializationContext,
    StorageDriver,
    StorageDriverClaim,
    StorageDriverRetrieveContext,
    StorageDriverStoreContext,
    WithSerializationContext,
    WorkflowSerializationContext,
)
from temporalio.worker import WorkflowInstance

from workflows.temporal.converter import DATA_CONVERTER, LargePayloads, TolerantPayloads
from workflows.temporal.sandbox import _no_context, _no_target


class CodecOfADeal(LargePayloads, WithSerializationContext):
    def with_context(self, context: SerializationContext) -> "CodecOfADeal":
        return CodecOfADeal()


class PayloadsOfADeal(TolerantPayloads):
    def with_context(self, context: SerializationContext) -> "PayloadsOfADeal":
        return PayloadsOfADeal()


class Elsewhere(StorageDriver):
    def name(self) -> str:
        return "elsewhere"

    async def store(self, context: StorageDriverStoreContext, payloads: Any) -> list[StorageDriverClaim]:
        return []

    async def retrieve(self, context: StorageDriverRetrieveContext, claims: Any) -> list[Any]:
        return []


def reads_a_context(converter: DataConverter) -> bool:
    """By the SDK's own rule: it makes another converter for a context that any part of this one reads."""
    context = WorkflowSerializationContext(namespace="default", workflow_id="deal-7")
    return converter.external_storage is not None or converter.with_context(context) is not converter


def test_nothing_in_the_data_converter_reads_a_context() -> None:
    """If this fails, take `_no_context` and `_no_target` out of `workflows/temporal/sandbox.py`: their answers are now read."""
    assert not reads_a_context(DATA_CONVERTER)


@pytest.mark.parametrize(
    "gained",
    [
        {"payload_codec": CodecOfADeal()},
        {"payload_converter_class": PayloadsOfADeal},
        {"external_storage": ExternalStorage(drivers=[Elsewhere()])},
    ],
    ids=lambda gained: next(iter(gained)),
)
def test_a_part_that_reads_one_would_be_seen(gained: dict[str, Any]) -> None:
    assert reads_a_context(dataclasses.replace(DATA_CONVERTER, **gained))


def test_the_sdk_still_asks_by_these_names() -> None:
    """Renamed, the shortcut would shorten nothing, and no test would be slow enough to show it."""
    for name in ("get_serialization_context", "get_external_store_context"):
        assert callable(getattr(WorkflowInstance, name))
    assert _no_context(None) is None  # type: ignore[func-returns-value]
    assert _no_target(None).target is None
