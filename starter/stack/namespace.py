"""What a namespace needs before a deal can start in it: search attributes, and a retention on purpose."""

import asyncio
import contextlib
from collections.abc import Mapping
from datetime import timedelta

from google.protobuf.duration_pb2 import Duration
from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.namespace.v1 import NamespaceConfig
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest, ListSearchAttributesRequest
from temporalio.api.workflowservice.v1 import (
    DescribeNamespaceRequest,
    RegisterNamespaceRequest,
    UpdateNamespaceRequest,
)
from temporalio.client import Client
from temporalio.service import RPCError

from domain.wording import worded
from starter.errors import StackError

NAMESPACE_SECONDS = 30


def search_attributes() -> Mapping[str, "IndexedValueType.ValueType"]:
    from workflows.temporal.search_attributes import SEARCH_ATTRIBUTES

    return {key.name: IndexedValueType.ValueType(key.indexed_value_type) for key in SEARCH_ATTRIBUTES}


async def ensure_namespace(client: Client, retention: timedelta) -> None:
    """Creates the client's namespace if the server has none of that name, and waits until it can be used."""
    service, name = client.workflow_service, client.namespace
    wanted = Duration(seconds=int(retention.total_seconds()))
    with contextlib.suppress(RPCError):  # it exists: what a deal needs is checked below
        await service.register_namespace(
            RegisterNamespaceRequest(namespace=name, workflow_execution_retention_period=wanted)
        )
    last: RPCError | None = None
    for _ in range(NAMESPACE_SECONDS):  # the server's own list of namespaces is refreshed every 10 s
        try:
            await client.count_workflows()
            return
        except RPCError as error:
            last = error
            await asyncio.sleep(1)
    raise StackError(
        worded(
            ru="Пространство имён {name} не создать или им нельзя пользоваться: «{last}».",
            en="Namespace {name} can't be created or used: {last}.",
            name=name,
            last=last,
        )
    )


async def prepare_namespace(client: Client, retention: timedelta) -> None:
    """Idempotent. Raises StackError if an attribute of ours exists with another type."""
    await register_search_attributes(client)
    await set_retention(client, retention)


async def register_search_attributes(client: Client) -> None:
    wanted = search_attributes()
    reply = await client.operator_service.list_search_attributes(
        ListSearchAttributesRequest(namespace=client.namespace)
    )
    there = dict(reply.custom_attributes)
    for name in wanted.keys() & there.keys():
        if wanted[name] != there[name]:
            raise StackError(
                worded(
                    ru="В пространстве имён {namespace} есть поисковый атрибут {name} другого типа: "
                    "уберите его (temporal operator search-attribute remove --name {name}) и запустите снова.",
                    en="Namespace {namespace} has a search attribute {name} of another type: "
                    "remove it there (temporal operator search-attribute remove --name {name}) and start again.",
                    namespace=client.namespace,
                    name=name,
                )
            )
    if missing := {name: kind for name, kind in wanted.items() if name not in there}:
        await client.operator_service.add_search_attributes(
            AddSearchAttributesRequest(namespace=client.namespace, search_attributes=missing)
        )


async def set_retention(client: Client, retention: timedelta) -> None:
    wanted = Duration(seconds=int(retention.total_seconds()))
    service = client.workflow_service
    now = await service.describe_namespace(DescribeNamespaceRequest(namespace=client.namespace))
    if now.config.workflow_execution_retention_ttl != wanted:
        config = NamespaceConfig(workflow_execution_retention_ttl=wanted)
        await service.update_namespace(UpdateNamespaceRequest(namespace=client.namespace, config=config))
