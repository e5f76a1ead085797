"""`/healthz`, for load balancers and for people: can events be accepted, are they handed on, is there room for more?"""

import asyncio
from datetime import UTC, datetime
from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field

from starter.disk import folder_with_little_room
from starter.web.openapi import refusals
from starter.web.services import Services

BEHIND_SECONDS = 60


class Health(BaseModel):
    """`behind`: events wait longer than they should, as while Temporal or the CRM is down. `low-disk`: little room is left.

    Events are still accepted in both. Where they can't be, the answer is 503, and says why.
    """

    status: Literal["ok", "behind", "low-disk"]
    waiting: int = Field(description="events that are accepted, and not finished")
    oldest_seconds: int = Field(description="how long the oldest of them has waited")


def router(services: Services) -> APIRouter:
    ours = APIRouter(tags=["health"])

    @ours.get("/healthz", summary="Is the web well", responses=refusals(503))
    async def healthz() -> Health:
        now = datetime.now(UTC)
        await asyncio.to_thread(services.inbox.try_writing, now)
        waiting = await asyncio.to_thread(services.inbox.waiting)
        seconds = max(0, int((now - (waiting.oldest or now)).total_seconds()))
        behind: Literal["ok", "behind"] = "ok" if seconds < BEHIND_SECONDS else "behind"
        little = await asyncio.to_thread(folder_with_little_room, services.settings)
        return Health(status="low-disk" if little else behind, waiting=waiting.events, oldest_seconds=seconds)

    return ours
