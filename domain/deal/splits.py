"""A line that is split: what was asked for, as the deal and its line keep it."""

from domain.base import Count, LineNumber, Value
from domain.facts import Actor


class Split(Value):
    """`quantity` pieces of `line` go on by themselves as line `number`. `rest`: they are those that did not come with the others."""

    line: LineNumber
    number: LineNumber
    quantity: Count
    reason: str = ""
    actor: Actor
    rest: bool = False
