"""What a deal tells its lines."""

from datetime import date
from typing import Literal

from domain.base import Count, LineNumber, Value
from domain.deal.splits import Split
from domain.facts import Actor
from domain.money import Sum
from domain.order.order import Client, OrderLine
from domain.playbook.people import People
from domain.playbook.terms import PaymentTerm, VatRate
from domain.words import Role, Text


class Awaited(Value):
    """The line that a service is rendered after: the day on which it is `expected` at the client, and the day on which it would be there
    if everybody kept to their lead times."""

    line: LineNumber
    expected: date
    planned: date


class Papers(Value):
    """What the deal tells a line of what is not its own. Of papers, by their codes: which are `signed` and on what day, which are
    `returned`, and before which of them the director lets lines go on. Once it has `shipped`, its documents per shipment are its own,
    or `shared` with those of the line it left with. `follows`: the line that a service is rendered after, until that is delivered.
    `serials` are the serial numbers that other lines with the same good have, each with its line."""

    signed: dict[str, date] = {}
    returned: tuple[str, ...] = ()
    waived: tuple[str, ...] = ()
    shipped: bool = False
    shared: dict[str, str] = {}
    follows: Awaited | None = None
    serials: dict[str, LineNumber] = {}


class Funds(Value):
    """What the deal tells a line about its money: absolute amounts by milestone, so that repeating it changes nothing; and the
    value date of the latest money there."""

    revision: Count
    allocated: dict[str, Sum]
    funded_on: dict[str, date] = {}


class NewTerms(Value):
    """What an amendment of this `version` makes of a line: another `good`, or, with none, its end. `client`: as the deal has it now. A
    line takes the terms of each `revision` once."""

    revision: Count = 1
    version: Count
    good: OrderLine | None = None
    client: Client
    reason: Text
    actor: Actor


class LineOrder(Value):
    """Something the deal tells a line, waiting for delivery. `manager` is whom the `role` is handed to. `people` are put in as it goes
    out, the newest and once; and the `payments` and `vat` of the playbook that new terms need."""

    line: LineNumber
    name: Literal[
        "funds", "wind_down", "handed_over", "people", "report_all", "terms", "papers", "split", "amended"
    ]
    amended: NewTerms | None = None
    payments: dict[str, PaymentTerm] = {}
    vat: dict[str, VatRate] = {}
    agreed: bool = False
    comment: str = ""
    funds: Funds | None = None
    papers: Papers | None = None
    split: Split | None = None
    reason: Text | None = None
    manager: str = ""
    role: Role = Role.MANAGER
    actor: Actor | None = None
    people: People | None = None
