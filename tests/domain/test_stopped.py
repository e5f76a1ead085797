"""What is told of a deal whose process was stopped: its lines, too, for they go on without it."""

import pytest

from domain.deal.snapshot import Snapshot
from domain.deal.state import DealState
from domain.deal.stopped import Ending, StoppedProcess
from domain.view.deal_view import deal_view
from domain.view.stopped import stop_notices, stopped_view
from domain.words import Language, LineStatus
from tests.factories import NOW, a_deal, a_line

STOPPED = StoppedProcess(
    deal="7", run_id="r", ending=Ending.TERMINATED, at=NOW, by="admin", reason="clean-up"
)


def a_stopped(*numbers: int, over: tuple[int, ...] = ()) -> DealState:
    """With these lines under way, and `over` those that have ended."""
    lines = [a_line(n) for n in numbers] + [a_line(n, status=LineStatus.SETTLED) for n in over]
    return a_deal("7", lines, started_lines=[*numbers, *over])


def otherwise(deal: DealState, language: Language) -> str:
    view = deal_view(Snapshot(deal, stopped=STOPPED), NOW, language)
    return stopped_view(view, STOPPED, deal, language).blockers[0].otherwise


@pytest.mark.parametrize(
    ("deal", "ru", "en"),
    [
        (a_stopped(1, 3, over=(2,)), ", позиции 1, 3 идут без неё, ", ", lines 1, 3 go on without it, "),
        (a_stopped(2, over=(1,)), ", позиция 2 идёт без неё, ", ", line 2 goes on without it, "),
        (a_stopped(over=(1,)), "сделка стоит, а CRM", "the deal stands still, and neither"),
    ],
    ids=["several lines", "one line", "no line is under way"],
)
def test_the_lines_that_go_on_without_their_deal_are_named(deal: DealState, ru: str, en: str) -> None:
    assert ru in otherwise(deal, "ru")
    assert en in otherwise(deal, "en")


def test_the_mail_names_them_too() -> None:
    def named(deal: DealState) -> set[str]:
        return {notice.data["lines"] for notice in stop_notices(STOPPED, deal, NOW)}

    assert named(a_stopped(1, 3, over=(2,))) == {", позиции 1, 3 идут без неё"}
    assert named(a_stopped()) == {""}
