"""A real browser: Debian's Chromium through Playwright. It loads nothing from outside."""

import os
import shutil
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, async_playwright

from tests.support.pages import OtherSite, Web, serving

NAMES = ("chromium", "chromium-browser", "google-chrome")
QUIET = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run "
    "--disable-background-networking --disable-component-update --disable-sync"
)


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    program = next(filter(None, map(shutil.which, NAMES)), None)
    if program is None:
        words = f"no browser: none of {', '.join(NAMES)} is on PATH (on Debian: apt install chromium)"
        pytest.fail(words) if os.environ.get("CI") else pytest.skip(words)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=QUIET.split())
        yield browser
        await browser.close()


@pytest.fixture
async def site() -> AsyncIterator[OtherSite]:
    """A site that may show the form, and post to it."""
    site = OtherSite()
    async with serving(site, "localhost") as site.address:
        yield site


@pytest.fixture
def web(site: OtherSite) -> Web:
    return Web(site.address)


@pytest.fixture
async def address(web: Web) -> AsyncIterator[str]:
    async with serving(web.enveloped) as address:
        yield address
