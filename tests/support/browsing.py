"""One person's browser window."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from playwright.async_api import Browser, Page

PATIENCE_MS = 10_000


@asynccontextmanager
async def window(
    browser: Browser, *, script: bool = True, locale: str = "ru", **more: Any
) -> AsyncIterator[Page]:
    """Nothing is shared with other windows. Errors of the page's own scripts and styles fail the test."""
    context = await browser.new_context(java_script_enabled=script, locale=locale, **more)
    context.set_default_timeout(PATIENCE_MS)
    try:
        yield await context.new_page()
    finally:
        await context.close()
