"""The playbook file, checked and complete: holidays frozen, pace set, a version that tells what is in it."""

import hashlib
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from activities.files import BadFile, read_document
from activities.playbook_calendar import freeze_calendar
from activities.playbook_problems import problems_of, readable, unknown_fields
from domain.order.problems import Problem, problem
from domain.playbook.book import Playbook, StaffedPlaybook
from domain.playbook.check import people_problems, playbook_problems, unprintable
from domain.playbook.people import People
from domain.playbook.sharing import staffed
from domain.playbook.site import Site
from domain.wording import typed
from domain.wording.invalid import Invalid
from domain.words import Text

PEOPLE = "people.yaml"
_ELSEWHERE = ("people", "substitutes", "successors")

_NO_PLAYBOOK = Text(
    ru="в файле должен быть регламент: version, company и остальное",
    en="the file must hold a playbook: version, company, and the rest",
)
_NO_PEOPLE = Text(
    ru="в файле должно быть people: и у каждого name, email и roles",
    en="the file must hold people: and each of them with name, email and roles",
)


class BadPlaybook(BadFile):
    """A playbook, or its people, that can't be used: every problem in it, each with its place."""


def load_playbook(
    path: str | Path, *, today: date, pace: str | None = None, people: str | Path | None = None
) -> StaffedPlaybook:
    """The playbook of deals that start `today`, and the people of today: those of the file `people`, or of people.yaml beside it.

    `pace`, like `1d=2s`, is how long a day lasts. Raises `BadPlaybook`.
    """
    name, raw = _read(path)
    _, problems = _site(raw.pop("site", None))
    problems += [*_of_people(raw), *freeze_calendar(raw, today), *unknown_fields(raw), *_set_pace(raw, pace)]
    try:
        book = Playbook.model_validate(raw)
    except ValidationError as error:
        raise _bad(name, problems + problems_of(error)) from None
    staff = load_people(people or people_beside(path))
    problems += playbook_problems(staffed(book, staff))
    if problems:
        raise _bad(name, problems)
    digest = hashlib.sha256(book.model_dump_json().encode()).hexdigest()
    return staffed(book.model_copy(update={"version": f"{book.version}+{digest[:8]}"}), staff)


def load_people(path: str | Path) -> People:
    """Raises `BadPlaybook`. Whether they can work by a playbook, `role_problems` tells."""
    name, raw = _read(path, _NO_PEOPLE)
    problems = list(unknown_fields(raw, People))
    try:
        people = People.model_validate(raw)
        problems += people_problems(people)
    except ValidationError as error:
        problems += problems_of(error)
    if problems:
        raise _bad(name, problems)
    return people


def people_beside(playbook: str | Path) -> Path:
    """Where the people of a playbook stand, if nothing else is said."""
    return Path(playbook).with_name(PEOPLE)


def _of_people(raw: dict[str, Any]) -> Iterator[Problem]:
    for name in _ELSEWHERE:
        if name in raw:
            raw.pop(name)
            yield problem(
                name,
                ru="люди стоят в отдельном файле: перенесите это в {file} рядом с регламентом",
                en="people stand in a file of their own: move this to {file} beside the playbook",
                file=PEOPLE,
            )


def _bad(name: str, problems: list[Problem]) -> BadPlaybook:
    return BadPlaybook(name, list(map(readable, problems)))


def load_site(path: str | Path) -> Site:
    """What the file says for the company's pages. No deal carries it along: its words may change at any time.

    Raises `BadPlaybook`.
    """
    name, raw = _read(path)
    site, problems = _site(raw.get("site"))
    if problems:
        raise _bad(name, problems)
    return site


def _read(path: str | Path, what: Text = _NO_PLAYBOOK) -> tuple[str, dict[str, Any]]:
    name = Path(path).name
    try:
        raw = read_document(path)
    except BadFile as error:
        raise BadPlaybook(name, error.problems) from None
    if not isinstance(raw, dict):
        raise BadPlaybook(name, [Problem(place="", text=what)])
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


def read_pace(text: str) -> float:
    """How many seconds a day lasts: `1d=2s`, `1d=500ms`, `1d=1m`. Raises `Invalid`."""
    found = re.fullmatch(r"\s*1d\s*=\s*([0-9]{1,6}(?:\.[0-9]{1,3})?)\s*(ms|s|m|h)\s*", text)
    seconds = float(found[1]) * {"ms": 0.001, "s": 1, "m": 60, "h": 3600}[found[2]] if found else 0.0
    if not 0 < seconds <= 86400:
        raise Invalid(
            ru="{text} — не темп: напишите, сколько длится день, например 1d=2s или 1d=500ms",
            en="{text} is not a pace: write how long a day lasts, like 1d=2s or 1d=500ms",
            text=typed(text),
        )
    return seconds


def _set_pace(raw: dict[str, Any], pace: str | None) -> Iterator[Problem]:
    if pace is None or not isinstance(raw["calendar"], dict):
        return
    try:
        raw["calendar"]["pace"] = read_pace(pace)
    except Invalid as error:
        yield Problem(place="pace", text=error.text)
