"""How everyone here reaches Temporal: its own configuration, else what runs in this home."""

import asyncio
from typing import cast

from temporalio.client import Client, ClientConnectConfig
from temporalio.envconfig import ClientConfig
from temporalio.service import RPCError

from domain.wording import worded
from starter.errors import UnreachableError, UsageError
from starter.settings import Settings
from starter.stack.home import read_stack
from workflows.temporal.converter import DATA_CONVERTER


def connect_config(settings: Settings) -> ClientConnectConfig:
    """Raises UsageError when Temporal's own configuration can't be read (an unknown profile, say), UnreachableError when
    nothing says where Temporal runs: never a guess that could reach another home's server."""
    try:
        config = cast(ClientConnectConfig, ClientConfig.load_client_connect_config())
    except Exception as error:  # envconfig raises RuntimeError, ConfigError, ValueError
        raise UsageError(
            worded(
                ru="Настройки клиента Temporal не подходят: {why}.",
                en="Temporal's client configuration can't be used: {why}.",
                why=str(error),
            )
        ) from error
    if "target_host" not in config:
        stack = read_stack(settings.home)
        if stack is None:
            raise UnreachableError(
                worded(
                    ru="В {home} ничего не запущено: запустите (`deal up`), укажите в DEALWRIGHT_HOME папку, где запущено, "
                    "или в TEMPORAL_ADDRESS сервер Temporal.",
                    en="Nothing runs in {home}: start it with `deal up`, "
                    "set DEALWRIGHT_HOME to a home where it runs, or TEMPORAL_ADDRESS to a Temporal server.",
                    home=settings.home,
                )
            )
        config["target_host"], config["namespace"] = stack.address, stack.namespace
    config["data_converter"] = DATA_CONVERTER
    return config


async def connect(settings: Settings, *, timeout_seconds: float = 5.0) -> Client:
    """Raises UnreachableError when no server answers in time."""
    config = connect_config(settings)
    try:
        async with asyncio.timeout(timeout_seconds):
            return await Client.connect(**config)
    except (RuntimeError, RPCError, TimeoutError) as error:
        raise UnreachableError(
            worded(
                ru="Temporal не отвечает по адресу {where}: запустите его (`deal up`) или укажите в TEMPORAL_ADDRESS, где он "
                "работает.",
                en="Temporal does not answer at {where}: start it with `deal up`, or set TEMPORAL_ADDRESS to where it runs.",
                where=config["target_host"],
            )
        ) from error
