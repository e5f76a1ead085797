"""What is forecast of deliveries is what happens, as long as everybody keeps to their lead times."""

import contextlib
import os
import random
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from domain.deal.delivery import DeliveryForecast, deliveries
from domain.deal.messages import Complete, Message
from domain.deal.state import DealState, ProcessState
from domain.order.order import Order
from domain.playbook.book import StaffedPlaybook
from domain.words import Trigger
from tests.support.memory import changed_playbook
from tests.support.orders import DELIVERIES, PAYMENTS, a_good, an_order
from workflows.cast import Answer, Cast
from workflows.forecast import play
from workflows.rehearsal import Rehearsal, RehearsedDeal

DEALS = int(os.environ.get("DEALS", "0")) or 40
"""`make soak` plays as many as are asked for."""
START = datetime(2026, 11, 23, 5, tzinfo=UTC)
ROUTES: tuple[dict[str, Any], ...] = (
    {},
    {"routes": {"stock": ["release", "reserve", "travel", "receive", "ship", "settle"]}},
    {"deliveries": {code: {"title": {"ru": code, "en": code}, "takes": "3wd"} for code in DELIVERIES}},
)


class Delivered(Exception):
    """What comes after it is not forecast."""


class Foreseeing(Cast):
    """Everybody answers in time. Of the answers some change what can be expected: other dates than usual, a hold, damage, a delay."""

    """`number`: the line that is looked at."""

    def __init__(self, dice: random.Random, number: int) -> None:
        super().__init__()
        self.dice, self.number = dice, number
        self.deal: RehearsedDeal
        self.said: list[DeliveryForecast] = []

    def message(
        self, answer: Answer, process: ProcessState, deal: DealState, id: str, today: date
    ) -> Message:
        self.look()
        message = super().message(answer, process, deal, id, today)
        if isinstance(message, Complete) and (other := self._otherwise(message, today)):
            self.said.clear()
            return message.model_copy(update={"fields": {**message.fields, **other}})
        return message

    def look(self) -> None:
        state, lines = self.deal.state, self.deal.lines or list(self.deal.state.lines.values())
        if any(line.number == self.number and Trigger.ACCEPTED in line.moments for line in lines):
            raise Delivered
        self.said.append(deliveries(state, lines, self.deal.world.now)[self.number])

    def _otherwise(self, message: Complete, today: date) -> Mapping[str, str] | None:
        kind = message.assignment.partition(":")[2].partition("#")[0]
        some_day = (today + timedelta(days=self.dice.randint(0, 60))).isoformat()
        usual = self.dice.random() < 0.6
        match kind:
            case "supplier-order":
                return None if usual else {"ready_on": some_day}
            case "service-plan":
                return None if usual else {"agreed_on": some_day}
            case "dispatch":
                return None if usual else {"eta": some_day}
            case "arrival" if not usual and "#" not in message.assignment:
                return {"outcome": "delayed", "eta": some_day}
            case "customs-release" if not usual:
                return {"outcome": "hold", "reason": "код ТН ВЭД"}
            case "acceptance" if not usual:
                return {"result": "damaged", "remarks": "разбит экран"}
        return None


def test_what_is_forecast_at_each_step_is_what_happens() -> None:
    """To the day. Answers come a second before their deadlines, and what is dated today happens at once."""
    dice, books = random.Random(11), [changed_playbook(**changes) for changes in ROUTES]
    looked = 0
    for _ in range(DEALS):
        looked += played_as_forecast(dice, dice.choice(books))
    assert looked > 5 * DEALS


def test_a_service_is_forecast_as_it_happens_after_the_device_it_waits_for() -> None:
    dice, book, looked = random.Random(12), changed_playbook(), 0
    for _ in range(DEALS // 4):
        device = a_good(source=dice.choice(("import", "dealer", "stock")), payment=dice.choice(PAYMENTS))
        service = a_good(
            sku="TRAIN-1",
            source="service",
            quantity=1,
            payment=dice.choice(PAYMENTS),
            after=dice.choice((None, 1)),
        )
        looked += played_and_compared(dice, book, device, service)
    assert looked > DEALS


def played_as_forecast(dice: random.Random, book: StaffedPlaybook) -> int:
    good = a_good(
        source=dice.choice(("import", "dealer", "stock")),
        payment=dice.choice(PAYMENTS),
        delivery=dice.choice(DELIVERIES),
        availability=dice.choice(("on_order", "available")),
    )
    return played_and_compared(dice, book, good)


def played_and_compared(dice: random.Random, book: StaffedPlaybook, *goods: dict[str, Any]) -> int:
    """Of the last of these goods. How often it was forecast."""
    start = START + timedelta(minutes=dice.randrange(60 * 24 * 60))
    cast = Foreseeing(dice, len(goods))
    order = Order.model_validate(an_order(*goods))
    cast.deal = deal = Rehearsal(book, start).open(order)
    with contextlib.suppress(Delivered):
        play(deal, cast)
    line = deal.line(len(goods))
    happened = [book.calendar.today(line.moments[event]) for event in (Trigger.SHIPPED, Trigger.ACCEPTED)]
    for n, said in enumerate(cast.said):
        assert [said.shipped_on, said.delivered_on] == happened, f"look {n}, {start}, {goods}"
        assert said.cause is None
    return len(cast.said)
