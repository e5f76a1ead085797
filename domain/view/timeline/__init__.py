"""A deal's life in time, from its trail: stages, lines, money by week, who is asked how much, and what is overdue."""

from collections.abc import Sequence

from domain.deal.authority import CLIENT
from domain.deal.state import DealState
from domain.facts import Fact
from domain.view.timeline.calls import calls, overdue
from domain.view.timeline.model import Timeline
from domain.view.timeline.spans import line_timeline, stages
from domain.view.timeline.trail import Trail
from domain.view.timeline.weeks import weeks
from domain.view.timeline.workload import name_of, workload
from domain.words import Language, stage_label

__all__ = ["Timeline", "timeline"]


def timeline(deal: DealState, facts: Sequence[Fact], language: Language) -> Timeline:
    """Of a deal as it stands, by all its facts so far."""
    trail = Trail.of(deal, facts, language)
    called = calls(trail)
    late = overdue(trail, called)
    return Timeline(
        client=deal.client.name or deal.client.contact,
        amount=deal.amount,
        currency=deal.currency,
        playbook=deal.book.version,
        zone=trail.calendar.zone,
        stage=deal.stage,
        stage_label=stage_label(deal.stage, deal.sources).to(language),
        started_at=deal.opened_at,
        ended_at=trail.ended_at,
        calendar_days=(trail.day(trail.ended_at) - trail.day(deal.opened_at)).days,
        working_days=trail.working_days(deal.opened_at, trail.ended_at),
        stages=tuple(stages(trail)),
        lines=tuple(line_timeline(trail, line) for line in deal.lines.values()),
        weeks=tuple(weeks(trail, called)),
        workload=tuple(workload(trail, called, late)),
        overdue=late,
        calls=called,
        people={person: name_of(person, deal) for person in (*deal.book.people, CLIENT)},
    )
