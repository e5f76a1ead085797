"""Writes that a CRM did not take for want of a right: kept aside in the order they were to be made, until they may be.

What stands for itself (a comment, a notice) goes on without them. What only sets something (the stage, a field, a line) is made
old by the next write of the same thing, so that a late one never undoes a newer one. A task's closing waits for its opening.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from pydantic import AwareDatetime

from domain.base import Count, Value
from domain.effects import CloseTask, CrmWrite, Delivered, OpenTask, PutLine, SetFields, SetStage
from domain.words import Text, join

_THINGS = {
    "stage": Text(ru="стадию", en="the stage"),
    "fields": Text(ru="поля карточки", en="the card's fields"),
    "line": Text(ru="позиции", en="lines"),
    "comment": Text(ru="комментарии", en="comments"),
    "file": Text(ru="файлы", en="files"),
    "open_task": Text(ru="задачи", en="tasks"),
    "close_task": Text(ru="завершение задач", en="the closing of tasks"),
    "notify": Text(ru="уведомления", en="notices"),
}


class Deferred(Value):
    """`missing` is the right it needs, `since` when it was refused first, `tries` how often by now."""

    write: CrmWrite
    missing: Text
    since: AwareDatetime
    tries: Count = 1


class Settled(NamedTuple):
    """`deferred` is what waits now, `told` what of the delivery is to be told: the rights that are newly found to be missing, each by
    the key of a write that needs it; and what will never be taken."""

    deferred: list[Deferred]
    told: Delivered


def settle(
    before: Sequence[Deferred], writes: Sequence[CrmWrite], done: Delivered, now: AwareDatetime
) -> Settled:
    """After a delivery of `writes`, with what of the same deal waited before it. The same again after writing what waited."""
    known = {one.missing.en for one in before}
    waiting, refused, missing = list(before), dict(done.refused), dict[str, Text]()
    for write in writes[: done.count]:
        if right := done.forbidden.get(write.key) or _awaited(waiting, write, refused):
            waiting = _with(waiting, write, right, now)
            refused.pop(write.key, None)
            if right.en not in known:
                known.add(right.en)
                missing[write.key] = right
        else:
            waiting = _without(waiting, write, refused)
    return Settled(waiting, done.model_copy(update={"refused": refused, "forbidden": missing}))


def things(writes: Iterable[CrmWrite]) -> Text:
    """What of a card they would show, each kind once."""
    return join(dict.fromkeys(_THINGS[write.op] for write in writes), ", ")


def _awaited(waiting: Sequence[Deferred], write: CrmWrite, refused: Mapping[str, str]) -> Text | None:
    """The right that keeps back what it needs first: a task can't be closed that could not be opened."""
    if not isinstance(write, CloseTask) or write.key not in refused:
        return None
    opening = (one for one in waiting if isinstance(one.write, OpenTask) and one.write.task == write.task)
    return next((one.missing for one in opening), None)


def _with(waiting: list[Deferred], write: CrmWrite, right: Text, now: AwareDatetime) -> list[Deferred]:
    """In the place of itself, if it waited before; else last, without what it makes old."""
    for place, one in enumerate(waiting):
        if one.write.key == write.key:
            again = one.model_copy(update={"write": write, "missing": right, "tries": one.tries + 1})
            return [*waiting[:place], again, *waiting[place + 1 :]]
    left = [kept for one in waiting if (kept := _beside(one, write))]
    return [*left, Deferred(write=write, missing=right, since=now)]


def _without(waiting: list[Deferred], write: CrmWrite, refused: Mapping[str, str]) -> list[Deferred]:
    """It is carried out, or will never be. Of what waited, what was to come after it still does."""
    place = next((n for n, one in enumerate(waiting) if one.write.key == write.key), len(waiting))
    if write.key in refused:
        return [one for one in waiting if one.write.key != write.key]
    done = [kept for one in waiting[:place] if (kept := _beside(one, write, carried_out=True))]
    return [*done, *waiting[place + 1 :]]


def _beside(one: Deferred, newer: CrmWrite, *, carried_out: bool = False) -> Deferred | None:
    """What is left to write of it once the newer one is written, or is to be."""
    match one.write, newer:
        case SetStage(), SetStage():
            return None
        case SetFields(fields=older), SetFields(fields=fields):
            left = {name: value for name, value in older.items() if name not in fields}
            write = one.write.model_copy(update={"fields": left})
            return one.model_copy(update={"write": write}) if left else None
        case PutLine(line=line), PutLine(line=same) if line == same:
            return None
        case OpenTask(task=task) | CloseTask(task=task), OpenTask(task=same) if task == same:
            return None
        case CloseTask(task=task), CloseTask(task=same) if task == same:
            return None
        case OpenTask(task=task), CloseTask(task=same) if task == same and carried_out:
            return None
        case older, write if older.identity == write.identity:
            return None
    return one
