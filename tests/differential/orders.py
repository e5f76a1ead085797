"""The orders of the differential test, and the habits of the people who answer them."""

import random
from dataclasses import dataclass
from itertools import product
from typing import Any

from tests.support.orders import CLIENT, DELIVERIES, PAYMENTS, SOURCES, Order, a_good, a_lead, an_order

ORDERS = 40
"""With lines. Leads and an order that can't be taken come on top."""
BY_RATE: dict[int, dict[str, Any]] = {
    4: {"currency": "EUR", "rate": {"percent": "2"}},
    7: {"currency": "CNY", "rate": {"day": "contract"}},
}
"""Prices that are paid in roubles: of one deal in ten each."""
UNREACHABLE = "nobody@clinic.example"
"""An address that the mail refuses."""


@dataclass(frozen=True)
class Habits:
    """How likely people are, from 0 to 1, to do something else than to answer at once, well, and once."""

    rejects: float = 0.1
    damages: float = 0.1
    holds: float = 0.3
    delays: float = 0.2
    pays_oddly: float = 0.2
    reverses: float = 0.02
    """The bank takes a payment back."""
    is_late: float = 0.03
    noise: float = 0.15
    reassigns: float = 0.02
    cancels: float = 0.0
    director_cancels: float = 0.0
    disqualifies: float = 0.0
    early: float = 0.1
    """Says something before the deal has its playbook."""
    bounces: float = 0.02
    terminates: float = 0.0
    """An operator terminates a line."""
    stops: float = 0.0
    """An operator cancels the deal's workflow."""
    amends: float = 0.0
    splits: float = 0.0
    """People split a line; or only a part of it comes."""
    corrects: float = 0.0
    """An answer; half as likely a payment."""
    reschedules: float = 0.0
    postpones: float = 0.0
    """A supplier or a carrier names another day."""
    refuses: float = 0.0
    """The client refuses a paper."""
    waives: float = 0.0


HABITS = (
    Habits(rejects=1.0),
    Habits(damages=1.0, is_late=0.1),
    Habits(holds=1.0),
    Habits(delays=1.0),
    Habits(is_late=0.3),
    Habits(pays_oddly=1.0, reverses=0.5),
    Habits(noise=0.6, early=1.0),
    Habits(reassigns=0.2),
    Habits(cancels=0.1, is_late=0.1),
    Habits(director_cancels=0.1),
    Habits(bounces=0.2, early=1.0),
    Habits(terminates=1.0),
    Habits(stops=0.1),
    Habits(amends=0.3, waives=0.3),
    Habits(splits=0.5, damages=0.3),
    Habits(corrects=0.4, reschedules=0.2),
    Habits(reschedules=0.4, postpones=0.6, refuses=0.4),
    Habits(amends=0.2, splits=0.3, corrects=0.2, postpones=0.3, waives=0.2),
)


@dataclass(frozen=True)
class Case:
    """`lead`: the order comes later, by a message. `playbook_late`: the desk waits that many seconds for the playbook."""

    number: str
    order: Order
    habits: Habits
    seed: str
    composed: Order | None = None
    playbook_late: float = 0.0


def _followed(**device: Any) -> list[Order]:
    """A device, and a service that is rendered once it is there."""
    service = a_good(sku="TRAIN-1", source="service", payment="deferred_30", quantity=1, after=1)
    return [a_good(payment="deferred_30", delivery="carrier", **device), service]


_OF_THEIR_OWN = (
    (_followed(), Habits()),
    (_followed(quantity=3), Habits(splits=1.0, corrects=0.3)),
    ([a_good(source="dealer", payment="deferred_30")], Habits(postpones=1.0, cancels=0.0)),
)
"""What the dice alone would hardly bring about: services that wait, and a supplier who is late."""


def cases(seed: int) -> list[Case]:
    dice = random.Random(seed)
    orders = [
        an_order(*goods, **_client(dice), **BY_RATE.get(n % 10, {})) for n, goods in enumerate(_goods(dice))
    ]
    made = [_case(seed, n, order, HABITS[n % len(HABITS)], dice) for n, order in enumerate(orders, start=1)]
    for n in range(len(made) + 1, len(made) + 4):
        composed = {"lines": [_good(dice, "dealer", "prepaid_50", "carrier"), a_good()]}
        made.append(_case(seed, n, a_lead(), HABITS[n % len(HABITS)], dice, composed))
    lost, bad = len(made) + 1, len(made) + 2
    made.append(_case(seed, lost, a_lead(), Habits(disqualifies=1.0), dice))
    made.append(_case(seed, bad, an_order(a_good(payment="barter")), Habits(noise=0, early=0), dice))
    for goods, habits in _OF_THEIR_OWN:
        made.append(_case(seed, len(made) + 1, an_order(*goods), habits, dice))
    return made


def _case(
    seed: int, n: int, order: Order, habits: Habits, dice: random.Random, composed: Order | None = None
) -> Case:
    late = 0.4 if habits.early == 1.0 else dice.choice((0.0, 0.05))
    return Case(f"D{n}", order, habits, f"{seed}/{n}", composed, playbook_late=late)


def _goods(dice: random.Random) -> list[list[Order]]:
    """Every source, payment and delivery at least once, in orders of one to three lines."""
    goods = [_good(dice, *how) for how in product(SOURCES, PAYMENTS, DELIVERIES)]
    dice.shuffle(goods)
    orders = [[good] for good in goods[:ORDERS]]
    for n, good in enumerate(goods[ORDERS:]):
        orders[n % (ORDERS // 2)].append(good)
    return orders


def _good(dice: random.Random, source: str, payment: str, delivery: str) -> Order:
    exempt = {"vat": "exempt", "registration_certificate": "РЗН 2023/12345"}
    return a_good(
        sku=f"{source}-{payment}-{delivery}",
        source=source,
        payment=payment,
        delivery=delivery,
        quantity=dice.choice((1, 1, 2, 3)),
        unit_price=f"{dice.randint(1, 2_000_000)}.{dice.randint(0, 99):02d}",
        availability=dice.choice(("on_order", "available")),
        **dice.choice(({"vat": "22"}, exempt)),
    )


def _client(dice: random.Random) -> dict[str, Any]:
    return {"client": CLIENT | {"email": UNREACHABLE}} if dice.random() < 0.15 else {}
