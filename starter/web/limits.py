"""No body is longer than the limit, whether its length was announced, wrongly announced, or not at all."""

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from domain.words import Text
from starter.web.errors import Declined, rendered

MAX_BYTES = 256 * 1024


class BodyLimit:
    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        announced = dict(scope["headers"]).get(b"content-length", b"0")
        if not announced.isdigit() or int(announced[:20]) > MAX_BYTES:
            return await rendered(Request(scope), too_big())(scope, receive, send)
        came = 0

        async def receive_some() -> Message:
            nonlocal came
            message = await receive()
            came += len(message.get("body", b""))
            if came > MAX_BYTES:
                raise too_big()
            return message

        await self._app(scope, receive_some, send)


def too_big() -> Declined:
    words = Text(ru="Слишком большое сообщение: до 256 КБ.", en="The message is too big: 256 KB at most.")
    return Declined(413, "too-big", words, headers={"Connection": "close"})
