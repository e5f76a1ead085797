"""Each good on its own route, and the deal where its slowest active line stands (the tables of DESIGN §1)."""

from itertools import combinations_with_replacement, permutations

import pytest

from domain.playbook.book import Playbook
from domain.playbook.routes import (
    DEFAULT_ROUTES,
    ROUTES,
    STAGE_OF_STATUS,
    Step,
    roll_up,
    route_problems,
    source_problems,
    statuses,
)
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
        (Source.SERVICE, (WAITING, PROCESSING, SHIPPED, SETTLED)),
    ],
)
def test_a_route_is_that_of_the_source(source: Source, route: tuple[LineStatus, ...]) -> None:
    assert ROUTES[source] == route


def test_the_default_playbook_has_these_routes(playbook: Playbook) -> None:
    assert playbook.routes == DEFAULT_ROUTES


def test_a_source_without_a_route_of_its_own_has_the_default_one(playbook: Playbook) -> None:
    straight = tuple(map(Step, ("release", "reserve", "travel", "receive", "ship", "settle")))
    book = playbook.model_copy(update={"routes": {Source.STOCK: straight}})
    assert book.route(Source.STOCK) == straight
    assert book.route(Source.IMPORT) == DEFAULT_ROUTES[Source.IMPORT]
    assert statuses(straight) == (WAITING, PROCESSING, SENT, WAREHOUSE, SHIPPED, SETTLED)


@pytest.mark.parametrize(
    ("steps", "words"),
    [
        ("order travel customs receive ship settle", "release is missing: it starts with it"),
        ("release order travel receive ship", "settle is missing: it ends with it"),
        ("release order settle", "receive is missing"),
        ("release reserve receive settle", "ship is missing"),
        ("release order receive ship settle release", "release stands twice"),
        ("order release receive ship settle", "release after order"),
        ("release order settle receive ship", "receive after settle"),
        ("release order ship receive settle", "receive after ship"),
        ("release order customs travel receive ship settle", "travel after customs"),
        ("release order customs receive ship settle", "customs without travel before it"),
        ("release travel receive ship settle", "travel without order or reserve before it"),
        ("release receive order ship settle", "order after receive"),
        ("", "release is missing"),
    ],
)
def test_a_route_that_no_line_could_go_to_its_end_is_refused(steps: str, words: str) -> None:
    assert words in "; ".join(problem.en for problem in route_problems(tuple(map(Step, steps.split()))))


def test_a_service_takes_its_own_steps_and_goods_never_those() -> None:
    service, stock = DEFAULT_ROUTES[Source.SERVICE], DEFAULT_ROUTES[Source.STOCK]
    assert not [*source_problems(Source.SERVICE, service), *source_problems(Source.STOCK, stock)]
    assert "it has no other steps" in "".join(
        problem.en for problem in source_problems(Source.SERVICE, stock)
    )
    assert "render is for services" in "".join(
        problem.en for problem in source_problems(Source.STOCK, service)
    )


def test_a_service_holds_up_no_goods() -> None:
    assert roll_up([SHIPPED], [PROCESSING]) is Stage.SHIPPED
    assert roll_up([WAREHOUSE], [PROCESSING]) is Stage.AT_WAREHOUSE
    assert roll_up([SHIPPED], [WAITING]) is Stage.PREPAYMENT
    assert roll_up([CANCELLED], [PROCESSING]) is Stage.ORDER_SENT


def all_routes() -> list[tuple[Step, ...]]:
    """Every selection of the steps, in their order."""
    every = [
        tuple(step for n, step in enumerate(Step) if chosen >> n & 1)
        for chosen in range(2 ** len(list(Step)))
    ]
    return [route for route in every if not list(route_problems(route))]


def test_on_every_route_that_is_allowed_a_line_only_goes_on() -> None:
    goods = {route for source, route in DEFAULT_ROUTES.items() if source is not Source.SERVICE}
    assert goods <= set(all_routes())
    for route in all_routes():
        passed = statuses(route)
        assert (passed[0], passed[-1]) == (WAITING, SETTLED)
        assert list(passed) == sorted(passed, key=list(LineStatus).index)
        stages = [MAIN_PROCESS.index(STAGE_OF_STATUS[status]) for status in passed]
        assert stages == sorted(stages)


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


def test_everything_that_people_read_has_a_label() -> None:
    for labels, words in (
        (STAGE_LABELS, Stage),
        (STATUS_LABELS, LineStatus),
        (ROLE_LABELS, Role),
        (SOURCE_LABELS, Source),
    ):
        assert set(labels) == set(words)
