"""The playbook file, checked and complete: holidays frozen, pace set, a version that tells what is in it."""

import asyncio
import hashlib
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.files import BadFile, read_document
from activities.playbook_calendar import freeze_calendar
from activities.playbook_problems import problems_of, readable, unknown_fields
from domain.order import Problem
from domain.playbook import Playbook
from domain.playbook_check import playbook_problems, unprintable
from domain.site import Site


class BadPlaybook(BadFile):
    """A playbook that can't be used: every problem in it, each with its place."""


def load_playbook(path: str | Path, *, today: date, pace: str | None = None) -> Playbook:
    """The playbook of deals that start `today`; `pace`, like `1d=2s`, is how long a day lasts.

    Raises `BadPlaybook`.
    """
    name, raw = _read(path)
    _, problems = _site(raw.pop("site", None))
    problems += [*freeze_calendar(raw, today), *unknown_fields(raw), *_set_pace(raw, pace)]
    try:
        book = Playbook.model_validate(raw)
        problems += playbook_problems(book)
    except ValidationError as error:
        problems += problems_of(error)
    if problems:
        raise BadPlaybook(name, list(map(readable, problems)))
    digest = hashlib.sha256(book.model_dump_json().encode()).hexdigest()
    return book.model_copy(update={"version": f"{book.version}+{digest[:8]}"})


def load_site(path: str | Path) -> Site:
    """What the file says for the company's pages. No deal carries it along: its words may change at any time.

    Raises `BadPlaybook`.
    """
    name, raw = _read(path)
    site, problems = _site(raw.get("site"))
    if problems:
        raise BadPlaybook(name, list(map(readable, problems)))
    return site


def _read(path: str | Path) -> tuple[str, dict[str, Any]]:
    name = Path(path).name
    try:
        raw = read_document(path)
    except BadFile as error:
        raise BadPlaybook(name, error.problems) from None
    if not isinstance(raw, dict):
        words = "the file must hold a playbook: version, company, people and the rest"
        raise BadPlaybook(name, [Problem(place="", words=words)])
    return name, raw


def _site(raw: Any) -> tuple[Site, list[Problem]]:
    problems = list(unknown_fields(raw, Site, "site"))
    try:
        site = Site.model_validate({} if raw is None else raw)
        return site, [*problems, *unprintable(site, "site")]
    except ValidationError as error:
        found = problems_of(error)
        placed = [p.model_copy(update={"place": f"site.{p.place}".rstrip(".")}) for p in found]
        return Site(), [*problems, *placed]


class PlaybookShelf:
    """Where a starting deal gets its playbook. A changed file is noticed; running deals keep theirs."""

    def __init__(self, path: str | Path, pace: str | None = None) -> None:
        self._path = Path(path)
        self._pace = pace
        self._kept: tuple[object, Playbook] | None = None

    @activity.defn(name="playbook.load")
    async def load(self) -> Playbook:
        """Idempotent. A bad file is retried: the deal goes on when somebody has put it right."""
        try:
            return await asyncio.to_thread(self._load, datetime.now(UTC).date())
        except BadPlaybook as error:
            words = f"The deal waits until this playbook is put right. {error}"
            raise ApplicationError(words, type="BadPlaybook") from None

    def _load(self, today: date) -> Playbook:
        state = (today, self._fingerprint())
        if self._kept is None or self._kept[0] != state:
            self._kept = (state, load_playbook(self._path, today=today, pace=self._pace))
        return self._kept[1]

    def _fingerprint(self) -> tuple[int, int]:
        try:
            stat = self._path.stat()
        except OSError:
            return (0, 0)
        return (stat.st_mtime_ns, stat.st_size)


def read_pace(text: str) -> float:
    """How many seconds a day lasts: `1d=2s`, `1d=500ms`, `1d=1m`. Raises `ValueError`."""
    found = re.fullmatch(r"\s*1d\s*=\s*([0-9]{1,6}(?:\.[0-9]{1,3})?)\s*(ms|s|m|h)\s*", text)
    seconds = float(found[1]) * {"ms": 0.001, "s": 1, "m": 60, "h": 3600}[found[2]] if found else 0.0
    if not 0 < seconds <= 86400:
        raise ValueError(f"{text!r} is not a pace: write how long a day lasts, like 1d=2s or 1d=500ms")
    return seconds


def _set_pace(raw: dict[str, Any], pace: str | None) -> Iterator[Problem]:
    if pace is None or not isinstance(raw["calendar"], dict):
        return
    try:
        raw["calendar"]["pace"] = read_pace(pace)
    except ValueError as error:
        yield Problem(place="pace", words=str(error))
