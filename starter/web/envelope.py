"""Around every answer: the headers that keep browsers safe, and no stray exception beyond this line."""

from collections.abc import Sequence

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from starter.web.errors import answer

FORMS = "/forms/"  # the only pages that other sites may show in a frame
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'"
)
_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",  # the address of a signed link is a secret
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}
_NO_FRAME = {"X-Frame-Options": "DENY", "Cross-Origin-Resource-Policy": "same-origin"}


class Envelope:
    """A header that the route has set stays as it is."""

    def __init__(self, app: ASGIApp, form_origins: Sequence[str], https: bool) -> None:
        self._app = app
        closed = {"Content-Security-Policy": f"{_POLICY}; frame-ancestors 'none'"}
        origins = " ".join(("'self'", *form_origins))
        framed = {"Content-Security-Policy": f"{_POLICY}; frame-ancestors {origins}"}
        always = _ALWAYS | ({"Strict-Transport-Security": "max-age=31536000"} if https else {})
        self._page, self._form = always | _NO_FRAME | closed, always | framed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        headers = self._form if scope["path"].startswith(FORMS) else self._page
        started = False

        async def send_with_headers(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                mine = MutableHeaders(scope=message)
                for name, value in headers.items():
                    mine.setdefault(name, value)
            await send(message)

        try:
            await self._app(scope, receive, send_with_headers)
        except Exception as error:  # uvicorn would log its words, and those may be a client's
            response = answer(Request(scope), error)
            if not started:
                await response(scope, receive, send_with_headers)
