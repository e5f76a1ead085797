"""The line's route by its source, and how lines roll up into the deal's stage (the tables of DESIGN §1)."""

from collections.abc import Iterable

from domain.words import LineStatus, Source, Stage

ROUTES: dict[Source, tuple[LineStatus, ...]] = {
    Source.IMPORT: (
        LineStatus.AWAITING_RELEASE,
        LineStatus.PROCESSING,
        LineStatus.SENT,
        LineStatus.AT_CUSTOMS,
        LineStatus.AT_WAREHOUSE,
        LineStatus.SHIPPED,
        LineStatus.SETTLED,
    ),
    Source.DEALER: (
        LineStatus.AWAITING_RELEASE,
        LineStatus.PROCESSING,
        LineStatus.SENT,
        LineStatus.AT_WAREHOUSE,
        LineStatus.SHIPPED,
        LineStatus.SETTLED,
    ),
    Source.STOCK: (
        LineStatus.AWAITING_RELEASE,
        LineStatus.PROCESSING,
        LineStatus.AT_WAREHOUSE,
        LineStatus.SHIPPED,
        LineStatus.SETTLED,
    ),
}

STAGE_OF_STATUS: dict[LineStatus, Stage] = {
    LineStatus.AWAITING_RELEASE: Stage.PREPAYMENT,
    LineStatus.PROCESSING: Stage.ORDER_SENT,
    LineStatus.SENT: Stage.ORDER_SENT,
    LineStatus.AT_CUSTOMS: Stage.CUSTOMS,
    LineStatus.AT_WAREHOUSE: Stage.AT_WAREHOUSE,
    LineStatus.SHIPPED: Stage.SHIPPED,
    LineStatus.SETTLED: Stage.SHIPPED,
}


def roll_up(statuses: Iterable[LineStatus]) -> Stage:
    """The deal's stage while its lines run: where the slowest line that is not cancelled stands.

    A deal whose lines are all settled still stands in `SHIPPED`: `PAID` also needs the deal's own documents signed.
    """
    active = [s for s in statuses if s is not LineStatus.CANCELLED]
    return min((STAGE_OF_STATUS[s] for s in active), key=list(Stage).index, default=Stage.SHIPPED)
