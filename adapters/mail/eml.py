"""Mail as files: one `.eml` each, which any mail program opens, and a ledger of what was sent."""

import asyncio
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from errno import ENOSPC
from pathlib import Path

from pydantic import AwareDatetime

from activities.errors import MailUnavailable
from activities.mail.letter import Letter
from domain.base import Value

LEDGER = "ledger.jsonl"


class SentMail(Value):
    """A line of the ledger: a mail that was really sent."""

    message_id: str
    deal: str
    kind: str
    to: str
    subject: str
    file: str
    at: AwareDatetime


class MailFolder:
    """Serves `Mailer`. Several processes may share a folder: each Message-ID gets one file and one line."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def send(self, letter: Letter) -> None:
        await asyncio.to_thread(self._send, letter)

    async def ready(self) -> None:
        await asyncio.to_thread(self._ready)

    async def close(self) -> None: ...

    def sent(self) -> list[SentMail]:
        """All mail ever sent from this folder, in order."""
        try:
            lines = (self._folder / LEDGER).read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            return []
        return [SentMail.model_validate_json(line) for line in lines]

    def _send(self, letter: Letter) -> None:
        mail = _entry(letter)
        with self._alone():
            if not (self._folder / mail.file).exists():
                self._write(mail.file, letter.as_bytes())
            elif any(line.message_id == mail.message_id for line in self.sent()):
                return
            self._append(f"{mail.model_dump_json()}\n".encode())

    def _ready(self) -> None:
        with self._alone():
            probe = self._folder / ".ready.tmp"
            probe.write_bytes(b"")
            probe.unlink()

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Holds the folder against other processes; the lock of one that dies is free at once."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with open(self._folder / ".lock", "ab") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                yield
        except OSError as error:
            raise MailUnavailable(f"{self._folder}: {error}") from error

    def _write(self, name: str, content: bytes) -> None:
        """All of it under its name, or nothing."""
        unfinished = self._folder / ".unfinished.tmp"
        with open(unfinished, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        unfinished.rename(self._folder / name)

    def _append(self, line: bytes) -> None:
        """The whole line or none of it: half a line would spoil the next one."""
        with open(self._folder / LEDGER, "ab", buffering=0) as ledger:
            end = ledger.tell()
            if ledger.write(line) != len(line):
                ledger.truncate(end)
                raise OSError(ENOSPC, os.strerror(ENOSPC))


def _entry(letter: Letter) -> SentMail:
    return SentMail(
        message_id=letter.message_id,
        deal=letter.deal,
        kind=letter.kind,
        to=letter.to.addr_spec,
        subject=letter.subject,
        file=_file_name(letter),
        at=datetime.now(UTC),
    )


def _file_name(letter: Letter) -> str:
    """Readable, short, and not the same for two ids even on a disk where `A` and `a` are one file."""
    key = letter.message_id.strip("<>").rpartition("@")[0].replace("/", "_")
    return f"{key[:120]}.{letter.digest[:8]}.eml"
