"""One playbook in a process for all deals that have it."""

import hashlib
from typing import Any, TypeVar

from domain.playbook.book import Playbook, StaffedPlaybook, fields_of
from domain.playbook.people import People

_MADE: dict[tuple[int, int], tuple[Playbook, People, StaffedPlaybook]] = {}
_MOST_MADE = 32


def staffed(playbook: Playbook, people: People) -> StaffedPlaybook:
    """The one that was made of these two before, or a new one. By identity: to compare them takes longer than to put one together."""
    key = id(playbook), id(people)
    if made := _MADE.get(key):
        return made[2]
    fields = fields_of(playbook, Playbook) | fields_of(people, People)
    while len(_MADE) >= _MOST_MADE:
        _MADE.pop(next(iter(_MADE)), None)
    book = StaffedPlaybook.model_construct(**fields)
    _MADE[key] = playbook, people, book  # it holds both: nothing else gets their identities
    return book


V = TypeVar("V", Playbook, People)
_SHARED: dict[str, Any] = {}
_MOST = 256


def shared(value: V) -> V:
    """One object for all that are equal in this process: a parked deal and its lines would hold half a megabyte each.

    Playbooks and people never change, so nobody can tell the difference.
    """
    key = f"{type(value).__name__} {hashlib.sha256(value.model_dump_json().encode()).hexdigest()}"
    while len(_SHARED) >= _MOST and key not in _SHARED:
        _SHARED.pop(next(iter(_SHARED)))
    one: V = _SHARED.setdefault(key, value)
    return one
