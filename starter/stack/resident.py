"""The running desk answers on a socket in its home, which only its owner can open: `starter.resident` asks."""

import asyncio
import json
import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing, suppress
from pathlib import Path

from pydantic import BaseModel
from temporalio.client import Client

from domain.words import Language
from records.queries import RecordQueries
from starter.desk import DealDesk
from starter.errors import DealwrightError
from starter.resident import socket_file

QUESTION_SECONDS = 5.0


@asynccontextmanager
async def answering(client: Client, home: Path, database_url: str) -> AsyncIterator[None]:
    """While it lasts. A home whose path is too long for a socket has none: then everybody asks Temporal."""
    with closing(RecordQueries(database_url)) as records, closing(socket.socket(socket.AF_UNIX)) as line:
        try:
            _bind(line, file := socket_file(home))
        except OSError:
            yield
            return
        server = await asyncio.start_unix_server(_Resident(client, records).answer, sock=line)
        try:
            yield
        finally:
            file.unlink(missing_ok=True)
            server.close()


def _bind(line: socket.socket, file: Path) -> None:
    file.unlink(missing_ok=True)  # of a desk that was killed
    before = os.umask(0o177)
    try:
        line.bind(str(file))
    finally:
        os.umask(before)


class Question(BaseModel):
    deal: str
    language: Language


class _Resident:
    def __init__(self, client: Client, records: RecordQueries) -> None:
        self._client, self._records = client, records

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with closing(writer), suppress(OSError, ValueError):  # whoever asks goes on without us
            async with asyncio.timeout(QUESTION_SECONDS):
                question = Question.model_validate_json(await reader.readline())
            writer.write(await self._told(question))
            await writer.drain()

    async def _told(self, question: Question) -> bytes:
        desk = DealDesk(self._client, archive=self._records, language=question.language)
        try:
            view = await desk.show(question.deal)
        except DealwrightError as error:
            told = {"ru": error.text.ru, "en": error.text.en, "exit_code": int(error.exit_code)}
            return b"error\n" + json.dumps(told).encode()
        return b"view\n" + view.model_dump_json().encode()
