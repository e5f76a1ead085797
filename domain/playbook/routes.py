"""The routes of lines, which steps they go through by their source, and how lines roll up into the deal's stage."""

from collections.abc import Iterable, Iterator
from enum import StrEnum

from domain.wording import worded
from domain.words import LineStatus, Source, Stage, Text


class Step(StrEnum):
    """A micro-process of a line."""

    RELEASE = "release"
    ORDER = "order"
    RESERVE = "reserve"
    TRAVEL = "travel"
    CUSTOMS = "customs"
    RECEIVE = "receive"
    SHIP = "ship"
    RENDER = "render"
    SETTLE = "settle"

    @property
    def status(self) -> LineStatus:
        """Where a line stands while it takes this step; after the last one it is `SETTLED`."""
        return _STATUS[self]


_STATUS = {
    Step.RELEASE: LineStatus.AWAITING_RELEASE,
    Step.ORDER: LineStatus.PROCESSING,
    Step.RESERVE: LineStatus.PROCESSING,
    Step.TRAVEL: LineStatus.SENT,
    Step.CUSTOMS: LineStatus.AT_CUSTOMS,
    Step.RECEIVE: LineStatus.AT_WAREHOUSE,
    Step.SHIP: LineStatus.AT_WAREHOUSE,
    Step.RENDER: LineStatus.PROCESSING,
    Step.SETTLE: LineStatus.SHIPPED,
}

_ORDER = tuple(Step)

Route = tuple[Step, ...]
"""The steps of a line, in the order it takes them: some of all there are, and never in another order."""

DEFAULT_ROUTES: dict[Source, Route] = {
    Source.IMPORT: (
        *(Step.RELEASE, Step.ORDER, Step.TRAVEL, Step.CUSTOMS, Step.RECEIVE, Step.SHIP, Step.SETTLE),
    ),
    Source.DEALER: (Step.RELEASE, Step.ORDER, Step.TRAVEL, Step.RECEIVE, Step.SHIP, Step.SETTLE),
    Source.STOCK: (Step.RELEASE, Step.RESERVE, Step.RECEIVE, Step.SHIP, Step.SETTLE),
    Source.SERVICE: (Step.RELEASE, Step.RENDER, Step.SETTLE),
}


def statuses(route: Route) -> tuple[LineStatus, ...]:
    """The statuses that a line on this route passes through, in order; one that it comes to again stands where it does so last."""
    passed = [*(step.status for step in route), LineStatus.SETTLED]
    return tuple(reversed(dict.fromkeys(reversed(passed))))


ROUTES = {source: statuses(route) for source, route in DEFAULT_ROUTES.items()}

_ALWAYS = {
    Step.RELEASE: Text(
        ru="с него путь начинается, и на нём ждут денег до заказа",
        en="it starts with it, and the money before ordering is waited for there",
    ),
    Step.RECEIVE: Text(
        ru="от него считаются платежи и документы готового к отгрузке товара",
        en="payments and documents of goods ready to ship count from it",
    ),
    Step.SHIP: Text(ru="на нём ждут денег до отгрузки", en="the money before shipping is waited for there"),
    Step.SETTLE: Text(
        ru="им путь кончается, и на нём ждут доставки, последних денег и подписей",
        en="it ends with it, and the delivery, the last money and signatures are waited for there",
    ),
}
_AFTER = {
    Step.TRAVEL: (
        (Step.ORDER, Step.RESERVE),
        Text(
            ru="товар едет, когда он заказан или зарезервирован",
            en="goods travel once they are ordered or reserved",
        ),
    ),
    Step.CUSTOMS: (
        (Step.TRAVEL,),
        Text(ru="товар попадает на таможню, доехав до неё", en="goods come to the customs by travelling"),
    ),
}


def source_problems(source: Source, route: Route) -> Iterator[Text]:
    """Why a line from this source could not go this way to its end."""
    if source is not Source.SERVICE:
        yield from route_problems(route)
    elif route != DEFAULT_ROUTES[source]:
        yield worded(
            ru="услугу оплачивают, оказывают и закрывают: других шагов у неё нет, {steps}",
            en="a service is released, rendered and settled: it has no other steps, {steps}",
            steps=DEFAULT_ROUTES[source],
        )


def route_problems(route: Route) -> Iterator[Text]:
    """Why goods could not go this way to its end."""
    if Step.RENDER in route:
        yield worded(
            ru="шаг {step} — у услуг (source: service), а это товар",
            en="{step} is for services (source: service), and these are goods",
            step=Step.RENDER,
        )
        return
    for step, why in _ALWAYS.items():
        if step not in route:
            yield worded(ru="нет шага {step}: {why}", en="{step} is missing: {why}", step=step, why=why)
    for n, step in enumerate(route):
        passed = route[:n]
        if step in passed:
            yield worded(
                ru="шаг {step} стоит дважды: позиция проходит каждый шаг один раз",
                en="{step} stands twice: a line takes a step once",
                step=step,
            )
        elif later := [other for other in passed if _ORDER.index(other) > _ORDER.index(step)]:
            yield worded(
                ru="{step} после {later}: порядок такой: {order}, и назад позиция не ходит",
                en="{step} after {later}: the order is {order}, and a line never goes back",
                step=step,
                later=later[0],
                order=_ORDER,
            )
        elif step in _AFTER and not set(passed) & set(_AFTER[step][0]):
            needed, why = _AFTER[step]
            yield worded(
                ru="{step} без {needed} перед ним: {why}",
                en="{step} without {needed} before it: {why}",
                step=step,
                needed=Text(ru=" или ".join(needed), en=" or ".join(needed)),
                why=why,
            )


STAGE_OF_STATUS: dict[LineStatus, Stage] = {
    LineStatus.AWAITING_RELEASE: Stage.PREPAYMENT,
    LineStatus.PROCESSING: Stage.ORDER_SENT,
    LineStatus.SENT: Stage.ORDER_SENT,
    LineStatus.AT_CUSTOMS: Stage.CUSTOMS,
    LineStatus.AT_WAREHOUSE: Stage.AT_WAREHOUSE,
    LineStatus.SHIPPED: Stage.SHIPPED,
    LineStatus.SETTLED: Stage.SHIPPED,
}


def roll_up(statuses: Iterable[LineStatus], services: Iterable[LineStatus] = ()) -> Stage:
    """The deal's stage while its lines run: where the slowest line that is not cancelled stands.

    A service that is being prepared holds up no goods; it counts where there are none. A deal whose lines are all settled still
    stands in `SHIPPED`: `PAID` also needs the deal's own documents signed.
    """
    active = [s for s in statuses if s is not LineStatus.CANCELLED]
    beside = (s for s in services if s is not LineStatus.CANCELLED)
    active += [s for s in beside if s is not LineStatus.PROCESSING] if active else list(beside)
    return min((STAGE_OF_STATUS[s] for s in active), key=list(Stage).index, default=Stage.SHIPPED)
