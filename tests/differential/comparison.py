"""Where the two hosts tell different things: fact by fact, what each target was told, final states, answers, refusals."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import BaseModel

from domain.deal.batches import RecordBatch
from domain.deal.open_items import open_items
from domain.facts import Fact
from tests.differential.pending import Difference
from tests.differential.recording import Recording
from tests.differential.replay import Replay
from tests.differential.runs import ends
from tests.differential.tasks import Read
from workflows.names import deal_id
from workflows.temporal.display import attributes
from workflows.temporal.search_attributes import SEARCH_ATTRIBUTES

MOST = 5
"""Differences that are told of one case: the first says most."""


def differences(recording: Recording, read: Read, replay: Replay) -> list[str]:
    """Of one case, in words; none if both hosts tell the same."""
    try:
        replay.run()
    except Difference as difference:
        return [str(difference)]
    return [*_all(recording, read, replay)][:MOST]


def _all(recording: Recording, read: Read, replay: Replay) -> Iterator[str]:
    number = recording.case.number
    told = replay.targets.told.get(number, {})
    yield from _parts("fact", [*map(_dump, facts(recording.told))], [*map(_dump, facts(told))])
    for target in ("records", "crm", "mail"):
        here, there = recording.told.get(target, []), told.get(target, [])
        yield from _parts(f"{target} batch", [*map(_dump, here)], [*map(_dump, there)])
    yield from _states(recording, replay)
    yield from _compared("answers to updates", read.answers, replay.answers)
    yield from _compared("search attributes", _shown(recording), _shown_in_memory(replay, number))
    yield from _compared("ends", ends(recording.histories), {id: p.outcome and p.outcome.partition(":")[0] for id, p in replay.processes.items()})  # fmt: skip
    for turned in recording.turned:
        might = replay.refusals.possible(turned)
        if turned.id not in read.answers and turned.refusal not in might:
            yield f"update {turned.name} {turned.content} of {turned.to}: refused on the server with {turned.refusal}, in memory {might}"


def _states(recording: Recording, replay: Replay) -> Iterator[str]:
    states = {deal_id(recording.case.number): recording.deal, **recording.lines}
    for id, state in states.items():
        process = replay.processes.get(id)
        mine = process.case.state if process else None
        yield from _compared(f"state of {id}", _dump(state), _dump(mine))


def _shown(recording: Recording) -> dict[str, Any]:
    pairs = ((key.name, recording.shown.get(key)) for key in SEARCH_ATTRIBUTES)
    return {name: value for name, value in pairs if value}


def _shown_in_memory(replay: Replay, number: str) -> dict[str, Any]:
    deal = replay.shown.get(number)
    pairs = attributes(deal, open_items(deal), replay.now) if deal else []
    return {key.name: value for key, value in pairs if value}


def facts(told: Mapping[str, Sequence[Any]]) -> list[Fact]:
    """The trail as the records have it."""
    batches: Sequence[RecordBatch] = told.get("records", ())
    return list({fact.seq: fact for batch in batches for fact in batch.facts}.values())


def _parts(name: str, here: Sequence[Any], there: Sequence[Any]) -> Iterator[str]:
    for n, (one, other) in enumerate(zip(here, there, strict=False), start=1):
        yield from _compared(f"{name} {n}", one, other)
    if len(here) != len(there):
        yield f"{len(here)} × {name} on the server, {len(there)} in memory"


def _compared(name: str, here: Any, there: Any) -> Iterator[str]:
    if here == there:
        return
    if isinstance(here, dict) and isinstance(there, dict):
        for key in here | there:
            yield from _compared(f"{name}.{key}", here.get(key), there.get(key))
    elif isinstance(here, list) and isinstance(there, list) and len(here) == len(there):
        for n, (one, other) in enumerate(zip(here, there, strict=True)):
            yield from _compared(f"{name}[{n}]", one, other)
    else:
        yield f"{name}: {here!r:.300} on the server, {there!r:.300} in memory"


def _dump(model: BaseModel | None) -> Any:
    return model.model_dump(mode="json", exclude={"playbook": True}) if model else None
