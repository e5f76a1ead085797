"""The reservation of goods that stand in stock."""

from workflows.line_case import LineCase


async def reserve(line: LineCase) -> None:
    await line.answered("reservation")
