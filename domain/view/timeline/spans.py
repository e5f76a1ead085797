"""How long a deal stands in its stages, and each line in its statuses."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TypeVar

from domain.deal.state import LineState
from domain.facts import LineSplit, LineStatusChanged, StageChanged
from domain.view.timeline.model import LineTimeline, StageSpan, StatusSpan
from domain.view.timeline.trail import Trail
from domain.words import LineStatus, Stage, stage_label, status_label

Where = TypeVar("Where", Stage, LineStatus)


def stages(trail: Trail) -> Iterator[StageSpan]:
    moves = [(Stage.NEW, trail.deal.opened_at)]
    moves += [(data.stage, fact.at) for fact, data in trail.all(StageChanged)]
    for stage, since, until in _spans(moves):
        yield StageSpan(
            stage=stage,
            label=stage_label(stage, trail.deal.sources).to(trail.language),
            since=since,
            until=until,
            working_days=trail.working_days(since, until or since),
        )


def line_timeline(trail: Trail, line: LineState) -> LineTimeline:
    return LineTimeline(
        number=line.number,
        name=line.good.name,
        quantity=line.good.quantity,
        unit=line.good.unit,
        amount=line.amount,
        statuses=tuple(_statuses(trail, line)),
    )


def _statuses(trail: Trail, line: LineState) -> Iterator[StatusSpan]:
    """A line begins with the first that is told of it; one that was split from another, where it stood then."""
    own = str(line.subject)
    first = [(LineStatus.AWAITING_RELEASE, fact.at) for fact, _ in trail.entries if fact.subject == own]
    parted = [(data.status, fact.at) for fact, data in trail.all(LineSplit) if data.part == line.number]
    moves = (parted or first)[:1]
    moves += [(data.status, fact.at) for fact, data in trail.all(LineStatusChanged) if fact.subject == own]
    for status, since, until in _spans(moves):
        yield StatusSpan(
            status=status,
            label=status_label(status, line.good.source).to(trail.language),
            since=since,
            until=until,
            working_days=trail.working_days(since, until or since),
        )


def _spans(moves: Sequence[tuple[Where, datetime]]) -> Iterator[tuple[Where, datetime, datetime | None]]:
    """Each place, and from when until when; the last one is not left."""
    ends: list[datetime | None] = [at for _, at in moves[1:]]
    for (where, since), until in zip(moves, [*ends, None], strict=False):
        yield where, since, until
