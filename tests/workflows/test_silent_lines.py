"""A line that an operator has stopped is missed, and goes on."""

import asyncio
from datetime import timedelta

from domain.facts import LineRestarted, LineSilent
from tests.support.clock import skip_to
from tests.support.orders import a_good, an_order
from tests.support.stand import Stand, default_playbook
from tests.support.waiting import eventually


async def test_a_terminated_line_is_noticed_and_goes_on_from_where_it_stood(stand: Stand) -> None:
    deal = await stand.open(an_order(a_good(source="dealer", payment="state_contract")))
    await deal.to("line-1:dispatch")
    await deal.line_handle(1).terminate("an operator's mistake")
    view = await deal.view()
    assert [(b.kind, b.who) for b in view.blockers if b.kind == "silence"] == [
        ("silence", ("ivanova", "petrov"))
    ]
    await skip_to(deal, (await deal.state()).checks["silent-lines"].next_at)
    await deal.until(lambda view: not any(b.kind == "silence" for b in view.blockers))
    assert await deal.story(LineSilent.kind, LineRestarted.kind) == [
        "desk line.silent",
        "desk line.restarted",
    ]
    assert (await deal.view()).lines[0].status == "PROCESSING"
    assert "line-1:supplier-order" not in await deal.asked(), "what was done is not asked again"
    eta = str(view.as_of.date() + timedelta(days=60))
    await deal.complete("line-1:dispatch", eta=eta)
    await deal.robot()
    assert (await deal.result()).stage == "PAID"


async def test_a_line_that_is_only_quiet_is_left_alone(stand: Stand) -> None:
    """A day lasts a third of a second here, and a line counts as silent after three."""
    calendar = default_playbook().calendar.model_dump(mode="json") | {"pace": 0.3}
    never = {"before": [], "escalate_after": "3650cd", "repeat": "3650cd"}
    with stand.playbook(calendar=calendar, reminders=never):
        deal = await stand.open(an_order(a_good(), a_good()))
    await deal.to("line-1:payment-terms", "line-2:payment-terms")
    await deal.line_handle(2).terminate("an operator's mistake")
    await eventually(lambda: deal.facts(LineRestarted.kind), pause=0.1)
    await asyncio.sleep(1.5)
    assert [fact.data["line"] for fact in await deal.facts(LineSilent.kind)] == [2]
    await deal.robot()
    runs = await stand.trail(deal.number).runs()
    assert sorted(runs.values()) == [1, 1, 2]
