"""One good's own way, from its release to the last signature and kopeck. A line is nothing but process: no activities."""

from collections.abc import Awaitable, Callable

from domain.playbook.routes import Step
from domain.words import LineStatus
from workflows.case import Renewal, though_cancelled
from workflows.line_case import LineCase, Restarted, WoundDown
from workflows.obligations import watch_obligations
from workflows.steps.customs import customs
from workflows.steps.order import order
from workflows.steps.receive import receive
from workflows.steps.release import release
from workflows.steps.reserve import reserve
from workflows.steps.settle import settle
from workflows.steps.ship import ship
from workflows.steps.travel import travel

STEPS: dict[Step, Callable[[LineCase], Awaitable[None]]] = {
    Step.RELEASE: release,
    Step.ORDER: order,
    Step.RESERVE: reserve,
    Step.TRAVEL: travel,
    Step.CUSTOMS: customs,
    Step.RECEIVE: receive,
    Step.SHIP: ship,
    Step.SETTLE: settle,
}


async def pursue(line: LineCase) -> None:
    """The steps of its route, in order; a next run goes on with the step where this one was. An amendment or a correction may take it
    back to one."""
    watch_obligations(line)  # of a part, those that came with its pieces
    while line.state.passed < len(line.state.route):
        step = line.state.route[line.state.passed]
        line.enter(step.status)
        try:
            await STEPS[step](line)
        except Restarted:
            line.state.restarted = False
        else:
            line.state.passed += 1
    line.enter(LineStatus.SETTLED)


async def live(line: LineCase) -> bool:
    """To the line's end; False if it must go on in a next run."""
    line.begin()
    try:
        await though_cancelled(line, pursue_or_wind_down)
    except Renewal:
        await though_cancelled(line, LineCase.drain)
        return False
    return True


async def pursue_or_wind_down(line: LineCase) -> None:
    try:
        if not line.state.status.final:
            await pursue(line)
    except WoundDown:
        line.wind_down()
    await line.until(
        lambda: not line.state.unreported and line.inbox.idle, "the deal hears the last of this line"
    )
