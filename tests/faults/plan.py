"""What goes wrong in the worker's world, as files: a test writes them, the worker's doubles read them.

`<target>.down` names the deals for which the target fails, `<target>.kill` arms one kill, `<target>.slow` holds seconds.
The journal is the ledger of what the doubles were asked and what they really carried out.
"""

import json
import os
import signal
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Literal

from starter.settings import Settings

Target = Literal["crm", "mail", "records", "money"]
What = Literal["asked", "repeated", "done", "refused", "killed", "answer lost"]
TARGETS: tuple[Target, ...] = ("crm", "mail", "records")
"""Whom every deal tells. `money`: a deal has taken a payment, and who told it has not yet written that down."""
ALL = "*"


@dataclass(frozen=True)
class Entry:
    """`key`: the effect's own; of records, the deal's first and last fact told. `repeated`: it stood there already."""

    target: Target
    what: What
    deal: str
    key: str
    pid: int
    at: float


class Plan:
    def __init__(self, settings: Settings) -> None:
        self._folder = settings.home / "faults"
        self._folder.mkdir(parents=True, exist_ok=True)
        self._journal = self._folder / "journal.jsonl"

    # --- the test's side -----------------------------------------------------------------------------------------

    def arm_kill(self, target: Target) -> None:
        """The worker dies right after the next effect there was carried out, before anybody knows."""
        (self._folder / f"{target}.kill").touch()

    def arm_lost_answer(self, target: Target) -> None:
        (self._folder / f"{target}.lose").touch()

    def take_down(self, target: Target, *deals: str) -> None:
        """For these deals, or for all."""
        self._put(f"{target}.down", "\n".join(deals or (ALL,)))

    def heal(self, target: Target) -> None:
        (self._folder / f"{target}.down").unlink(missing_ok=True)

    def slow_down(self, target: Target, seconds: float) -> None:
        self._put(f"{target}.slow", str(seconds))

    def journal(self, *whats: What, target: Target | None = None) -> list[Entry]:
        with suppress(FileNotFoundError):
            entries = [Entry(**json.loads(line)) for line in self._journal.read_text().splitlines()]
            return [e for e in entries if (not whats or e.what in whats) and target in (None, e.target)]
        return []

    # --- the doubles' side ---------------------------------------------------------------------------------------

    def is_down(self, target: Target, deal: str) -> bool:
        down = self._read(f"{target}.down").split()
        return ALL in down or deal in down

    def slowness(self, target: Target) -> float:
        return float(self._read(f"{target}.slow") or 0)

    def strike(self, target: Target, deal: str, key: str) -> None:
        """As `kill -9` would: nothing after this line happens in this process."""
        if self._take(f"{target}.kill"):
            self.note(target, "killed", deal, key)
            os.kill(os.getpid(), signal.SIGKILL)

    def loses_answer(self, target: Target, deal: str, key: str) -> bool:
        lost = self._take(f"{target}.lose")
        if lost:
            self.note(target, "answer lost", deal, key)
        return lost

    def note(self, target: Target, what: What, deal: str, key: str) -> None:
        """One system call for the whole line: a kill can't leave half of it."""
        line = json.dumps(asdict(Entry(target, what, deal, key, os.getpid(), time.time())))
        journal = os.open(self._journal, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(journal, f"{line}\n".encode())
        finally:
            os.close(journal)

    def _take(self, name: str) -> bool:
        """True for exactly one of those who try."""
        try:
            (self._folder / name).unlink()
        except FileNotFoundError:
            return False
        return True

    def _put(self, name: str, words: str) -> None:
        """In one step: the worker never reads half of it."""
        draft = self._folder / f"{name}.tmp"
        draft.write_text(words)
        draft.replace(self._folder / name)

    def _read(self, name: str) -> str:
        with suppress(FileNotFoundError):
            return (self._folder / name).read_text()
        return ""
