"""Which of the things there are somebody means: by its name, or by as much of it as fits only one."""

from collections.abc import Iterable, Mapping
from typing import NoReturn

from domain.words import ROLE_LABELS, STAGE_LABELS, Stage, Text
from starter.errors import UsageError

Spellings = Mapping[str, tuple[str, ...]]
"""Each thing's own name, and how else it may be written."""

PERSON = Text(ru="такого человека", en="person")
STAGE = Text(ru="такой стадии", en="stage")
MOST_NAMED = 12
ROLES: Spellings = {role.value: (label.ru, label.en) for role, label in ROLE_LABELS.items()}


def meant(given: str, among: Spellings, what: Text, first: Iterable[str] = ()) -> str:
    """One of `among`; those `first` are looked at before the others.

    Raises UsageError, with what may have been meant.
    """
    if given in among:
        return given
    preferred = {name: among[name] for name in first if name in among}
    for group in (preferred, among):
        found = _fitting(given.strip().casefold(), group)
        if len(found) == 1:
            return found[0]
        if found:
            _ambiguous(given, found)
    _unknown(given, among, what)


def _fitting(wanted: str, among: Spellings) -> list[str]:
    exact = [name for name, others in among.items() if wanted in _all(name, others)]
    short = [name for name, others in among.items() if any(s.startswith(wanted) for s in _all(name, others))]
    return (exact or short) if wanted else []


def stage_meant(given: str) -> Stage:
    spellings = {stage.value: (label.ru, label.en) for stage, label in STAGE_LABELS.items()}
    return Stage(meant(given, spellings, STAGE))


def _all(name: str, others: tuple[str, ...]) -> list[str]:
    return [spelling.casefold() for spelling in (name, *others)]


def _ambiguous(given: str, found: list[str]) -> NoReturn:
    named = ", ".join(sorted(found)[:MOST_NAMED])
    words = Text(ru=f"{given}: подходит несколько — {named}.", en=f"{given}: this could be {named}.")
    raise UsageError(words)


def _unknown(given: str, among: Spellings, what: Text) -> NoReturn:
    import difflib

    whose = {spelling: name for name, others in among.items() for spelling in _all(name, others)}
    close = difflib.get_close_matches(given.strip().casefold(), whose, n=3, cutoff=0.6)
    if close:
        named = ", ".join(dict.fromkeys(whose[spelling] for spelling in close))
        words = Text(
            ru=f"Нет {what.ru}: {given[:100]}. Возможно, имелось в виду: {named}?",
            en=f"No such {what.en}: {given[:100]}. Did you mean {named}?",
        )
    else:
        there = ", ".join(list(among)[:MOST_NAMED]) or "—"
        words = Text(
            ru=f"Нет {what.ru}: {given[:100]}. Есть: {there}.",
            en=f"No such {what.en}: {given[:100]}. There are: {there}.",
        )
    raise UsageError(words)
