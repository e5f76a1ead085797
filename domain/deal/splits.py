"""A line that is split: what was asked for, as the deal and its line keep it."""

from domain.base import LineNumber, Value
from domain.facts import Actor
from domain.goods.quantity import Quantity


class Split(Value):
    """So much of `line` goes on by itself as line `number`. `rest`: it is what did not come with the other part."""

    line: LineNumber
    number: LineNumber
    quantity: Quantity
    reason: str = ""
    actor: Actor
    rest: bool = False
