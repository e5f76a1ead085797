"""Temporal's real dev server for tests: the bundled one, whatever is on PATH."""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

from temporalio.testing import WorkflowEnvironment

from starter.stack.children import QUICK_QUEUES
from workflows.temporal.converter import DATA_CONVERTER
from workflows.temporal.search_attributes import SEARCH_ATTRIBUTES

CLI = Path(sys.executable).parent / "temporal"
SKIPS_TIME = "--dynamic-config-value=frontend.WorkflowTimeSkippingEnabled=true"


@asynccontextmanager
async def dev_server(
    *extra_args: str, namespaces: tuple[str, ...] = ()
) -> AsyncIterator[WorkflowEnvironment]:
    """In memory. Time is skipped only where a test asks for it: see `tests.support.clock`."""
    spaces = [arg for name in namespaces for arg in ("--namespace", name)]
    environment = await WorkflowEnvironment.start_local(
        data_converter=DATA_CONVERTER,
        identity="tests",
        search_attributes=SEARCH_ATTRIBUTES,
        dev_server_existing_path=str(CLI),
        dev_server_startup_timeout=timedelta(seconds=30),
        dev_server_extra_args=[*QUICK_QUEUES, SKIPS_TIME, *spaces, *extra_args],
        dev_server_log_level="never",
    )
    async with environment:
        yield environment
