"""Updates that were refused before they were let in: no history tells of them, so nobody knows in which task they were."""

from datetime import datetime, timedelta

from domain.refusals import Refusal
from tests.differential.noise import UNREADABLE
from tests.differential.recording import Turned
from workflows.inbox import Unreadable
from workflows.rehearsal import Process

CLOCKS = timedelta(milliseconds=50)
"""Between what the server and the test take for the moment of an update."""


class Refusals:
    """What each of them might have been refused with, at some moment between its being sent and its answer."""

    def __init__(self, turned: list[Turned]) -> None:
        self._open = list(turned)
        self._possible: dict[str, list[dict[str, str]]] = {t.id: [] for t in turned}

    def note(self, processes: dict[str, Process], since: datetime, until: datetime) -> None:
        """Between these moments the processes stand as they do now."""
        for turned in self._open:
            if turned.since - CLOCKS <= until and since <= turned.until + CLOCKS:
                self._possible[turned.id].append(_refusal_of(turned, processes.get(turned.to)))
        self._open = [turned for turned in self._open if turned.until + CLOCKS >= until]

    def possible(self, turned: Turned) -> list[dict[str, str]]:
        return self._possible[turned.id]


def _refusal_of(turned: Turned, process: Process | None) -> dict[str, str]:
    if process is None:
        return {}
    content = Unreadable("", "") if turned.content is UNREADABLE else turned.content
    try:
        process.case.inbox.check(turned.name, content)
    except Refusal as refusal:
        return told(refusal)
    return {}


def told(refusal: Refusal) -> dict[str, str]:
    return {"code": refusal.code, "ru": refusal.text.ru, "en": refusal.text.en}
