"""Orders for tests: one line of what a test is about, or all there can be."""

import random
from collections.abc import Callable, Iterator
from decimal import Decimal
from itertools import product
from typing import Any

from domain.goods.quantity import Number, exact
from domain.order.order import OrderLine

SOURCES = ("import", "dealer", "stock")
PAYMENTS = (
    "prepaid_100",
    "prepaid_50",
    "deferred_30",
    "letter_of_credit",
    "leasing",
    "instalments",
    "state_contract",
    "corporate_contract",
)
DELIVERIES = ("pickup", "carrier", "installation")
CLIENT = {
    "name": "ООО «Клиника Образец»",
    "inn": "9900000017",
    "contact": "Анна Смирнова",
    "email": "anna@clinic.example",
    "phone": "+74951234567",
}
QUANTITIES: tuple[dict[str, Any], ...] = (
    *({"quantity": n} for n in (1, 1, 2, 3, 12)),
    {"quantity": "2.5", "unit": "кг"},
    {"quantity": "0,125", "unit": "112"},
)
"""In pieces, and of what is measured."""
Order = dict[str, Any]


def a_good(**changes: Any) -> Order:
    """A monitor from stock, paid before it is taken from there: the shortest way there is."""
    known = {
        "sku": "MON-1",
        "name": "Монитор пациента",
        "quantity": 2,
        "unit_price": "1000.00",
        "vat": "22",
        "source": "stock",
        "payment": "prepaid_100",
        "delivery": "pickup",
    }
    return known | changes


def an_order(*goods: Order, **changes: Any) -> Order:
    return {"client": CLIENT, "manager": "ivanova", "lines": list(goods or [a_good()])} | changes


def a_lead(**changes: Any) -> Order:
    return {"client": CLIENT, "manager": "ivanova", "wish": "Нужен монитор"} | changes


def every_combination(seed: int) -> Iterator[Order]:
    """Fifty orders whose lines are every source × payment × delivery, each once, at prices that do not divide."""
    dice = random.Random(seed)
    goods = [
        a_good(
            source=source,
            payment=payment,
            delivery=delivery,
            sku=f"{source}-{payment}-{delivery}",
            **dice.choice(QUANTITIES),
            unit_price=f"{dice.randint(1, 2_000_000)}.{dice.randint(0, 99):02d}",
            availability=dice.choice(("on_order", "available")),
            **dice.choice(({"vat": "22"}, {"vat": "exempt", "registration_certificate": "РЗН 2023/12345"})),
        )
        for source, payment, delivery in product(SOURCES, PAYMENTS, DELIVERIES)
    ]
    dice.shuffle(goods)
    two_lines = len(goods) - 50
    for n in range(50):
        yield an_order(*(goods[2 * n : 2 * n + 2] if n < two_lines else goods[two_lines + n :][:1]))


def in_steps(good: OrderLine) -> int:
    """How many pieces it has, or how many grams."""
    return int(good.quantity * _step(good))


def a_part(good: OrderLine, draw: Callable[[int, int], int]) -> Number:
    """Some of it and not all, to the piece or to the gram."""
    return exact(Decimal(draw(1, in_steps(good) - 1)) / _step(good))


def _step(good: OrderLine) -> int:
    return 1 if good.has_pieces else 1000
