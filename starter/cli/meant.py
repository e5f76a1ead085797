"""Which of the things there are somebody means: by its name, or by as much of it as fits only one."""

from collections.abc import Iterable, Mapping
from itertools import islice
from typing import NoReturn

from domain.wording import worded
from domain.words import ROLE_LABELS, STAGE_LABELS, Stage, Text, same
from starter.errors import UsageError

Spellings = Mapping[str, tuple[str, ...]]
"""Each thing's own name, and how else it may be written."""

PERSON = Text(ru="такого человека", en="person")
ROLE = Text(ru="такой роли", en="role")
STAGE = Text(ru="такой стадии", en="stage")
MOST_NAMED = 12
_LABELS: dict[str, Text] = {str(code): label for code, label in (*STAGE_LABELS.items(), *ROLE_LABELS.items())}
"""What people call those that have a code."""
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
    raise UsageError(
        worded(
            ru="{given}: подходит несколько — {found}.",
            en="{given}: this could be {found}.",
            given=given,
            found=_named(sorted(found)),
        )
    )


def _unknown(given: str, among: Spellings, what: Text) -> NoReturn:
    import difflib

    whose = {spelling: name for name, others in among.items() for spelling in _all(name, others)}
    close = difflib.get_close_matches(given.strip().casefold(), whose, n=3, cutoff=0.6)
    if close:
        ru, en = "Возможно, имелось в виду: {names}?", "Did you mean {names}?"
    elif among:
        ru, en = "Есть: {names}.", "There are: {names}."
    else:
        ru, en = "Сейчас нет ни одного.", "There is none now."
    raise UsageError(
        worded(
            ru="Нет {what}: {given}. " + ru,
            en="No such {what}: {given}. " + en,
            what=what,
            given=given[:100],
            names=_named(dict.fromkeys(whose[spelling] for spelling in close) or among),
        )
    )


def _named(names: Iterable[str]) -> list[Text]:
    return [_LABELS.get(name) or same(name) for name in islice(names, MOST_NAMED)]
