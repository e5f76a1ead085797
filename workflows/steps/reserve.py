"""The reservation of goods that stand in stock."""

from domain.playbook.terms import Gate
from workflows.line_case import LineCase


async def reserve(line: LineCase) -> None:
    await line.answered_behind(Gate.ORDERING, kind="reservation")
