"""The web as an ASGI app: webhooks, the lead form, the pages of signed links; and the relay that runs beside them."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from functools import partial

from fastapi import APIRouter, FastAPI, Request, Response
from starlette.middleware import Middleware

from starter.crms import CRMS
from starter.web import health, hooks
from starter.web.envelope import Envelope
from starter.web.errors import HANDLED, answer, unexpected
from starter.web.limits import BodyLimit
from starter.web.openapi import described
from starter.web.services import Relay, Services

STOP_SECONDS = 5.0  # the relay's, to settle what it had claimed; else its lease ends by itself
AGAIN_SECONDS = 1.0


def create_app(services: Services, pages: Sequence[APIRouter] = ()) -> FastAPI:
    settings = services.settings
    origins = [origin for origin in (part.strip() for part in settings.form_origins.split(",")) if origin]
    app = FastAPI(
        docs_url=None,
        redoc_url=None,
        lifespan=partial(_alive, services.relay),
        middleware=[
            Middleware(Envelope, form_origins=origins, https=settings.public_url.startswith("https://")),
            Middleware(BodyLimit),
        ],
        exception_handlers=dict.fromkeys(HANDLED, _refuse),
    )
    app.openapi = partial(described, app)  # type: ignore[method-assign]
    of_crms = [kind.routes for kind in CRMS.values() if kind.routes]
    for router in (*of_crms, hooks.router, health.router):
        app.include_router(router(services))
    for page in pages:
        app.include_router(page)
    return app


async def _refuse(request: Request, error: Exception) -> Response:
    return answer(request, error)


@asynccontextmanager
async def _alive(relay: Relay, _: FastAPI) -> AsyncIterator[None]:
    stop = asyncio.Event()
    running = asyncio.create_task(_keep_running(relay, stop))
    try:
        yield
    finally:
        stop.set()
        relay.wake()
        with suppress(TimeoutError):
            await asyncio.wait_for(running, STOP_SECONDS)


async def _keep_running(relay: Relay, stop: asyncio.Event) -> None:
    while not stop.is_set():
        try:
            await relay.run(stop)
        except Exception as error:
            unexpected(error)
            await asyncio.sleep(AGAIN_SECONDS)
