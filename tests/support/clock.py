"""Months in seconds: one workflow at a time is moved ahead on the real server's own clock for it.

A line can be moved while its deal waits; the deal only while none of its lines runs.
"""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from temporalio.testing._timeskipping import TimeSkipper

if TYPE_CHECKING:
    from tests.support.deal import OpenDeal


async def skip(deal: "OpenDeal", span: timedelta, line: int | None = None) -> None:
    handle = deal.line_handle(line) if line else deal.handle
    assert await TimeSkipper(deal.stand.client).fast_forward(handle, span)


async def now(deal: "OpenDeal", line: int | None = None) -> datetime:
    handle = deal.line_handle(line) if line else deal.handle
    return await TimeSkipper(deal.stand.client).get_current_time(handle)


async def skip_to(deal: "OpenDeal", moment: datetime, line: int | None = None) -> None:
    await skip(deal, moment - await now(deal, line), line)
