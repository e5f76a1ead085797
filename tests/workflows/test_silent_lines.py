"""A line that an operator has stopped is missed, and goes on."""

from datetime import timedelta

from domain.facts import LineRestarted, LineSilent
from tests.support.clock import skip_to
from tests.support.orders import a_good, an_order
from tests.support.stand import Stand


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
