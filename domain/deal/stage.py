"""Where a deal stands while its lines run."""

from domain.deal.shipments import awaited_lines
from domain.deal.state import DealState
from domain.playbook.routes import roll_up
from domain.words import Source, Stage


def stage_of(deal: DealState) -> Stage:
    """Where its slowest active line stands. A service that waits for another line's delivery counts only once that has come."""
    lines = deal.lines.values()
    services = [line for line in lines if line.good.source is Source.SERVICE]
    return roll_up(
        (line.status for line in lines if line.good.source is not Source.SERVICE),
        (line.status for line in services if not awaited_lines(line, deal.lines)),
    )
