"""Each good on its own route, and the deal where its slowest active line stands (the tables of DESIGN §1)."""

from itertools import combinations_with_replacement, pairwise, permutations

import pytest

from domain.routes import ROUTES, STAGE_OF_STATUS, roll_up
from domain.words import (
    MAIN_PROCESS,
    ROLE_LABELS,
    SOURCE_LABELS,
    STAGE_LABELS,
    STATUS_LABELS,
    LineStatus,
    Role,
    Source,
    Stage,
)

WAITING, PROCESSING, SENT, CUSTOMS, WAREHOUSE, SHIPPED, SETTLED, CANCELLED = LineStatus


@pytest.mark.parametrize(
    ("source", "route"),
    [
        (Source.IMPORT, (WAITING, PROCESSING, SENT, CUSTOMS, WAREHOUSE, SHIPPED, SETTLED)),
        (Source.DEALER, (WAITING, PROCESSING, SENT, WAREHOUSE, SHIPPED, SETTLED)),
        (Source.STOCK, (WAITING, PROCESSING, WAREHOUSE, SHIPPED, SETTLED)),
    ],
)
def test_a_route_is_that_of_the_source(source: Source, route: tuple[LineStatus, ...]) -> None:
    assert ROUTES[source] == route


@pytest.mark.parametrize(
    ("statuses", "stage"),
    [
        ([WAITING], Stage.PREPAYMENT),
        ([PROCESSING], Stage.ORDER_SENT),
        ([SENT], Stage.ORDER_SENT),
        ([CUSTOMS], Stage.CUSTOMS),
        ([WAREHOUSE], Stage.AT_WAREHOUSE),
        ([SHIPPED], Stage.SHIPPED),
        ([SETTLED], Stage.SHIPPED),  # the deal's own documents may still be unsigned
        ([SETTLED, WAITING, CUSTOMS], Stage.PREPAYMENT),
        ([SHIPPED, SENT, CUSTOMS], Stage.ORDER_SENT),
        ([WAREHOUSE, CUSTOMS, SETTLED], Stage.CUSTOMS),
        ([SETTLED, WAREHOUSE], Stage.AT_WAREHOUSE),
        ([CANCELLED, WAREHOUSE], Stage.AT_WAREHOUSE),
        ([CANCELLED, CANCELLED], Stage.SHIPPED),
        ([], Stage.SHIPPED),
    ],
)
def test_the_deal_stands_where_its_slowest_active_line_stands(
    statuses: list[LineStatus], stage: Stage
) -> None:
    assert {roll_up(order) for order in permutations(statuses)} == {stage}


def test_no_line_alone_moves_the_deal_back() -> None:
    """However lines go on along their routes, the deal's stage never falls."""
    for source in Source:
        route = ROUTES[source]
        for one, other in combinations_with_replacement(range(len(route)), 2):
            beside = [roll_up([route[one], status]) for status in route[other:]]
            assert [MAIN_PROCESS.index(stage) for stage in beside] == sorted(map(MAIN_PROCESS.index, beside))


def test_every_status_but_cancelled_has_a_stage() -> None:
    assert set(STAGE_OF_STATUS) == set(LineStatus) - {CANCELLED}


def test_final_stages_and_statuses_are_final() -> None:
    assert {stage for stage in Stage if stage.final} == {Stage.PAID, Stage.LOST, Stage.CANCELLED}
    assert {status for status in LineStatus if status.final} == {SETTLED, CANCELLED}


def test_the_main_process_goes_from_new_to_paid() -> None:
    assert MAIN_PROCESS[0] is Stage.NEW
    assert MAIN_PROCESS[-1] is Stage.PAID
    assert all(later.reached(earlier) for earlier, later in pairwise(MAIN_PROCESS))
    assert not Stage.NEW.reached(Stage.PREPAYMENT)


def test_everything_that_people_read_has_a_label() -> None:
    for labels, words in (
        (STAGE_LABELS, Stage),
        (STATUS_LABELS, LineStatus),
        (ROLE_LABELS, Role),
        (SOURCE_LABELS, Source),
    ):
        assert set(labels) == set(words)
