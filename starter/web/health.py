"""`/healthz`, for load balancers and for people: can events be accepted, and are they handed on?"""

import asyncio
from datetime import UTC, datetime
from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field

from starter.web.openapi import refusals
from starter.web.services import Services

BEHIND_SECONDS = 60


class Health(BaseModel):
    """`behind`: events wait longer than they should, as while Temporal or the CRM is down. They are still accepted."""

    status: Literal["ok", "behind"]
    waiting: int = Field(description="events that are accepted, and not finished")
    oldest_seconds: int = Field(description="how long the oldest of them has waited")


def router(services: Services) -> APIRouter:
    ours = APIRouter(tags=["health"])

    @ours.get("/healthz", summary="Is the web well", responses=refusals(503))
    async def healthz() -> Health:
        waiting = await asyncio.to_thread(services.inbox.waiting)
        oldest = waiting.oldest or datetime.now(UTC)
        seconds = max(0, int((datetime.now(UTC) - oldest).total_seconds()))
        return Health(
            status="ok" if seconds < BEHIND_SECONDS else "behind",
            waiting=waiting.events,
            oldest_seconds=seconds,
        )

    return ours
