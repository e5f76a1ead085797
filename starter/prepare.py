"""Readies a real cluster for the desk: python -m starter.prepare. Safe to run again."""

import asyncio
import sys
from datetime import timedelta

from records import migrate
from starter.connection import connect
from starter.errors import DealwrightError, said
from starter.private import keep_private
from starter.settings import Settings, load_settings
from starter.stack.namespace import ensure_namespace, prepare_namespace
from starter.upkeep import ensure_upkeep


async def prepare(settings: Settings) -> None:
    """The namespace with its search attributes, retention and schedule, and the tables of the records."""
    client = await connect(settings)
    await ensure_namespace(client, settings.retention)
    await prepare_namespace(client, settings.retention)
    await ensure_upkeep(client, timedelta(seconds=settings.reconcile_seconds))
    print(f"Namespace {client.namespace} is ready", flush=True)
    await asyncio.to_thread(migrate, settings.database_url)
    print("Records are ready", flush=True)
    await asyncio.sleep(0.05)  # lets the SDK's threads leave before the interpreter does


def main() -> None:
    keep_private()
    try:
        asyncio.run(prepare(load_settings()))
    except DealwrightError as error:
        print(said(error), file=sys.stderr)
        sys.exit(error.exit_code)


if __name__ == "__main__":
    main()
