"""A request's head is bounded in size, and in the time it may take: uvicorn bounds neither by itself."""

import asyncio

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from domain.words import Text
from starter.web.errors import Declined

HEAD_BYTES = 16 * 1024
HEAD_SECONDS = 10.0
LINGER_SECONDS = 1.0  # closed while more is on its way, the connection would be reset, and the answer lost


class BoundedHeads(H11Protocol):
    """Whose head is not whole in time is hung up on, however steadily it drips; one that is too big is answered 431."""

    _in_head = True
    _refused = False
    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's own
        super().connection_made(transport)
        self._watch_head(begun=True)

    def data_received(self, data: bytes) -> None:
        for start in range(
            0, len(data), HEAD_BYTES
        ):  # h11 bounds what it must keep, not what it is given at once
            if self._refused or self.transport.is_closing():
                return
            self._in_head = self.conn.their_state is h11.IDLE
            super().data_received(data[start : start + HEAD_BYTES])
        self._watch_head(begun=bool(self.conn.trailing_data[0]))

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_watching()
        super().connection_lost(exc)

    def send_400_response(self, msg: str) -> None:
        """Called where h11 has given a request up."""
        if not (self._in_head and len(self.conn.trailing_data[0]) > HEAD_BYTES):
            return super().send_400_response(msg)
        body = too_big().problem.model_dump_json().encode()
        headers = {
            "content-type": "application/json",
            "content-length": str(len(body)),
            "connection": "close",
        }
        for event in (
            h11.Response(
                status_code=431, headers=list(headers.items()), reason="Request Header Fields Too Large"
            ),
            h11.Data(data=body),
            h11.EndOfMessage(),
        ):
            self.transport.write(self.conn.send(event) or b"")
        self._refused = True
        self.transport.write_eof()
        self.loop.call_later(LINGER_SECONDS, self.transport.close)

    def _watch_head(self, *, begun: bool) -> None:
        if self.conn.their_state is not h11.IDLE:
            self._stop_watching()
        elif begun and self._deadline is None:
            self._deadline = self.loop.call_later(HEAD_SECONDS, self.transport.close)

    def _stop_watching(self) -> None:
        if self._deadline:
            self._deadline.cancel()
            self._deadline = None


def too_big() -> Declined:
    words = Text(ru="Слишком большие заголовки: до 16 КБ.", en="The headers are too big: 16 KB at most.")
    return Declined(431, "headers-too-big", words)
